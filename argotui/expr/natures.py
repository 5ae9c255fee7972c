"""What is known of a value's type before an expression runs, by the names Go gives the types.

Called by `check` and its tables. From expr-lang 1.17's checker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argotui.expr.gotext import type_name


@dataclass(frozen=True, slots=True)
class Signature:
    """A function: types of the parameters (the last repeats if `variadic`) and of the result."""

    parameters: tuple[str, ...]
    result: str
    variadic: bool = False
    results: int = 1


@dataclass(frozen=True, slots=True)
class Nature:
    """`name` is the Go type, `unknown` where nothing is known; `item` what a list holds."""

    name: str
    item: Nature | None = None
    call: Signature | None = None

    def __str__(self) -> str:
        return "unknown" if self.name == "nil" else self.name

    @property
    def unknown(self) -> bool:
        return self.name in ("unknown", "interface {}")

    @property
    def nil(self) -> bool:
        return self.name == "nil"

    @property
    def is_list(self) -> bool:
        return self.name.startswith("[")

    @property
    def is_map(self) -> bool:
        return self.name.startswith("map[")

    @property
    def number(self) -> bool:
        return self.name in _NUMBERS

    @property
    def element(self) -> Nature:
        """What a list or a map holds."""
        if self.item is not None:
            return self.item
        return of_type(self.name.partition("]")[2]) if self.is_list or self.is_map else UNKNOWN

    @property
    def key(self) -> Nature:
        return of_type(self.name[4 : self.name.index("]")])

    @property
    def holds_nil(self) -> bool:
        """Go's pointers, interfaces, functions, maps and lists."""
        return self.name[:1] in ("*", "[") or self.name.startswith(("map[", "func", "interface"))


_INTEGERS = frozenset({"int", "int64", "uint8"})
_NUMBERS = _INTEGERS | {"float64"}
UNKNOWN = Nature("unknown")
NIL = Nature("nil")
ANY = Nature("interface {}")
INT = Nature("int")
FLOAT = Nature("float64")
TEXT = Nature("string")
BOOL = Nature("bool")
LIST = Nature("[]interface {}")
MAP = Nature("map[string]interface {}")
TIME = Nature("time.Time")
DURATION = Nature("time.Duration")


def of_type(name: str) -> Nature:
    return Nature(name)


def of_value(value: Any) -> Nature:
    """Return what is known of a variable: its own type, not what is inside."""
    if value is None:
        return NIL
    return MAP if isinstance(value, Mapping) else Nature(type_name(value))


def list_of(item: Nature) -> Nature:
    return Nature("[]interface {}", item)


def is_integer(nature: Nature) -> bool:
    return nature.name in _INTEGERS


def assignable(nature: Nature, to: Nature) -> bool:
    if nature.nil:
        return to.holds_nil
    if "unknown" in (nature.name, to.name):
        return False
    return to.name in ("interface {}", nature.name)


def comparable(left: Nature, right: Nature) -> bool:
    if left.unknown or right.unknown or left.nil or right.nil:
        return True
    if (left.number and right.number) or (left.is_list and right.is_list):
        return True
    return assignable(left, right)


def common(left: Nature, right: Nature, *kinds: str) -> bool:
    """Say whether both may be one of the types: one of them at least is unknown."""

    def fits(nature: Nature) -> bool:
        return any(_is(nature, kind) for kind in kinds)

    if left.unknown:
        return right.unknown or fits(right)
    return right.unknown and fits(left)


def _is(nature: Nature, kind: str) -> bool:
    match kind:
        case "number":
            return nature.number
        case "integer":
            return is_integer(nature)
    return nature.name == kind
