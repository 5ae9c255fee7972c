"""Writing one container's spool: raw bytes, and an index of the lines in them.

Used by whoever performs work; imports next to nothing, so that a supervisor starts at once.
"""

from __future__ import annotations

import os
import struct

RECORD = struct.Struct("<QdQ")  # offset of the first byte, unix time, flags
STDERR = 1  # flag: the line came from stderr
PARTIAL = 2  # flag: goes on from the record before of the same stream


class SpoolWriter:
    """Appends to a spool. Goes on at the end of what an earlier writer left.

    An index record is written when a line begins, not when it ends, so a line still being
    written is there to read. A line broken off by the other stream goes on in a new record with
    PARTIAL set. What an earlier writer left half written is mended: a torn record is cut off,
    and bytes that no record knows get one.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        name = os.fspath(path)
        os.makedirs(os.path.dirname(name), mode=0o700, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._log = os.open(name, flags, 0o600)
        self._index = os.open(f"{name.removesuffix('.log')}.idx", flags, 0o600)
        self._size = os.fstat(self._log).st_size
        self._open: int | None = None  # the stream whose line has no newline yet
        self._broken: set[int] = set()  # streams whose line was broken off by the other
        if self._size:
            self._mend()

    @property
    def size(self) -> int:
        """Bytes in the log."""
        return self._size

    def write(self, data: bytes, *, at: float, stderr: bool = False) -> None:
        """Append bytes of one stream, as they came."""
        if not data:
            return
        stream = STDERR if stderr else 0
        begins = 0
        if self._open is not None and self._open != stream:
            self._broken.add(self._open)
            self._open = None
        if self._open == stream:
            begins = data.find(b"\n") + 1 or len(data)
        records = self._records(data, begins, at, stream)
        self._open = None if data.endswith(b"\n") else stream
        _write_all(self._log, data)
        self._size += len(data)
        if records:
            _write_all(self._index, records)

    def close(self) -> None:
        """Leave the files as they are. Closing twice is no error."""
        for handle in (self._log, self._index):
            if handle >= 0:
                os.close(handle)
        self._log = self._index = -1

    def _records(self, data: bytes, begins: int, at: float, stream: int) -> bytes:
        if begins >= len(data):
            return b""
        flags = stream
        if stream in self._broken:
            self._broken.discard(stream)
            flags |= PARTIAL
        pack, find, base = RECORD.pack, data.find, self._size
        records = [pack(base + begins, at, flags)]
        begins = find(b"\n", begins) + 1
        while 0 < begins < len(data):
            records.append(pack(base + begins, at, stream))
            begins = find(b"\n", begins) + 1
        return b"".join(records)

    def _mend(self) -> None:
        whole = os.fstat(self._index).st_size // RECORD.size * RECORD.size
        os.ftruncate(self._index, whole)
        last = os.pread(self._index, RECORD.size, whole - RECORD.size) if whole else b""
        start, at, flags = RECORD.unpack(last) if last else (0, 0.0, 0)
        tail = os.pread(self._log, self._size - start, start)
        begins = tail.find(b"\n") + 1 if last else 0
        stream = flags & STDERR
        if tail and (begins or not last) and begins < len(tail):
            size, self._size = self._size, start
            _write_all(self._index, self._records(tail, begins, at, stream))
            self._size = size
        self._open = None if tail.endswith(b"\n") or not tail else stream


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
