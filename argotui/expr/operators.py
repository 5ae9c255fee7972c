"""What the operators of the language do with values, as Go does it (expr-lang's runtime).

Called by `evaluate`. Integers are 64 bits wide and wrap; integers and floats compare by value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from argotui.expr.errors import ExpressionError, MissingName
from argotui.expr.gopow import go_pow
from argotui.expr.gotext import from_utf8, print_value, type_name
from argotui.expr.gotypes import (
    AnyMap,
    Groups,
    IntList,
    NilList,
    Pair,
    Pairs,
    TextMap,
    Uint8,
    is_nil,
)
from argotui.expr.meter import charge
from argotui.expr.regex import matches
from argotui.expr.run import Library, Run, is_int, is_number
from argotui.expr.times import Duration, Time, method

_PAIRS = (Pair, Pairs)


def wrap(number: int) -> int:
    """Return the number as 64 bits hold it."""
    if -0x8000000000000000 <= number <= 0x7FFFFFFFFFFFFFFF:
        return number
    return (number + 0x8000000000000000) % 0x10000000000000000 - 0x8000000000000000


def equal(left: Any, right: Any) -> bool:
    charge()
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_nil(left) or is_nil(right):
        return is_nil(left) and is_nil(right)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        if isinstance(left, _PAIRS) is not isinstance(right, _PAIRS):
            return False
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return bool(left == right)


def _invalid(left: Any, operator: str, right: Any) -> ExpressionError:
    return ExpressionError(f"invalid operation: {type_name(left)} {operator} {type_name(right)}")


def less(left: Any, right: Any, operator: str = "<") -> bool:
    """Order numbers, texts, dates and durations; raises ExpressionError for the rest."""
    if is_number(left) and is_number(right):
        return bool(left < right)
    if type(left) is type(right) and isinstance(left, (str, Time, Duration)):
        return bool(left < right)
    raise _invalid(left, operator, right)


def _ordered(operator: str) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        match operator:
            case "<":
                return less(left, right, operator)
            case ">":
                less(left, right, operator)
                return less(right, left, operator)
            case "<=":
                return less(left, right, operator) or equal(left, right)
            case _:
                less(left, right, operator)
                return less(right, left, operator) or equal(left, right)

    return compare


def add(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        total = left + right
        return wrap(total) if isinstance(total, int) else total
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, (Time, Duration)) or isinstance(right, (Time, Duration)):
        moved = _add_times(left, right)
        if moved is not None:
            return moved
    raise _invalid(left, "+", right)


def _add_times(left: Any, right: Any) -> Any:
    match left, right:
        case (Time(), Duration()):
            return left.moved(right.nanoseconds)
        case (Duration(), Time()):
            return right.moved(left.nanoseconds)
        case (Duration(), Duration()):
            return Duration(wrap(left.nanoseconds + right.nanoseconds))
    return None


def subtract(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        total = left - right
        return wrap(total) if isinstance(total, int) else total
    match left, right:
        case (Time(), Time()):
            return left.since(right)
        case (Time(), Duration()):
            return left.moved(-right.nanoseconds)
        case (Duration(), Duration()):
            return Duration(wrap(left.nanoseconds - right.nanoseconds))
    raise _invalid(left, "-", right)


def multiply(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        total = left * right
        return wrap(total) if isinstance(total, int) else total
    one = left.nanoseconds if isinstance(left, Duration) else left
    two = right.nanoseconds if isinstance(right, Duration) else right
    if (one, two) != (left, right) and is_number(one) and is_number(two):
        # a float makes a number of it, an integer a longer duration
        return Duration(wrap(one * two)) if is_int(one) and is_int(two) else float(one) * two
    raise _invalid(left, "*", right)


def divide(left: Any, right: Any) -> float:
    """Division gives a float, infinite or not a number for a zero."""
    if not (is_number(left) and is_number(right)):
        raise _invalid(left, "/", right)
    if right == 0:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return float(left) / float(right)


def modulo(left: Any, right: Any) -> int:
    """Remainder with the sign of the left side, integers only."""
    if not (is_int(left) and is_int(right)):
        raise _invalid(left, "%", right)
    if right == 0:
        raise ExpressionError("integer divide by zero")
    rest: int = abs(left) % abs(right)
    return -rest if left < 0 else rest


def power(left: Any, right: Any) -> float:
    if not (is_number(left) and is_number(right)):
        raise _invalid(left, "**", right)
    return go_pow(float(left), float(right))


def contained(left: Any, right: Any) -> bool:
    if right is None:
        return False
    if isinstance(right, (list, tuple)):
        return any(equal(item, left) for item in right)
    if isinstance(right, Mapping):
        return _keyed(right, left) in right
    if isinstance(right, Library):
        return _keyed(right, left) in right.functions
    raise ExpressionError(f'operator "in" not defined on {type_name(right)}')


def _text_test(operator: str, test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def check(left: Any, right: Any) -> bool:
        if is_nil(left) or is_nil(right):
            return False
        for side in (right, left) if operator == "matches" else (left, right):
            if not isinstance(side, str):
                wanted = "[]uint8" if side is left and operator == "matches" else "string"
                raise ExpressionError(
                    f"interface conversion: interface {{}} is {type_name(side)}, not {wanted}"
                )
        return test(left, right)

    return check


def span(run: Run, low: Any, high: Any) -> list[int]:
    """Return the integers from `low` to `high`, both included; none where Go cannot count them."""
    low = whole(low)
    size = max(wrap(whole(high) - low + 1), 0)
    run.spend(size)
    return IntList(range(low, low + size))


BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _ordered("<"),
    ">": _ordered(">"),
    "<=": _ordered("<="),
    ">=": _ordered(">="),
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "**": power,
    "^": power,
    "in": contained,
    "contains": _text_test("contains", lambda left, right: right in left),
    "startsWith": _text_test("startsWith", str.startswith),
    "endsWith": _text_test("endsWith", str.endswith),
    "matches": _text_test("matches", lambda left, right: matches(right, left)),
}


def negate(value: Any) -> Any:
    if isinstance(value, Uint8):
        return Uint8(-value % 256)
    if is_number(value):
        return wrap(-value) if isinstance(value, int) else -value
    raise ExpressionError(f"invalid operation: - {type_name(value)}")


def positive(value: Any) -> Any:
    """Do nothing: what is no number was found by `check`, or goes through."""
    return value


def inverted(value: Any) -> bool:
    return not truth(value)


def truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    kind = type_name(value).strip("<>")
    raise ExpressionError(f"interface conversion: interface {{}} is {kind}, not bool")


END = object()  # of what is cut, where the expression names none
UNARY: Mapping[str, Callable[[Any], Any]] = {
    "-": negate,
    "+": positive,
    "not": inverted,
    "!": inverted,
}


def fetch(base: Any, key: Any, path: tuple[str, ...] = ()) -> Any:
    """Return `base[key]`: nil for a key a map has not, errors for the rest."""
    if base is None:
        raise MissingName(path, f"cannot fetch {print_value(key)} from <nil>")
    if isinstance(base, Mapping):
        return base.get(_keyed(base, key), _missing(base))
    if isinstance(base, Library):
        return base.find(_keyed(base, key))
    if isinstance(base, (list, tuple, str)):
        return _at(base, key)
    found = method(base, key)
    if found is None and isinstance(base, Time) and not isinstance(key, str):
        kind = "nil" if key is None else type_name(key)
        raise ExpressionError(f"interface conversion: interface {{}} is {kind}, not string")
    if found is None:
        raise ExpressionError(f"cannot fetch {print_value(key)} from {type_name(base)}")
    return found


def _missing(base: Mapping[Any, Any]) -> Any:
    """Return Go's zero of what a map holds."""
    return "" if isinstance(base, TextMap) else NilList() if isinstance(base, Groups) else None


