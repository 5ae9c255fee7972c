"""Runs whose time is over: found by their summaries, taken away under their locks. Called by cli.

A run goes only if its driver left it at rest, nobody drives it, nobody looks at it, and no
supervisor of its work lives. What takes longer than a moment is left for the next time.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from argotui.journal.index import unlock_folders
from argotui.journal.keeping import Keeping
from argotui.journal.lock import is_supervised, take_lock
from argotui.journal.places import JOURNAL, LOCK, VIEWERS
from argotui.journal.summary import NAME, read_summary
from argotui.model.errors import RuntimeFault

_AT_REST = b'"at_rest":true'  # as summary.json has it: all others need no closer look
_DOOMED = ".deleted-"
_MOMENT = 0.3  # seconds that a sweep may take away, beyond which it begins nothing more


@contextmanager
def looked_at(folder: Path) -> Iterator[None]:
    """Hold a run where it is for as long as somebody looks at it."""
    handle = -1
    with suppress(OSError):
        handle = os.open(folder / VIEWERS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_SH)
    try:
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def sweep(
    runs: Path,
    keeping: Keeping,
    *,
    now: float,
    forget: Callable[[Path], None] = lambda folder: None,
    moment: float = _MOMENT,
) -> list[str]:
    """Take expired runs away; return their ids. `forget` is called with the folder of each, as
    long as it is there: for what is kept of it elsewhere. Nothing is raised."""
    end = time.monotonic() + moment
    gone = []
    for folder in _at_rest(runs):
        if time.monotonic() > end:
            break
        if _is_over(folder, keeping, now):
            with suppress(RuntimeFault, OSError):
                if _take_away(folder, keeping, now, forget):
                    gone.append(folder.name)
    _remove_doomed(runs, end)
    return gone


def _at_rest(runs: Path) -> Iterator[Path]:
    try:
        names = sorted(entry.name for entry in os.scandir(runs))
    except OSError:
        return
    for name in names:
        if not name.startswith("."):
            with suppress(OSError):
                if _AT_REST in (runs / name / NAME).read_bytes():
                    yield runs / name


def _is_over(folder: Path, keeping: Keeping, now: float) -> bool:
    summary = read_summary(folder)
    at = keeping.expires_at(summary) if summary is not None else None
    if summary is None or at is None or at > now:
        return False
    with suppress(OSError):  # a journal of another size knows more than the summary
        return (folder / JOURNAL).stat().st_size == summary.size
    return False


def _take_away(folder: Path, keeping: Keeping, now: float, forget: Callable[[Path], None]) -> bool:
    """Rename the folder, all locks held: from then on it is in no list and has no name."""
    if is_supervised(folder):
        return False
    with _nobody_looks(folder) as free:
        if not free:
            return False
        lock = take_lock(folder / LOCK, patience=0.0)
        try:
            if not _is_over(folder, keeping, now):
                return False
            forget(folder)
            folder.rename(folder.with_name(f"{_DOOMED}{folder.name}-0"))
        finally:
            lock.release()
    return True


@contextmanager
def _nobody_looks(folder: Path) -> Iterator[bool]:
    handle = os.open(folder / VIEWERS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except OSError:  # somebody does, or the file system cannot tell
        yield False
    finally:
        os.close(handle)


def _remove_doomed(runs: Path, end: float) -> None:
    """Remove what sweeps, and deletions whose process died, have left of runs."""
    with suppress(OSError):
        for path in runs.glob(f"{_DOOMED}*"):
            pid = path.name.rpartition("-")[2]
            if time.monotonic() > end:
                return
            if pid == "0" or (pid.isdigit() and not _lives(int(pid))):
                with suppress(OSError):
                    unlock_folders(path)
                shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
