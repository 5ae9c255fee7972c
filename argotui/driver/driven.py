"""DrivenRun: inbox -> engine -> journal -> publish -> dispatch, one way round, for one run.

Made by bootstrap. It is a RunPort itself for clients of the same process; driver/control offers
it to others.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from argotui.driver.caches import Caches, CacheStore
from argotui.driver.clock import Cancel, Clock, RealClock
from argotui.driver.dispatch import Dispatch
from argotui.driver.feed import Feed, Reader
from argotui.driver.inbox import Inbox, Item
from argotui.driver.keeping import Keeper
from argotui.driver.lockfile import FileShelf
from argotui.driver.machine import Machine, Outlook, no_outlook
from argotui.driver.metering import Meter
from argotui.driver.port import RunInfo, Snapshot, Verdict
from argotui.driver.recover import Recovery
from argotui.driver.states import batch_of, info_of, own_copy, word_for
from argotui.driver.story import tell
from argotui.driver.waiting import Waiting
from argotui.journal.store import Journal
from argotui.locks.port import Shelf
from argotui.model.changes import Batch, Planned, Rejected, Step
from argotui.model.commands import Ask, Command, FinishRun, SetTimer
from argotui.model.errors import EngineBug, RuntimeFault
from argotui.model.events import (
    Event,
    Request,
    RunParked,
    RunStarted,
    WorkReported,
)
from argotui.model.status import RunPhase
from argotui.model.work import Observation
from argotui.runtimes.port import RunPlace, Runtime

_BATCH = 256  # events taken at once; between two batches everybody else has a turn
_REQUESTS = 64  # requests of clients under way at once; more wait outside
_LEAVE_SECONDS = 10.0  # for the last calls into the runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveEnd:
    """Why the driver leaves: `finished`, `parked` or `left` (the work goes on)."""

    outcome: str
    phase: RunPhase = RunPhase.NEW
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveOptions:
    """`approval_timeout` in seconds, None: wait for ever. `shared` is the folder of what runs
    share on this machine; `shelf` and `caches` are its own unless given. `metrics_file` is a copy
    of the run's metrics. `elsewhere`: kind of work -> what performs it."""

    shared: Path
    approval_timeout: float | None = None
    metrics_file: Path | None = None
    shelf: Shelf | None = None
    caches: Caches | None = None
    elsewhere: Mapping[str, str] = field(
        default_factory=lambda: {"ResourceWork": "--runtime kubernetes"}
    )


