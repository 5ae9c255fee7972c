"""Whether a run waits for people only, and since when: what the approval timeout is about.
Called by DrivenRun."""

from __future__ import annotations

from collections.abc import Iterable

from argotui.model.changes import Change, NodeCreated, NodePatched, NodesRemoved, RunPatched
from argotui.model.commands import Command, StartWork
from argotui.model.events import Event, WorkReported
from argotui.model.fold import RunState

_RUN = ""  # stands for the run itself: suspended by a person, resumed by one


class Waiting:
    """Kept current change by change, so that a look at it costs nothing."""

    def __init__(self) -> None:
        self.since: dict[str, float] = {}  # node name, or _RUN -> unix seconds
        self._at_work: set[str] = set()

    @property
    def nodes(self) -> int:
        """How many nodes wait for a person."""
        return len(self.since) - (_RUN in self.since)

    @property
    def for_people_only(self) -> bool:
        return bool(self.since) and not self._at_work

    def begin(self, state: RunState, at: float) -> None:
        """Look at the whole state once, as a driver takes over."""
        for node in state.nodes.values():
            self._node(state, node.name, at)
        self._run(state, at)

    def follow(self, state: RunState, changes: Iterable[Change], at: float) -> None:
        for change in changes:
            match change:
                case NodePatched(name=name):
                    self._node(state, name, at)
                case NodeCreated(node=node):
                    self._node(state, node.name, at)
                case NodesRemoved(names=names):
                    for name in names:
                        self.since.pop(name, None)
                case RunPatched():
                    self._run(state, at)

    def work(self, event: Event | None, commands: Iterable[Command]) -> None:
        """Count the work asked for and not ended."""
        if isinstance(event, WorkReported) and event.report.state.has_ended:
            self._at_work.discard(event.ref.key)
        for command in commands:
            if isinstance(command, StartWork):
                self._at_work.add(command.ref.key)

    def _node(self, state: RunState, name: str, at: float) -> None:
        node = state.nodes.get(name)
        if node is not None and node.waits_for_person:
            self.since.setdefault(name, at)
        else:
            self.since.pop(name, None)

    def _run(self, state: RunState, at: float) -> None:
        if state.run.suspended:
            self.since.setdefault(_RUN, at)
        else:
            self.since.pop(_RUN, None)
