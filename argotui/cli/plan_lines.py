"""A plan as aligned lines: a tree on the left, what each row runs and waits for beside it.

Called by cli/plan. No colours; fits the terminal, and nothing is cut where it is piped.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from argotui.forecast.rows import Fate, Forecast, Row
from argotui.tui.text import cut, middle, safe
from argotui.tui.text import width as width_of

_GAP = "  "
_WIDEST = (48, 28, 30, 24)  # of the columns before the last
_SHARES = (35, 20, 15, 15)  # of a terminal, in percent: what is known of a node has the rest
_LEAST = 12
_SIGNS = {Fate.RUNS: "", Fate.MAYBE: "? ", Fate.SKIPPED: "○ ", Fate.OMITTED: "○ ", Fate.ERROR: "⚠ "}
_TITLES = ("NODE", "TEMPLATE", "IMAGE", "RESOURCES", "WAITS FOR, AND WHAT ELSE IS KNOWN")


@dataclass(frozen=True, slots=True)
class Branches:
    """What draws the tree."""

    tee: str = "├─ "
    last: str = "└─ "
    pipe: str = "│  "
    blank: str = "   "
    times: str = "×"


_ASCII = Branches("|- ", "`- ", "|  ", "   ", "x")


def plan_lines(found: Forecast, title: str, stream: IO[str]) -> Iterator[str]:
    """Yield the plan of a workflow called `title`."""
    branches = _branches(stream)
    summary, room = _summary(found), _room(stream)
    name = safe(title)
    if room is not None:
        name = middle(name, max(_LEAST, room - width_of(summary) - 2))
    yield f"{name}: {summary}"
    for note in found.notes:
        yield f"  {safe(note)}"
    yield ""
    table = [list(_TITLES)]
    for row in (found.entry, *found.others):
        _collect(table, row, "", "", branches)
    yield from _aligned(table, room)
    if found.cut:
        yield "…  there is more than is told here: narrow it with --entrypoint"


def _branches(stream: IO[str]) -> Branches:
    try:
        "├└│×".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return _ASCII
    return Branches()


def _room(stream: IO[str]) -> int | None:
    return shutil.get_terminal_size().columns if stream.isatty() else None


def _summary(found: Forecast) -> str:
    pods, unknown = _count(found.entry)
    for other in found.others:
        more, open_ended = _count(other)
        pods, unknown = pods + more, unknown or open_ended
    number = f"{pods:,} pod{'' if pods == 1 else 's'}"
    return f"{'at least ' if unknown else 'up to '}{number}, nothing started"


def _count(row: Row) -> tuple[int, bool]:
    """Return how many pods a row stands for, and whether some of it is not known."""
    if row.fate in (Fate.SKIPPED, Fate.OMITTED):
        return 0, False
    inner = [_count(child) for child in row.children]
    pods = sum(number for number, _ in inner)
    unknown = row.count is None or any(each for _, each in inner)
    items = [child for child in row.children if child.role == "item"]
    if items and row.count and row.count > len(items):
        pods = (row.count - row.skipped) * pods
    return pods + (row.pod is not None), unknown


def _collect(table: list[list[str]], row: Row, lead: str, below: str, signs: Branches) -> None:
    table.append(
        [
            lead + _SIGNS[row.fate] + safe(row.label) + _times(row, signs),
            _template(row),
            safe(", ".join(row.images)),
            safe(row.resources),
            safe("; ".join(filter(None, _said(row, signs)))),
        ]
    )
    for number, child in enumerate(row.children):
        last = number == len(row.children) - 1
        _collect(
            table, child, below + (signs.last if last else signs.tee),
            below + (signs.blank if last else signs.pipe), signs,
        )  # fmt: skip


def _times(row: Row, signs: Branches) -> str:
    if row.count is None:
        return f" {signs.times}?"
    return f" {signs.times}{row.count:,}" if row.is_loop else ""


def _template(row: Row) -> str:
    template = "" if row.template == row.label and not row.kind else row.template
    return safe(f"{template} ({row.kind})" if row.kind else template)


def _said(row: Row, signs: Branches) -> Iterator[str]:
    if row.after:
        yield f"after {', '.join(row.after)}"
    if row.condition:
        yield row.condition
    if row.fate in (Fate.SKIPPED, Fate.OMITTED) and row.count:
        if row.is_loop:
            yield "skipped"
    elif row.skipped:
        yield f"{signs.times}{row.skipped:,} of them skipped"
    items = [child for child in row.children if child.role == "item"]
    if items and row.count and row.count > len(items):
        yield "one of them is shown"
    yield from row.notes


def _aligned(table: list[list[str]], room: int | None) -> Iterator[str]:
    used = [number for number in range(4) if any(row[number] for row in table[1:])]
    widest = _WIDEST if room is None else [max(_LEAST, room * share // 100) for share in _SHARES]
    widths = {
        number: min(widest[number], max(width_of(row[number]) for row in table)) for number in used
    }
    for row in table:
        texts = {number: row[number] for number in used}
        if room is not None:
            texts = {number: middle(text, widths[number]) for number, text in texts.items()}
        cells = [_padded(text, widths[number]) for number, text in texts.items()]
        line = _GAP.join((*cells, row[4])).rstrip()
        yield line if room is None else cut(line, room)


def _padded(text: str, wanted: int) -> str:
    """Fill a cell; a longer text is not cut, it pushes the rest to the right."""
    return text + " " * max(0, wanted - width_of(text))
