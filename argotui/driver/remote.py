"""RemoteRun: the RunPort of a run that another process drives. Made by bootstrap for cli and tui.

The driver says up to which record its state goes; the records themselves are read here, from the
run's folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

from argotui.driver.line import Line, connect
from argotui.driver.port import Snapshot, Verdict
from argotui.driver.states import has_left, info_of
from argotui.driver.stored import StoredRun
from argotui.driver.wire import (
    read_outlook,
    write_request,
)
from argotui.journal.blobs import fetch_blob
from argotui.journal.header import read_header
from argotui.journal.records import read_record
from argotui.journal.store import BLOBS, read_records, read_state
from argotui.model.changes import Batch, Change
from argotui.model.errors import RuntimeFault
from argotui.model.events import Request
from argotui.model.fold import RunState, apply


class RemoteRun:
    """A client. Connects when first asked something; `close` it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fetch = partial(fetch_blob, folder / BLOBS)
        self._line: Line | None = None
        self._turn = asyncio.Lock()  # one request at a time on the line

    async def snapshot(self) -> Snapshot:
        try:
            said, body = await self._ask({"do": "snapshot"})
        except RuntimeFault:  # a driver that left at the end of its run is no fault
            reading = await asyncio.to_thread(read_state, self._folder)
            if not has_left(reading.state):
                raise
            return await StoredRun(self._folder).snapshot()
        header = read_header(self._folder)
        reading = await asyncio.to_thread(read_state, self._folder, upto=said["seq"])
        return Snapshot(
            seq=reading.seq,
            info=info_of(self._folder, header, where=said["where"]),
            state=reading.state,
            outlook=read_outlook(body),
        )

    async def changes(self, after: int) -> AsyncIterator[Batch]:
        try:
            async for batch in self._told(after):
                after = batch.seq
                yield batch
        except RuntimeFault:
            rest = await asyncio.to_thread(_rest, self._folder, after)
            if rest is None:
                raise
            if rest.seq > after:
                yield rest

    async def _told(self, after: int) -> AsyncIterator[Batch]:
        """Yield what the driver sends. Raises RuntimeFault unless it says goodbye."""
        line = await connect(self._folder)
        try:
            await line.say({"do": "changes", "after": after})
            while True:
                said, body = await line.hear()
                if "end" in said:
                    if said["end"]:
                        raise RuntimeFault(said["end"])
                    return
                yield self._batch(said, body)
        finally:
            await line.close()

    async def submit(self, request: Request) -> Verdict:
        try:
            said, _ = await self._ask({"do": "submit", "request": write_request(request)})
        except RuntimeFault:  # as above: who comes as it leaves is told how the run stands
            reading = await asyncio.to_thread(read_state, self._folder)
            if not has_left(reading.state):
                raise
            return await StoredRun(self._folder).submit(request)
        return Verdict(accepted=said["accepted"], why=said["why"])

    async def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.close()

    async def _ask(self, question: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        async with self._turn:
            if self._line is None:
                self._line = await connect(self._folder)
            try:
                await self._line.say(question)
                return await self._line.hear()
            except BaseException:  # an answer may be under way that nobody will read
                await self.close()
                raise

    def _batch(self, said: dict[str, Any], body: bytes) -> Batch:
        outlook, *lines = body.splitlines(keepends=True)
        try:
            records = [read_record(line, fetch=self._fetch) for line in lines]
        except ValueError as error:
            raise RuntimeFault(
                f"the driver of run {self._folder.name} sent a broken record"
            ) from error
        return Batch(
            seq=said["seq"],
            at=said["at"],
            changes=tuple([change for record in records for change in record.changes]),
            outlook=read_outlook(outlook),
        )


def _rest(folder: Path, after: int) -> Batch | None:
    """Return what the journal has behind record `after`, if the run's driver left for good."""
    state = RunState()
    changes: list[Change] = []
    seq, at = 0, 0.0
    for record in read_records(folder):
        for change in record.changes:
            apply(state, change)
        seq, at = record.seq, record.at
    if not has_left(state):
        return None
    for record in read_records(folder):  # anew: those above went into a state that grew further
        if record.seq > after:
            changes += record.changes
    return Batch(seq=seq, at=at, changes=tuple(changes))


async def is_driven(folder: Path) -> bool:
    """Whether a driver answers for this run."""
    try:
        line = await connect(folder)
    except RuntimeFault:
        return False
    await line.close()
    return True
