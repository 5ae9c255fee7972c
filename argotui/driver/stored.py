"""StoredRun: the RunPort of a run that nobody drives: it can be looked at. Made by bootstrap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from argotui.driver.port import Snapshot, Verdict
from argotui.driver.states import info_of
from argotui.journal.header import read_header
from argotui.journal.store import read_state
from argotui.model.changes import Batch
from argotui.model.events import Request


class StoredRun:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def snapshot(self) -> Snapshot:
        reading = await asyncio.to_thread(read_state, self._folder)
        return Snapshot(
            seq=reading.seq,
            info=info_of(self._folder, read_header(self._folder)),
            state=reading.state,
        )

    async def changes(self, after: int) -> AsyncIterator[Batch]:
        """Nothing is to come."""
        batches: tuple[Batch, ...] = ()
        for batch in batches:
            yield batch

    async def submit(self, request: Request) -> Verdict:
        reading = await asyncio.to_thread(read_state, self._folder)
        if reading.state.run.phase.is_completed:
            return Verdict(accepted=False, why="the run has ended")
        run = self._folder.name
        why = f"no driver is running for {run}; start one with: argotui recover {run}"
        return Verdict(accepted=False, why=why)

    async def close(self) -> None:
        pass
