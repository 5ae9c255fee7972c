"""Where each value of a document stands in its file, and the lines around it.

Made by yaml.py; asked by everybody who reports a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

_TOKEN = re.compile(r"""\{\{.*?\}\}|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:(?!: |:$| \#|[\],}]).)+""")
Path: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True)
class Node:
    """One value as written. Lines and columns count from 0 here, `line_end` is where it stops.

    `pairs` is set for a mapping, `items` for a list; `size` and `height` are those of the tree
    below, aliases expanded.
    """

    line: int
    column: int
    line_end: int = 0
    value: Any = None
    pairs: list[tuple[Node, Node]] | None = None
    items: list[Node] | None = None
    size: int = 1
    height: int = 0
    merge: bool = False  # the key `<<`

    def child(self, part: str | int) -> tuple[Node, Node] | None:
        """Return key and value below this node; for a list the item stands for its own key."""
        if self.items is not None:
            if isinstance(part, int) and part < len(self.items):
                return self.items[part], self.items[part]
            return None
        for key, value in reversed(self.pairs or []):
            if key.value == part and not key.merge:
                return key, value
        return self._merged_child(part)

    def _merged_child(self, part: str | int) -> tuple[Node, Node] | None:
        for base in merged_nodes(self):
            if found := base.child(part):
                return found
        return None


def merged_nodes(node: Node) -> Iterator[Node]:
    """Yield the mappings that `<<` brings into a mapping, the strongest first."""
    for key, value in node.pairs or ():
        if key.merge:
            yield from [value] if value.items is None else value.items


def token_at(line: str, column: int) -> str:
    """Return the tag, quoted text or word that begins at `column` (from 1) of a line."""
    match = _TOKEN.match(line, column - 1)
    return match[0].rstrip() if match else ""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, and the root node of one of its documents."""

    file: str
    lines: list[str] = field(repr=False)
    root: Node = field(repr=False)

    def locate(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Return line and column (from 1) of the value at `path`, or of its key.

        What is not there is looked for as far as the path exists.
        """
        node = self._node(path, key=key)
        return node.line + 1, node.column + 1

    def find(self, path: Path, text: str) -> tuple[int, int]:
        """Return the place of `text` within the value at `path`; of the value if it hides."""
        node = self._node(path)
        last = min(node.line_end, len(self.lines) - 1)
        for number in range(node.line, last + 1):
            start = node.column if number == node.line else 0
            if (column := self.lines[number].find(text, start)) >= 0:
                return number + 1, column + 1
        return node.line + 1, node.column + 1

    def excerpt(self, line: int) -> str:
        """Return a line of the file (from 1), without its line end; empty if there is none."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""

    def token(self, path: Path) -> str:
        """Return the scalar at `path` as it is written, without comment and quotes."""
        line, column = self.locate(path)
        return token_at(self.excerpt(line), column).strip("\"'")

    def _node(self, path: Path, *, key: bool = False) -> Node:
        node = self.root
        for part in path:
            found = node.child(part)
            if found is None:
                return node
            last, node = found
            if key:
                key_node = last
        return key_node if key and path and found else node
