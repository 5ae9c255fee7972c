"""Where a container's spool is, and reading it in place while it grows.

Called by the log pane, `argotui logs` and the tests; logs.writer says what the index holds.
"""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from pathlib import Path

from argotui.logs.writer import PARTIAL, RECORD, STDERR, SpoolWriter

__all__ = ["PARTIAL", "RECORD", "STDERR", "LogLine", "SpoolReader", "SpoolWriter", "log_path"]

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
        texts = self._texts([record[0] for record in records[: stop - start]], ends)
        return [
            LogLine(
                number=number,
                at=at,
                stderr=bool(flags & STDERR),
                partial=bool(flags & PARTIAL),
                text=text,
            )
            for number, ((_, at, flags), text) in enumerate(
                zip(records[: stop - start], texts, strict=True), start
            )
        ]

    def _texts(self, begins: list[int], ends: list[int]) -> list[bytes]:
        """Return the bytes of these lines: with one read, unless that would be a big one."""
        assert self._log is not None
        if ends[-1] - begins[0] <= _MAX_READ:
            block, base = os.pread(self._log, ends[-1] - begins[0], begins[0]), begins[0]
            texts = [block[a - base : b - base] for a, b in zip(begins, ends, strict=True)]
        else:
            texts = [
                os.pread(self._log, min(b - a, _MAX_READ), a)
                for a, b in zip(begins, ends, strict=True)
            ]
        # Bytes are written before their record: behind the last line there may be more already.
        return [text.partition(b"\n")[0] for text in texts]

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