class DrivenRun:
    """One run and all that moves it. Must be made inside a running loop."""

    def __init__(
        self,
        *,
        engine: Machine,
        journal: Journal,
        runtime: Runtime,
        place: RunPlace,
        options: DriveOptions,
        clock: Clock | None = None,
        outlook: Outlook = no_outlook,
    ) -> None:
        self._engine = engine
        self._journal = journal
        self._runtime = runtime
        self._place = place
        self._options = options
        self._clock = clock or RealClock()
        self._outlook = outlook
        self._inbox = Inbox()
        self._requests = asyncio.Semaphore(_REQUESTS)
        self._waiting = Waiting()
        self._recovery = Recovery()
        self._begun = False
        self._approval: Cancel | None = None
        self._end: DriveEnd | None = None
        self.info: RunInfo = info_of(journal.folder, journal.header, where=runtime.where)
        self.feed = Feed(
            seq=journal.seq,
            at=journal.at,
            state=lambda: engine.state,
            outlook=self._look_ahead,
            catch_up=journal.lines,
        )
        self._keeper = Keeper(journal, lambda: engine.state, lambda: self._waiting.nodes)
        self._meter = Meter(
            journal.folder,
            lambda: engine.state,
            self._clock.now,
            tell=self.tell,
            copy=options.metrics_file,
        )
        self._dispatch = Dispatch(
            runtime=runtime,
            place=place,
            clock=self._clock,
            put=self._inbox.put,
            tell=self.tell,
            **_shared(options, place),
            elsewhere=options.elsewhere,
        )

    @property
    def is_busy(self) -> bool:
        """Whether something is under way that needs no alarm (for a virtual clock)."""
        return bool(self._inbox) or self._dispatch.is_busy

    def tell(self, text: str) -> None:
        """Write a line into the driver's log."""
        tell(self._journal.folder, text)

    # -- the loop ----------------------------------------------------------------------------------

    async def drive(self, first: RunStarted) -> DriveEnd:
        """Drive to the end. A run whose journal is empty begins with `first`, any other goes on.

        Raises RuntimeFault (the runtime cannot work here; the journal cannot be written) and
        EngineBug; the journal is sound in every case, and clients are told.
        """
        fault = ""
        try:
            await self._begin(first)
            self._begun = True
            while self._end is None:
                self._take(await self._inbox.take(_BATCH))
                await asyncio.sleep(0)
            return self._end
        except RuntimeFault as error:
            fault = str(error)
            raise
        except EngineBug as bug:
            self.tell(f"a bug of argotui:\n{bug}")
            fault = f"a bug of argotui ended the driver: {bug.args[0].splitlines()[0]}"
            raise
        except asyncio.CancelledError:
            self._end = DriveEnd(outcome="left")
            raise
        finally:
            await self._leave(fault)

    def leave(self) -> None:
        """Have the driver go without ending the run: its work goes on, `recover` comes back."""
        if self._end is None:
            self._end = DriveEnd(outcome="left", phase=self._engine.state.run.phase)
            self._inbox.put(RunParked(parked=False))  # wakes the loop; not handled any more

    async def _begin(self, first: RunStarted) -> None:
        self._waiting.begin(self._engine.state, self._clock.now())
        fresh = self._journal.seq == 0
        self._dispatch.look_for_locks(self._engine.outstanding().commands)
        await self._runtime.open(self._place, self._observe)
        await asyncio.sleep(0)
        if fresh:
            self._take([Item(event=first), *self._inbox.drain(_BATCH)])
            return
        if self._engine.state.run.finished_at is not None:
            self._end = self._finished(self._engine.state.run.phase)
            for command in self._engine.outstanding().commands:
                self._dispatch.carry_out(command)
            return
        while self._inbox and self._end is None:
            self._take(self._inbox.drain(_BATCH))
        if self._end is None:  # also where the world has nothing to tell: the run goes on by itself
            self._take([Item(event=RunParked(parked=False))])
        if self._end is None:
            self._take_over()

    def _take_over(self) -> None:
        """Ask again for what is outstanding, now that the world has been looked at."""
        outstanding = self._engine.outstanding()
        self._waiting.work(None, outstanding.commands)
        step, lost = self._recovery.sort(self._engine.state, outstanding)
        self._commit([(Item(event=RunParked(parked=False)), step)])
        for report in lost:
            self._inbox.put(report)

    def _observe(self, seen: Observation) -> None:
        if not self._begun:
            self._recovery.saw(seen)
        self._inbox.put(WorkReported(ref=seen.ref, report=seen.report))

    def _take(self, items: list[Item]) -> None:
        try:
            self._turn(items)
        except BaseException:
            for item in items:
                _refuse(item, "the driver of the run failed")
            raise

    def _turn(self, items: Iterable[Item]) -> None:
        """Handle a batch: all that was decided is written once, before anybody is told."""
        steps: list[tuple[Item, Step]] = []
        bug: EngineBug | None = None
        number = self._journal.seq + 1  # of the record that the next change will be in
        for item in items:
            if self._end is not None:
                _refuse(item, "the run has ended")
                continue
            if isinstance(item.event, RunParked) and item.event.parked and not self._may_park():
                continue
            try:
                step = self._handle(item.event, number=number)
            except EngineBug as error:
                bug = error
                break
            steps.append((item, step))
            number += bool(step.changes)
            self._follow(item.event, step)
        self._commit(steps, carry_out=bug is None)
        if bug is not None:
            raise bug

    def _handle(self, event: Event, *, number: int) -> Step:
        now = self.feed.at = max(self._clock.now(), self.feed.at, event.at)
        cause = f"{word_for(event)}-{number}"
        try:
            return self._engine.handle(replace(event, at=now, cause=cause))
        except EngineBug:
            raise
        except Exception as error:
            story = tuple(traceback.format_exc().splitlines())
            raise EngineBug(f"{type(error).__name__} while handling {cause}", story) from error

    def _follow(self, event: Event, step: Step) -> None:
        """Keep what the driver itself has to know: who waits, and whether this was the end."""
        self._waiting.follow(self._engine.state, step.changes, step.at or self.feed.at)
        self._waiting.work(event, step.commands)
        if isinstance(event, RunParked) and event.parked and not _refusal(step):
            self._end = DriveEnd(outcome="parked", phase=self._engine.state.run.phase)
        for command in step.commands:
            if isinstance(command, FinishRun):
                self._end = self._finished(command.phase)

    def _commit(self, steps: list[tuple[Item, Step]], *, carry_out: bool = True) -> None:
        commands: list[Command] = [command for _, step in steps for command in step.commands]
        # What goes out into the world, or to a person, must survive a power cut; the rest is seen
        # again.
        asked = self._end is not None or any(item.answer is not None for item, _ in steps)
        records = self._journal.append(
            [step for _, step in steps if step.changes],
            sync=asked or any(not isinstance(command, SetTimer | Ask) for command in commands),
        )
        if records:
            self.feed.publish(records)
            self._keeper.note()
            self._meter.note()
        for item, step in steps:
            _answer(item, step)
        if carry_out:
            for command in commands:
                self._dispatch.carry_out(command)
        self._watch_approvals()

    def _finished(self, phase: RunPhase) -> DriveEnd:
        return DriveEnd(outcome="finished", phase=phase, message=self._engine.state.run.message)

    # -- approvals ---------------------------------------------------------------------------------

    def _watch_approvals(self) -> None:
        if self._approval is not None:
            self._approval()
            self._approval = None
        limit = self._options.approval_timeout
        if limit is None or self._end is not None or not self._waiting.for_people_only:
            return
        due = min(self._waiting.since.values()) + limit
        self._approval = self._clock.call_at(
            due, lambda: self._inbox.put(RunParked(parked=True, at=due))
        )

    def _may_park(self) -> bool:
        """Whether, now that the events before it have been handled, nothing has come after all."""
        return self._waiting.for_people_only

    # -- the port ----------------------------------------------------------------------------------

    async def snapshot(self) -> Snapshot:
        return Snapshot(
            seq=self.feed.seq,
            info=self.info,
            state=own_copy(self._engine.state),
            outlook=self.feed.outlook_now(),
        )

    async def changes(self, after: int) -> AsyncIterator[Batch]:
        reader = Reader(seq=after)
        while (parcel := await self.feed.after(reader)) is not None:
            yield batch_of(parcel, [self._journal.read(line) for line in parcel.lines])
        if self.feed.ended:
            raise RuntimeFault(self.feed.ended)

    async def submit(self, request: Request) -> Verdict:
        async with self._requests:
            if self._end is not None or self.feed.ended is not None:
                return Verdict(accepted=False, why="the run has ended")
            answer: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
            self._inbox.put(request, answer)
            return await answer

    async def close(self) -> None:
        """A client of the same process leaves; the run does not care."""

    # -- the end -----------------------------------------------------------------------------------

    async def _leave(self, fault: str) -> None:
        """Close the runtime, write the last summary, tell the observers, let the journal go."""
        if self._approval is not None:
            self._approval()
        for item in self._inbox.drain(len(self._inbox)):
            _refuse(item, fault or "the run has ended")
        keep = bool(fault) or self._end is None or self._end.outcome == "left"
        try:
            if not keep:
                await self._dispatch.settle(_LEAVE_SECONDS)
            await self._dispatch.close(keep_locks=keep)
            await self._runtime.close(keep_running=keep)
        except Exception as error:
            self.tell(f"closing the runtime:\n{traceback.format_exc()}")
            fault = fault or f"the runtime did not close: {error}"
        self._meter.finish()
        self._keeper.finish(fault, closed=not keep and not fault)
        self.feed.end(fault)
        self._journal.close()

    def _look_ahead(self, boundaries: Iterable[str]) -> Mapping[str, tuple[Planned, ...]]:
        """What is to come is a courtesy: a bug in it must not end a run."""
        try:
            return self._outlook(boundaries)
        except Exception:
            self.tell(f"looking ahead:\n{traceback.format_exc()}")
            return {}


def _shared(options: DriveOptions, place: RunPlace) -> dict[str, Any]:
    """Return what runs share: as the options say, else that of this machine."""
    folder = options.shared
    shelf = options.shelf or FileShelf(folder / "locks", place.folder, run=place.run_id)
    return {
        "shelf": shelf,
        "caches": options.caches or CacheStore(folder / "caches", place.namespace),
    }


def _refusal(step: Step) -> str | None:
    for change in step.changes:
        if isinstance(change, Rejected) and change.cause == step.cause:
            return change.why
    return None


def _answer(item: Item, step: Step) -> None:
    if item.answer is None or item.answer.done():
        return
    why = _refusal(step)
    item.answer.set_result(Verdict(accepted=why is None, why=why or ""))


def _refuse(item: Item, why: str) -> None:
    if item.answer is not None and not item.answer.done():
        with suppress(asyncio.InvalidStateError):
            item.answer.set_result(Verdict(accepted=False, why=why))
