"""Figures as a graph for Graphviz. Called by cli/graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from argotui.graph.figure import Figure, heading, lines_between, ways_in

_FILLS = {
    "Succeeded": "palegreen", "Failed": "lightcoral", "Error": "lightcoral",
    "Running": "lightblue", "Pending": "lightyellow", "Waiting": "lightyellow",
    "Skipped": "gray90", "Omitted": "gray90",
}  # fmt: skip


def dot(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield the lines of one digraph; every figure is a cluster, a dashed line leads into it."""
    yield "digraph workflow {"
    yield "  rankdir=LR; compound=true;"
    yield '  node [shape=box, style="rounded,filled", fillcolor=white];'
    for number, drawn in enumerate(figures):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={quoted(heading(drawn))};"
        for box in drawn.boxes:
            fill = f", fillcolor={_FILLS[box.phase]}" if box.phase in _FILLS else ""
            yield f"    {_key(number, box.key)} [label={quoted(box.text)}{fill}];"
        yield "  }"
    for number, start, end, label in lines_between(figures):
        tail = f" [label={quoted(label)}]" if label else ""
        yield f"  {_key(number, start)} -> {_key(number, end)}{tail};"
    for number, key, inner in ways_in(figures):
        if figures[inner].boxes:
            first = _key(inner, figures[inner].boxes[0].key)
            yield f"  {_key(number, key)} -> {first} [style=dashed, lhead=cluster_{inner}];"
    yield "}"


def _key(number: int, key: str) -> str:
    return quoted(f"{number}/{key}")


def quoted(text: str) -> str:
    """Return `text` as a DOT string: it is never a command of Graphviz's."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
