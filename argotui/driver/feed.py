"""What observers are told: journal lines after a number, as many as they are behind. Filled by
DrivenRun, read by its own `changes` and by control.

A reader holds a number, not a queue: whoever is slow gets more at once, and nothing is dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from argotui.driver.machine import RUN, Outlook
from argotui.journal.records import Record
from argotui.model.changes import Change, NodeCreated, NodePatched, NodesRemoved, Planned
from argotui.model.fold import RunState
from argotui.model.status import NodeType

_RECENT = 2 << 20  # bytes of lines kept in memory; a reader further behind reads the journal
_PARCEL = 1 << 20  # bytes of lines handed out at once, about
_OUTLOOK_SECONDS = 0.1  # between two looks ahead at most so often,
_OUTLOOK_SHARE = 10  # and never more than a tenth of the time
_LEGS = frozenset({NodeType.STEPS, NodeType.DAG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """`lines` lead up to record `seq`; `at` is when the latest of all records was made."""

    seq: int
    at: float
    lines: Sequence[bytes]
    outlook: Mapping[str, tuple[Planned, ...]] = field(default_factory=dict)


class Feed:
    """`catch_up(after, limit)` reads lines from the journal. `state` is the engine's own."""

    def __init__(
        self,
        *,
        seq: int,
        at: float,
        state: Callable[[], RunState],
        outlook: Outlook,
        catch_up: Callable[[int, int], list[bytes]],
    ) -> None:
        self.seq = seq
        self.at = at
        self.ended: str | None = None  # "" after a good end, else why the driver left
        self._state = state
        self._ahead = _Ahead(state, outlook)
        self._catch_up = catch_up
        self._recent: deque[bytes] = deque()
        self._recent_bytes = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def publish(self, records: Iterable[Record]) -> None:
        for record in records:
            self._recent.append(record.line)
            self._recent_bytes += len(record.line)
            self.seq, self.at = record.seq, record.at
            self._ahead.note(record.changes)
        while self._recent_bytes > _RECENT and len(self._recent) > 1:
            self._recent_bytes -= len(self._recent.popleft())
        self._wake()

    def end(self, why: str = "") -> None:
        """No more is to come. The first word counts."""
        if self.ended is None:
            self.ended = why
        self._wake()

    def outlook_now(self) -> Mapping[str, tuple[Planned, ...]]:
        """Return the rows to come of all that is open."""
        return self._ahead.whole()

    async def after(self, reader: Reader) -> Parcel | None:
        """Return what the reader has not had, waiting for it; None after the end."""
        while True:
            lines = self._lines(reader.seq)
            reader.seq += len(lines)
            outlook = self._ahead.since(reader) if reader.seq == self.seq else {}
            if lines or outlook:
                return Parcel(seq=reader.seq, at=self.at, lines=lines, outlook=outlook)
            if self.ended is not None:
                return None
            await self._news(self._ahead.wait_seconds(reader))

    def _lines(self, after: int) -> list[bytes]:
        first = self.seq - len(self._recent)  # the number before the oldest kept line
        if after < first:
            return self._catch_up(after, _PARCEL)
        lines, size = [], 0
        for number in range(after - first, len(self._recent)):
            lines.append(self._recent[number])
            size += len(lines[-1])
            if size > _PARCEL:
                break
        return lines

    async def _news(self, seconds: float | None) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(waiter, seconds)
        finally:
            self._waiters.discard(waiter)

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)


@dataclass(slots=True, kw_only=True)
class Reader:
    """Where one observer is: had every record up to `seq`, and the outlook up to `version`."""

    seq: int
    version: int = 0


class _Ahead:
    """The outlook of nodes that changed, made only when somebody reads, and not too often."""

    def __init__(self, state: Callable[[], RunState], outlook: Outlook) -> None:
        self._state = state
        self._outlook = outlook
        self._dirty: set[str] = set()
        self._rows: dict[str, tuple[int, tuple[Planned, ...]]] = {}
        self._version = 0
        self._next = 0.0

    def note(self, changes: Iterable[Change]) -> None:
        """Remember whose rows to come may have changed with these."""
        state = self._state()
        for change in changes:
            match change:
                case NodeCreated(node=node):
                    self._touch(state, node.name, node.type, node.boundary_id)
                case NodePatched(name=name, fields=fields) if "phase" in fields:
                    known = state.nodes.get(name)
                    if known is not None:
                        self._touch(state, name, known.type, known.boundary_id)
                case NodesRemoved():
                    self._dirty.update(self._open())

    def _touch(self, state: RunState, name: str, kind: NodeType, boundary_id: str) -> None:
        if kind in _LEGS:
            self._dirty.add(name)
        self._dirty.add(state.ids.get(boundary_id, RUN))

    def whole(self) -> Mapping[str, tuple[Planned, ...]]:
        self._look(set(self._open()))
        return {name: rows for name, (_, rows) in self._rows.items() if rows}

    def since(self, reader: Reader) -> Mapping[str, tuple[Planned, ...]]:
        if self._dirty and time.monotonic() >= self._next:
            self._look(self._dirty)
        if reader.version == self._version:
            return {}
        news = {name: rows for name, (made, rows) in self._rows.items() if made > reader.version}
        reader.version = self._version
        return news

    def wait_seconds(self, reader: Reader) -> float | None:
        """Return how long until there may be an outlook to hand out; None: only after a change."""
        return max(self._next - time.monotonic(), 0.001) if self._dirty else None

    def _look(self, names: set[str]) -> None:
        began = time.monotonic()
        self._dirty = self._dirty - names
        found = self._outlook(sorted(names))
        for name in names:
            rows = found.get(name, ())
            if self._rows.get(name, (0, ()))[1] != rows:
                self._version += 1
                self._rows[name] = (self._version, rows)
        now = time.monotonic()
        self._next = now + max(_OUTLOOK_SECONDS, _OUTLOOK_SHARE * (now - began))

    def _open(self) -> list[str]:
        nodes = self._state().nodes.values()
        return [RUN, *(one.name for one in nodes if one.type in _LEGS and not one.has_ended)]
