"""A run that chance plays: every piece of work ends somehow, time passes, people approve.

Called by fuzz.manifests for what may run.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from argotui.engine import core
from argotui.model.commands import AcquireLock, Ask, SetTimer, StartWork, StopWork
from argotui.model.events import (
    Answered,
    Event,
    LockGranted,
    ResumeRequested,
    RunStarted,
    RunSuspendToggled,
    ShutdownRequested,
    TimerFired,
    WorkReported,
)
from argotui.model.export import workflow_json
from argotui.model.fold import RunState, apply
from argotui.model.status import NodeType, Shutdown
from argotui.model.work import HttpWork, PodState, Report, Work, WorkRef
from argotui.submit.prepare import Prepared
from argotui.templates import engine_for
from tests.play import make_report

# a run that makes nodes without end is ended; here sooner, so that every case stays short
core._MOST_IDLE, core._MOST_AT_ONCE = 1_500, 4_000
_STEPS = 150
_MOST_NODES = 400


class Playing:
    def __init__(self, ready: Prepared, random: Random) -> None:
        self.engine = engine_for(ready.resolved)
        self.random = random
        self.now = 1_000_000.0
        self.timer: float | None = None
        self.work: dict[str, tuple[WorkRef, Work]] = {}
        self.events: list[Event] = []
        self.folded = RunState()

    def send(self, event: Event) -> None:
        step = self.engine.handle(replace(event, at=self.now, cause="c"))
        for change in step.changes:
            apply(self.folded, change)
        for command in step.commands:
            match command:
                case StartWork():
                    self.work[command.ref.node_name] = (command.ref, command.work)
                case StopWork():
                    self.work.pop(command.ref.node_name, None)
                case SetTimer():
                    self.timer = command.at
                case AcquireLock():
                    self.events.append(
                        LockGranted(node_name=command.node_name, locks=command.locks)
                    )
                case Ask():
                    self.events.append(Answered(question=command.question, values={}))

    def next(self) -> Event | None:
        """Return what happens next, None once nothing can."""
        if self.random.random() < 0.01:
            return ShutdownRequested(
                strategy=self.random.choice((Shutdown.STOP, Shutdown.TERMINATE))
            )
        if self.events:
            return self.events.pop(0)
        if self.work:
            name = self.random.choice(list(self.work))
            ref, work = self.work[name]
            outcome = self.random.choice((0, 0, 0, 0, 1, "Running", "Gone"))
            if outcome != "Running":
                del self.work[name]
            self.now += 1
            return WorkReported(ref=ref, report=self._report(work, outcome))
        if self.timer is not None:
            self.now, self.timer = max(self.now, self.timer), None
            return TimerFired()
        if self.engine.state.run.suspended:
            return RunSuspendToggled(suspended=False)
        waiting = [node.name for node in self.engine.state.nodes.values()
                   if node.type is NodeType.SUSPEND and not node.has_ended]  # fmt: skip
        return ResumeRequested(node_name=waiting[0], by="me") if waiting else None

    def _report(self, work: Work, outcome: int | str) -> Report:
        if isinstance(work, HttpWork):
            return Report(state=PodState.SUCCEEDED, response={"statusCode": 200, "body": "[1]"})
        facts = {}
        if outcome == 0:
            facts = {"result": self.random.choice(("", "1", "[1, 2]", '{"a": 1}', "x\x1b[1m"))}
        return make_report(work, outcome, self.now, **facts)


def play(ready: Prepared, random: Random) -> None:
    """Play a run; raises whatever the engine raises."""
    one = Playing(ready, random)
    one.send(RunStarted(run_id="r", name=ready.name, uid="u"))
    for _ in range(_STEPS):
        state = one.engine.state
        if state.run.phase.is_completed or len(state.nodes) > _MOST_NODES:
            break
        event = one.next()
        assert event is not None, "nothing can happen any more, and the run has not ended"
        one.send(event)
    assert one.folded.nodes == one.engine.state.nodes
    assert one.folded.run == one.engine.state.run
    workflow_json(ready.resolved.source, one.engine.state)
