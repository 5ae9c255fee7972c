"""Folded lines lose nothing and stay in their cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from argotui.tui import text, wrap

PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=("C", "M", "Z")), max_size=40)
PIECES = st.lists(
    st.tuples(st.lists(PLAIN, max_size=8).map(" ".join), st.sampled_from(["", "dim"])),
    min_size=1,
    max_size=5,
)


def said(rows):
    return ["".join(part for part, _ in row) for row in rows]


def test_a_line_that_fits_is_left_alone():
    line = [("label  ", "dim"), ("short", "")]
    assert wrap.folded(line, 40) == [line]


def test_rows_hang_below_what_a_label_says():
    line = [("pod     ", "dim"), ("one two three four five", "")]
    assert said(wrap.folded(line, 20)) == [
        "pod     one two ",
        "        three four ",
        "        five",
    ]


def test_rows_of_a_line_that_is_set_in_go_further_in():
    line = [("  name = ", "dim"), ("one two three", "")]
    assert said(wrap.folded(line, 18)) == ["  name = one two ", "    three"]
    line = [("  ", ""), ("one two three four five", "")]
    assert said(wrap.folded(line, 16)) == ["  one two three ", "  four five"]
    line = [("  ", ""), ("  key:", "dim"), (" one two three four", "")]
    assert said(wrap.folded(line, 20)) == ["    key: one two ", "      three four"]


def test_a_word_that_fits_nowhere_is_broken():
    assert said(wrap.folded([("x" * 40, "")], 16)) == ["x" * 16, "x" * 16, "x" * 8]


def test_rows_that_are_too_many_end_in_an_ellipsis():
    rows = said(wrap.folded([("one two three four five six seven", "red")], 16, most=2))
    assert rows == ["one two three ", "four five six s…"]


@given(PIECES, st.integers(16, 60))
def test_nothing_is_lost_and_no_row_is_wider(line, cells):
    rows = wrap.folded(line, cells)
    assert "".join(said(rows)).replace(" ", "") == "".join(p for p, _ in line).replace(" ", "")
    assert all(text.width(row) <= cells for row in said(rows))
