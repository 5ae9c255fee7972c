"""The spool: what is written is there to read, line by line, whoever wrote it and when."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argotui.logs.spool import RECORD, SpoolReader, SpoolWriter, log_path


@pytest.fixture
def path(tmp_path):
    return log_path(tmp_path, "node.1", "main")


def written(path, *chunks):
    writer = SpoolWriter(path)
    for number, (data, stderr) in enumerate(chunks):
        writer.write(data, at=float(number), stderr=stderr)
    writer.close()
    return read(path)


def read(path):
    reader = SpoolReader(path)
    lines = reader.lines(0, reader.refresh())
    reader.close()
    return lines


def test_lines_come_back_without_their_newlines(path):
    assert [line.text for line in written(path, (b"a\n\nb\n", False))] == [b"a", b"", b"b"]


def test_a_line_written_in_pieces_is_one_line_with_the_time_it_began(path):
    (line,) = written(path, (b"a", False), (b"b", False), (b"c\n", False))
    assert (line.text, line.at) == (b"abc", 0.0)


def test_a_line_broken_off_by_the_other_stream_goes_on_as_partial(path):
    lines = written(path, (b"out", False), (b"err\n", True), (b"put\n", False))
    assert [(line.text, line.stderr, line.partial) for line in lines] == [
        (b"out", False, False),
        (b"err", True, False),
        (b"put", False, True),
    ]


def test_bytes_are_kept_as_they_came(path):
    raw = b"50%\r100%\r\n\x1b[31mred\x00\xff\n"
    assert [line.text for line in written(path, (raw, False))] == raw.split(b"\n")[:-1]
    assert path.read_bytes() == raw


def test_a_line_of_a_megabyte_is_one_line(path):
    long = b"x" * (1 << 20)
    lines = written(path, (long, False), (b"\nnext\n", False))
    assert [len(line.text) for line in lines] == [1 << 20, 4]


def test_a_missing_spool_has_no_lines_and_appears_later(path):
    reader = SpoolReader(path)
    assert reader.refresh() == 0
    assert reader.lines(0, 5) == []
    written(path, (b"now\n", False))
    assert reader.refresh() == 1
    reader.close()


def test_a_line_still_being_written_is_there_to_read(path):
    assert [line.text for line in written(path, (b"done\nhalf", False))] == [b"done", b"half"]


def test_bytes_that_have_no_record_yet_are_not_part_of_the_last_line(path):
    written(path, (b"one\n", False))
    with path.open("ab") as file:
        file.write(b"two\n")
    assert [line.text for line in read(path)] == [b"one"]


def test_a_second_writer_goes_on_where_the_first_was_killed(path):
    written(path, (b"one\n", False))
    with path.open("ab") as file:
        file.write(b"two\nthr")
    with path.with_suffix(".idx").open("ab") as file:
        file.write(b"torn")
    SpoolWriter(path).close()
    assert [line.text for line in read(path)] == [b"one", b"two", b"thr"]
    assert path.with_suffix(".idx").stat().st_size == 3 * RECORD.size
    assert [line.text for line in written(path, (b"ee\nfour\n", False))][2:] == [b"three", b"four"]


def test_files_are_private(path):
    written(path, (b"secret\n", False))
    for file in (path, path.with_suffix(".idx")):
        assert file.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_reading_a_slice_does_not_read_the_rest(path):
    written(path, (b"".join(b"%d\n" % number for number in range(10_000)), False))
    reader = SpoolReader(path)
    reader.refresh()
    assert [line.text for line in reader.lines(9_998, 20_000)] == [b"9998", b"9999"]
    assert reader.lines(5, 6)[0].number == 5
    with reader.map() as raw:
        assert raw.find(b"\n9999\n") > 0
    reader.close()


def test_a_hundred_thousand_lines_are_written_at_once(path):
    data = b"".join(b"line %d\n" % number for number in range(100_000))
    writer = SpoolWriter(path)
    began = time.process_time()
    for start in range(0, len(data), 1 << 16):
        writer.write(data[start : start + (1 << 16)], at=0.0)
    spent = time.process_time() - began
    writer.close()
    assert len(read(path)) == 100_000
    assert spent < 1.0


@given(
    st.lists(st.tuples(st.binary(max_size=12).map(lambda b: b.replace(b"x", b"\n")), st.booleans()))
)
def test_the_lines_of_a_stream_are_its_bytes(tmp_path_factory, chunks):
    path = log_path(tmp_path_factory.mktemp("spool"), "k", "c")
    lines = written(path, *chunks)
    assert path.stat().st_size == sum(len(data) for data, _ in chunks)
    for stderr in (False, True):
        said = b"".join(data for data, stream in chunks if stream == stderr)
        mine = [line for line in lines if line.stderr == stderr]
        whole: list[bytes] = []
        for line in mine:
            if line.partial:
                whole[-1] += line.text
            else:
                whole.append(line.text)
        expected = said.split(b"\n")
        if expected[-1] == b"":
            expected.pop()
        assert whole == expected


def test_closing_twice_is_no_error(path):
    writer = SpoolWriter(path)
    writer.close()
    writer.close()
    assert os.path.exists(path)
