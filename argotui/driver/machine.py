"""The engine as the driver sees it: a function from events to steps. Filled by engine.machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeAlias

from argotui.model.changes import Planned, Step
from argotui.model.events import Event
from argotui.model.fold import RunState


class Machine(Protocol):
    """Pure and synchronous. `handle` has its changes applied to `state` when it returns."""

    @property
    def state(self) -> RunState: ...

    def handle(self, event: Event) -> Step: ...

    def outstanding(self) -> Step:
        """Return the commands that a driver taking over has to give again."""
        ...


RUN = ""  # stands for the run itself, where the names of nodes do: its exit handler is to come

# The rows to come below each of these nodes (names of Steps and DAG nodes, or RUN).
Outlook: TypeAlias = Callable[[Iterable[str]], Mapping[str, tuple[Planned, ...]]]


def no_outlook(_boundaries: Iterable[str]) -> Mapping[str, tuple[Planned, ...]]:
    return {}
