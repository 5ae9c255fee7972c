"""The run's line in lists, kept fresh: at most once a second, and at the end. Called by
DrivenRun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from argotui.journal.store import Journal
from argotui.journal.summary import summarize, write_summary
from argotui.model.fold import RunState

_EVERY_SECONDS = 1.0


class Keeper:
    def __init__(
        self, journal: Journal, state: Callable[[], RunState], waiting: Callable[[], int]
    ) -> None:
        self._journal = journal
        self._state = state
        self._waiting = waiting
        self._due: asyncio.TimerHandle | None = None

    def note(self) -> None:
        """Something changed."""
        if self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(_EVERY_SECONDS, self._write)

    def finish(self, fault: str, *, closed: bool = False) -> None:
        """Write the last one, with the reason if the driver leaves before the run's end; `closed`
        if it leaves nothing behind."""
        if self._due is not None:
            self._due.cancel()
        self._write(fault, closed=closed)

    def _write(self, fault: str = "", *, closed: bool = False) -> None:
        self._due = None
        summary = summarize(
            self._journal.header,
            self._state(),
            size=self._journal.size,
            waiting=self._waiting(),
            fault=fault,
            closed=closed,
        )
        with suppress(OSError):  # a list can fold the journal instead
            write_summary(self._journal.folder, summary)
