"""What the operators of the language do with values, as Go does it (expr-lang's runtime).

Called by `evaluate`. Integers are 64 bits wide and wrap; integers and floats compare by value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from argotui.expr.errors import ExpressionError, MissingName
from argotui.expr.gotext import type_name
from argotui.expr.regex import matches
from argotui.expr.run import Library, Run, is_int, is_number
from argotui.expr.times import Duration, Time, method


def wrap(number: int) -> int:
    """Return the number as 64 bits hold it."""
    if -0x8000000000000000 <= number <= 0x7FFFFFFFFFFFFFFF:
        return number
    return (number + 0x8000000000000000) % 0x10000000000000000 - 0x8000000000000000


def equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
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
            return Duration(left.nanoseconds + right.nanoseconds)
    return None


def subtract(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        total = left - right
        return wrap(total) if isinstance(total, int) else total
    match left, right:
        case (Time(), Time()):
            return Duration(left.nanoseconds - right.nanoseconds)
        case (Time(), Duration()):
            return left.moved(-right.nanoseconds)
        case (Duration(), Duration()):
            return Duration(left.nanoseconds - right.nanoseconds)
    raise _invalid(left, "-", right)


def multiply(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        total = left * right
        return wrap(total) if isinstance(total, int) else total
    match left, right:
        case (Duration(), _) if is_number(right):
            return Duration(int(left.nanoseconds * right))
        case (_, Duration()) if is_number(left):
            return Duration(int(left * right.nanoseconds))
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
    try:
        return math.pow(left, right)
    except OverflowError:
        odd = is_int(right) and right % 2 == 1
        return -math.inf if left < 0 and odd else math.inf
    except ValueError:
        return math.inf if left == 0 else math.nan


def contained(left: Any, right: Any) -> bool:
    if right is None:
        return False
    if isinstance(right, (list, tuple)):
        return any(equal(item, left) for item in right)
    if isinstance(right, Mapping):
        return isinstance(left, str) and left in right
    if isinstance(right, Library):
        return left in right.functions
    raise ExpressionError(f'operator "in" not defined on {type_name(right)}')


def _text_test(operator: str, test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def check(left: Any, right: Any) -> bool:
        if left is None or right is None:
            return False
        if not isinstance(left, str) or not isinstance(right, str):
            raise _invalid(left, operator, right)
        return test(left, right)

    return check


def span(run: Run, low: Any, high: Any) -> list[int]:
    """Return the integers from `low` to `high`, both included."""
    if not (is_int(low) and is_int(high)):
        raise _invalid(low, "..", high)
    run.spend(max(high - low + 1, 0))
    return list(range(low, high + 1))


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
    if is_number(value):
        return wrap(-value) if isinstance(value, int) else -value
    if isinstance(value, Duration):
        return Duration(-value.nanoseconds)
    raise ExpressionError(f"invalid operation: - {type_name(value)}")


def positive(value: Any) -> Any:
    if is_number(value):
        return value
    raise ExpressionError(f"invalid operation: + {type_name(value)}")


def inverted(value: Any) -> bool:
    return not truth(value)


def truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    kind = type_name(value).strip("<>")
    raise ExpressionError(f"interface conversion: interface {{}} is {kind}, not bool")


UNARY: Mapping[str, Callable[[Any], Any]] = {
    "-": negate,
    "+": positive,
    "not": inverted,
    "!": inverted,
}


def fetch(base: Any, key: Any, path: tuple[str, ...] = ()) -> Any:
    """Return `base[key]`: nil for a key a map has not, errors for the rest."""
    if base is None:
        raise MissingName(path, f"cannot fetch {key} from <nil>")
    if isinstance(base, Mapping):
        try:
            return base[key]
        except (KeyError, TypeError):
            return None
    if isinstance(base, Library):
        return base.find(key)
    if isinstance(base, (list, tuple, str)):
        return _at(base, key)
    found = method(base, key)
    if found is None:
        raise ExpressionError(f"cannot fetch {key} from {type_name(base)}")
    return found


def _at(base: Any, key: Any) -> Any:
    if not is_number(key):
        raise ExpressionError(f"invalid operation: int({type_name(key)})")
    items = base.encode() if isinstance(base, str) else base
    index = int(key) + (len(items) if key < 0 else 0)
    if not 0 <= index < len(items):
        raise ExpressionError(f"index out of range: {index} (array length is {len(items)})")
    return items[index]


def cut(base: Any, low: Any, high: Any) -> Any:
    """Return `base[low:high]`; negative ends count from the end, texts are cut by bytes."""
    if not isinstance(base, (list, tuple, str)):
        raise ExpressionError(f"cannot slice {type_name(base)}")
    items = base.encode() if isinstance(base, str) else base
    start, end = _end(low, 0, len(items)), _end(high, len(items), len(items))
    part = items[min(start, end) : end]
    return part.decode(errors="replace") if isinstance(part, bytes) else list(part)


def _end(value: Any, default: int, length: int) -> int:
    if value is None:
        return default
    if not is_number(value):
        raise ExpressionError(f"invalid operation: int({type_name(value)})")
    number = int(value)
    return min(max(number + length if number < 0 else number, 0), length)
