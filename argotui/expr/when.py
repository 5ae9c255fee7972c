"""`when`: may this step run? Words without quotes are texts, the rest is govaluate's language.

Called by the steps and dag handlers after the tags are filled in. Argo: 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gopow import go_pow
from argotui.expr.gotext import print_value
from argotui.expr.meter import Budget, metered
from argotui.expr.regex import Regex, regex
from argotui.expr.when_tokens import Kind, Token, check_order, tokenize

_LEVELS = {
    ",": 0,
    **dict.fromkeys(("?", ":", "??"), 1),
    "||": 2,
    "&&": 3,
    **dict.fromkeys(("==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in"), 4),
    **dict.fromkeys(("&", "|", "^"), 5),
    **dict.fromkeys(("<<", ">>"), 6),
    **dict.fromkeys(("+", "-"), 7),
    **dict.fromkeys(("*", "/", "%"), 8),
    "**": 9,
}
_OPERATORS = frozenset({Kind.SEPARATOR, Kind.TERNARY, Kind.LOGICAL, Kind.COMPARATOR, Kind.MODIFIER})
_HINT = ' (hint: try wrapping the affected expression in quotes ("))'
_MAX_DEPTH = 100
_MAX_TEXT = 1 << 20
_NUMBER, _BOOL = "it is not a number", "it is not a bool"

Stage = Callable[[], Any]


class WhenError(ExpressionError):
    """A `when` that is no expression, fails, or gives something else than a bool."""


def evaluate_when(text: str) -> bool:
    """Return what `when` says; empty is true. Raises WhenError with Argo's message."""
    if text == "":
        return True
    try:
        tokens = _parsed(text)
    except ExpressionError as error:
        hint = _HINT if "Invalid token" in error.message else ""
        raise WhenError(f"Invalid 'when' expression '{text}': {error.message}{hint}") from None
    words = [
        replace(token, kind=Kind.STRING) if token.kind is Kind.VARIABLE else token
        for token in tokens
    ]
    try:
        check_order(words)
        stage = _Planner(_with_patterns(words)).plan()
    except ExpressionError as error:
        raise WhenError(f"Failed to parse 'when' expression '{text}': {error.message}") from None
    try:
        with metered(Budget()):
            result = stage()
    except ExpressionError as error:
        raise WhenError(f"Failed to evaluate 'when' expresion '{text}': {error.message}") from None
    if not isinstance(result, bool):
        raise WhenError(f"Expected boolean evaluation for '{text}'. Got {_shown(result)}")
    return result


def _parsed(text: str) -> list[Token]:
    if len(text) > _MAX_TEXT:
        raise ExpressionError("expression is longer than 1 MiB")
    tokens = tokenize(text)
    check_order(tokens)
    return _with_patterns(tokens)


def _with_patterns(tokens: list[Token]) -> list[Token]:
    """Compile the texts behind `=~`, which are none to `+` then; raises ExpressionError."""
    marked = tokens[:1]
    for sign, token in pairwise(tokens):
        if sign.value in ("=~", "!~") and token.kind is Kind.STRING:
            token = replace(token, kind=Kind.PATTERN, value=regex(token.value))
        marked.append(token)
    return marked


def _shown(value: Any) -> str:
    return value.pattern if isinstance(value, Regex) else print_value(value)


