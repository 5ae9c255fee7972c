"""Lines of the screen as (text, style) pieces of an exact width: rows, header, bar. Pure.

Widgets turn pieces into strips; the styles are Rich's words for the terminal's own colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from argotui.tui import text
from argotui.tui.look import OPEN, READING_ORDER, STYLES, Glyphs, State
from argotui.tui.presenter import Presenter
from argotui.tui.rows import Kind, Row
from argotui.tui.truth import Piece, title, truth

ACCENT = "cyan"
_MARGIN = 3  # blank, cursor, blank
_COUNT, _TIME = 7, 5
_MOST_TRIES = 4  # glyphs of earlier attempts shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the columns of the tree stand, from its width alone: they never move by content."""

    width: int
    name: int
    count: int
    truth: int

    @classmethod
    def of(cls, width: int) -> Columns:
        name = max(14, min(width * 36 // 100, 46))
        count = _COUNT if width >= 60 else 0
        rest = width - _MARGIN - name - 2 - count - 1 - _TIME - 1
        return cls(width=width, name=name, count=count, truth=max(0, rest))


def fit(pieces: Iterable[Piece], cells: int, ellipsis: str = "…") -> list[Piece]:
    """Return `pieces` in exactly `cells`: blanks after them, or their end given up."""
    out: list[Piece] = []
    left = cells
    for part, style in pieces:
        size = text.width(part)
        if size > left:
            shown = text.cut(part, left, ellipsis)
            out.append((shown, style))
            left -= text.width(shown)
            break
        out.append((part, style))
        left -= size
    if left > 0:
        out.append((" " * left, ""))
    return out


def printable(pieces: Iterable[Piece], glyphs: Glyphs) -> list[Piece]:
    """Return pieces as a terminal of these glyphs can show them: spelt out before they are
    measured, not by the terminal's driver once they have their place."""
    if not glyphs.is_ascii:
        return list(pieces)
    return [(text.safe(part, ascii_only=True), style) for part, style in pieces]


def row_pieces(
    row: Row,
    presenter: Presenter,
    columns: Columns,
    *,
    now: float,
    glyphs: Glyphs,
    at_cursor: bool = False,
    focused: bool = True,
) -> list[Piece]:
    """Return one line of the tree."""
    mark = (glyphs.cursor, ACCENT if focused else "dim") if at_cursor else (" ", "")
    count = count_text(row) if columns.count else ""
    room = columns.truth + (columns.count if not count else 0)
    said = printable(truth(row, presenter, now, glyphs), glyphs)
    name = name_pieces(row, columns.name, glyphs, at_cursor, asked=row.key in presenter.asked)
    return [
        (" ", ""),
        mark,
        (" ", ""),
        *fit(name, columns.name, glyphs.ellipsis),
        ("  ", ""),
        *fit(said, room, glyphs.ellipsis),
        (f"{count:>{columns.count}}" if count else "", "dim"),
        (" ", ""),
        (text.duration(lasted(row, now)), "dim" if row.state not in OPEN else ""),
        (" ", ""),
    ]


def name_pieces(
    row: Row, cells: int, glyphs: Glyphs, at_cursor: bool, *, asked: bool = False
) -> list[Piece]:
    """Return branch, glyph and name; a name gives way from its middle. `asked`: a person has
    decided already, so it need not shout any more."""
    branch = branch_text(row, glyphs, cells // 2)
    state = row.shown_state
    style = "yellow" if asked else STYLES[state]
    signs = [*_earlier_tries(row, glyphs), (glyphs.of(state), style)]
    used = text.width(branch) + sum(text.width(sign) for sign, _ in signs) + 1
    fold = f"{glyphs.folded} " if row.is_folded and row.can_fold else ""
    name = title(row)
    if glyphs.is_ascii:
        name = text.safe(name, ascii_only=True)
    name = text.middle(name, cells - used - text.width(fold), glyphs.ellipsis)
    look = style if state is State.WAITING else _name_style(state, at_cursor)
    between = (" ", look) if state is State.WAITING else (" ", "")
    return [(branch, "dim"), *signs, between, (fold, "dim"), (name, look)]


def _name_style(state: State, at_cursor: bool) -> str:
    look = "dim" if state in (State.TO_COME, State.SKIPPED) else ""
    return f"{look} bold".strip() if at_cursor else look


def _earlier_tries(row: Row, glyphs: Glyphs) -> list[Piece]:
    if not row.is_retry or row.inner < 2:
        return []
    tries = row.attempts[:-1]
    pieces = [(glyphs.of(one.state), STYLES[one.state]) for one in tries[-_MOST_TRIES:]]
    if len(tries) > _MOST_TRIES:
        pieces.insert(0, (glyphs.ellipsis, "dim"))
    return pieces


def branch_text(row: Row, glyphs: Glyphs, most: int) -> str:
    """Return the lines that lead to a row; of a deep one, their end."""
    above = row.lineage()
    if not above:
        return ""
    parts = ["   " if _is_last(one) else glyphs.pipe for one in above[1:]]
    parts.append(glyphs.corner if _is_last(row) else glyphs.branch)
    whole = "".join(parts)
    return whole if len(whole) <= most else glyphs.ellipsis + whole[len(whole) - most + 1 :]


def _is_last(row: Row) -> bool:
    parent = row.parent
    if parent is None or parent.children[-1] is not row:
        return False
    return not parent.is_see_through or _is_last(parent)


def count_text(row: Row) -> str:
    """Return how much of a row is done, for rows that hold others: `3/3`, `17` once all is."""
    if not row.children or row.count < 2:
        return ""
    return f"{row.done:,}/{row.count:,}" if row.count < 1000 else _short_count(row)


def _short_count(row: Row) -> str:
    share = int(100 * row.done / row.count)
    return f"{share}%"


def lasted(row: Row, now: float) -> float | None:
    """Return how long a row has been going, or went; None where it has not begun."""
    if row.node is None:
        return _loop_lasted(row, now) if row.kind is Kind.LOOP else None
    started, finished = row.node.started_at, row.node.finished_at
    if started is None or row.state is State.SKIPPED:
        return None
    return (finished if finished is not None else now) - started


def _loop_lasted(row: Row, now: float) -> float | None:
    nodes = [child.node for child in row.children if child.node is not None]
    starts = [node.started_at for node in nodes if node.started_at is not None]
    if not starts:
        return None
    ends = [node.finished_at for node in nodes if node.finished_at is not None]
    return (now if row.state in OPEN else max(ends, default=now)) - min(starts)


def bar(total: Sequence[int], cells: int, glyphs: Glyphs) -> list[Piece]:
    """Return one line whose segments are as long as their states' share of the run."""
    everything = sum(total)
    if cells <= 0 or not everything:
        return [(glyphs.thin * max(0, cells), "dim")]
    lengths = _shares(total, cells)
    pieces: list[Piece] = []
    for state in READING_ORDER:
        sign = glyphs.thin if state in (State.TO_COME, State.PENDING) else glyphs.heavy
        style = STYLES[state].replace(" reverse", "")
        if state is State.SKIPPED:
            style = "green dim"
        pieces.append((sign * lengths[state], style))
    return [piece for piece in pieces if piece[0]]


def _shares(total: Sequence[int], cells: int) -> list[int]:
    """Divide `cells` by share; no state that is there at all goes without a cell."""
    everything = sum(total)
    exact = [count * cells / everything for count in total]
    lengths = [max(1, int(share)) if share else 0 for share in exact]
    while sum(lengths) > cells and max(lengths) > 1:
        over = [
            size - share if size > 1 else -1.0 for size, share in zip(lengths, exact, strict=True)
        ]
        lengths[over.index(max(over))] -= 1
    while sum(lengths) < cells:
        under = [share - size for size, share in zip(lengths, exact, strict=True)]
        lengths[under.index(max(under))] += 1
    return lengths
