"""The lines of one or several spools as one sequence, and the search in them.

Used by the log view. Opening costs nothing that depends on the size; searching goes in slices.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from argotui.logs.spool import RECORD, LogLine, SpoolReader

SLICE = 1 << 21  # bytes searched at once; a search gives the screen its turn in between
_SOURCE_BITS = 40


@dataclass(slots=True, kw_only=True)
class Spool:
    """One container's spool, and how much of it has a place in the merged order."""

    label: str
    reader: SpoolReader
    merged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A work's log folder. `container` names the only one wanted, "" takes all."""

    label: str
    path: Path
    container: str = ""


class LogSource:
    """Lines are numbered from 0 in the order of arrival. A number once given changes only when a
    second spool joins the first."""

    def __init__(self, folders: Sequence[Folder]) -> None:
        self._folders = tuple(folders)
        self.spools: list[Spool] = []
        self._order: array[int] | None = None  # source and number of each line, when several
        self._known: set[Path] = set()
        self._sizes: tuple[int, ...] = ()

    def refresh(self) -> bool:
        """Look at the files again; return whether there is more."""
        self._look_for_spools()
        for spool in self.spools:
            spool.reader.refresh()
        sizes = tuple(_size(spool.reader.path) for spool in self.spools)
        if sizes == self._sizes:
            return False
        self._sizes = sizes
        if len(self.spools) > 1:
            self._merge()
        return True

    def _look_for_spools(self) -> None:
        for folder in self._folders:
            for path in _spools_in(folder):
                if path not in self._known:
                    self._known.add(path)
                    label = f"{folder.label}/{path.stem}" if folder.label else path.stem
                    self.spools.append(Spool(label=label, reader=SpoolReader(path)))

    def _merge(self) -> None:
        """Append what is new of every spool, in order of time; what has its place keeps it."""
        if self._order is None:
            self._order = array("Q")
        fresh: list[tuple[float, int]] = []
        for source, spool in enumerate(self.spools):
            latest = 0.0
            for number, at in enumerate(_times(spool.reader, spool.merged), spool.merged):
                latest = max(latest, at)
                fresh.append((latest, source << _SOURCE_BITS | number))
            spool.merged = len(spool.reader)
        fresh.sort()
        self._order.extend(place for _, place in fresh)

    def __len__(self) -> int:
        if self._order is not None:
            return len(self._order)
        return len(self.spools[0].reader) if self.spools else 0

    @property
    def size(self) -> int:
        return sum(self._sizes)

    def line(self, number: int) -> tuple[LogLine, str] | None:
        """Return a line and the label of where it came from."""
        if not 0 <= number < len(self):
            return None
        source, within = self._place(number)
        found = self.spools[source].reader.lines(within, within + 1)
        return (found[0], self.spools[source].label) if found else None

    def _place(self, number: int) -> tuple[int, int]:
        if self._order is None:
            return 0, number
        place = self._order[number]
        return place >> _SOURCE_BITS, place & ((1 << _SOURCE_BITS) - 1)

    def close(self) -> None:
        for spool in self.spools:
            spool.reader.close()


@dataclass(slots=True)
class Search:
    """The numbers of the lines in which an expression is found, growing slice by slice."""

    source: LogSource
    wanted: re.Pattern[bytes]
    hits: array[int] = field(default_factory=lambda: array("Q"))
    looked_at: int = 0  # lines of a merged source, bytes of a single one
    _line: int = 0  # the next line that has not been looked at

    @property
    def is_done(self) -> bool:
        if len(self.source.spools) > 1:
            return self.looked_at >= len(self.source)
        return self.looked_at >= self.source.size

    def advance(self) -> None:
        """Look through one more slice."""
        if len(self.source.spools) > 1:
            self._advance_by_line()
        elif self.source.spools:
            self._advance_by_bytes(self.source.spools[0].reader)

    def _advance_by_line(self) -> None:
        until = min(len(self.source), self.looked_at + 2000)
        for number in range(self.looked_at, until):
            found = self.source.line(number)
            if found is not None and self.wanted.search(found[0].text):
                self.hits.append(number)
        self.looked_at = until

    def _advance_by_bytes(self, reader: SpoolReader) -> None:
        data = reader.map()
        if data is None:
            return
        with data:
            end = min(len(data), self.looked_at + SLICE)
            if end < len(data):
                end = data.rfind(b"\n", self.looked_at, end) + 1 or end
            at = self.looked_at
            with open(reader.path.with_suffix(".idx"), "rb", buffering=0) as index:
                count = os.fstat(index.fileno()).st_size // RECORD.size
                while (found := self.wanted.search(data, at, end)) is not None:
                    number = _line_at(index.fileno(), count, found.start(), self._line)
                    if not self.hits or self.hits[-1] != number:
                        self.hits.append(number)
                    self._line = number + 1
                    at = _start_of(index.fileno(), count, number + 1, end)
                    if at >= end:
                        break
            self.looked_at = end


def expression(text: str) -> re.Pattern[bytes]:
    """Return what a person typed as an expression over bytes; as it stands where it is none."""
    flags = re.MULTILINE
    if not any(char.isupper() for char in text):
        flags |= re.IGNORECASE
    try:
        return re.compile(text.encode(), flags)
    except re.error:
        return re.compile(re.escape(text.encode()), flags)


def _spools_in(folder: Folder) -> list[Path]:
    """Return the spools of a folder: the main container's first, as it is what people mean."""
    try:
        names = sorted(name for name in os.listdir(folder.path) if name.endswith(".log"))
    except (OSError, ValueError):
        return []
    if folder.container:
        names = [name for name in names if name == f"{folder.container}.log"]
    names.sort(key=lambda name: name != "main.log")
    return [folder.path / name for name in names]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _times(reader: SpoolReader, start: int) -> list[float]:
    """Return the times of a spool's lines from number `start` on."""
    count = len(reader) - start
    if count <= 0:
        return []
    with open(reader.path.with_suffix(".idx"), "rb") as index:
        index.seek(start * RECORD.size)
        raw = index.read(count * RECORD.size)
    return [record[1] for record in RECORD.iter_unpack(raw[: count * RECORD.size])]


def _offset(index: int, number: int) -> int:
    return int(RECORD.unpack(os.pread(index, RECORD.size, number * RECORD.size))[0])


def _line_at(index: int, count: int, offset: int, low: int) -> int:
    """Return the number of the line that holds the byte at `offset`, not before line `low`."""
    high = count
    while low + 1 < high:
        half = (low + high) // 2
        if _offset(index, half) <= offset:
            low = half
        else:
            high = half
    return low


def _start_of(index: int, count: int, number: int, end: int) -> int:
    return _offset(index, number) if number < count else end
