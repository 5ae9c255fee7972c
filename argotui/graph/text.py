"""A figure as lines of text: boxes as `[A]`, joined from left to right.

Called by cli/graph. Lines of different boxes that cross are drawn over each other, not joined.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from argotui.graph.figure import Figure
from argotui.graph.layers import Layers, layered
from argotui.graph.rows import lines_of

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_FLAT, _TALL = _LEFT | _RIGHT, _UP | _DOWN
UNICODE = {
    _FLAT: "─", _TALL: "│", _RIGHT | _DOWN: "┌", _LEFT | _DOWN: "┐", _RIGHT | _UP: "└",
    _LEFT | _UP: "┘", _TALL | _RIGHT: "├", _TALL | _LEFT: "┤", _FLAT | _DOWN: "┬",
    _FLAT | _UP: "┴", _FLAT | _TALL: "┼", _LEFT: "─", _RIGHT: "─", _UP: "│", _DOWN: "│", 0: " ",
}  # fmt: skip
ASCII = {
    **dict.fromkeys(UNICODE, "+"),
    **dict.fromkeys((_FLAT, _LEFT, _RIGHT), "-"),
    **dict.fromkeys((_TALL, _UP, _DOWN), "|"),
    0: " ",
}


@dataclass(slots=True)
class _Canvas:
    """Lines of cells. Strokes of one net (those of one group of boxes) join where they meet."""

    strokes: dict[tuple[int, int], dict[int, int]] = field(default_factory=dict)
    texts: list[tuple[int, int, str, int]] = field(default_factory=list)

    def stroke(self, line: int, column: int, net: int, way: int) -> None:
        cell = self.strokes.setdefault((line, column), {})
        cell[net] = cell.get(net, 0) | way

    def across(self, line: int, start: int, end: int, net: int) -> None:
        """Draw from the middle of column `start` to that of `end`."""
        for column in range(start, end + 1):
            way = (_LEFT if column > start else 0) | (_RIGHT if column < end else 0)
            self.stroke(line, column, net, way)

    def along(self, column: int, top: int, bottom: int, net: int) -> None:
        for line in range(top, bottom + 1):
            way = (_UP if line > top else 0) | (_DOWN if line < bottom else 0)
            self.stroke(line, column, net, way)


@dataclass(frozen=True, slots=True)
class _Net:
    """Lines that may be joined: from all of `starts` to all of `ends`, on one track."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]


def draw(
    drawn: Figure,
    show: Callable[[str], str],
    width_of: Callable[[str], int],
    signs: dict[int, str] = UNICODE,
) -> list[str]:
    """Return the lines of a figure. `show` makes a box's text safe, `width_of` counts its cells.

    Below the picture stand the arrows that it cannot tell apart, each in words.
    """
    found = layered(drawn)
    line = lines_of(found)
    text = {box.key: f"[{show(box.text)}]" for box in drawn.boxes}
    canvas = _Canvas()
    at = 0
    unclear: set[str] = set()
    for number, column in enumerate(found.columns):
        room = max((width_of(text[key]) for key in column if key in text), default=1)
        last = number + 1 == len(found.columns)
        nets = [] if last else _nets(found, column)
        for key in column:
            _place(canvas, key, text, line[key], at, room, width_of, net_of(nets, key))
        at += room + 1
        unclear |= _channel(canvas, nets, line, at)
        at += 2 * len(_bent(nets, line)) + 1
    rows = _rendered(canvas, width_of, signs)
    return [*rows, *_in_words(drawn, unclear, show)]


def net_of(nets: list[_Net], key: str) -> int | None:
    return next((number for number, net in enumerate(nets) if key in net.starts), None)


def _place(
    canvas: _Canvas,
    key: str,
    text: dict[str, str],
    line: int,
    at: int,
    room: int,
    width_of: Callable[[str], int],
    net: int | None,
) -> None:
    """Put a box, or the line that passes in its stead, and its way out of the column."""
    begin = at
    if key in text:
        canvas.texts.append((line, at, text[key], width_of(text[key])))
        begin = at + width_of(text[key])
    if net is not None:
        canvas.across(line, begin - (key in text), at + room, net)
        if key not in text:
            canvas.stroke(line, begin, net, _LEFT)


