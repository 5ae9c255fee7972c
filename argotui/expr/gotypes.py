"""Values that are as good as Python's own, but of another type to Go: `go_type` names it.

Made by the functions that give such values in Go; told apart by calls and messages only.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Int64(int):
    """What sprig's arithmetic gives: no function of sprig that wants an int takes it."""

    go_type: ClassVar[str] = "int64"


class Uint8(int):
    """A byte of a text."""

    go_type: ClassVar[str] = "uint8"


class Uint64(int):
    """A number of a version."""

    go_type: ClassVar[str] = "uint64"


class IntList(list[int]):
    """A range."""

    go_type: ClassVar[str] = "[]int"


class TextList(list[str]):
    """What splitting a text gives."""

    go_type: ClassVar[str] = "[]string"


class TextMap(dict[str, str]):
    """What splitting into numbered parts gives: a key it has not is an empty text."""

    go_type: ClassVar[str] = "map[string]string"


class Pair(list[Any]):
    """A key and a value of toPairs."""

    go_type: ClassVar[str] = "[2]interface {}"


class Pairs(list[Pair]):
    """What toPairs gives."""

    go_type: ClassVar[str] = "[][2]interface {}"


class AnyMap(dict[Any, Any]):
    """A map whose keys may be anything, of fromPairs."""

    go_type: ClassVar[str] = "map[interface {}]interface {}"


class Groups(AnyMap):
    """What groupBy gives: a key it has not is a list that was never made."""

    go_type: ClassVar[str] = "map[interface {}][]interface {}"


class NilList(list[Any]):
    """A list that Go never made: empty, null in JSON, equal to nil."""

    go_type: ClassVar[str] = "[]string"


def is_nil(value: Any) -> bool:
    return value is None or type(value) is NilList
