"""The table of locks of this machine: one file, a flock around it. Fills locks/port.

Made by DrivenRun. An entry belongs to a driver process: each driver holds a flock on a file of its
own, so nobody has to clear up after a crash. What a run holds is held as long as its driver lives,
or anything that the driver left running.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from argotui.journal.files import private_folder, read_json, write_json
from argotui.locks import queue
from argotui.locks.queue import Asker, Claim, Entry, Limit, Standing
from argotui.model.errors import RuntimeFault

_POLL_SECONDS = 0.2  # how soon a lock freed by another process is noticed


def nothing_left(run_folder: Path) -> bool:
    """Say of every run that nothing of it outlives its driver."""
    return False


class FileShelf:
    """`folder` is shared by the runs of this machine; `goes_on` says of a run's folder whether
    something of it runs without a driver. `config_maps`, by name, hold the limits."""

    def __init__(
        self,
        folder: Path,
        run_folder: Path,
        *,
        run: str,
        priority: int = 0,
        created: float = 0.0,
        config_maps: Mapping[str, Any] | None = None,
        goes_on: Callable[[Path], bool] = nothing_left,
    ) -> None:
        self._folder = folder
        self._run_folder = run_folder
        owner = f"{run}-{secrets.token_hex(4)}"
        self._asker = Asker(owner=owner, run=run, priority=priority, created=created)
        self._config_maps = config_maps or {}
        self._goes_on = goes_on
        self._handle: int | None = None

    def listen(self, changed: Callable[[], None]) -> None:
        """A file says nothing."""

    @property
    def poll_seconds(self) -> float:
        return _POLL_SECONDS

    @property
    def renew_seconds(self) -> float | None:
        return None

    async def settle(self, claims: Sequence[Claim]) -> Mapping[str, Standing]:
        self._sign()
        limits = {lock: self._limit(lock) for claim in claims for lock in claim.locks}
        with self._table() as table:
            known = self._living(table)
            entries, standings = queue.settle(known, self._asker, claims, limits)
            table["entries"] = [queue.plain(entry) for entry in entries]
            owners = {entry.owner for entry in entries}
            folders = {**table.get("folders", {}), self._asker.owner: str(self._run_folder)}
            table["folders"] = {name: folders.get(name, "") for name in sorted(owners)}
        return standings

    async def close(self, *, keep: bool) -> None:
        if self._handle is None:
            return
        try:
            if not keep:
                await self.settle(())
        finally:
            self._owner_file(self._asker.owner).unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None

    def _limit(self, lock: str) -> Limit:
        semaphore = queue.semaphore_of(lock)
        if semaphore is None:
            return 1
        _, name, key = semaphore
        given = self._config_maps.get(name)
        return queue.read_limit(None if given is None else given.get("data") or {}, name, key)

    def _living(self, table: Mapping[str, Any]) -> list[Entry]:
        """Return the entries of those who live. Who only waited is gone with his driver."""
        entries = queue.parsed(table.get("entries"))
        folders = table.get("folders", {})
        dead = {owner for owner in {entry.owner for entry in entries} if self._is_dead(owner)}
        left = {owner for owner in dead if self._goes_on(Path(folders.get(owner) or "/nowhere"))}
        return [
            entry
            for entry in entries
            if entry.run == self._asker.run
            or entry.owner not in dead
            or (entry.held and entry.owner in left)
        ]

    def _sign(self) -> None:
        """Take the file whose lock says that this driver lives."""
        if self._handle is not None:
            return
        private_folder(self._folder / "owners")
        path = self._owner_file(self._asker.owner)
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_EX)
        except OSError as error:
            raise RuntimeFault(f"cannot use the locks in {self._folder}: {error}") from error

    def _is_dead(self, owner: str) -> bool:
        if owner == self._asker.owner:
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
    def _table(self) -> Iterator[dict[str, Any]]:
        """Hold the table; what is changed in it is written when the block ends."""
        path = self._folder / "table.json"
        try:
            guard = os.open(self._folder / "guard", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise RuntimeFault(f"cannot use the locks in {self._folder}: {error}") from error
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)
            table = _read(path)
            before = dict(table)
            yield table
            if table != before:
                write_json(path, table, sync=False)
        except OSError as error:
            raise RuntimeFault(f"cannot use the locks in {self._folder}: {error}") from error
        finally:
            os.close(guard)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = read_json(path)
    except (OSError, ValueError):
        return {}
    return dict(found)
