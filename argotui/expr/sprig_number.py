"""Number functions of sprig; anything is cast to a number first, what is none counts as 0.

Listed in `sprig`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.functions_number import parse_float, rounding
from argotui.expr.gotext import print_value
from argotui.expr.gotypes import Int64, IntList
from argotui.expr.operators import cut_off, wrap
from argotui.expr.run import Function, Run, Table, is_int, table

_PLACES = Decimal(1).scaleb(-16)
_LONGEST = 100


def to_int(value: Any) -> int:
    """Return the integer a value is cast to: texts in Go's bases, 0 for what is no number."""
    if isinstance(value, bool):
        return int(value)
    if is_int(value):
        return int(value)
    if isinstance(value, float):
        return cut_off(value)
    if isinstance(value, str) and len(value) < _LONGEST:
        return _parsed(value)
    return 0


def _parsed(text: str) -> int:
    whole, dot, zeros = text.partition(".")
    digits = whole if dot and not zeros.strip("0") else text
    sign = -1 if digits.startswith("-") else 1
    body = digits.lstrip("+-") if digits[:1] in ("+", "-") else digits
    octal = len(body) > 1 and body[0] == "0" and body[1:].isdigit()
    try:
        number = sign * int(body, 8 if octal else 0)
    except ValueError:
        return 0
    return number if wrap(number) == number and body[:1] not in ("+", "-", " ") else 0


def to_float(value: Any) -> float:
    if isinstance(value, (bool, int, float)):
        return float(value)
    if isinstance(value, str):
        return parse_float(value) or 0.0
    return 0.0


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise ExpressionError("runtime error: integer divide by zero")
    return wrap(abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1))


def _modulo(left: int, right: int) -> int:
    if right == 0:
        raise ExpressionError("runtime error: integer divide by zero")
    return abs(left) % abs(right) * (-1 if left < 0 else 1)


def _product(values: Iterable[Any]) -> int:
    product = 1
    for value in values:
        product = wrap(product * to_int(value))
    return product


def _decimals(change: Callable[[Decimal, Decimal], Decimal]) -> Callable[..., float]:
    """Return an operation on decimals, so that 0.1 + 0.2 is 0.3 as in sprig."""

    def apply(first: Any, *rest: Any) -> float:
        with localcontext() as context:
            context.prec = 60
            total = _decimal(first)
            try:
                for value in rest:
                    total = change(total, _decimal(value))
            except ArithmeticError:
                raise ExpressionError("decimal: the number has too many digits") from None
            return float(total) + 0.0  # a decimal zero has no sign

    return apply


def _decimal(value: Any) -> Decimal:
    number = to_float(value)
    if not math.isfinite(number):
        raise ExpressionError(f"Cannot create a Decimal from {print_value(number)}")
    return Decimal(repr(number))


def _quotient(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise ExpressionError("decimal division by 0")
    return (left / right).quantize(_PLACES, ROUND_HALF_UP)


def until_step(run: Run, start: int, stop: int, step: int) -> list[int]:
    if (stop < start and step >= 0) or (stop >= start and step <= 0):
        return IntList()
    numbers = range(start, stop, step)
    run.spend(len(numbers))
    return IntList(numbers)


def until(run: Run, count: int) -> list[int]:
    return until_step(run, 0, count, -1 if count < 0 else 1)


def seq(run: Run, *bounds: int) -> str:
    match bounds:
        case (end,):
            start, step = 1, -1 if end < 1 else 1
            edge = step
        case (start, end):
            step = edge = -1 if end < start else 1
        case (start, step, end):
            edge = -1 if end < start else 1
            if edge < 0 < step:
                return ""
        case _:
            return ""
    return " ".join(map(str, until_step(run, start, wrap(end + edge), step)))


def rounded(value: Any, places: int, *least: float) -> float:
    at = least[0] if least else 0.5
    if abs(places) > 300:
        raise ExpressionError("round: too many places")
    power = math.pow(10, places)
    digit = power * to_float(value)
    if not math.isfinite(digit):
        return digit
    part = math.modf(digit)[0]
    return (math.ceil(digit) if part >= at else math.floor(digit)) / power


def _whole(change: Callable[[float], int]) -> Callable[[Any], float]:
    apply = rounding(change)
    return lambda value: apply(to_float(value))


def to_decimal(value: Any) -> int:
    """Return the value of octal digits."""
    try:
        return wrap(int(print_value(value)[:30], 8))
    except ValueError:
        return 0


def _most(*values: Any) -> int:
    return Int64(max(map(to_int, values)))


def _least(*values: Any) -> int:
    return Int64(min(map(to_int, values)))


_ADD = _decimals(lambda left, right: left + right)

SPRIG_NUMBER: Table = table(
    Function("atoi", "s", lambda text: _atoi(text)),
    Function("int64", "x", lambda value: Int64(to_int(value))),
    Function("int", "x", to_int),
    Function("float64", "x", to_float),
    Function("toDecimal", "x", lambda value: Int64(to_decimal(value))),
    Function("seq", "i*", seq, takes_run=True),
    Function("until", "i", until, takes_run=True),
    Function("untilStep", "iii", until_step, takes_run=True),
    Function("add1", "x", lambda value: Int64(wrap(to_int(value) + 1))),
    Function("add", "x*", lambda *values: Int64(wrap(sum(map(to_int, values))))),
    Function("sub", "xx", lambda left, right: Int64(wrap(to_int(left) - to_int(right)))),
    Function("div", "xx", lambda left, right: Int64(_divide(to_int(left), to_int(right)))),
    Function("mod", "xx", lambda left, right: Int64(_modulo(to_int(left), to_int(right)))),
    Function("mul", "xx*", lambda *values: Int64(_product(values))),
    Function("add1f", "x", lambda value: _ADD(value, 1.0)),
    Function("addf", "x*", lambda *values: _ADD(0.0, *values)),
    Function("subf", "xx*", _decimals(lambda left, right: left - right)),
    Function("mulf", "xx*", _decimals(lambda left, right: left * right)),
    Function("divf", "xx*", _decimals(_quotient)),
    Function("biggest", "xx*", _most),
    Function("max", "xx*", _most),
    Function("min", "xx*", _least),
    Function("maxf", "xx*", lambda *values: max(map(to_float, values))),
    Function("minf", "xx*", lambda *values: min(map(to_float, values))),
    Function("ceil", "x", _whole(math.ceil)),
    Function("floor", "x", _whole(math.floor)),
    Function("round", "xin*", rounded),
)


def _atoi(text: str) -> int:
    digits = text[1:] if text[:1] in ("+", "-") else text
    return int(text) if digits.isascii() and digits.isdecimal() and len(text) < 19 else 0
