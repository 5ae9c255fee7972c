"""What is drawn: boxes with a text, and arrows between them.

Made by graph.workflow and graph.running; drawn by graph.text, graph.mermaid and graph.dot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """`key` is unique within its figure. `text` is shown; `phase` is set for boxes of a run.
    `calls` is the title of the figure that shows the inside of this box."""

    key: str
    text: str
    phase: str = ""
    calls: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One steps or dag template, or node. `arrows` are pairs of keys, from what comes first.

    `labels` says of an arrow under which condition it is followed, where that is not plain success.
    """

    title: str
    kind: str = ""
    boxes: tuple[Box, ...] = ()
    arrows: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[tuple[str, str], str], ...] = ()


def figure(
    title: str,
    kind: str,
    boxes: Sequence[Box],
    arrows: Sequence[tuple[str, str]],
    labels: Sequence[tuple[tuple[str, str], str]] = (),
) -> Figure:
    """Return a figure whose arrows are drawn once each, and only between boxes that it has."""
    keys = {box.key for box in boxes}
    known = dict.fromkeys(a for a in arrows if a[0] in keys and a[1] in keys and a[0] != a[1])
    told = tuple((arrow, text) for arrow, text in labels if arrow in known)
    return Figure(
        title=title, kind=kind, boxes=tuple(boxes), arrows=tuple(known), labels=told
    )  # fmt: skip


def heading(drawn: Figure) -> str:
    """Return the title with the kind of what is drawn."""
    return f"{drawn.title} ({drawn.kind})" if drawn.kind else drawn.title


def lines_between(figures: Sequence[Figure]) -> Iterator[tuple[int, str, str, str]]:
    """Yield every arrow: the number of its figure, from where to where, and its label."""
    for number, drawn in enumerate(figures):
        labels = dict(drawn.labels)
        for start, end in drawn.arrows:
            yield number, start, end, labels.get((start, end), "")


def ways_in(figures: Sequence[Figure]) -> Iterator[tuple[int, str, int]]:
    """Yield the boxes whose inside is a figure too: its own number, key, and that of the inside."""
    numbers = {drawn.title: number for number, drawn in enumerate(figures)}
    for number, drawn in enumerate(figures):
        for box in drawn.boxes:
            if box.calls in numbers:
                yield number, box.key, numbers[box.calls]
