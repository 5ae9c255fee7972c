"""The run's metrics as a file in Prometheus' text format, kept fresh. Called by DrivenRun.

Written at most once a second; while real-time gauges go on, every five seconds without a change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from argotui.journal.files import write_whole
from argotui.journal.places import METRICS
from argotui.model.exposition import exposition, run_metrics
from argotui.model.fold import RunState

_EVERY_SECONDS, _IDLE_SECONDS = 1.0, 5.0
_PUBLIC = 0o644  # of the copy that somebody else's collector reads


class Meter:
    """`copy` is the path of the user's own file, `tell` writes to the driver's log."""

    def __init__(
        self,
        folder: Path,
        state: Callable[[], RunState],
        now: Callable[[], float],
        *,
        tell: Callable[[str], None],
        copy: Path | None = None,
    ) -> None:
        self._file = folder / METRICS
        self._state = state
        self._now = now
        self._tell = tell
        self._copy = copy
        self._written: str | None = None
        self._due: asyncio.TimerHandle | None = None
        self._failed = False

    def note(self) -> None:
        """Something changed, perhaps a metric."""
        if self._is_wanted and (self._due is None or self._is_slow):
            self._later(_EVERY_SECONDS)

    def finish(self) -> None:
        """Write the last one: the driver leaves."""
        if self._due is not None:
            self._due.cancel()
        if self._is_wanted:
            self._write()

    @property
    def _is_wanted(self) -> bool:
        return self._copy is not None or bool(self._state().metrics)

    @property
    def _is_slow(self) -> bool:
        """Whether the next writing is further off than a change may wait."""
        loop = asyncio.get_running_loop()
        return self._due is not None and self._due.when() - loop.time() > _EVERY_SECONDS

    def _later(self, seconds: float) -> None:
        if self._due is not None:
            self._due.cancel()
        self._due = asyncio.get_running_loop().call_later(seconds, self._turn)

    def _turn(self) -> None:
        self._due = None
        self._write()
        families = self._state().metrics.values()
        if any(each.since is not None for one in families for each in one.samples.values()):
            self._later(_IDLE_SECONDS)

    def _write(self) -> None:
        text = exposition(run_metrics(self._state(), self._now()))
        if text == self._written:
            return
        self._written = text
        try:
            if self._state().metrics:
                write_whole(self._file, text.encode(), sync=False)
            if self._copy is not None:
                write_whole(self._copy, text.encode(), sync=False, mode=_PUBLIC)
        except OSError as error:
            if not self._failed:
                self._tell(f"metrics cannot be written: {error}")
            self._failed = True
