"""The one line at the bottom: the five keys that matter, or what has just to be said."""

from __future__ import annotations

from argotui.tui import keys, text
from argotui.tui.keys import Situation
from argotui.tui.look import Glyphs
from argotui.tui.truth import Piece
from argotui.tui.widgets import paint


def footer_line(
    on: Situation, width: int, glyphs: Glyphs, *, said: str = "", right: str = ""
) -> list[Piece]:
    """Return the footer in `width` cells; keys that do not fit are left out whole."""
    end: list[Piece] = [(f"{right} ", "dim")] if right else []
    if said:
        return paint.spread([(f" {text.safe(said)}", "yellow")], end, width, glyphs.ellipsis)
    room = width - sum(text.width(part) for part, _ in end)
    line: list[Piece] = []
    for action in keys.footer(on):
        key = keys.key_name(action.keys[0], ascii_only=glyphs.is_ascii)
        label = "leave" if action.id == "quit" and not on.run_open else action.label
        label = "detach" if action.id == "quit" and on.run_open and on.place == keys.TREE else label
        label = "back" if action.id == "quit" and on.place != keys.TREE else label
        pieces = [(f" {key}", "bold"), (f" {label} ", "dim")]
        size = sum(text.width(part) for part, _ in pieces)
        if size <= room:
            line += pieces
            room -= size
    return paint.spread(line, end, width, glyphs.ellipsis)
