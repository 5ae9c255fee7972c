import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from argotui.tui import ansi


def runs(raw):
    return [(text, str(style)) for text, style in ansi.parse(raw)]


def test_colours_are_kept():
    assert runs(b"a \x1b[1;31mred\x1b[0m b") == [
        ("a ", "none"),
        ("red", "bold color(1)"),
        (" b", "none"),
    ]
    assert runs(b"\x1b[38;5;208mx")[0] == ("x", "color(208)")
    assert runs(b"\x1b[48;2;10;60;90mx")[0] == ("x", "on #0a3c5a")
    assert runs(b"\x1b[38:5:9mx")[0] == ("x", "color(9)")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\x1b]0;owned\x07x", "␛]0;owned␇x"),
        (b"\x1b[2J\x1b[Hx", "␛[2J␛[Hx"),
        (b"\x1b]52;c;ZXZpbA==\x1b\\x", "␛]52;c;ZXZpbA==␛\\x"),
        (b"\x1bPq\x1b\\x", "␛Pq␛\\x"),
        (b"bell\x07 back\x08", "bell␇ back␈"),
        (b"\xff\xfe bad", "\\xff\\xfe bad"),
        ("rtl \u202egnp.exe".encode(), "rtl \\u202egnp.exe"),
        (b"a\tb", "a       b"),
        (b"12345678\tb", "12345678        b"),
        ("中\tb".encode(), "中      b"),
        (b"10%\r50%\r100%\r", "␍3× 100%"),
        (b"dos\r", "dos"),
        (b"\x1b", "␛"),
        (b"\x1b[", "␛["),
        (b"\x1b[99999999999999;1mx", "x"),
        (b"\x1b[8mhidden", "hidden"),
    ],
)
def test_everything_else_is_shown_and_never_obeyed(raw, shown):
    assert ansi.plain(raw) == shown


@given(st.binary(max_size=300))
def test_nothing_gets_through(raw):
    assert ansi.plain(raw).isprintable()


@given(
    st.lists(
        st.sampled_from(["\x1b[", "\x1b]", "31m", "0m", ";", "38;2;1", "\x07", "x", "\t", "\x9b"])
    )
)
def test_broken_sequences_do_not_break_it(parts):
    assert ansi.plain("".join(parts).encode()).isprintable()


def test_a_very_long_line_is_cut_and_says_so():
    shown = ansi.plain(b"x" * 1_000_000)
    assert len(shown) < 20_000
    assert shown.endswith("more")


def test_what_is_found_is_marked_across_colours():
    mark = Style.parse("reverse")
    marked = ansi.marked(ansi.parse(b"ti\x1b[31mmeo\x1b[0mut ok"), re.compile("timeout"), mark)
    assert "".join(text for text, style in marked if style.reverse) == "timeout"
    assert "".join(text for text, _ in marked) == "timeout ok"
