"""Taking over a run whose driver died: what the world shows against what was asked for.

Called by DrivenRun. Releases and decides nothing: lost work is reported, the engine judges.
"""

from __future__ import annotations

from dataclasses import replace

from argotui.model.changes import Step
from argotui.model.commands import Command, StartWork, StopWork
from argotui.model.events import WorkReported
from argotui.model.fold import RunState
from argotui.model.work import Observation, PodState, Report, WorkRef

_LOST = "lost while no driver was there: it had been seen, and exists no more"


class Recovery:
    """Notes what the runtime shows as it opens, then sorts the outstanding work by it."""

    def __init__(self) -> None:
        self._seen: dict[str, Observation] = {}

    def saw(self, seen: Observation) -> None:
        """May be called from any thread."""
        self._seen[seen.ref.key] = seen

    def sort(self, state: RunState, step: Step) -> tuple[Step, list[WorkReported]]:
        """Return what of the engine's outstanding `step` has to be done, and the work that is lost.

        What was never seen is started again: starting is idempotent. What goes on though nobody
        waits for it is stopped: the command to do so died with the driver before.
        """
        kept: list[Command] = []
        lost: list[WorkReported] = []
        wanted = set()
        for command in step.commands:
            if not isinstance(command, StartWork):
                kept.append(command)
                continue
            wanted.add(command.ref.key)
            if command.ref.key in self._seen:
                continue
            if _was_seen(state, command.ref):
                report = Report(state=PodState.GONE, message=_LOST)
                lost.append(WorkReported(ref=command.ref, report=report))
            else:
                kept.append(command)
        kept += [
            StopWork(ref=seen.ref, reason="run-ended")
            for key, seen in self._seen.items()
            if key not in wanted and not seen.report.state.has_ended
            if not _is_daemon(state, seen.ref)
        ]
        self._seen.clear()
        return replace(step, commands=tuple(kept)), lost


def _was_seen(state: RunState, ref: WorkRef) -> bool:
    node = state.nodes.get(ref.node_name)
    return node is not None and node.observed is not None and node.attempt == ref.attempt


def _is_daemon(state: RunState, ref: WorkRef) -> bool:
    node = state.nodes.get(ref.node_name)
    return node is not None and node.daemoned
