"""What reaches a terminal or a pipe."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argotui.cli.text import duration, fit, parse_duration, safe, safe_bytes


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text):
    shown = safe(text)
    assert "\n" not in shown
    assert not any(ord(char) < 0x20 and char != "\t" for char in shown)
    assert not any(0x7F <= ord(char) < 0xA0 for char in shown)
    shown.encode()  # no lone surrogates


@given(st.text(st.characters(codec="ascii", min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_stays_as_it_is(text):
    assert safe(text) == text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("50%\r100%", "50%␍100%"),
        ("windows line\r", "windows line"),
        ("two\nlines", "two␊lines"),
        ("\x9b2J", "\\x9b2J"),
        ("evil\u202egnp.exe", "evil\\u202egnp.exe"),
        ("tab\tstays", "tab\tstays"),
        ("안녕 ✔", "안녕 ✔"),
    ],
)
def test_controls_are_shown_and_colours_taken_out(raw, shown):
    assert safe(raw) == shown


def test_bytes_that_are_no_utf8_do_not_break_a_line():
    assert safe_bytes(b"caf\xe9") == "caf\ufffd"


def test_signs_fall_back_where_the_stream_cannot_print_them():
    ascii_stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert fit("✔ Succeeded é", ascii_stream) == "+ Succeeded \\xe9"
    utf8_stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    assert fit("✔", utf8_stream) == "✔"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0s"), (8.9, "8s"), (62, "1m02s"), (3780, "1h03m"), (187200, "2d04h"), (-1, "0s")],
)
def test_durations_are_short(seconds, shown):
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("1.5", 1.5), ("90s", 90), ("1h30m", 5400), ("500ms", 0.5), ("2d", 172800)],
)
def test_durations_are_read(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "1x", "1h 30m", "-5", "ten", "1h30"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse_duration(text)