class _Planner:
    """Turns tokens into stages; every level is left-associative, the ternary too."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.depth = 0

    def plan(self) -> Stage:
        return self.binary(0)

    def peek(self) -> Token | None:
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    def binary(self, level: int) -> Stage:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise ExpressionError("expression is nested too deeply")
        first = self.value()
        row: list[tuple[str, Stage]] = []
        while (token := self.peek()) is not None and token.kind in _OPERATORS:
            if _LEVELS[token.value] < level:
                break
            self.index += 1
            row.append((token.value, self.binary(_LEVELS[token.value] + 1)))
        self.depth -= 1
        return _chain(first, row) if row else first

    def value(self) -> Stage:
        token = self.peek()
        if token is None or token.kind is Kind.CLOSE:
            return lambda: None
        self.index += 1
        match token.kind:
            case Kind.OPEN:
                return self.clause()
            case Kind.PREFIX:
                return _prefix(token.value, self.value())
            case Kind.ACCESSOR:
                after = self.peek()
                if after is not None and after.kind is Kind.OPEN:
                    self.value()
                return _accessor(token.value[0])
        value = token.value
        return lambda: value

    def clause(self) -> Stage:
        inner = self.binary(0)
        self.index += 1
        return inner


def _accessor(name: str) -> Stage:
    def stage() -> Any:
        raise ExpressionError(f"No parameter '{name}' found.")

    return stage


def _prefix(sign: str, inner: Stage) -> Stage:
    def stage() -> Any:
        value = inner()
        wanted = bool if sign == "!" else float
        if type(value) is not wanted:
            raise ExpressionError(
                f"Value '{_shown(value)}' cannot be used with the prefix '{sign}'"
            )
        match sign:
            case "!":
                return not value
            case "-":
                return -value
        return float(~_integer(value))

    return stage


def _chain(first: Stage, row: list[tuple[str, Stage]]) -> Stage:
    def stage() -> Any:
        value = first()
        for sign, right in row:
            value = _apply(sign, value, right)
        return value

    return stage


def _apply(sign: str, left: Any, right: Stage) -> Any:
    match sign:
        case "&&" | "||":
            return _logical(sign, left, right)
        case "?":
            value = None if left is False else right()
            if type(left) is not bool:
                raise _error(left, f"ternary operator '{sign}'", _BOOL)
            return value
        case ":" | "??":
            return right() if left is None else left
        case ",":
            value = right()
            return [*left, value] if isinstance(left, list) else [left, value]
        case "==" | "!=":
            value = right()
            same = type(left) is type(value) and left == value
            return same is (sign == "==")
    return _strict(sign, left, right())


def _error(value: Any, what: str, why: str) -> ExpressionError:
    return ExpressionError(f"Value '{_shown(value)}' cannot be used with the {what}, {why}")


def _logical(sign: str, left: Any, right: Stage) -> bool:
    if left is (sign == "||"):
        return bool(left)
    value = right()
    for side in (left, value):
        if type(side) is not bool:
            raise _error(side, f"logical operator '{sign}'", _BOOL)
    return bool(left and value) if sign == "&&" else bool(left or value)


def _strict(sign: str, left: Any, right: Any) -> Any:
    match sign:
        case "<" | ">" | "<=" | ">=":
            return _compare(sign, left, right)
        case "=~" | "!~":
            return _match(sign, left, right)
        case "in":
            if not isinstance(right, list):
                raise _error(right, "comparator 'in'", _NUMBER)
            return any(type(item) is type(left) and item == left for item in right)
        case "+" if isinstance(left, str) or isinstance(right, str):
            return _shown(left) + _shown(right)
        case "+" if not (type(left) is float and type(right) is float):
            raise _error(left, "modifier '+'", _NUMBER)
    for side in (left, right):
        if type(side) is not float:
            raise _error(side, f"modifier '{sign}'", _NUMBER)
    return _arithmetic(sign, left, right)


def _compare(sign: str, left: Any, right: Any) -> bool:
    if type(left) is not type(right) or type(left) not in (float, str):
        raise _error(left, f"comparator '{sign}'", _NUMBER)
    match sign:
        case "<":
            return bool(left < right)
        case ">":
            return bool(left > right)
        case "<=":
            return bool(left <= right)
    return bool(left >= right)


def _match(sign: str, left: Any, right: Any) -> bool:
    for side, kinds in ((left, str), (right, (str, Regex))):
        if not isinstance(side, kinds):
            raise _error(side, f"comparator '{sign}'", _NUMBER)
    try:
        found = (right if isinstance(right, Regex) else regex(right)).search(left) is not None
    except ExpressionError as error:
        raise ExpressionError(
            f"Unable to compile regexp pattern '{_shown(right)}': {error.message}"
        ) from None
    return found is (sign == "=~")


def _integer(value: float) -> int:
    """Return the 64-bit integer Go converts a float to."""
    return int(value) if abs(value) < 1 << 63 else -(1 << 63)


def _arithmetic(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return _divided(left, right)
        case "%":
            return math.fmod(left, right) if right and math.isfinite(left) else math.nan
        case "**":
            return go_pow(left, right)
    return _bits(sign, _integer(left), _integer(right))


def _divided(left: float, right: float) -> float:
    if right:
        return left / right
    return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left)


def _bits(sign: str, left: int, right: int) -> float:
    match sign:
        case "&":
            return float(left & right)
        case "|":
            return float(left | right)
        case "^":
            return float(left ^ right)
        case "<<":
            return float((left << min(right % (1 << 64), 64)) % (1 << 64))
    return float((left % (1 << 64)) >> min(right % (1 << 64), 64))