def _keyed(base: Any, key: Any) -> Any:
    """Return a key as Go looks it up: nil is the empty text, another type an error."""
    if isinstance(base, AnyMap):
        if isinstance(key, (list, dict, Library)):
            raise ExpressionError(f"runtime error: hash of unhashable type {type_name(key)}")
        return key
    if key is None:
        return ""
    if isinstance(key, str):
        return key
    raise ExpressionError(
        f"reflect.Value.MapIndex: value of type {type_name(key)} is not assignable to type string"
    )


def whole(value: Any) -> int:
    """Return a number cut off to an integer; raises ExpressionError for what is none."""
    if not is_number(value):
        raise ExpressionError(f"invalid operation: int({type_name(value)})")
    return cut_off(value) if isinstance(value, float) else int(value)


def cut_off(value: float) -> int:
    """Return a float's integer part; what does not fit becomes Go's least integer."""
    if math.isnan(value) or not -(1 << 63) <= value < 1 << 63:
        return -(1 << 63)
    return int(value)


def _at(base: Any, key: Any) -> Any:
    items = base.encode() if isinstance(base, str) else base
    number = whole(key)
    index = number + (len(items) if number < 0 else 0)
    if not 0 <= index < len(items):
        raise ExpressionError(f"index out of range: {index} (array length is {len(items)})")
    return Uint8(items[index]) if isinstance(items, bytes) else items[index]


def cut(base: Any, low: Any, high: Any) -> Any:
    """Return `base[low:high]`; negative ends count from the end, texts are cut by bytes; END is
    the end."""
    if not isinstance(base, (list, tuple, str)):
        if high is END:
            raise ExpressionError(f"invalid argument for len (type {type_name(base)})")
        raise ExpressionError(f"cannot slice {print_value(low)}")  # sic: Go names the end
    items = base.encode() if isinstance(base, str) else base
    start, end = _end(low, len(items)), len(items) if high is END else _end(high, len(items))
    part = items[min(start, end) : end]
    return from_utf8(part) if isinstance(part, bytes) else type(base)(part)


def _end(value: Any, length: int) -> int:
    number = whole(value)
    return min(max(number + length if number < 0 else number, 0), length)
