"""Figures as a Mermaid flowchart. Called by cli/graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from argotui.graph.figure import Figure, heading, lines_between, ways_in

_PLAIN = frozenset(" _-.,:/×?=+*")
_FILLS = {
    "Succeeded": "#d9f2d9", "Failed": "#f7d4d4", "Error": "#f7d4d4", "Running": "#d6e6fa",
    "Pending": "#fdf3d0", "Waiting": "#fdf3d0", "Skipped": "#eeeeee", "Omitted": "#eeeeee",
}  # fmt: skip


def mermaid(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield the lines of one flowchart; every figure is a subgraph, a dotted line leads into it."""
    yield "flowchart LR"
    keys = _keys(figures)
    for number, drawn in enumerate(figures):
        yield f'  subgraph g{number}["{quoted(heading(drawn))}"]'
        for box in drawn.boxes:
            mark = f":::{box.phase.lower()}" if box.phase in _FILLS else ""
            yield f'    {keys[number, box.key]}["{quoted(box.text)}"]{mark}'
        yield "  end"
    for number, start, end, label in lines_between(figures):
        arrow = f'-- "{quoted(label)}" -->' if label else "-->"
        yield f"  {keys[number, start]} {arrow} {keys[number, end]}"
    for number, key, inner in ways_in(figures):
        yield f"  {keys[number, key]} -.-> g{inner}"
    yield from _classes(figures)


def _keys(figures: Sequence[Figure]) -> dict[tuple[int, str], str]:
    boxes = [(number, box.key) for number, drawn in enumerate(figures) for box in drawn.boxes]
    return {box: f"n{number}" for number, box in enumerate(boxes)}


def _classes(figures: Sequence[Figure]) -> Iterator[str]:
    used = {box.phase for drawn in figures for box in drawn.boxes}
    for phase, colour in _FILLS.items():
        if phase in used:
            yield f"  classDef {phase.lower()} fill:{colour}"


def quoted(text: str) -> str:
    """Return `text` for between Mermaid's quotes: what could mean something becomes a number.

    Between the quotes there has to be something.
    """
    numbered = (char if char.isalnum() or char in _PLAIN else f"#{ord(char)};" for char in text)
    return "".join(numbered) or " "
