"""Writing and reading one container's spool.

An index record is written when a line begins, not when it ends, so a line still being written is
there to read. A line broken off by the other stream goes on in a new record with PARTIAL set.
"""

from __future__ import annotations

import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path

RECORD = struct.Struct("<QdQ")  # offset of the first byte, unix time, flags
STDERR = 1  # flag: the line came from stderr
PARTIAL = 2  # flag: goes on from the record before of the same stream
_MAX_READ = 1 << 20  # bytes of one line handed to a reader at most; the rest stays in the file


def log_path(logs: Path, work_key: str, container: str) -> Path:
    """Return where the raw bytes of a container are kept; the index has the suffix `.idx`."""
    return logs / work_key / f"{container}.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """`text` is as it came, without its newline; control bytes are still in it."""

    number: int
    at: float
    stderr: bool
    partial: bool
    text: bytes


class SpoolWriter:
    """Appends to a spool. Goes on at the end of what an earlier writer left."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._log = open(path, "ab", buffering=0)  # noqa: SIM115
        self._index = open(path.with_suffix(".idx"), "ab", buffering=0)  # noqa: SIM115
        self._size = os.fstat(self._log.fileno()).st_size
        self._open: int | None = None  # the stream whose line has no newline yet
        self._broken: set[int] = set()  # streams whose line was broken off by the other

    @property
    def size(self) -> int:
        return self._size

    def write(self, data: bytes, *, at: float, stderr: bool = False) -> None:
        """Append bytes of one stream, as they came."""
        if not data:
            return
        stream = STDERR if stderr else 0
        records = bytearray()
        begins = 0
        if self._open is not None and self._open != stream:
            self._broken.add(self._open)
            self._open = None
        if self._open == stream:
            begins = data.find(b"\n") + 1 or len(data)
        while begins < len(data):
            flags = stream
            if stream in self._broken:
                self._broken.discard(stream)
                flags |= PARTIAL
            records += RECORD.pack(self._size + begins, at, flags)
            begins = data.find(b"\n", begins) + 1 or len(data)
        self._open = None if data.endswith(b"\n") else stream
        self._log.write(data)
        self._size += len(data)
        if records:
            self._index.write(records)

    def close(self) -> None:
        self._log.close()
        self._index.close()


class SpoolReader:
    """Reads a spool that may still grow. Opening costs nothing that depends on its size."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log: int | None = None
        self._index: int | None = None
        self._count = 0
        self._size = 0

    def refresh(self) -> int:
        """Look at the files again; return how many lines there are now."""
        if self._index is None:
            try:
                self._index = os.open(self.path.with_suffix(".idx"), os.O_RDONLY | os.O_CLOEXEC)
                self._log = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                self.close()
                return 0
        assert self._log is not None
        self._count = os.fstat(self._index).st_size // RECORD.size
        self._size = os.fstat(self._log).st_size
        return self._count

    def __len__(self) -> int:
        return self._count

    def lines(self, start: int, stop: int) -> list[LogLine]:
        """Return the lines numbered `start` (from 0) up to, without, `stop`."""
        stop = min(stop, self._count)
        if start >= stop or self._index is None or self._log is None:
            return []
        wanted = min(stop + 1, self._count) - start
        raw = os.pread(self._index, wanted * RECORD.size, start * RECORD.size)
        records = list(RECORD.iter_unpack(raw))
        ends = [record[0] for record in records[1:]]
        if len(ends) < stop - start:
            ends.append(max(self._size, records[-1][0]))
        found = []
        for number, ((offset, at, flags), end) in enumerate(
            zip(records[: stop - start], ends, strict=True), start
        ):
            text = os.pread(self._log, min(end - offset, _MAX_READ), offset)
            found.append(
                LogLine(
                    number=number,
                    at=at,
                    stderr=bool(flags & STDERR),
                    partial=bool(flags & PARTIAL),
                    text=text.removesuffix(b"\n"),
                )
            )
        return found

    def map(self) -> mmap.mmap | None:
        """Return the raw bytes, mapped; None while there are none. The caller closes it."""
        if self._log is None or not os.fstat(self._log).st_size:
            return None
        return mmap.mmap(self._log, 0, access=mmap.ACCESS_READ)

    def close(self) -> None:
        for handle in (self._log, self._index):
            if handle is not None:
                os.close(handle)
        self._log = self._index = None
