"""Lines of containers as they come, read from the spools. Used by the headless twin and `logs`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from argotui.logs.spool import LogLine, SpoolReader
from argotui.model.work import PodWork

_CHUNK = 1000  # lines read at once


class Tail:
    """The spools of one piece of work: hands out every line once, in order per container."""

    def __init__(self, logs: Path, key: str) -> None:
        self._folder = logs / key
        self._readers: dict[str, SpoolReader] = {}
        self._next: dict[str, int] = {}

    def drain(self, emit: Callable[[str, LogLine], None], *, ended: bool = False) -> int:
        """Hand every new line to `emit` with its container's name; return how many.

        The last line is held back while it may still grow, unless the work has `ended`.
        """
        count = 0
        for name, reader in self._all():
            complete = reader.refresh() if ended else reader.refresh() - 1
            if not ended and complete >= 0 and self._last_is_whole(reader, complete):
                complete += 1
            while self._next[name] < complete:
                stop = min(complete, self._next[name] + _CHUNK)
                for line in reader.lines(self._next[name], stop):
                    emit(name, line)
                    count += 1
                self._next[name] = stop
        return count

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()

    def _all(self) -> list[tuple[str, SpoolReader]]:
        for path in sorted(self._folder.glob("*.log")) if self._folder.is_dir() else ():
            if path.stem not in self._readers:
                self._readers[path.stem] = SpoolReader(path)
                self._next.setdefault(path.stem, 0)
        return list(self._readers.items())

    @staticmethod
    def _last_is_whole(reader: SpoolReader, number: int) -> bool:
        """Whether the newest line has its newline."""
        mapped = reader.map()
        if mapped is None:
            return False
        try:
            return mapped[-1:] == b"\n"
        finally:
            mapped.close()


def containers(work: object) -> Iterable[str]:
    """Return the names of the main containers, which are not shown beside a line if single."""
    return work.mains if isinstance(work, PodWork) else ()
