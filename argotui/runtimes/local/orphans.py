"""Signals to processes, and the search for those that nobody watches any more.

Used by the supervisor, and by the driver where a supervisor was killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable

MARK = "ARGOTUI_WORK"  # environment variable by which plain processes are known again
_SUBREAPER = 36  # prctl(2): orphaned descendants become our children


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends. Linux only; else nothing."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def end(pid: int, number: int) -> None:
    """Send a signal; a process that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def end_group(group: int, number: int) -> None:
    """Send a signal to a process group; one that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def children_of(pid: int) -> list[int]:
    """Return the child processes, oldest first. Linux only; else none."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return _children_by_search(pid)


def end_stray(mark: str, is_known: Callable[[int], bool]) -> int:
    """Kill children of this process that it did not start and that carry the mark; say how many.

    Their own children become ours in turn: call again until there are none. Linux only.
    """
    wanted = f"{MARK}={mark}".encode()
    found = 0
    for pid in children_of(os.getpid()):
        if not is_known(pid) and wanted in _environment(str(pid)):
            end(pid, signal.SIGKILL)
            found += 1
    return found


def end_marked(mark: str) -> int:
    """Kill every process of ours whose environment carries the mark; return how many.

    The mark is MARK's value or the beginning of it. Linux only.
    """
    wanted = f"{MARK}={mark}".encode()
    found = 0
    for name in _listed("/proc"):
        if name.isdigit() and int(name) != os.getpid() and wanted in _environment(name):
            end(int(name), signal.SIGKILL)
            found += 1
    return found


def command_of(pid: int) -> bytes:
    """Return the command line as the kernel keeps it; empty for what is gone. Linux only."""
    return _told(f"/proc/{pid}/cmdline")


def _environment(pid: str) -> bytes:
    return _told(f"/proc/{pid}/environ")


def _told(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _children_by_search(pid: int) -> list[int]:
    found = []
    for name in _listed("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                if int(file.read().rpartition(b")")[2].split()[1]) == pid:
                    found.append(int(name))
    return sorted(found)


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
