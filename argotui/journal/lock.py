"""One driver a run: a lock that the kernel drops when its owner dies. Called by journal.store."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argotui.journal.places import WORK
from argotui.model.errors import RuntimeFault

_PROBE_SECONDS = 0.5  # who only looks whether a run is driven holds the lock for microseconds
_NOT_OFFERED = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLock:
    """Held from `take_lock` to `release`, or to the end of the process."""

    handle: int

    def release(self) -> None:
        os.close(self.handle)


def take_lock(path: Path, *, patience: float = _PROBE_SECONDS) -> RunLock:
    """Take the lock of a run. Raises RuntimeFault, naming the owner, if a driver has it.

    `patience` in seconds is for those who only look whether it is held.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience
    while not _try(handle):
        if time.monotonic() > deadline:
            owner = _owner(handle)
            os.close(handle)
            raise RuntimeFault(f"run {path.parent.name} is already driven{_by(owner)}")
        time.sleep(0.01)
    note = {"pid": os.getpid(), "host": platform.node(), "boot": boot_id(), "since": time.time()}
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(note).encode(), 0)
    return RunLock(handle=handle)


def is_locked(path: Path) -> bool:
    """Whether a living driver holds the lock at this moment."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _try(handle)
    finally:
        os.close(handle)


def is_supervised(folder: Path) -> bool:
    """Whether processes of the run in `folder` are left on this machine, whoever drives it."""
    return is_locked(folder / WORK / "local" / "supervisor.lock")


def lock_owner(path: Path) -> dict[str, Any]:
    """Return who took the lock last: pid, host, boot, since. Empty where nobody did."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return {}
    try:
        return _owner(handle)
    finally:
        os.close(handle)


def boot_id() -> str:
    """Return what tells this boot of the machine from any other; empty where it is not told."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise
        return not _lives(_owner(handle))
    return True


def _lives(owner: dict[str, Any]) -> bool:
    """For file systems without locks: whether the process that signed is still there."""
    if not owner or owner.get("pid") == os.getpid():
        return False
    if owner.get("host") != platform.node():
        return True  # nothing can be known from here
    if owner.get("boot") != boot_id():
        return False
    try:
        os.kill(int(owner["pid"]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _owner(handle: int) -> dict[str, Any]:
    try:
        note = json.loads(os.pread(handle, 4096, 0))
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}


def _by(owner: dict[str, Any]) -> str:
    if not owner:
        return ""
    place = "" if owner.get("host") == platform.node() else f" on {owner.get('host')}"
    return f" by process {owner.get('pid')}{place}"
