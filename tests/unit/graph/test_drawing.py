"""Boxes and lines: what is joined is joined, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from argotui.graph.figure import Box, Figure, figure
from argotui.graph.layers import crossings, layered
from argotui.graph.rows import lines_of
from argotui.graph.text import ASCII, draw

_SIDES = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "udr", "┤": "udl",
    "┬": "lrd", "┴": "lru", "┼": "udlr",
}  # fmt: skip


def graph(arrows: str, boxes: str = "") -> Figure:
    pairs = [(each[0], each[1]) for each in arrows.split()]
    keys = dict.fromkeys([*boxes, *(key for pair in pairs for key in pair)])
    return figure("g", "dag", [Box(key=key, text=key) for key in sorted(keys)], pairs)


def drawn(arrows: str, boxes: str = "") -> list[str]:
    return draw(graph(arrows, boxes), str, len)


def test_a_diamond() -> None:
    assert drawn("AB AC BD CD") == ["[A]─┬──[B]─┬──[D]", "    └──[C]─┘"]


def test_a_chain_and_a_box_alone() -> None:
    assert drawn("AB", "C") == ["[A]──[B]", "[C]"]


def test_groups_that_all_wait_for_each_other_share_their_lines() -> None:
    assert drawn("AC AD BC BD") == ["[A]─┬──[C]", "[B]─┴──[D]"]


def test_a_long_arrow_goes_around() -> None:
    lines = drawn("AB BC AC")
    assert lines[0].startswith("[A]")
    assert "[B]" in "".join(lines)
    assert len(lines) == 2


def test_lines_that_cannot_be_told_apart_are_said_in_words() -> None:
    lines = drawn("AC AD BD BE")
    assert "  D after A, B" in lines


def test_conditions_are_said_in_words() -> None:
    boxes = [Box(key="A", text="A"), Box(key="B", text="B")]
    failed = figure("g", "dag", boxes, [("A", "B")], [(("A", "B"), "Failed")])
    assert draw(failed, str, len)[-1] == "  B if A is Failed"


def test_ascii() -> None:
    assert draw(graph("AB AC"), str, len, ASCII) == ["[A]-+--[B]", "    +--[C]"]


def test_circles_are_drawn_all_the_same() -> None:
    assert "[A]" in "".join(drawn("AB BA"))


def test_wide_texts_keep_the_columns() -> None:
    boxes = [Box(key="A", text="漢字"), Box(key="B", text="b")]
    lines = draw(
        figure("g", "", boxes, [("A", "B")]), str, lambda text: len(text) + 2 * text.count("漢字")
    )
    assert lines == ["[漢字]──[b]"]


def test_the_order_avoids_crossings() -> None:
    assert crossings(layered(graph("AE BD CF"))) == 0


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30))
def test_every_line_ends_at_a_box(pairs: list[tuple[int, int]]) -> None:
    """No stroke ends in the open, and a box is joined just where it has arrows."""
    arrows = [(chr(65 + min(p)), chr(65 + max(p))) for p in pairs if p[0] != p[1]]
    keys = sorted({key for arrow in arrows for key in arrow})
    one = figure("g", "", [Box(key=key, text=key) for key in keys], arrows)
    lines = [
        line for line in draw(one, str, len) if not line.startswith("  ") or "after" not in line
    ]
    cells = {(y, x): char for y, line in enumerate(lines) for x, char in enumerate(line)}
    opposite = {"l": (0, -1, "r"), "r": (0, 1, "l"), "u": (-1, 0, "d"), "d": (1, 0, "u")}
    for (y, x), char in cells.items():
        for side in _SIDES.get(char, ""):
            dy, dx, back = opposite[side]
            other = cells.get((y + dy, x + dx), " ")
            assert back in _SIDES.get(other, "") or other in "[]" or "│" in (char, other), (
                lines,
                y,
                x,
            )
    for key in keys:
        y, x = next(place for place, char in cells.items() if char == key)
        right = cells.get((y, x + 2), " ")
        left = cells.get((y, x - 2), " ")
        assert (right == "─") == any(start == key for start, _ in arrows), lines
        assert (left == "─") == any(end == key for _, end in arrows), lines


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=60))
def test_no_two_keys_of_a_column_share_a_line(pairs: list[tuple[int, int]]) -> None:
    arrows = [(f"{min(p)}", f"{max(p)}") for p in pairs if p[0] != p[1]]
    keys = sorted({key for arrow in arrows for key in arrow})
    found = layered(figure("g", "", [Box(key=key, text=key) for key in keys], arrows))
    line = lines_of(found)
    for column in found.columns:
        assert len({line[key] for key in column}) == len(column)
        assert [line[key] for key in column] == sorted(line[key] for key in column)


def test_lines_that_go_straight_on_take_no_room() -> None:
    assert drawn("AE BF CG DH") == ["[A]──[E]", "[B]──[F]", "[C]──[G]", "[D]──[H]"]
