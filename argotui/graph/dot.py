"""Figures as a graph for Graphviz. Called by cli/graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from argotui.graph.figure import Figure

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
        kind = f" ({drawn.kind})" if drawn.kind else ""
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={quoted(drawn.title + kind)};"
        for box in drawn.boxes:
            fill = f", fillcolor={_FILLS[box.phase]}" if box.phase in _FILLS else ""
            yield f"    {_key(number, box.key)} [label={quoted(box.text)}{fill}];"
        yield "  }"
    for number, drawn in enumerate(figures):
        labels = dict(drawn.labels)
        for start, end in drawn.arrows:
            label = labels.get((start, end))
            tail = f" [label={quoted(label)}]" if label else ""
            yield f"  {_key(number, start)} -> {_key(number, end)}{tail};"
        yield from _ways_in(figures, number)
    yield "}"


def _ways_in(figures: Sequence[Figure], number: int) -> Iterator[str]:
    place = {drawn.title: at for at, drawn in enumerate(figures)}
    for box in figures[number].boxes:
        inner = place.get(box.calls) if box.calls else None
        if inner is not None and figures[inner].boxes:
            first = _key(inner, figures[inner].boxes[0].key)
            yield (f"  {_key(number, box.key)} -> {first} [style=dashed, lhead=cluster_{inner}];")


def _key(number: int, key: str) -> str:
    return quoted(f"{number}/{key}")


def quoted(text: str) -> str:
    """Return `text` as a DOT string: it is never a command of Graphviz's."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
