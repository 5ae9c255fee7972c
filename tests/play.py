"""A workflow played by hand: reports, time and people are the test's, the engine is the real one.

After every event the invariants are checked: the changes fold to the state, and handling the same
report twice changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from argotui.manifest.load import load
from argotui.manifest.resolve import resolve
from argotui.model.changes import Change, Rejected, Step
from argotui.model.commands import Ask, Command, SetTimer, StartWork, StopWork
from argotui.model.events import (
    Answered,
    Event,
    LockGranted,
    LockWaits,
    NodeSetRequested,
    ResumeRequested,
    RunStarted,
    RunSuspendToggled,
    ShutdownRequested,
    TimerFired,
    WorkReported,
)
from argotui.model.fold import RunState, apply
from argotui.model.status import NodePhase, Shutdown
from argotui.model.work import ContainerState, PodState, PodWork, Report, Work, WorkRef
from argotui.templates import engine_for

NAME = "wf"


class Play:
    """One run of a manifest. Names of nodes are written without the workflow's: `[0].a`, `.b`."""

    def __init__(self, manifest: str | Path, *, strict: bool = False, **parameters: str) -> None:
        text = manifest.read_text() if isinstance(manifest, Path) else manifest
        loaded = load([("wf.yaml", text)])
        errors = [problem for problem in loaded.problems if problem.severity == "error"]
        assert not errors, errors
        workflows = (*loaded.workflows, *loaded.workflow_templates)
        self.resolved = resolve(workflows[0], loaded, strict=strict, parameters=parameters)
        self.engine = engine_for(self.resolved)
        self.now = 1_000_000.0
        self.folded = RunState()
        self.changes: list[Change] = []
        self.work: dict[str, tuple[WorkRef, Work]] = {}
        self.commands: list[Command] = []
        self.timer: float | None = None
        self.rejected: list[str] = []
        self.waiting: list[Event] = []  # answers about claims; sent at once if `provides`
        self.provides = False
        self.unread: list[Event] = []  # answers about ConfigMaps, sent at once: there is none

    # -- what happens -------------------------------------------------------------------------

    def start(self) -> Play:
        return self.send(RunStarted(run_id="run-1", name=NAME, uid="u-1"))

    def send(self, event: Event) -> Play:
        event = replace(event, at=self.now, cause=f"e{len(self.changes)}")
        step = self.engine.handle(event)
        self._take(step)
        while self.unread or (self.provides and self.waiting):
            self.send((self.unread or self.waiting).pop())
        return self

    def report(self, node: str, outcome: str | int = 0, **facts: Any) -> Play:
        """`outcome`: Running, Pending, an exit code, or Gone."""
        ref, work = self.work[self.full(node)]
        report = make_report(work, outcome, self.now, **facts)
        return self.send(WorkReported(ref=ref, report=report))

    def run_all(self, outcome: int = 0, limit: int = 10_000) -> Play:
        """Let all work that is asked for end in this way, until none is."""
        while self.work and limit:
            limit -= 1
            name = next(iter(self.work))
            self.report(self.short(name), outcome)
        return self

    def advance(self, seconds: float) -> Play:
        """Let time pass; timers that are due fire on the way."""
        end = self.now + seconds
        while self.timer is not None and self.timer <= end:
            self.now, self.timer = max(self.now, self.timer), None
            self.send(TimerFired())
        self.now = end
        return self

    def approve(self, node: str, **values: str) -> Play:
        return self.send(ResumeRequested(node_name=self.full(node), values=values, by="me"))

    def reject(self, node: str, message: str) -> Play:
        failed = NodePhase.FAILED
        return self.send(
            NodeSetRequested(node_name=self.full(node), phase=failed, message=message, by="me")
        )

    def stop(self) -> Play:
        return self.send(ShutdownRequested(strategy=Shutdown.STOP, by="me"))

    def terminate(self) -> Play:
        return self.send(ShutdownRequested(strategy=Shutdown.TERMINATE, by="me"))

    def suspend(self, suspended: bool = True) -> Play:
        return self.send(RunSuspendToggled(suspended=suspended))

    def grant(self, node: str) -> Play:
        return self.send(LockGranted(node_name=self.full(node)))

    def waits(self, node: str, lock: str, free: int, limit: int, *, of_run: bool = False) -> Play:
        name = "" if of_run else self.full(node)
        return self.send(LockWaits(node_name=name, lock=lock, free=free, limit=limit))

    # -- what is ------------------------------------------------------------------------------

    def full(self, node: str) -> str:
        return NAME + node if not node.startswith(NAME) else node

    def short(self, node: str) -> str:
        return node.removeprefix(NAME)

    def node(self, node: str) -> Any:
        return self.engine.state.nodes[self.full(node)]

    @property
    def phase(self) -> str:
        return str(self.engine.state.run.phase)

    @property
    def message(self) -> str:
        return self.engine.state.run.message

    @property
    def running(self) -> list[str]:
        return [self.short(name) for name in self.work]

    def tree(self) -> str:
        """Every node, a line each: name, type, phase, message."""
        nodes = self.engine.state.nodes.values()
        rows = [(self.short(n.name) or ".", str(n.type), str(n.phase), n.message) for n in nodes]
        lines = [" ".join(filter(None, row)) for row in rows]
        return "\n".join(sorted(lines))

    def inputs(self, node: str) -> dict[str, str]:
        listed = self.node(node).inputs.get("parameters", ())
        return {each["name"]: each.get("value") for each in listed}

    def outputs(self, node: str) -> dict[str, str]:
        listed = self.node(node).outputs.get("parameters", ())
        return {each["name"]: each.get("value") for each in listed}

    def _take(self, step: Step) -> None:
        for change in step.changes:
            if isinstance(change, Rejected):
                self.rejected.append(change.why)
            apply(self.folded, change)
        self.changes += step.changes
        self.commands += step.commands
        for command in step.commands:
            match command:
                case StartWork():
                    self.work[command.ref.node_name] = (command.ref, command.work)
                case StopWork():
                    self.work.pop(command.ref.node_name, None)
                case Ask(kind="claims" | "budget"):
                    self.waiting.append(Answered(question=command.question))
                case Ask(kind="config-map"):
                    self.unread.append(Answered(question=command.question))
                case SetTimer():
                    self.timer = command.at
        for name in list(self.work):
            if self.engine.state.nodes[name].has_ended:
                del self.work[name]
        self._invariants()

    def _invariants(self) -> None:
        state = self.engine.state
        assert self.folded.nodes == state.nodes
        assert self.folded.children == state.children
        assert self.folded.run == state.run
        assert self.folded.metrics == state.metrics


def make_report(work: Work, outcome: str | int, at: float, **facts: Any) -> Report:
    """Return the report of a pod that stands or ended so."""
    names = work.mains if isinstance(work, PodWork) else ("main",)
    match outcome:
        case "Pending" | "Running" | "Gone":
            state = PodState(outcome)
            up = outcome == "Running"
            containers = tuple(
                ContainerState(name=name, state="running" if up else "waiting", ready=up)
                for name in names
            )
            return Report(state=state, containers=containers, **facts)
        case int(code):
            containers = tuple(
                ContainerState(
                    name=name,
                    state="terminated",
                    exit_code=code,
                    reason="Error" if code else "Completed",
                    finished_at=at,
                )
                for name in names
            )
            state = PodState.FAILED if code else PodState.SUCCEEDED
            return Report(state=state, containers=containers, finished_at=at, **facts)
    raise AssertionError(outcome)
