"""Success and failure conditions of resource templates, on an object; pure. Argo: 3.6.

The grammar is that of label selectors; keys are dotted paths into the object, as gjson reads
them. Called by both runtimes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from argotui.model.errors import RuntimeFault

_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[=!(),<>]|[^=!(),<> \t\r\n]+|$)")
_SIGNS = frozenset({"==", "!=", "=", "!", "(", ")", ",", "<", ">", ""})
_NAME = re.compile(r"(?=.{1,63}\Z)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z", re.DOTALL)
_PREFIX = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
                     r"(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z", re.DOTALL)  # fmt: skip
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_NOTHING: Any = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One of the terms of a condition, as it was written. `sign` is empty where the key alone is
    asked for, `!` where it must not be there."""

    key: str
    sign: str
    values: tuple[str, ...] = ()
    text: str

    def __str__(self) -> str:
        return self.text

    def holds(self, found: Any) -> bool:
        """Whether it holds for an object. What is not there differs from everything."""
        value = at(found, self.key)
        there = value is not _NOTHING
        match self.sign:
            case "" | "!":
                return there == (self.sign == "")
            case "=" | "==" | "in":
                return there and text(value) in self.values
            case "!=" | "notin":
                return not there or text(value) not in self.values
        left, right = _integer(text(value)) if there else None, _integer(self.values[0])
        if left is None or right is None:
            return False
        return left > right if self.sign == ">" else left < right


def requirements(condition: str) -> list[Requirement]:
    """Return the terms of a condition, by their keys. Raises RuntimeFault for one that cannot be
    read."""
    return sorted(_Reader(condition).all(), key=lambda each: each.key.encode())


class _Reader:
    def __init__(self, condition: str) -> None:
        self.condition = condition
        found = [*_TOKEN.finditer(condition)]
        self.tokens = [token[1] for token in found]
        self.ends = [(token.start(1), token.end(1)) for token in found]
        self.index = 0

    @property
    def token(self) -> str:
        return self.tokens[self.index] if self.index < len(self.tokens) else ""

    def take(self) -> str:
        token = self.token
        self.index += 1
        return token

    def wrong(self, wanted: str) -> RuntimeFault:
        return RuntimeFault(
            f"unable to parse requirement: found '{self.token}', expected: {wanted} "
            f"(in '{self.condition}')"
        )

    def all(self) -> list[Requirement]:
        made: list[Requirement] = []
        while self.token:
            if made and self.take() != ",":
                self.index -= 1
                raise self.wrong("',' or 'end of string'")
            made.append(self.one())
        return made

    def one(self) -> Requirement:
        begin = self.index
        absent = self.token == "!"
        self.index += absent
        if self.token in _SIGNS:
            raise self.wrong("!, identifier, or 'end of string'")
        key = self.take()
        _checked_key(key)
        sign, values = "!" if absent else "", tuple[str, ...]()
        if not absent and self.token not in ("", ","):
            sign, values = self.compared()
        written = self.condition[self.ends[begin][0] : self.ends[self.index - 1][1]]
        return Requirement(key=key, sign=sign, values=values, text=written)

    def compared(self) -> tuple[str, tuple[str, ...]]:
        if self.token not in ("==", "!=", "=", "<", ">", "in", "notin"):
            raise self.wrong("in, notin, =, ==, !=, >, <")
        sign = self.take()
        values = self.among() if sign in ("in", "notin") else (self.exact(),)
        for value in values:
            if sign in "<>" and _integer(value) is None:
                raise RuntimeFault(f"for '{sign}' the value must be an integer, not '{value}'")
            if value and not _NAME.match(value):
                raise RuntimeFault(f"'{value}' of condition '{self.condition}' is no label value")
        return sign, values

    def exact(self) -> str:
        if self.token in ("", ","):
            return ""
        if self.token in _SIGNS:
            raise self.wrong("identifier")
        return self.take()

    def among(self) -> tuple[str, ...]:
        if self.take() != "(":
            self.index -= 1
            raise self.wrong("'('")
        values = [self.element()]
        while self.token == ",":
            self.index += 1
            values.append(self.element())
        if self.take() != ")":
            self.index -= 1
            raise self.wrong("',' or ')'")
        return tuple(values)

    def element(self) -> str:
        return "" if self.token in (",", ")") else self.exact() if self.token else ""


def _checked_key(key: str) -> None:
    prefix, slash, name = key.rpartition("/")
    if not _NAME.match(name) or (slash and not _PREFIX.match(prefix)):
        raise RuntimeFault(f"unable to parse requirement: '{key}' is no valid key")


def _integer(digits: str) -> int | None:
    number = int(digits) if _INTEGER.fullmatch(digits) else None
    return number if number is not None and -(1 << 63) <= number < 1 << 63 else None


def at(found: Any, path: str) -> Any:
    """Follow a dotted path; a number is an element of a list."""
    for key in path.split("."):
        if isinstance(found, Mapping) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdecimal() and int(key[:9]) < len(found):
            found = found[int(key[:9])]
        else:
            return _NOTHING
    return found


def text(value: Any) -> str:
    """Return a value as it is compared: texts raw, numbers in full, null empty, else JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case float():
            plain = format(Decimal(repr(value)), "f")
            return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
