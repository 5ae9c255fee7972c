import pytest

from argotui.logs.spool import SpoolWriter, log_path
from argotui.tui.log_source import Folder, LogSource, Search, expression


@pytest.fixture
def logs(tmp_path):
    return tmp_path / "logs"


def write(logs, key, lines, container="main", at=100.0, step=1.0):
    writer = SpoolWriter(log_path(logs, key, container))
    for number, line in enumerate(lines):
        writer.write(line, at=at + number * step)
    writer.close()


def texts(source):
    return [source.line(number)[0].text for number in range(len(source))]


def searched(source, wanted):
    search = Search(source, expression(wanted))
    while not search.is_done:
        search.advance()
    return list(search.hits)


def test_a_log_that_is_not_there_yet_is_empty_and_then_grows(logs):
    source = LogSource([Folder(label="", path=logs / "k.1")])
    assert source.refresh() is False
    assert len(source) == 0
    write(logs, "k.1", [b"one\n", b"two\n"])
    assert source.refresh() is True
    assert texts(source) == [b"one", b"two"]
    assert source.refresh() is False
    write(logs, "k.1", [b"three\n"])
    assert source.refresh() is True
    assert texts(source)[-1] == b"three"


def test_containers_are_merged_by_time_and_keep_their_order(logs):
    write(logs, "k.1", [b"m1\n", b"m2\n", b"m3\n"], at=10, step=10)
    write(logs, "k.1", [b"s1\n", b"s2\n"], container="proxy", at=15, step=10)
    source = LogSource([Folder(label="", path=logs / "k.1")])
    source.refresh()
    assert texts(source) == [b"m1", b"s1", b"m2", b"s2", b"m3"]
    assert source.line(1)[1] == "proxy"
    write(logs, "k.1", [b"late but old\n"], container="proxy", at=1)
    source.refresh()
    assert texts(source)[-1] == b"late but old", "what has its place keeps it"


def test_one_container_may_be_wanted_alone(logs):
    write(logs, "k.1", [b"a\n"])
    write(logs, "k.1", [b"b\n"], container="b")
    source = LogSource([Folder(label="", path=logs / "k.1", container="b")])
    source.refresh()
    assert texts(source) == [b"b"]


def test_every_line_with_a_hit_is_found_once(logs):
    write(logs, "k.1", [b"error error\n", b"fine\n", b"an Error\n", b"no\n", b"error without end"])
    source = LogSource([Folder(label="", path=logs / "k.1")])
    source.refresh()
    assert searched(source, "error") == [0, 2, 4]
    assert searched(source, "Error") == [2]
    assert searched(source, "^fine$") == [1]
    assert searched(source, "[broken") == []


def test_slices_miss_and_repeat_nothing(logs, monkeypatch):
    monkeypatch.setattr("argotui.tui.log_source.SLICE", 64)
    write(logs, "k.1", [b"line %d %s\n" % (n, b"hit" if n % 3 == 0 else b"") for n in range(200)])
    source = LogSource([Folder(label="", path=logs / "k.1")])
    source.refresh()
    assert searched(source, "hit") == list(range(0, 200, 3))


def test_a_search_goes_on_with_what_comes(logs):
    write(logs, "k.1", [b"hit\n", b"x\n"])
    source = LogSource([Folder(label="", path=logs / "k.1")])
    source.refresh()
    search = Search(source, expression("hit"))
    search.advance()
    write(logs, "k.1", [b"x\n", b"hit\n"])
    source.refresh()
    assert not search.is_done
    search.advance()
    assert list(search.hits) == [0, 3]


def test_merged_logs_are_searched_too(logs):
    write(logs, "k.1", [b"hit\n", b"x\n"], at=10, step=10)
    write(logs, "k.1", [b"hit\n"], container="p", at=15)
    source = LogSource([Folder(label="", path=logs / "k.1")])
    source.refresh()
    assert searched(source, "hit") == [0, 1]


def test_a_million_lines_open_without_being_read(logs, monkeypatch):
    """Counted in reads of the spool, not in time."""
    import os

    write(logs, "k.1", [b"x\n" * 1000] * 1000)
    source = LogSource([Folder(label="", path=logs / "k.1")])
    source.refresh()
    assert len(source) == 1_000_000
    read, pread = [], os.pread
    monkeypatch.setattr(os, "pread", lambda *a: read.append(a[1]) or pread(*a))
    assert source.line(999_999)[0].text == b"x"
    assert sum(read) < 200
