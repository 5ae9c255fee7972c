"""The engine: events in, steps out. Synchronous, deterministic, without I/O.

Called by driver/ only. `Event -> handle -> Step(changes, commands)`; see ARCHITECTURE.md, walk 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from argotui.engine import claims, gc, locks, memoize, metrics, requests, run, shutdown, stall
from argotui.engine.context import Handler
from argotui.engine.core import Core, RunawayError
from argotui.engine.globals import Globals
from argotui.engine.links import attempts_among
from argotui.engine.outputs import export_own
from argotui.engine.reports import reported
from argotui.engine.visit import Visitor
from argotui.model.changes import Change, NodePatched, Step
from argotui.model.commands import Command, SetTimer, StartWork
from argotui.model.events import (
    Answered,
    CacheNotSaved,
    Event,
    LockGranted,
    LockRefused,
    LockWaits,
    NodeSetRequested,
    ResumeRequested,
    RunParked,
    RunStarted,
    RunSuspendToggled,
    ShutdownRequested,
    TimerFired,
    WorkReported,
)
from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType, RunPhase
from argotui.model.workflow import ResolvedWorkflow

_MAX_PASSES = 100_000  # a pass that keeps changing something is a bug of ours


class Engine:
    """One run. `state` is what the changes of all steps fold to; nobody else writes to it."""

    def __init__(
        self,
        resolved: ResolvedWorkflow,
        state: RunState | None = None,
        *,
        handlers: Mapping[str, Handler],
    ) -> None:
        self.core = Core(wf=resolved, state=state if state is not None else RunState())
        self.core.globals = Globals(self.core)
        self.core.spec = resolved.spec
        self.core.on_fulfilled.append(self._node_fulfilled)
        self.visitor = Visitor(self.core, handlers)
        self._cold = state is not None and state.run.phase is not RunPhase.NEW
        self._timer: float | None = None
        if self._cold:
            self._recover()

    @property
    def state(self) -> RunState:
        return self.core.state

    def handle(self, event: Event) -> Step:
        """Take one fact in and say all that follows from it."""
        core = self.core
        core.now = max(core.now, event.at)
        core.changes, core.commands, core.made = [], [], 0
        if self._cold:
            self._cold = False
            core.rebuilding = True  # frames and bound templates, before facts ask for them
            self._settle()
            core.rebuilding = False
        self._take(event)
        self._settle()
        self._set_timer()
        step = Step(
            at=event.at,
            cause=event.cause,
            changes=_merged(core.changes),
            commands=tuple(core.commands),
        )
        core.changes, core.commands = [], []
        return step

    def outstanding(self) -> Step:
        """After a recovery: what was asked of the world and may have been lost with the driver."""
        core = self.core
        if core.state.run.phase.is_completed:
            left = tuple(claims.outstanding(core))
            return Step(at=core.now, cause="recover", commands=left)
        commands: list[Command] = [
            StartWork(ref=ref, work=work)
            for name, (ref, work) in core.state.work.items()
            if not core.state.nodes[name].has_ended
        ]
        commands += locks.outstanding(core)
        commands += claims.outstanding(core)
        earliest = core.timers.earliest()
        if earliest is not None:
            commands.append(SetTimer(at=earliest))
        return Step(at=core.now, cause="recover", commands=tuple(commands))

    def _take(self, event: Event) -> None:
        core = self.core
        match event:
            case RunStarted():
                if core.state.run.phase is RunPhase.NEW:
                    run.start(core, event)
                    self._begin()
            case WorkReported():
                reported(core, event)
            case TimerFired():
                self._wake()
            case ResumeRequested():
                requests.resume(core, event)
            case NodeSetRequested():
                requests.node_set(core, event)
            case ShutdownRequested():
                requests.shut_down(core, event)
            case RunSuspendToggled():
                requests.suspend(core, event)
            case RunParked():
                core.patch_run(parked=event.parked)
            case LockGranted():
                locks.granted(core, event.node_name)
            case LockWaits():
                locks.waits(core, event)
            case LockRefused():
                locks.refused(core, event.node_name, event.why)
            case CacheNotSaved():
                memoize.not_saved(core, event)
            case Answered():
                memoize.answered(core, event)
                core.awaited_answers.discard(event.question)
                core.touch(core.asked.get(event.question) or core.state.run.name)
            case _:
                assert_never(event)

    def _begin(self) -> None:
        ended = run.prepare(self.core)
        if ended is not None:
            run.finish(self.core, *ended)
        else:
            metrics.run_started(self.core)

    def _wake(self) -> None:
        core = self.core
        for name in core.timers.due(core.now):
            if name in core.state.nodes:
                core.touch(name)

    def _settle(self) -> None:
        """Walk until a pass changes nothing. Argo: 4.0."""
        core = self.core
        if core.state.run.phase is RunPhase.NEW or core.state.run.phase.is_completed:
            return
        if shutdown.is_asked_for(core) and not core.state.run.parked:
            shutdown.look_again(core)
            shutdown.enforce(core)
        for name in core.watching:
            core.touch(name)
        if not run.may_walk(core):
            return
        for _ in range(_MAX_PASSES):
            try:
                self._pass()
            except RunawayError as error:
                run.finish(core, RunPhase.ERROR, str(error))
            if core.state.run.phase.is_completed:
                return
            core.revisit |= core.unsynced
            core.unsynced.clear()
            for name in core.revisit:
                core.touch(name)
            ended = not core.state.run.parked and shutdown.enforce(core)
            again = bool(core.revisit) or ended
            core.revisit.clear()
            if not again and not core.dirty.get(""):
                break
        else:
            raise core.bug("passes without end", core.state.run.name)
        stall.check(core)

    def _pass(self) -> None:
        core = self.core
        core.pass_number += 1
        core.revisit.clear()
        run.walk(core, self.visitor)

    def _set_timer(self) -> None:
        core = self.core
        if core.state.run.phase.is_completed:
            return
        earliest = core.timers.earliest()
        deadline = core.state.run.deadline_at
        if deadline is not None and core.now < deadline < (earliest or deadline + 1):
            earliest = deadline
        if earliest is not None and earliest != self._timer:
            core.commands.append(SetTimer(at=earliest))
        self._timer = earliest

    def _node_fulfilled(self, node: Node) -> None:
        export_own(self.core, node)
        locks.release(self.core, node.name)
        memoize.remember(self.core, node)
        gc.release_ended(self.core, node)
        metrics.node_ended(self.core, node)

    def _recover(self) -> None:
        """Rebuild from the state what is not part of it."""
        core = self.core
        for parent, children in core.state.children.items():
            core.linked.update((parent, child) for child in children)
        for node in core.state.nodes.values():
            core.ledger.count(node, +1)
            core.count_daemon(node)
            if node.wake_at is not None and not node.has_ended:
                core.timers.set(node.name, node.wake_at)
            if node.type is NodeType.RETRY and not node.has_ended:  # of a daemon, not visited
                attempts = attempts_among(node.name, core.children(node.name))
                core.parents.update(dict.fromkeys(attempts, node.name))
        core.pass_number = 1 + max(
            (node.created_pass for node in core.state.nodes.values()), default=0
        )
        core.now = max((node.started_at or 0.0 for node in core.state.nodes.values()), default=0.0)
        run.prepare(core)
        core.changes = []
        core.watching.update(node.name for node in core.state.nodes.values() if node.hooked)


def _merged(changes: list[Change]) -> tuple[Change, ...]:
    """Join patches of one node that follow each other."""
    merged: list[Change] = []
    for change in changes:
        last = merged[-1] if merged else None
        if (
            isinstance(change, NodePatched)
            and isinstance(last, NodePatched)
            and last.name == change.name
        ):
            merged[-1] = NodePatched(name=last.name, fields={**last.fields, **change.fields})
        else:
            merged.append(change)
    return tuple(merged)
