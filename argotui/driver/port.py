"""What cli/ and tui/ know of a run, wherever its driver is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from argotui.model.changes import Batch, Planned
from argotui.model.events import Request
from argotui.model.fold import RunState
from argotui.model.values import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What does not change in the course of a run. `manifest` is the file's name as given."""

    run_id: str
    workflow_name: str
    manifest: str
    where: str  # the runtime's short text
    folder: Path
    logs: Path
    source: JsonObject = field(default_factory=dict)  # the Workflow as JSON
    deviations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state at sequence number `seq`; the receiver owns `state`."""

    seq: int
    info: RunInfo
    state: RunState
    outlook: Mapping[str, tuple[Planned, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to a request: taken, or why not."""

    accepted: bool
    why: str = ""


class RunPort(Protocol):
    async def snapshot(self) -> Snapshot:
        """Return the state now. Raises RuntimeFault if no driver answers."""
        ...

    def changes(self, after: int) -> AsyncIterator[Batch]:
        """Yield every batch after number `after`, in order, without a gap; ends with the run's
        driver. A slow reader gets batches merged, never dropped."""
        ...

    async def submit(self, request: Request) -> Verdict:
        """Put a request into the inbox and wait for the engine's word on it."""
        ...

    async def close(self) -> None: ...
