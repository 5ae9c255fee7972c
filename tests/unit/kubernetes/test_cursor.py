"""Lines of a log are taken once and only once, wherever the stream breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.runtimes.kubernetes.cursor import Cursor

STAMPS = (
    "2026-11-23T19:09:34.999999999Z",
    "2026-11-23T19:09:35.000000001Z",
    "2026-11-23T19:09:35.000000001Z",
    "2026-11-23T19:09:35Z",  # two streams of a container: not quite in order
    "2026-11-23T19:09:35.5Z",
    "2026-11-23T19:09:36.25Z",
)
LINES = [f"{stamp} line {number}\r\n".encode() for number, stamp in enumerate(STAMPS)]
WHOLE = b"".join(f"line {number}\r\n".encode() for number in range(len(STAMPS)))


def since(cursor, lines=LINES):
    """What the API sends a stream that is opened now."""
    at = (cursor.since or "")[:19]
    return b"".join(line for line in lines if line[:19].decode() >= at)


def texts(pieces):
    return b"".join(data for _, data in pieces)


@pytest.mark.parametrize("cut", range(len(b"".join(LINES)) + 1))
def test_a_stream_cut_at_any_byte_is_taken_up_again(cut):
    cursor = Cursor()
    taken = texts(cursor.feed(b"".join(LINES)[:cut]))
    cursor.reopened()
    taken += texts(cursor.feed(since(cursor)))
    taken += texts(cursor.ended())
    assert taken == WHOLE


@given(st.lists(st.integers(min_value=0, max_value=300), max_size=12))
@settings(max_examples=200, deadline=None)
def test_a_stream_cut_again_and_again_is_whole_in_the_end(cuts):
    cursor = Cursor()
    taken = b""
    for cut in cuts:
        cursor.reopened()
        taken += texts(cursor.feed(since(cursor)[:cut]))
    cursor.reopened()
    taken += texts(cursor.feed(since(cursor))) + texts(cursor.ended())
    assert taken == WHOLE


def test_a_rotated_log_is_taken_up_after_the_last_time_seen():
    cursor = Cursor()
    taken = texts(cursor.feed(b"".join(LINES[:3])))
    cursor.reopened()
    taken += texts(cursor.feed(b"".join(LINES[4:])))
    assert taken == b"line 0\r\nline 1\r\nline 2\r\nline 4\r\nline 5\r\n"


def test_times_are_those_of_the_lines():
    cursor = Cursor()
    found = list(cursor.feed(b"".join(LINES[4:])))
    assert [round(at % 60, 3) for at, _ in found] == [35.5, 36.25]


def test_the_last_line_needs_no_newline():
    cursor = Cursor()
    taken = texts(cursor.feed(b"2026-11-23T19:09:35Z end"))
    assert taken == b""
    assert texts(cursor.ended()) == b"end"


def test_words_of_the_shim_are_no_part_of_the_log():
    cursor = Cursor("n0nce")
    stamp = b"2026-11-23T19:09:35Z "
    taken = texts(
        cursor.feed(
            stamp
            + b"half a line\x1eargotui n0nce hold\n"
            + stamp
            + b"\x1eargotui n0nce hold\n"
            + stamp
            + b"\x1eargotui other hold\n"
        )
    )
    assert taken == b"half a line\x1eargotui other hold\n"
    assert cursor.marks == ["hold", "hold"]


def test_a_line_of_a_megabyte_in_small_pieces_is_one_line():
    cursor = Cursor()
    line = b"2026-11-23T19:09:35Z " + b"x" * (1 << 20) + b"\n"
    taken = b"".join(texts(cursor.feed(line[at : at + 9000])) for at in range(0, len(line), 9000))
    assert len(taken) == (1 << 20) + 1
