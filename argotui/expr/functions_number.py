"""Number functions of expr-lang: conversions, rounding, min and max, means, bits.

Listed in `functions`; `asInt` and `asFloat` are Argo's older names of `int` and `float`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import type_name
from argotui.expr.meter import charge
from argotui.expr.operators import cut_off
from argotui.expr.run import Function, Table, is_int, is_number, table

_INT = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FLOAT = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf|infinity)|nan",
    re.ASCII | re.IGNORECASE,
)
_HEX_FLOAT = re.compile(r"[+-]?0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*[pP][+-]?[0-9]+", re.ASCII)
_LOW, _HIGH = -(1 << 63), (1 << 63) - 1
_LONGEST = 400


def to_int(value: Any) -> int:
    """Return the integer of a number (cut off) or of a text in base ten."""
    if is_int(value):
        return int(value)
    if isinstance(value, float):
        return cut_off(value)
    if isinstance(value, str):
        number = int(value) if len(value) < _LONGEST and _INT.fullmatch(value) else None
        if number is None or not _LOW <= number <= _HIGH:
            raise ExpressionError(f"invalid operation: int({value})")
        return number
    if type_name(value) == "time.Duration":
        return int(value.nanoseconds)
    if value is None:
        raise ExpressionError("reflect: call of reflect.Value.Type on zero Value")
    raise ExpressionError(f"invalid operation: int({type_name(value)})")


def parse_float(text: str) -> float | None:
    """Return the float Go's ParseFloat reads, None for a text that is none."""
    if len(text) > _LONGEST:
        return None
    if _FLOAT.fullmatch(text):
        value = float(text)
        # beyond the greatest float is an error, infinity by name is not
        return None if math.isinf(value) and text[-1].isdigit() else value
    return float.fromhex(text) if _HEX_FLOAT.fullmatch(text) else None


def to_float(value: Any) -> float:
    if is_number(value):
        return float(value)
    if isinstance(value, str):
        number = parse_float(value)
        if number is None:
            raise ExpressionError(f"invalid operation: float({value})")
        return number
    raise ExpressionError(f"invalid operation: float({type_name(value)})")


def half_away(value: float) -> float:
    """Return the nearest integer, halves away from zero."""
    if not math.isfinite(value) or abs(value) >= 1 << 52:
        return value
    whole = math.floor(abs(value))
    return math.copysign(whole + (abs(value) - whole >= 0.5), value)


def rounding(change: Callable[[float], float]) -> Callable[[Any], float]:
    """Return ceil or the like on floats; a zero keeps the sign of what was rounded to it."""

    def apply(value: Any) -> float:
        number = float(value)
        return math.copysign(change(number), number) if math.isfinite(number) else number

    return apply


def _flat(name: str, values: tuple[Any, ...]) -> list[Any]:
    """Return the numbers in arguments and in lists in them."""
    numbers: list[Any] = []
    for value in values:
        charge()
        if isinstance(value, (list, tuple)):
            numbers.extend(_flat(name, tuple(value)))
        elif is_number(value):
            numbers.append(value)
        else:
            raise ExpressionError(f"invalid argument for {name} (type {type_name(value)})")
    return numbers


def _extreme(name: str, choose: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        if len(values) == 1 and not isinstance(values[0], (list, tuple)):
            return values[0]  # sic: whatever it is
        numbers = _flat(name, values)
        return choose(numbers) if numbers else None

    return apply


def _counted(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """To Go a duration is a number of nanoseconds here."""
    return tuple(
        getattr(value, "nanoseconds", value) if type_name(value) == "time.Duration" else value
        for value in values
    )


def mean(*values: Any) -> float:
    numbers = _flat("mean", _counted(values))
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def median(*values: Any) -> float:
    numbers = sorted(map(float, _flat("median", _counted(values))))
    if not numbers:
        return 0.0
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return (numbers[middle - 1] + numbers[middle]) / 2


def _shift(left: int, count: int, direction: int) -> int:
    if count < 0:
        raise ExpressionError(f"invalid operation: negative shift count {count} (type int)")
    if direction > 0:
        return _signed(left << count) if count < 64 else 0
    return left >> min(count, 64)


def _signed(number: int) -> int:
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def _shift_unsigned(left: int, count: int) -> int:
    if count < 0:
        raise ExpressionError(f"invalid operation: negative shift count {count} (type int)")
    return _signed((left % (1 << 64)) >> min(count, 64))


NUMBER: Table = table(
    Function("int", "x", to_int),
    Function("float", "x", to_float),
    Function("abs", "n", lambda value: abs(value)),
    Function("ceil", "n", rounding(math.ceil)),
    Function("floor", "n", rounding(math.floor)),
    Function("round", "n", rounding(half_away)),
    Function("max", "x*", _extreme("max", max)),
    Function("min", "x*", _extreme("min", min)),
    Function("mean", "x*", mean),
    Function("median", "x*", median),
    Function("bitand", "ii", lambda left, right: left & right),
    Function("bitor", "ii", lambda left, right: left | right),
    Function("bitxor", "ii", lambda left, right: left ^ right),
    Function("bitnand", "ii", lambda left, right: left & ~right),
    Function("bitnot", "i", lambda value: ~value),
    Function("bitshl", "ii", lambda left, count: _shift(left, count, 1)),
    Function("bitshr", "ii", lambda left, count: _shift(left, count, -1)),
    Function("bitushr", "ii", _shift_unsigned),
)
