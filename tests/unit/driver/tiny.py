"""An engine of forty lines and a world in memory: enough to try everything that drives."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from argotui.driver.clock import Clock
from argotui.driver.driven import DrivenRun, DriveOptions
from argotui.journal.header import RunHeader
from argotui.journal.store import DiskFile, Journal, create, open_run
from argotui.model.changes import (
    Change,
    NodeCreated,
    NodePatched,
    Rejected,
    RunPatched,
    Step,
    WorkRequested,
)
from argotui.model.commands import Command, FinishRun, SetTimer, StartWork
from argotui.model.errors import EngineBug
from argotui.model.events import (
    Event,
    ResumeRequested,
    RunParked,
    RunStarted,
    RunSuspendToggled,
    TimerFired,
    WorkReported,
)
from argotui.model.fold import RunState, apply
from argotui.model.status import Node, NodePhase, NodeType, RunPhase
from argotui.model.work import Observation, PodState, PodWork, Report, WorkRef
from argotui.runtimes.port import Emit, RunPlace

RUN = "run1"
NAP = 10.0
START = RunStarted(run_id=RUN, name="w", uid="u")


class TinyEngine:
    """Runs the nodes of `plan` one after the other: `gate*` waits for a person, `nap*` for a
    timer, `bug*` is a bug of ours, everything else is a pod. Lost work is asked for again."""

    def __init__(self, plan: tuple[str, ...], state: RunState | None = None) -> None:
        self.plan = plan
        self.state = state or RunState()
        self._changes: list[Change] = []
        self._commands: list[Command] = []

    def handle(self, event: Event) -> Step:
        self._changes, self._commands = [], []
        run = self.state.run
        match event:
            case RunStarted() if not run.name:
                self._say(RunPatched(fields={"name": event.name, "phase": RunPhase.RUNNING}))
            case WorkReported():
                self._report(event)
            case ResumeRequested():
                self._resume(event)
            case TimerFired():
                for node in list(self.state.nodes.values()):
                    if node.wake_at is not None and node.wake_at <= event.at:
                        self._end(node.name, wake_at=None)
            case RunParked():
                self._say(RunPatched(fields={"parked": event.parked}))
            case RunSuspendToggled():
                self._say(RunPatched(fields={"suspended": event.suspended}))
        if run.name and run.finished_at is None:
            self._go_on(event.at)
        return Step(
            at=event.at,
            cause=event.cause,
            changes=tuple(self._changes),
            commands=tuple(self._commands),
        )

    def outstanding(self) -> Step:
        commands: list[Command] = [
            StartWork(ref=ref, work=work)
            for name, (ref, work) in self.state.work.items()
            if not self.state.nodes[name].has_ended
        ]
        times = [n.wake_at for n in self.state.nodes.values() if n.wake_at is not None]
        return Step(commands=(*commands, *(SetTimer(at=at) for at in times)))

    def _say(self, change: Change) -> None:
        told = NodeCreated(node=replace(change.node)) if isinstance(change, NodeCreated) else change
        apply(self.state, change)
        self._changes.append(told)

    def _end(self, name: str, **fields: Any) -> None:
        self._say(NodePatched(name=name, fields={"phase": NodePhase.SUCCEEDED, **fields}))

    def _report(self, event: WorkReported) -> None:
        node = self.state.nodes.get(event.ref.node_name)
        if node is None or node.has_ended or node.attempt != event.ref.attempt:
            return
        seen = {"observed": {"state": event.report.state}, "message": event.report.fault}
        match event.report.state:
            case PodState.SUCCEEDED:
                self._end(node.name, **seen)
            case PodState.GONE:
                self._ask(node.name, node.attempt + 1)
            case PodState.FAILED:
                self._say(NodePatched(name=node.name, fields={"phase": NodePhase.FAILED, **seen}))
            case _ if node.observed != seen["observed"]:
                self._say(NodePatched(name=node.name, fields={"phase": NodePhase.RUNNING, **seen}))

    def _resume(self, event: ResumeRequested) -> None:
        node = self.state.nodes.get(event.node_name)
        if node is None or not node.waits_for_person:
            self._say(Rejected(cause=event.cause, why=f"{event.node_name} does not wait"))
        else:
            self._end(node.name, approved_by=event.by)

    def _go_on(self, now: float) -> None:
        for name in self.plan:
            node = self.state.nodes.get(f"w.{name}")
            if node is None:
                self._begin(name, now)
                return
            if node.phase.is_bad:
                break
            if not node.has_ended:
                return
        bad = any(node.phase.is_bad for node in self.state.nodes.values())
        phase = RunPhase.FAILED if bad else RunPhase.SUCCEEDED
        self._say(RunPatched(fields={"phase": phase, "finished_at": now}))
        self._commands.append(FinishRun(phase=phase))

    def _begin(self, name: str, now: float) -> None:
        if name.startswith("bug"):
            raise EngineBug("this cannot be", ("once upon a time",))
        waits = name.startswith(("gate", "nap"))
        node = Node(
            name=f"w.{name}",
            id=f"w-{name}",
            display_name=name,
            type=NodeType.SUSPEND if waits else NodeType.POD,
            phase=NodePhase.RUNNING if waits else NodePhase.PENDING,
            started_at=now,
            wake_at=now + NAP if name.startswith("nap") else None,
        )
        self._say(NodeCreated(node=node))
        if node.wake_at is not None:
            self._commands.append(SetTimer(at=node.wake_at))
        if not waits:
            self._ask(node.name, 1)

    def _ask(self, name: str, attempt: int) -> None:
        node = self.state.nodes[name]
        ref = WorkRef(
            run_id=RUN, node_name=name, node_id=node.id, attempt=attempt, pod_name=f"p-{attempt}"
        )
        work = PodWork(pod={"metadata": {"name": ref.pod_name}})
        self._say(NodePatched(name=name, fields={"attempt": attempt, "observed": None}))
        self._say(WorkRequested(ref=ref, work=work))
        self._commands.append(StartWork(ref=ref, work=work))


@dataclass(slots=True)
class World:
    """What outlives a driver: the pods, and how often each was really started."""

    pods: dict[str, tuple[WorkRef, PodState]] = field(default_factory=dict)
    starts: Counter[str] = field(default_factory=Counter)
    closed: list[bool] = field(default_factory=list)  # keep_running of every close
    calls: list[tuple[str, str]] = field(default_factory=list)
    hold: set[str] = field(default_factory=set)  # node names whose pod goes on running


class TinyRuntime:
    """Pods that end as soon as the loop has a turn, unless the world holds them."""

    performs = (PodWork,)
    where = "tiny"

    def __init__(self, world: World) -> None:
        self.world = world
        self._emit: Emit | None = None
        self.fail_open: Exception | None = None
        self.fail_start: Exception | None = None

    async def open(self, place: RunPlace, emit: Emit) -> None:
        if self.fail_open:
            raise self.fail_open
        self._emit = emit
        for key in list(self.world.pods):
            self._tell(key)
            self._go_on(key)

    async def start(self, ref: WorkRef, work: Any) -> None:
        self.world.calls.append(("start", ref.key))
        await asyncio.sleep(0)
        if self.fail_start:
            raise self.fail_start
        if ref.key not in self.world.pods:
            self.world.starts[ref.key] += 1
            self.world.pods[ref.key] = (ref, PodState.RUNNING)
        self._tell(ref.key)
        self._go_on(ref.key)

    async def stop(self, ref: WorkRef, grace: float) -> None:
        self.world.calls.append(("stop", ref.key))
        self._finish(ref.key, PodState.FAILED)

    async def release(self, ref: WorkRef) -> None:
        self.world.calls.append(("release", ref.key))

    async def close(self, *, keep_running: bool = False) -> None:
        self.world.closed.append(keep_running)
        self._emit = None
        if not keep_running:
            for key, (ref, state) in self.world.pods.items():
                if not state.has_ended:
                    self.world.pods[key] = (ref, PodState.FAILED)

    def _go_on(self, key: str) -> None:
        if self.world.pods[key][0].node_name not in self.world.hold:
            asyncio.get_running_loop().call_soon(self._finish, key, PodState.SUCCEEDED)

    def _finish(self, key: str, state: PodState) -> None:
        if self._emit is None or key not in self.world.pods:
            return  # no driver sees it; nor does this world go on by itself
        ref, before = self.world.pods[key]
        if not before.has_ended:
            self.world.pods[key] = (ref, state)
            self._tell(key)

    def finish(self, node_name: str) -> None:
        """Let a held pod end well."""
        for key, (ref, _) in list(self.world.pods.items()):
            if ref.node_name == node_name:
                self._finish(key, PodState.SUCCEEDED)

    def _tell(self, key: str) -> None:
        ref, state = self.world.pods[key]
        if self._emit is not None:
            self._emit(Observation(ref=ref, report=Report(state=state), at=0.0))


def place_of(folder: Path, **given: Any) -> RunPlace:
    return RunPlace(
        run_id=RUN,
        workflow_name="w",
        namespace="default",
        folder=folder,
        logs=folder / "logs",
        work=folder / "work",
        **given,
    )


def open_journal(runs: Path, open_file: Any = DiskFile) -> tuple[Journal, RunState | None]:
    """Return the run's journal, new or gone on with."""
    if (runs / RUN).exists():
        return open_run(runs / RUN, open_file=open_file)
    header = RunHeader(run_id=RUN, workflow_name="w", created=1.0)
    return create(runs, header, open_file=open_file), None


def driven(
    runs: Path,
    plan: tuple[str, ...],
    runtime: TinyRuntime,
    *,
    clock: Clock | None = None,
    open_file: Any = DiskFile,
    approval_timeout: float | None = None,
    **more: Any,
) -> DrivenRun:
    """Return a driver for the run in `runs`, new or recovered. Inside a loop only."""
    journal, state = open_journal(runs, open_file)
    return DrivenRun(
        engine=TinyEngine(plan, state),
        journal=journal,
        runtime=runtime,
        place=place_of(journal.folder),
        options=DriveOptions(shared=runs / ".shared", approval_timeout=approval_timeout),
        clock=clock,
        **more,
    )
