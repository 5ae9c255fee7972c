"""Where each value of a document stands in its file, and the lines around it.

Made by yaml.py; asked by everybody who reports a problem.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

_TOKEN = re.compile(r"""\{\{.*?\}\}|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:(?!: |:$| \#|[\],}]).)+""")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
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


class Text:
    """A file's text by lines, counted as the YAML parser counts them; split when first asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: array[int] | None = None

    @property
    def _starts(self) -> array[int]:
        if self._found is None:
            self._found = array("Q", [0])
            self._found.extend(match.end() for match in _BREAK.finditer(self._text))
            if self._found[-1] < len(self._text):
                self._found.append(len(self._text))
        return self._found

    @property
    def count(self) -> int:
        """The number of lines."""
        return len(self._starts) - 1

    def line(self, number: int) -> str:
        """Return a line (from 1) without its end; empty if there is none."""
        if not 0 < number <= self.count:
            return ""
        line = self._text[self._starts[number - 1] : self._starts[number]]
        return line.rstrip("\r\n\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, and the root node of one of its documents."""

    file: str
    text: Text = field(repr=False)
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
        for number in range(node.line, node.line_end + 1):
            start = node.column if number == node.line else 0
            if (column := self.excerpt(number + 1).find(text, start)) >= 0:
                return number + 1, column + 1
        return node.line + 1, node.column + 1

    def excerpt(self, line: int) -> str:
        """Return a line of the file (from 1), without its line end; empty if there is none."""
        return self.text.line(line)

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
