"""Reading JSONPath: names, indices, slices, wildcards, `..`, unions and filters.

Called by `jsonpath` for both dialects, Kubernetes' and Argo's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from argotui.expr.errors import ExpressionError

_NAME = re.compile(r"(?:[^\s.\[\]{}()'\"*?@$,:=<>!&|\\]|\\.)+")
_INTEGER = re.compile(r"-?\d{1,15}")
_SLICE = re.compile(r"\s*(-?\d{1,15})?\s*:\s*(-?\d{1,15})?\s*(?::\s*(-?\d{1,15})?\s*)?\]")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_COMPARE = re.compile(r"\s*(==|!=|<=|>=|=~|<|>)\s*")
_LITERAL = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|nil)(?![\w.])")
_MAX_DEPTH = 50
_WORDS = {"true": True, "false": False, "null": None, "nil": None}


@dataclass(frozen=True, slots=True)
class Child:
    names: tuple[str, ...]  # several: a union


@dataclass(frozen=True, slots=True)
class Index:
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    low: int | None
    high: int | None
    step: int | None


@dataclass(frozen=True, slots=True)
class Every:
    pass


@dataclass(frozen=True, slots=True)
class Descend:
    """The value itself and everything below it."""


@dataclass(frozen=True, slots=True)
class Filter:
    condition: Condition


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the root (`$`) or from the item looked at (`@`)."""

    steps: tuple[Step, ...]
    from_root: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    value: Any


@dataclass(frozen=True, slots=True)
class Compare:
    left: Path | Constant
    sign: str  # empty: the left side exists
    right: Path | Constant | None = None


@dataclass(frozen=True, slots=True)
class Logic:
    sign: str  # && || !
    parts: tuple[Condition, ...]


Step: TypeAlias = Child | Index | Span | Every | Descend | Filter
Condition: TypeAlias = Compare | Logic


def parse_path(text: str) -> Path:
    """Return the steps of a whole path such as `$.a[0]['b']` or `.a`; raises ExpressionError."""
    reader = Reader(text)
    path = reader.path()
    if reader.rest().strip():
        raise reader.error()
    return path


class Reader:
    """Reads paths and conditions from one text."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.position = position
        self.depth = 0

    def rest(self) -> str:
        return self.text[self.position :]

    def error(self) -> ExpressionError:
        return ExpressionError(f"invalid JSON path '{self.text}' at {self.position}")

    def sees(self, sign: str) -> bool:
        if self.text.startswith(sign, self.position):
            self.position += len(sign)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    def path(self) -> Path:
        from_root = self.sees("$")
        if not from_root:
            self.sees("@")
        steps: list[Step] = []
        if first := self.match(_NAME):  # `a.b` is `.a.b`
            steps.append(Child((_unescaped(first[0]),)))
        while step := self.step():
            steps.extend(step)
        return Path(tuple(steps), from_root)

    def step(self) -> list[Step]:
        if self.sees("["):
            return [self.bracket()]
        if self.sees(".."):
            below = self.after_dots()
            if not below:
                raise self.error()
            return [Descend(), *below]
        if self.sees("."):
            return self.after_dot()
        return []

    def after_dots(self) -> list[Step]:
        if self.sees("["):
            return [self.bracket()]
        return self.after_dot()

    def after_dot(self) -> list[Step]:
        if self.sees("*"):
            return [Every()]
        if self.sees("["):
            return [self.bracket()]
        if found := self.match(_NAME):
            return [Child((_unescaped(found[0]),))]
        if not self.rest() or self.rest()[0] in " })=<>!&|,":
            return []
        raise self.error()

    def bracket(self) -> Step:
        self.blanks()
        if self.sees("*"):
            self.closed()
            return Every()
        if self.sees("?"):
            return self.filter()
        if span := self.match(_SLICE):
            low, high, step = (int(part) if part else None for part in span.groups())
            return Span(low, high, step)
        if quoted := self.match(_QUOTED):
            names = [_text(quoted)]
            while self.comma():
                if not (quoted := self.match(_QUOTED)):
                    raise self.error()
                names.append(_text(quoted))
            self.closed()
            return Child(tuple(names))
        return self.numbers()

    def numbers(self) -> Step:
        numbers: list[int] = []
        while found := self.match(_INTEGER):
            numbers.append(int(found[0]))
            if not self.comma():
                break
        if not numbers:
            found = self.match(_NAME)
            if not found:
                raise self.error()
            self.closed()
            return Child((_unescaped(found[0]),))
        self.closed()
        return Index(tuple(numbers))

    def blanks(self) -> None:
        while self.sees(" "):
            pass

    def comma(self) -> bool:
        self.blanks()
        if not self.sees(","):
            return False
        self.blanks()
        return True

    def closed(self) -> None:
        self.blanks()
        if not self.sees("]"):
            raise self.error()

    def filter(self) -> Step:
        self.blanks()
        if not self.sees("("):
            raise self.error()
        condition = self.either()
        self.blanks()
        if not self.sees(")"):
            raise self.error()
        self.closed()
        return Filter(condition)

    def either(self) -> Condition:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self.error()
        parts = [self.both()]
        while self.operator("||"):
            parts.append(self.both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Logic("||", tuple(parts))

    def both(self) -> Condition:
        parts = [self.one()]
        while self.operator("&&"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Logic("&&", tuple(parts))

    def operator(self, sign: str) -> bool:
        self.blanks()
        return self.sees(sign)

    def one(self) -> Condition:
        self.blanks()
        if self.sees("!"):
            self.depth += 1
            if self.depth > _MAX_DEPTH:
                raise self.error()
            inner = self.one()
            self.depth -= 1
            return Logic("!", (inner,))
        if self.sees("("):
            inner = self.either()
            self.blanks()
            if not self.sees(")"):
                raise self.error()
            return inner
        left = self.operand()
        sign = self.match(_COMPARE)
        if sign is None:
            return Compare(left, "")
        return Compare(left, sign[1], self.operand())

    def operand(self) -> Path | Constant:
        self.blanks()
        if quoted := self.match(_QUOTED):
            return Constant(_text(quoted))
        if found := self.match(_LITERAL):
            word = found[1]
            return Constant(_WORDS[word] if word in _WORDS else float(word))
        if self.rest()[:1] in ("@", "$", "."):
            return self.path()
        raise self.error()


def _text(quoted: re.Match[str]) -> str:
    return _unescaped(quoted[1] if quoted[1] is not None else quoted[2])


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
