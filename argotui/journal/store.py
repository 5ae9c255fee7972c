"""A run's folder and its journal: append steps, fold them back. Called by the driver, and by
readers that only look.

Layout: header.json, summary.json, journal.jsonl, lock, blobs/, logs/, work/, driver.log.
"""

from __future__ import annotations

import os
import secrets
import shutil
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from argotui.journal.blobs import fetch_blob, keep_blob
from argotui.journal.files import private_folder, sync_folder, write_all
from argotui.journal.header import RunHeader, read_header, write_header
from argotui.journal.lock import RunLock, take_lock
from argotui.journal.places import BLOBS as BLOBS
from argotui.journal.places import JOURNAL as JOURNAL
from argotui.journal.places import LOCK as LOCK
from argotui.journal.places import LOGS as LOGS
from argotui.journal.places import WORK as WORK
from argotui.journal.records import Record, is_sound, read_record, write_record
from argotui.model.changes import Step
from argotui.model.errors import RuntimeFault
from argotui.model.fold import RunState, apply

_ID_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # Kubernetes' own: no vowels, no look-alikes
_ID_LENGTH = 7


def new_run_id() -> str:
    """Return an id for a run: seven letters and digits that fit a label and a file name."""
    first = secrets.choice(_ID_ALPHABET[:20])
    return first + "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH - 1))


class AppendOnly(Protocol):
    """The end of the journal file; tests put failing disks here. Every method raises OSError."""

    def write(self, data: bytes) -> None: ...
    def sync(self) -> None: ...
    def cut(self, size: int) -> None: ...
    def close(self) -> None: ...


class DiskFile:
    """An `AppendOnly` on a real file."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._handle = os.open(path, flags, 0o600)

    def write(self, data: bytes) -> None:
        write_all(self._handle, data)

    def sync(self) -> None:
        getattr(os, "fdatasync", os.fsync)(self._handle)  # macOS has no fdatasync

    def cut(self, size: int) -> None:
        os.ftruncate(self._handle, size)

    def close(self) -> None:
        os.close(self._handle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A run as folded from its journal up to record `seq`, written at `at`."""

    seq: int
    at: float
    state: RunState


class Journal:
    """The open journal of a run that this process drives. One writer, by the run's lock."""

    def __init__(
        self,
        folder: Path,
        header: RunHeader,
        *,
        lock: RunLock,
        file: AppendOnly,
        seq: int = 0,
        at: float = 0.0,
        ends: Sequence[int] = (),
    ) -> None:
        self.folder = folder
        self.header = header
        self.seq = seq
        self.at = at  # of the last record; the next must not lie before it
        self._ends = array("Q", ends)  # byte offset behind each record: record n ends at [n - 1]
        self._lock = lock
        self._file = file
        self._broken = False
        self._keep = partial(keep_blob, folder / BLOBS)

    @property
    def size(self) -> int:
        return self._ends[-1] if self._ends else 0

    def append(self, steps: Sequence[Step], *, sync: bool = True) -> tuple[Record, ...]:
        """Write a record for each step: all of them, or none.

        With `sync` they survive a power cut before this returns. Raises RuntimeFault where the
        disk does not take them; the journal then takes nothing more.
        """
        if self._broken:
            raise RuntimeFault(f"the journal of run {self.header.run_id} is closed")
        if not steps:
            return ()
        before = self.size
        try:
            records = tuple(
                write_record(step, seq=seq, keep=self._keep)
                for seq, step in enumerate(steps, self.seq + 1)
            )
            self._file.write(b"".join([record.line for record in records]))
            if sync:
                self._file.sync()
        except OSError as error:
            self._give_up(before)
            raise RuntimeFault(
                f"cannot write the journal of run {self.header.run_id}: {error.strerror or error} "
                f"({self.folder})"
            ) from error
        for record in records:
            before += len(record.line)
            self._ends.append(before)
            self.seq, self.at = record.seq, max(self.at, record.at)
        return records

    def lines(self, after: int, limit: int) -> list[bytes]:
        """Return the lines that follow record `after`, about `limit` bytes of them at most."""
        start = self._ends[after - 1] if after else 0
        found: list[bytes] = []
        with open(self.folder / JOURNAL, "rb") as file:
            file.seek(start)
            while after + len(found) < self.seq and limit > 0:
                found.append(file.readline())
                limit -= len(found[-1])
        return found

    def read(self, line: bytes) -> Record:
        """Return the record of a line, its values made anew."""
        return read_record(line, fetch=partial(fetch_blob, self.folder / BLOBS))

    def close(self) -> None:
        """Let go of the file and the lock. Twice is as good as once."""
        if self._lock.handle >= 0:
            self._file.close()
            self._lock.release()
            self._lock = RunLock(handle=-1)
            self._broken = True

    def _give_up(self, size: int) -> None:
        self._broken = True
        # Should the cut fail too: what is whole is also right, and what is torn is cut off when
        # the run is opened again.
        with suppress(OSError):
            self._file.cut(size)


