"""A run in one line: for lists, without folding its journal. Written by the driver."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from argotui.journal.codec import decode, encode
from argotui.journal.files import read_json, write_json
from argotui.model.status import RunPhase
from argotui.model.ttl import expires_at

if TYPE_CHECKING:  # a summary is read without either
    from argotui.journal.header import RunHeader
    from argotui.model.fold import RunState

NAME = "summary.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """Times are unix seconds. `waiting` counts nodes that wait for a person. `size` is that of
    the journal when this was written, in bytes: a journal of another size knows more. `at_rest`:
    the run has ended and nothing of it is left but its folder; `expires_at` is when its manifest
    wants it deleted."""

    run_id: str
    workflow_name: str
    created: float
    namespace: str = "default"
    manifest: str = ""
    where: str = ""
    phase: RunPhase = RunPhase.NEW
    message: str = ""
    started_at: float | None = None
    finished_at: float | None = None
    progress: str = ""
    waiting: int = 0
    suspended: bool = False
    parked: bool = False
    fault: str = ""  # why the driver left before the end
    size: int = -1
    at_rest: bool = False
    expires_at: float | None = None


def summarize(
    header: RunHeader,
    state: RunState,
    *,
    size: int,
    waiting: int,
    fault: str = "",
    closed: bool = False,
) -> RunSummary:
    """`closed`: the driver has left for good, and its runtime with all that ran."""
    run = state.run
    strategy = (header.source.get("spec") or {}).get("ttlStrategy")
    keeps_claims = header.runtime == "kubernetes" and bool(run.extra.get("claims"))
    return RunSummary(
        run_id=header.run_id,
        workflow_name=run.name or header.workflow_name,
        created=header.created,
        namespace=header.namespace,
        manifest=header.manifest,
        where=header.where,
        phase=run.phase,
        message=run.message,
        started_at=run.started_at,
        finished_at=run.finished_at,
        progress=run.progress,
        waiting=waiting,
        suspended=run.suspended,
        parked=run.parked,
        fault=fault,
        size=size,
        at_rest=closed and run.phase.is_completed and not fault and not keeps_claims,
        expires_at=expires_at(strategy, run.phase, run.finished_at),
    )


def write_summary(folder: Path, summary: RunSummary) -> None:
    """Raises OSError; nothing depends on a summary, so whoever writes one may pass over it."""
    write_json(folder / NAME, encode(summary), sync=False)


def read_summary(folder: Path) -> RunSummary | None:
    """Return the summary, None where there is none that can be read."""
    try:
        summary: RunSummary = decode(RunSummary, read_json(folder / NAME))
    except (OSError, ValueError, TypeError):
        return None
    return summary
