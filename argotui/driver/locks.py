"""Mutexes and semaphores between the runs of this machine: one table, first come first served.

Called by dispatch. An entry belongs to a driver process and ends with it: each driver holds a
flock on a file of its own, so nobody has to clear up after a crash. Argo: 4.10.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from argotui.journal.files import private_folder, read_json, write_json
from argotui.model.errors import RuntimeFault

Entry: TypeAlias = dict[str, Any]  # owner, run, node, locks, held
_POLL_SECONDS = 0.2  # how soon a lock freed by another process is noticed


def grant(entries: list[Entry]) -> None:
    """Mark every entry that may have all its locks now, in the order of asking.

    Nobody overtakes an earlier one that waits for the same lock. A name is `lock#limit`; without
    a limit it is a mutex.
    """
    used: Counter[str] = Counter()
    for entry in entries:
        if entry["held"]:
            used.update(name for name, _ in _parts(entry))
    claimed: set[str] = set()
    for entry in entries:
        if entry["held"]:
            continue
        parts = _parts(entry)
        if all(used[name] < limit and name not in claimed for name, limit in parts):
            entry["held"] = True
            used.update(name for name, _ in parts)
        else:
            claimed.update(name for name, _ in parts)


def _parts(entry: Entry) -> list[tuple[str, int]]:
    parts = []
    for lock in entry["locks"]:
        name, _, limit = lock.partition("#")
        parts.append((name, int(limit) if limit.strip().isdigit() else 1))
    return parts


class LockTable:
    """The locks of one run. `granted(node, locks)` is called in the loop, once per `acquire`."""

    def __init__(
        self, folder: Path, run_id: str, granted: Callable[[str, tuple[str, ...]], None]
    ) -> None:
        self._folder = folder
        self._run = run_id
        self._granted = granted
        self._owner = f"{run_id}-{secrets.token_hex(4)}"
        self._handle: int | None = None
        self._waiting: dict[str, tuple[str, ...]] = {}
        self._poll: asyncio.TimerHandle | None = None

    def acquire(self, node: str, locks: tuple[str, ...]) -> None:
        """Queue for all of `locks`. Raises RuntimeFault where the table cannot be written."""
        self._sign()
        self._waiting[node] = locks
        with self._table() as entries:
            for entry in entries:
                if entry["run"] == self._run and entry["node"] == node:
                    entry["owner"] = self._owner  # a driver before us asked: its place is kept
                    break
            else:
                entries.append(self._entry(node, locks))
            self._settle(entries)

    def release(self, node: str) -> None:
        """Give back, or stop waiting for, what was asked for `node`."""
        self._waiting.pop(node, None)
        if self._handle is None:
            return
        with self._table() as entries:
            entries[:] = [
                entry
                for entry in entries
                if not (entry["owner"] == self._owner and entry["node"] == node)
            ]
            self._settle(entries)

    def close(self) -> None:
        """Give back everything and leave the table."""
        if self._poll is not None:
            self._poll.cancel()
        self._waiting.clear()
        if self._handle is None:
            return
        with suppress(RuntimeFault), self._table() as entries:
            entries[:] = [entry for entry in entries if entry["owner"] != self._owner]
            grant(entries)
        self._owner_file(self._owner).unlink(missing_ok=True)
        os.close(self._handle)
        self._handle = None

    def _entry(self, node: str, locks: tuple[str, ...]) -> Entry:
        return {
            "owner": self._owner,
            "run": self._run,
            "node": node,
            "locks": list(locks),
            "held": False,
        }

    def _settle(self, entries: list[Entry]) -> None:
        dead = {owner for owner in {entry["owner"] for entry in entries} if self._is_dead(owner)}
        entries[:] = [entry for entry in entries if entry["owner"] not in dead]
        grant(entries)
        for entry in entries:
            node = entry["node"]
            if entry["owner"] == self._owner and entry["held"] and node in self._waiting:
                self._granted(node, self._waiting.pop(node))
        if self._poll is not None:
            self._poll.cancel()
        loop = asyncio.get_running_loop()
        self._poll = loop.call_later(_POLL_SECONDS, self._look) if self._waiting else None

    def _look(self) -> None:
        with suppress(RuntimeFault), self._table() as entries:
            self._settle(entries)

    def _sign(self) -> None:
        """Take the file whose lock says that this driver lives."""
        if self._handle is not None:
            return
        private_folder(self._folder / "owners")
        path = self._owner_file(self._owner)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def _is_dead(self, owner: str) -> bool:
        if owner == self._owner:
            return False
        try:
            handle = os.open(self._owner_file(owner), os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return True
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._owner_file(owner).unlink(missing_ok=True)
        except OSError:
            return False
        finally:
            os.close(handle)
        return True

    def _owner_file(self, owner: str) -> Path:
        return self._folder / "owners" / Path(owner).name

    @contextmanager
    def _table(self) -> Iterator[list[Entry]]:
        """Hold the table; what is changed in it is written when the block ends."""
        path = self._folder / "table.json"
        try:
            guard = os.open(self._folder / "guard", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise RuntimeFault(f"cannot use the locks in {self._folder}: {error}") from error
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)
            entries = _read(path)
            before = [dict(entry) for entry in entries]
            yield entries
            if entries != before:
                write_json(path, {"entries": entries}, sync=False)
        except OSError as error:
            raise RuntimeFault(f"cannot use the locks in {self._folder}: {error}") from error
        finally:
            os.close(guard)


def _read(path: Path) -> list[Entry]:
    try:
        entries = read_json(path).get("entries", [])
    except (OSError, ValueError):
        return []
    return [entry for entry in entries if {"owner", "run", "node", "locks", "held"} <= set(entry)]