def create(
    runs: Path, header: RunHeader, *, open_file: Callable[[Path], AppendOnly] = DiskFile
) -> Journal:
    """Make the folder of a new run, take its lock and write its header.

    Raises RuntimeFault: the place cannot be written, or a run with this id exists.
    """
    folder = private_folder(runs) / header.run_id
    lock = None
    try:
        folder.mkdir(mode=0o700)
        for name in (BLOBS, LOGS, WORK):
            (folder / name).mkdir(mode=0o700)
        lock = take_lock(folder / LOCK)
        write_header(folder, header)
        file = open_file(folder / JOURNAL)
        sync_folder(runs)
    except FileExistsError as error:
        raise RuntimeFault(f"there is a run {header.run_id} already") from error
    except BaseException as error:
        if lock is not None:
            lock.release()
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise RuntimeFault(f"cannot write {folder}: {error.strerror or error}") from error
        raise
    return Journal(folder, header, lock=lock, file=file)


def open_run(
    folder: Path, *, open_file: Callable[[Path], AppendOnly] = DiskFile
) -> tuple[Journal, RunState]:
    """Take over a run to drive it: its journal, and the state folded from every record.

    A torn last line is cut off. Raises RuntimeFault: no such run, driven by somebody else, or a
    journal damaged before its end.
    """
    header = read_header(folder)
    try:
        lock = take_lock(folder / LOCK)
    except OSError as error:
        raise RuntimeFault(f"cannot lock {folder}: {error.strerror or error}") from error
    state = RunState()
    ends: list[int] = []
    seq, at = 0, 0.0
    try:
        for record in read_records(folder):
            for change in record.changes:
                apply(state, change)
            ends.append((ends[-1] if ends else 0) + len(record.line))
            seq, at = record.seq, max(at, record.at)
        file = open_file(folder / JOURNAL)
        file.cut(ends[-1] if ends else 0)
    except OSError as error:
        lock.release()
        raise RuntimeFault(f"cannot open {folder}: {error.strerror or error}") from error
    except BaseException:
        lock.release()
        raise
    return Journal(folder, header, lock=lock, file=file, seq=seq, at=at, ends=ends), state


def read_state(folder: Path, *, upto: int | None = None) -> Reading:
    """Fold the journal, to its end or to record `upto`, while a driver may be writing it.

    Raises RuntimeFault for a journal damaged before its end.
    """
    state = RunState()
    seq, at = 0, 0.0
    if upto != 0:
        for record in read_records(folder):
            for change in record.changes:
                apply(state, change)
            seq, at = record.seq, max(at, record.at)
            if seq == upto:
                break
    return Reading(seq=seq, at=at, state=state)


def read_records(folder: Path) -> Iterator[Record]:
    """Yield every whole record. What is torn at the end is passed over: nobody acted upon it."""
    fetch = partial(fetch_blob, folder / BLOBS)
    seq = 0
    try:
        file = open(folder / JOURNAL, "rb")  # noqa: SIM115
    except FileNotFoundError:
        return
    except OSError as error:
        raise RuntimeFault(f"cannot read {folder / JOURNAL}: {error.strerror}") from error
    with file:
        for line in file:
            try:
                record = read_record(line, fetch=fetch)
            except ValueError:
                _refuse_unless_torn(file, folder, seq)
                return
            if record.seq != seq + 1:
                raise RuntimeFault(f"{folder / JOURNAL}: record {seq + 1} is missing")
            seq = record.seq
            yield record


def _refuse_unless_torn(rest: Iterator[bytes], folder: Path, seq: int) -> None:
    """A broken line is the torn end of the file unless a sound one follows it."""
    if any(is_sound(line) for line in rest):
        raise RuntimeFault(
            f"{folder / JOURNAL}: record {seq + 1} is damaged (its checksum does not hold); "
            f"what came before it can be seen with: argotui get {folder.name}"
        )
