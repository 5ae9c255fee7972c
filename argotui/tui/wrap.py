"""Lines of pieces folded to a width, so that nothing of a text is lost. Pure.

Used by pages and sheets; rows of the tree are cut instead, they keep their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from argotui.tui import draw, text
from argotui.tui.truth import Piece

_WORDS = re.compile(r"\s+|\S+")
_LEAST = 8  # cells that a folded row keeps, however deep it hangs


def folded(
    line: list[Piece], cells: int, *, most: int = 0, ellipsis: str = "…"
) -> list[list[Piece]]:
    """Return the line in rows of `cells`; those after the first hang below what is said. Where
    there are more than `most`, the last ends in an ellipsis; 0 is all of them."""
    if sum(text.width(part) for part, _ in line) <= cells or cells < 2 * _LEAST:
        return [line]
    hang = min(_hang(line), cells - _LEAST)
    rows: list[list[Piece]] = [[]]
    room = cells
    for word, look in _words(line):
        for part in _parts(word, room, cells - hang):
            if text.width(part) > room:
                rows.append([(" " * hang, "")])
                room = cells - hang
            if room == cells - hang and len(rows) > 1 and part.isspace():
                continue  # a blank at the fold says nothing
            rows[-1].append((part, look))
            room -= text.width(part)
    if not most or len(rows) <= most:
        return rows
    last = draw.fit([*rows[most - 1], *rows[most][1:]], cells, ellipsis)
    return [*rows[: most - 1], last]


def _hang(line: list[Piece]) -> int:
    """Return where rows go on: below a label's text, or a bit further in than the line."""
    label, look = line[0]
    if look.startswith("dim") and label.endswith(" ") and not label.startswith(" "):
        return text.width(label)
    said = "".join(part for part, _ in line)
    lead = len(said) - len(said.lstrip(" "))
    return lead if lead == text.width(label) or not lead else lead + 2


def _words(line: list[Piece]) -> Iterator[Piece]:
    for part, look in line:
        for word in _WORDS.findall(part):
            yield word, look


def _parts(word: str, room: int, whole: int) -> Iterator[str]:
    """A word that fits into no row is broken, beginning in this one."""
    while text.width(word) > whole:
        part = text.head(word, room) or text.head(word, whole)
        yield part
        word, room = word[len(part) :], whole
    yield word
