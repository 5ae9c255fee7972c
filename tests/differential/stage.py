"""A written workflow, driven to its end: acted on a virtual clock, or on a real runtime.

What comes back is the folded state and what the stage was left like. Used by the checks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from argotui import bootstrap
from argotui.bootstrap.places import run_place
from argotui.driver.caches import CacheStore
from argotui.driver.clock import VirtualClock
from argotui.driver.driven import DrivenRun, DriveOptions
from argotui.driver.lockfile import FileShelf
from argotui.engine.outlook import outlook
from argotui.journal.header import RunHeader
from argotui.journal.store import DiskFile, Reading, create, open_run, read_state
from argotui.model.events import RunStarted, RunSuspendToggled, ShutdownRequested
from argotui.model.export import workflow_json
from argotui.model.fold import RunState
from argotui.model.status import Shutdown
from argotui.submit.prepare import Prepared, prepare
from argotui.submit.request import Choices, Source, Where
from argotui.templates import engine_for
from tests.differential.acting import Acting

RUN = "run1"
START = 1_000.0
LIMIT = 60.0  # real seconds for one acted run


class Crash(BaseException):
    """The process is gone: nothing below the loop may catch it."""


class Fuse(DiskFile):
    """Dies at the write of number `at`: before it, in the middle of it, or after it."""

    at = -1
    how = ""
    written = 0
    stage: Acting | None = None

    def write(self, data: bytes) -> None:
        Fuse.written += 1
        if Fuse.written != Fuse.at:
            super().write(data)
            return
        if Fuse.how != "before":
            super().write(data[: len(data) // 2] if Fuse.how == "torn" else data)
        if Fuse.stage is not None:
            Fuse.stage.deaf = True
        raise Crash

    def sync(self) -> None:
        """Nobody pulls the plug of this machine."""


@dataclass
class Ended:
    """A run at its end. `live` is the engine's own state, `read` what the journal folds to."""

    prepared: Prepared
    folder: Path
    live: RunState
    read: Reading
    stage: Acting
    writes: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def json(self) -> dict[str, Any]:
        return workflow_json(self.prepared.resolved.source, self.live)


def made_ready(text: str, where: Where = Where.LOCAL) -> Prepared:
    """Read the documents strictly. Raises ManifestError."""
    source = Source(names=("wf.yaml",), contents={"wf.yaml": text.encode()})
    return prepare(source, Choices(strict=True, runtime=where))


def acted(
    ready: Prepared,
    runs: Path,
    seed: int,
    *,
    commands: Sequence[tuple[float, str]] = (),
    crashes: Sequence[tuple[int, str]] = (),
) -> Ended:
    """Act a run to its end. Each of `crashes` is a life of the driver: it dies at that write of
    its own, in that way; the last one lives."""
    stage = Acting(seed)
    Fuse.at, Fuse.written, Fuse.stage = -1, 0, stage
    for Fuse.at, Fuse.how in crashes:
        Fuse.written = 0
        try:
            return _life(ready, runs, stage, commands)
        except Crash:
            pass
    Fuse.at, Fuse.written = -1, 0
    return _life(ready, runs, stage, commands)


def _life(
    ready: Prepared, runs: Path, stage: Acting, commands: Sequence[tuple[float, str]]
) -> Ended:
    return asyncio.run(asyncio.wait_for(_driven(ready, runs, stage, commands), LIMIT))


async def _driven(
    ready: Prepared, runs: Path, stage: Acting, commands: Sequence[tuple[float, str]]
) -> Ended:
    state = None
    if (runs / RUN).exists():
        journal, state = open_run(runs / RUN, open_file=Fuse)
    else:
        header = RunHeader(run_id=RUN, workflow_name=ready.name, created=START, seed=7)
        journal = create(runs, header, open_file=Fuse)
    stage.clock = VirtualClock(start=max(START, journal.at))
    engine = engine_for(ready.resolved, state)
    place = run_place(journal.folder, journal.header, config_maps=ready.loaded.config_maps)
    run = DrivenRun(
        engine=engine,
        journal=journal,
        runtime=stage,
        place=place,
        options=DriveOptions(shared=runs / ".shared", shelf=_shelf(runs, ready),
                             caches=CacheStore(runs / ".caches", "default")),
        clock=stage.clock,
        outlook=partial(outlook, engine),
    )  # fmt: skip
    stage.clock.busy.append(lambda: run.is_busy)
    ended = Ended(ready, journal.folder, engine.state, Reading(seq=0, at=0.0, state=RunState()),
                  stage)  # fmt: skip
    asked = [asyncio.create_task(_give(run, stage, at, what, ended)) for at, what in commands]
    try:
        await run.drive(RunStarted(run_id=RUN, name=ready.name, uid="u", seed=7))
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    ended.read, ended.writes = read_state(journal.folder), Fuse.written
    return ended


def _shelf(runs: Path, ready: Prepared) -> FileShelf:
    return FileShelf(
        runs / ".shared" / "locks", runs / RUN, run=RUN, config_maps=ready.loaded.config_maps
    )


async def _give(run: DrivenRun, stage: Acting, at: float, what: str, ended: Ended) -> None:
    """Give a command when its time comes, unless it was given in an earlier life."""
    if START + at < stage.clock.now():
        return
    await stage.clock.sleep_until(START + at)
    match what:
        case "stop" | "terminate":
            strategy = Shutdown.STOP if what == "stop" else Shutdown.TERMINATE
            verdict = await run.submit(ShutdownRequested(strategy=strategy, by="me"))
        case _:
            verdict = await run.submit(RunSuspendToggled(suspended=what == "suspend"))
    if not verdict.accepted:
        ended.refused.append(verdict.why)


def performed(
    ready: Prepared, place: bootstrap.Place, *, limit: float
) -> tuple[RunState, dict[str, Any], Path]:
    """Run on a real runtime, in this process; return state, Workflow and folder of the run."""
    return asyncio.run(_performed(ready, place, limit))


async def _performed(
    ready: Prepared, place: bootstrap.Place, limit: float
) -> tuple[RunState, dict[str, Any], Path]:
    journal = bootstrap.create_run(ready, place)
    run = bootstrap.assemble(ready, journal)
    try:
        await asyncio.wait_for(run.drive(bootstrap.first_event(journal.header)), limit)
    except TimeoutError:
        state = (await run.snapshot()).state
        open_ = [node.name for node in state.nodes.values() if not node.has_ended]
        raise AssertionError(f"not at its end after {limit:g} s: {open_}") from None
    state = (await run.snapshot()).state
    return state, workflow_json(ready.resolved.source, state), journal.folder
