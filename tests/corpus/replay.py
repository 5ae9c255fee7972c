"""A recorded case through the engine alone: every pod ends as it ended on the cluster.

What is left to chance is then as recorded; the tree must follow from it by the rules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from argotui.model.commands import AcquireLock, Ask, SaveCache, SetTimer, StartWork, StopWork
from argotui.model.events import Answered, Event, LockGranted, RunStarted, TimerFired, WorkReported
from argotui.model.export import workflow_json
from argotui.model.work import ContainerState, HttpWork, PodState, PodWork, Report, Work, WorkRef
from argotui.submit.prepare import Prepared
from argotui.templates import engine_for
from tests.probes.trees import normal_form

_START = 1_000_000.0
_STEPS = 20_000


class Replay:
    """One run. `facts` are the recorded nodes by name, the workflow's own name put in."""

    def __init__(self, prepared: Prepared, want: dict[str, Any]) -> None:
        self.prepared = prepared
        self.engine = engine_for(prepared.resolved)
        nodes = want.get("nodes") or ()
        self.facts = {node["name"].replace("$WF", prepared.name): node for node in nodes}
        self.now = _START
        self.timer: float | None = None
        self.work: dict[str, tuple[WorkRef, Work]] = {}
        self.events: list[Event] = []
        self.daemons: set[str] = set()
        self.up: set[str] = set()
        self.cache: dict[str, dict[str, str]] = {}

    def run(self) -> dict[str, Any]:
        """Return the tree, once nothing is left to happen."""
        self.send(RunStarted(run_id="r", name=self.prepared.name, uid="u"))
        for _ in range(_STEPS):
            if self.events:
                self.send(self.events.pop(0))
            elif not self._next_work() and not self._next_time():
                break
        return normal_form(workflow_json(self.prepared.resolved.source, self.engine.state))

    def send(self, event: Event) -> None:
        step = self.engine.handle(replace(event, at=self.now, cause="c"))
        for command in step.commands:
            match command:
                case StartWork():
                    self.work[command.ref.node_name] = (command.ref, command.work)
                case StopWork():
                    self.work.pop(command.ref.node_name, None)
                case SetTimer():
                    self.timer = command.at
                case AcquireLock():
                    granted = LockGranted(node_name=command.node_name, locks=command.locks)
                    self.events.append(granted)
                case Ask():
                    kept = self.cache.get(command.subject, {})
                    self.events.append(Answered(question=command.question, values=kept))
                case SaveCache():
                    key = command.subject.partition("/")[2]
                    self.cache[command.subject] = {key: command.entry}

    def _next_work(self) -> bool:
        """Let the work that was asked for first end, as it is recorded."""
        for name, (ref, work) in self.work.items():
            fact = self.facts.get(name, {})
            if isinstance(work, PodWork) and name not in self.up:
                self.up.add(name)
                self.send(WorkReported(ref=ref, report=_running(work, ready=False)))
                return True
            if isinstance(work, PodWork) and work.daemon and fact.get("phase") == "Succeeded":
                if name in self.daemons:
                    continue
                self.daemons.add(name)
                self.send(WorkReported(ref=ref, report=_running(work, ready=True)))
                return True
            del self.work[name]
            self.now += 1
            self.send(WorkReported(ref=ref, report=ended(work, fact, self.now, self.facts, name)))
            return True
        return False

    def _next_time(self) -> bool:
        if self.timer is None or self.engine.state.run.phase.is_completed:
            return False
        self.now, self.timer = max(self.now, self.timer), None
        self.send(TimerFired())
        return True


def _running(work: PodWork, *, ready: bool) -> Report:
    up = tuple(ContainerState(name=name, state="running", ready=ready) for name in work.mains)
    return Report(state=PodState.RUNNING, containers=up, pod_ip="10.0.0.1")


def ended(work: Work, fact: dict[str, Any], at: float, facts: dict[str, Any], name: str) -> Report:
    bad = fact.get("phase") in ("Failed", "Error")
    state = PodState.FAILED if bad else PodState.SUCCEEDED
    if isinstance(work, HttpWork):
        response = {"statusCode": 500 if bad else 200, "body": fact.get("result") or ""}
        return Report(state=state, response=response, finished_at=at)
    names = work.mains if isinstance(work, PodWork) else ("main",)
    codes = {main: _code(facts.get(f"{name}.{main}", fact), bad) for main in names}
    stopped = fact.get("phase") == "Failed" and all(code is None for code in codes.values())
    return Report(
        state=state,
        reason="DeadlineExceeded" if stopped else "",
        containers=tuple(
            ContainerState(
                name=main,
                state="terminated" if code is not None else "waiting",
                exit_code=code,
                reason="Error" if code else "Completed",
                finished_at=at,
            )
            for main, code in codes.items()
        ),
        parameters={key: value for key, value in (fact.get("outputs") or {}).items() if value},
        result=fact.get("result"),
        finished_at=at,
    )


def _code(fact: dict[str, Any], bad: bool) -> int | None:
    """Return the exit code of a container; None for one that never ran, or was stopped with its
    pod."""
    bad = fact.get("phase") in ("Failed", "Error") if fact.get("phase") else bad
    code = fact.get("exitCode")
    return int(code) if code is not None else (None if bad else 0)
