"""Small translations between what the driver keeps and what its clients are given. Called by
DrivenRun, remote and stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from argotui.driver.port import RunInfo, Snapshot
from argotui.journal.header import RunHeader, read_header
from argotui.journal.index import Listed
from argotui.journal.records import Record
from argotui.journal.store import LOGS, read_state
from argotui.model.changes import Batch
from argotui.model.events import Event
from argotui.model.fold import RunState

if TYPE_CHECKING:  # who only looks at a run publishes nothing
    from argotui.driver.feed import Parcel

_WORDS: Mapping[str, str] = {
    "RunStarted": "start",
    "WorkReported": "work",
    "TimerFired": "timer",
    "ResumeRequested": "approve",
    "NodeSetRequested": "set",
    "ShutdownRequested": "shutdown",
    "RunSuspendToggled": "suspend",
    "RunParked": "park",
    "Answered": "answer",
    "LockGranted": "lock",
    "LockWaits": "lock",
    "LockRefused": "lock",
    "CacheNotSaved": "cache",
}


def word_for(event: Event) -> str:
    """Return the beginning of a cause: one word that says what kind of fact it was."""
    return _WORDS.get(type(event).__name__, "event")


def info_of(folder: Path, header: RunHeader, *, where: str = "") -> RunInfo:
    return RunInfo(
        run_id=header.run_id,
        workflow_name=header.workflow_name,
        manifest=header.manifest,
        where=where or header.where,
        folder=folder,
        logs=folder / LOGS,
        source=header.source,
        deviations=header.deviations,
        warnings=header.warnings,
    )


def look(known: Listed) -> Snapshot:
    """Return a run as its journal has it, without its driver."""
    reading = read_state(known.folder)
    info = info_of(known.folder, read_header(known.folder))
    return Snapshot(seq=reading.seq, info=info, state=reading.state)


def own_copy(state: RunState) -> RunState:
    """Return a state that its receiver may fold changes into. JSON inside it is shared: nobody
    writes to that."""
    return RunState(
        run=replace(state.run, extra=dict(state.run.extra)),
        nodes={name: replace(node) for name, node in state.nodes.items()},
        children={name: list(children) for name, children in state.children.items()},
        work=dict(state.work),
        memory=dict(state.memory),
        ids=dict(state.ids),
        metrics={name: family.copy() for name, family in state.metrics.items()},
    )


def has_left(state: RunState) -> bool:
    """Whether a driver had nothing more to do here: the run has ended, or is parked."""
    return state.run.phase.is_completed or state.run.parked


def batch_of(parcel: Parcel, records: Sequence[Record]) -> Batch:
    """Return a parcel as one batch; `records` are those of its lines, read."""
    return Batch(
        seq=parcel.seq,
        at=records[-1].at if records else parcel.at,
        changes=tuple([change for record in records for change in record.changes]),
        outlook=parcel.outlook,
    )
