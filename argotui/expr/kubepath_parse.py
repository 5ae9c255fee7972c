"""Reading kubectl's JSONPath templates: `{.items[*].name}`, `{range ...}`, `[?(@.a==1)]`.

Called by `kubepath`. The grammar is client-go's, what it takes by chance too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.lexer import read_text

_MAX_DEPTH = 50
_FIELD = re.compile(r"(?:\\[\s\S]|[^\\ \t\r\n.,\[\]$@{}])*\\?")
_NUMBER = re.compile(r"[+-]?[\d.]*")
_WORD = re.compile(r"[^ \t\r\n.,\[\]$@{}]+")
_KEY = re.compile(r"'([^']*)'")
_SPAN = re.compile(r"(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?")
_TEST = re.compile(r"([^!<>=]+)([!<>=]+)(.+)")
_INTEGER = re.compile(r"[+-]?[0-9]+")


class Kind(Enum):
    """What a node does with the values before it; beside it, its value."""

    TEXT = "text"
    NUMBER = "number"  # int, float or bool
    FIELD = "name"
    WORD = "range, end"
    SPAN = "low, high, step; the high one of an index is None and step 0"
    UNION = "rows of nodes"
    FILTER = "left row, sign, right row"
    ALL = "*"
    BELOW = ".."
    ACTION = "a row of nodes"


@dataclass(frozen=True, slots=True)
class Node:
    kind: Kind
    value: Any = None


Row = tuple[Node, ...]


@lru_cache(maxsize=512)
def parse_template(text: str) -> Row:
    """Return texts and actions; raises ExpressionError in client-go's words."""
    return tuple(_Reader(text, 0).template())


class _Reader:
    def __init__(self, text: str, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise ExpressionError("JSON path is nested too deeply")
        self.text, self.depth, self.position = text, depth, 0

    def template(self) -> list[Node]:
        made: list[Node] = []
        while self.position < len(self.text):
            begin = self.text.find("{", self.position)
            end = begin if begin >= 0 else len(self.text)
            if end > self.position:
                made.append(Node(Kind.TEXT, self.text[self.position : end]))
            self.position = end + 1
            if begin >= 0:
                made.append(Node(Kind.ACTION, tuple(self.action())))
        return made

    def inner(self, text: str) -> Row:
        return tuple(_Reader(text + "}", self.depth + 1).action())

    def match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.position)
        assert found is not None
        self.position = found.end()
        return found[0]

    def action(self) -> list[Node]:
        """Read to the `}`, which is read too."""
        row: list[Node] = []
        while not self.text.startswith("}", self.position):
            char = self.text[self.position : self.position + 1]
            if not char or char in "\r\n":
                raise ExpressionError("unclosed action")
            if char in " @$":
                self.position += 1
            else:
                row += self.step(char, row)
        self.position += 1
        return row

    def step(self, char: str, row: list[Node]) -> list[Node]:
        if self.text.startswith("[?(", self.position):
            return [self.filter()]
        if self.text.startswith("..", self.position):
            if row and row[-1].kind is Kind.BELOW:
                raise ExpressionError("invalid multiple recursive descent")
            self.position += 2
            following = self.text[self.position : self.position + 1]
            named = following == "_" or following.isalpha() or following.isdecimal()
            return [Node(Kind.BELOW), *([self.field()] if named else [])]
        if char == "[":
            return self.array()
        if char in "'\"":
            return [Node(Kind.TEXT, self.quoted(char))]
        if char == ".":
            self.position += 1
            return [self.field()]
        if char in "+-" or char.isdecimal():
            return [Node(Kind.NUMBER, _number(self.match(_NUMBER)))]
        if char == "_" or char.isalpha():
            word = self.match(_WORD)
            truth = {"true": True, "false": False}.get(word)
            return [Node(Kind.WORD, word) if truth is None else Node(Kind.NUMBER, truth)]
        raise ExpressionError(f"unrecognized character in action: U+{ord(char):04X} '{char}'")

    def field(self) -> Node:
        name = self.match(_FIELD)
        return Node(Kind.ALL) if name == "*" else Node(Kind.FIELD, name.replace("\\", ""))

    def quoted(self, mark: str) -> str:
        end = self.position + 1
        while not (self.text.startswith(mark, end) and self.text[end - 1] != "\\"):
            if end >= len(self.text) or self.text[end] == "\n":
                raise ExpressionError("unterminated quoted string")
            end += 1
        text = self.text[self.position : end + 1]
        self.position = end + 1
        try:
            token, size = read_text(text, 0)
        except ExpressionError:
            size = 0
        if size != len(text):
            raise ExpressionError(f"unquote string {text} error invalid syntax")
        return str(token.value)

    def array(self) -> list[Node]:
        end = re.compile(r"[\]\n]").search(self.text, self.position)
        if end is None or end[0] == "\n":
            raise ExpressionError("unterminated array")
        text = self.text[self.position + 1 : end.start()]
        self.position = end.end()
        if "," in text:
            rows = tuple(self.inner(f"[{part.strip(' ')}]") for part in text.split(","))
            return [Node(Kind.UNION, rows)]
        if key := _KEY.fullmatch(text):
            return list(self.inner("." + key[1]))
        return [_span(":" if text == "*" else text)]

    def filter(self) -> Node:
        begin = self.position + 3
        end, opened, closed = begin, "", False
        while (opened and not closed) or not self.text.startswith(")", end):
            char = self.text[end : end + 1]
            if not char or char == "\n":
                raise ExpressionError("unterminated filter")
            if not opened and char in "'\"":
                opened = char
            elif opened and char == opened and self.text[end - 1] != "\\":
                closed = True
            end += 1
        if not self.text.startswith("]", end + 1):
            raise ExpressionError("unclosed array expect ]")
        self.position = end + 2
        text = self.text[begin:end]
        found = _TEST.fullmatch(text)
        if found is None:
            return Node(Kind.FILTER, (self.inner(text), "", ()))
        return Node(Kind.FILTER, (self.inner(found[1]), found[2], self.inner(found[3])))


def _number(text: str) -> int | float:
    if _INTEGER.fullmatch(text) and len(text) < 19:
        return int(text)
    try:
        return float(text) if text.isascii() else float("")
    except ValueError:
        raise ExpressionError(f"cannot parse number {text}") from None


def _span(text: str) -> Node:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ExpressionError(f"invalid array index {text}")
    low, high, step = (
        None if part in (None, "", ":") else part.lstrip(":") for part in found.groups()
    )
    for part in (low, high, step):
        if part is not None and (part == "-" or len(part) > 18):
            raise ExpressionError(f"array index {part} is not a number")
    numbers = tuple(None if part is None else int(part) for part in (low, high, step))
    return Node(Kind.SPAN, (*numbers, not found[2]))