def _nets(found: Layers, column: list[str]) -> list[_Net]:
    """Join the keys of a column that lead to the same keys, in order of where they stand."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for key in column:
        ends = tuple(sorted(found.next.get(key, ())))
        if ends:
            groups.setdefault(ends, []).append(key)
    return [_Net(tuple(starts), ends) for ends, starts in groups.items()]


def _channel(canvas: _Canvas, nets: list[_Net], line: dict[str, int], at: int) -> set[str]:
    """Draw the lines between two columns; return the ends whose lines cannot be told apart."""
    bent = _bent(nets, line)
    right = at + 2 * len(bent)
    for net in (net for net in nets if net not in bent):
        canvas.across(line[net.starts[0]], at - 1, right, nets.index(net))
    for number, net in enumerate(_tracks(bent, line)):
        track = at + 2 * number
        own = nets.index(net)
        lines = [line[key] for key in (*net.starts, *net.ends)]
        canvas.along(track, min(lines), max(lines), own)
        for key in net.starts:
            canvas.across(line[key], at - 1, track, own)
        for key in net.ends:
            canvas.across(line[key], track, right, own)
    shared = [end for net in nets for end in net.ends]
    several = {end for end in shared if shared.count(end) > 1}
    return {end for net in nets if len(net.ends) > 1 for end in net.ends if several & set(net.ends)}


def _bent(nets: list[_Net], line: dict[str, int]) -> list[_Net]:
    """Return the nets that need an upright line: the others go straight on."""
    return [net for net in nets if len({line[key] for key in (*net.starts, *net.ends)}) > 1]


def _tracks(nets: list[_Net], line: dict[str, int]) -> list[_Net]:
    """Order the upright lines so that few of the flat ones cross them."""

    def slope(net: _Net) -> tuple[int, int]:
        starts, ends = [line[key] for key in net.starts], [line[key] for key in net.ends]
        down = max(ends) - max(starts)
        return (0, -max(starts)) if down > 0 else (1, max(starts))

    return sorted(nets, key=slope)


def _rendered(canvas: _Canvas, width_of: Callable[[str], int], signs: dict[int, str]) -> list[str]:
    lines = 1 + max((line for line, *_ in canvas.texts), default=-1)
    lines = max([lines, *(line + 1 for line, _ in canvas.strokes)])
    rows: list[str] = []
    by_line: dict[int, list[tuple[int, str, int]]] = {}
    for line, at, text, width in canvas.texts:
        by_line.setdefault(line, []).append((at, text, width))
    wide = max([0, *(column + 1 for _, column in canvas.strokes)])
    for line in range(lines):
        cells = [_sign(canvas.strokes.get((line, column), {}), signs) for column in range(wide)]
        for at, text, width in by_line.get(line, ()):
            cells += [" "] * (at + width - len(cells))
            cells[at : at + width] = [text, *[""] * (width - 1)]
        rows.append("".join(cells).rstrip())
    return rows


def _sign(cell: dict[int, int], signs: dict[int, str]) -> str:
    """Return the sign of a cell; an upright line that only crosses a flat one stays upright."""
    ways = list(cell.values())
    if len(ways) > 1 and any(way == _TALL for way in ways) and any(way == _FLAT for way in ways):
        joined = [way for way in ways if way not in (_TALL, _FLAT)]
        if not joined:
            return signs[_TALL]
    every = 0
    for way in ways:
        every |= way
    return signs[every]


def _in_words(drawn: Figure, unclear: set[str], show: Callable[[str], str]) -> list[str]:
    """Say in words what lines on top of each other cannot, and the conditions of arrows."""
    said = []
    names = {box.key: show(box.text) for box in drawn.boxes}
    passing = {key.partition("\0")[0] for key in unclear if "\0" in key}
    doubtful = unclear | {end for start, end in drawn.arrows if start in passing}
    for key in (box.key for box in drawn.boxes if box.key in doubtful):
        needs = [names[start] for start, end in drawn.arrows if end == key]
        if len(needs) > 1:
            said.append(f"  {names[key]} after {', '.join(needs)}")
    said += [f"  {names[end]} if {names[start]} is {show(label)}"
             for (start, end), label in drawn.labels]  # fmt: skip
    return said
