"""The last line that a step printed, for the rows on the screen: its truth when it has no other.

Asked by the tree once a second and when a step ends; reads a few bytes of a few spools, and none of
a step that ended a while ago.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from argotui.logs.spool import SpoolReader, log_path
from argotui.model.status import Node, NodeType
from argotui.tui import ansi
from argotui.tui.rows import Row

_MOST = 4000  # tails remembered
_BACK = 5  # lines looked back over, for one that says something


class Tails:
    """Visible text by node name."""

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self._ended: set[str] = set()  # looked at once since the end; the last bytes may come late
        self._final: set[str] = set()

    def look(self, rows: Iterable[Row], logs: Path) -> set[Row]:
        """Look at the logs of `rows`; return those whose last line is another one."""
        changed = set()
        for row in rows:
            node = row.stands_for
            if node is None or not node.attempt or node.type is NodeType.SUSPEND:
                continue
            key = f"{node.id}.{node.attempt}"
            if key in self._final:
                continue
            said = _last_line(logs, key)
            if node.has_ended:
                (self._final if key in self._ended else self._ended).add(key)
            if said != self.lines.get(node.name, ""):
                self.lines[node.name] = said
                changed.add(row)
        self._forget()
        return changed

    def of(self, node: Node) -> str:
        return self.lines.get(node.name, "")

    def _forget(self) -> None:
        while len(self.lines) > _MOST:
            self.lines.pop(next(iter(self.lines)))
            self._final.clear()
            self._ended.clear()


def _last_line(logs: Path, key: str) -> str:
    reader = SpoolReader(log_path(logs, key, "main"))
    try:
        count = reader.refresh()
        for line in reversed(reader.lines(max(0, count - _BACK), count)):
            drawn = [part for part in line.text[-1000:].split(b"\r") if part.strip()]
            said = ansi.plain(drawn[-1]).strip() if drawn else ""
            if said:
                return said
    except (OSError, ValueError):
        return ""
    finally:
        reader.close()
    return ""
