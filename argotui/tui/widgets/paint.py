"""From pieces to Textual's strips, and from the registry to Textual's bindings."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from argotui.tui import draw, keys, text
from argotui.tui.truth import Piece


@lru_cache(maxsize=512)
def style(words: str) -> Style:
    return Style.parse(words) if words else Style.null()


def strip(pieces: Iterable[Piece], width: int, ellipsis: str = "…") -> Strip:
    """Return a line of exactly `width` cells."""
    fitted = draw.fit(pieces, width, ellipsis)
    return Strip([Segment(part, style(look)) for part, look in fitted if part], width)


def bindings(*places: str) -> list[BindingType]:
    """Return the bindings of places. The footer is our own, so Textual shows none."""
    return [
        Binding(",".join(action.keys), action.id, action.label, show=False)
        for place in places
        for action in keys.at(place)
        if action.keys
    ]


def first(key: str, action: str) -> list[BindingType]:
    """Return a binding that holds wherever the keys are, also in a field that is written in."""
    return [Binding(key, action, show=False, priority=True)]


def bound(*pairs: tuple[str, str]) -> list[BindingType]:
    """Return bindings of a sheet's own keys: (keys, action)."""
    return [Binding(key, action, show=False) for key, action in pairs]


def spread(left: list[Piece], right: list[Piece], width: int, ellipsis: str = "…") -> list[Piece]:
    """Return a line with `right` at its end; `left` gives way."""
    taken = sum(text.width(part) for part, _ in right)
    return [*draw.fit(left, max(0, width - taken), ellipsis), *right]
