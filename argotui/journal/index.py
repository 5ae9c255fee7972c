"""The runs of this machine: list them, find the one meant, delete one. Called by cli and
bootstrap."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from argotui.journal.lock import is_locked, take_lock
from argotui.journal.places import JOURNAL, LOCK
from argotui.journal.summary import RunSummary, read_summary, summarize
from argotui.model.errors import RuntimeFault, UsageError

LATEST = "@latest"
_SHOWN = 6  # candidates named in a message
_LEAVE_SECONDS = 20.0  # longer than a driver takes to close what it has open
_STEP = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`driven`: a driver has it now. `problem`: why the run cannot be read, for people."""

    folder: Path
    summary: RunSummary
    driven: bool = False
    problem: str = ""


def list_runs(runs: Path) -> list[Listed]:
    """Return all runs, newest first; also those that cannot be read, saying so."""
    try:
        folders = [
            entry for entry in runs.iterdir() if entry.is_dir() and not entry.name.startswith(".")
        ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RuntimeFault(f"cannot read {runs}: {error.strerror}") from error
    found = [_look(folder) for folder in folders]
    return sorted(found, key=lambda run: (run.summary.created, run.folder.name), reverse=True)


def find_run(runs: Path, wanted: str) -> Listed:
    """Return the run that a user means: its id, the unique beginning of one, the name of a
    workflow (its latest run), or `@latest`.

    Raises UsageError that names the candidates.
    """
    listed = list_runs(runs)
    if not listed:
        raise UsageError("there are no runs yet; start one with: argotui run FILE")
    if wanted == LATEST:
        return listed[0]
    for run in listed:
        if run.summary.run_id == wanted:
            return run
    named = [run for run in listed if run.summary.workflow_name == wanted]
    if named:
        return named[0]
    begun = [run for run in listed if wanted and run.summary.run_id.startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise UsageError(f"{wanted!r} is the beginning of several runs: {_names(begun)}")
    alike = [run for run in listed if wanted and wanted in run.summary.workflow_name] or listed
    raise UsageError(f"there is no run {wanted!r}; known are: {_names(alike)}")


def once_left(known: Listed, seconds: float = _LEAVE_SECONDS) -> Listed:
    """Return a run as it is when its driver has gone, where nothing is left for one to do: a run
    reads as ended, or parked, a moment before its driver has closed. Any other comes back as it is.
    """
    end = time.monotonic() + seconds
    while known.driven and _has_left(known.summary) and time.monotonic() < end:
        time.sleep(_STEP)
        known = _look(known.folder)
    return known


def _has_left(run: RunSummary) -> bool:
    return run.phase.is_completed or run.parked


def delete_run(folder: Path, ending: Callable[[], None] = lambda: None) -> None:
    """Remove a run with all it kept. Raises RuntimeFault if a driver has it.

    `ending` is called when no driver can have it any more: it ends what still runs of it.
    """
    try:
        lock = take_lock(folder / LOCK)
    except FileNotFoundError as error:
        raise RuntimeFault(f"there is no run {folder.name}") from error
    except RuntimeFault as fault:
        raise RuntimeFault(f"{fault}; stop it first: argotui stop {folder.name}") from fault
    try:
        ending()
        doomed = folder.with_name(f".deleted-{folder.name}-{os.getpid()}")
        folder.rename(doomed)  # at once gone from every list, however long the rest takes
        unlock_folders(doomed)
        shutil.rmtree(doomed)
    except OSError as error:
        raise RuntimeFault(f"cannot delete {folder}: {error.strerror or error}") from error
    finally:
        lock.release()


def _look(folder: Path) -> Listed:
    driven = is_locked(folder / LOCK)
    summary = read_summary(folder)
    if summary is not None and (driven or summary.size == _size(folder)):
        return Listed(folder=folder, summary=summary, driven=driven)
    try:
        return Listed(folder=folder, summary=_folded(folder, summary), driven=driven)
    except RuntimeFault as fault:
        known = summary or RunSummary(
            run_id=folder.name, workflow_name="", created=folder.stat().st_mtime
        )
        return Listed(folder=folder, summary=known, driven=driven, problem=str(fault))


def _folded(folder: Path, known: RunSummary | None) -> RunSummary:
    from argotui.journal.header import read_header  # a list of runs reads no journal as a rule
    from argotui.journal.store import read_state

    header = read_header(folder)
    state = read_state(folder).state
    waiting = sum(node.waits_for_person for node in state.nodes.values())
    summary = summarize(header, state, size=_size(folder), waiting=waiting)
    return replace(summary, fault=known.fault) if known else summary


def _size(folder: Path) -> int:
    try:
        return (folder / JOURNAL).stat().st_size
    except OSError:
        return -1


def _names(runs: list[Listed]) -> str:
    names = [f"{run.summary.run_id} ({run.summary.workflow_name})" for run in runs[:_SHOWN]]
    return ", ".join(names) + (f" and {len(runs) - _SHOWN} more" if len(runs) > _SHOWN else "")


def unlock_folders(folder: Path) -> None:
    """A step may have left folders behind that nobody may write to, not even their owner."""
    folder.chmod(0o700)
    for place, names, _ in os.walk(folder):
        for name in names:
            inner = os.path.join(place, name)
            if not os.path.islink(inner) and not os.access(inner, os.R_OK | os.W_OK | os.X_OK):
                os.chmod(inner, 0o700)
