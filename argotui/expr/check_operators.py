"""What comes of an operator on two known types, and Go's words for types that do not go together.

Called by `check`. From expr-lang 1.17's checker.
"""

from __future__ import annotations

from collections.abc import Mapping

from argotui.expr import syntax
from argotui.expr.errors import ExpressionError
from argotui.expr.natures import (
    BOOL,
    DURATION,
    FLOAT,
    INT,
    NIL,
    TEXT,
    TIME,
    UNKNOWN,
    Nature,
    assignable,
    common,
    comparable,
    is_integer,
    list_of,
)
from argotui.expr.regex import regex

_D, _T = DURATION.name, TIME.name
_ORDERED = ("number", "string", _T, _D)
_PAIRS: Mapping[str, Mapping[tuple[str, str], Nature]] = {
    "+": {
        ("string", "string"): TEXT,
        (_T, _D): TIME,
        (_D, _T): TIME,
        (_D, _D): DURATION,
    },
    "-": {(_T, _T): DURATION, (_T, _D): TIME, (_D, _D): DURATION},
    "*": {(_D, _D): DURATION},
}
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "+": _ORDERED,
    "-": ("number", _T, _D),
    "*": ("number", _D),
}


def unary(node: syntax.Unary, inner: Nature) -> Nature:
    if node.operator in ("!", "not"):
        if inner.name == "bool" or inner.unknown:
            return BOOL
    elif inner.number or inner.unknown:
        return inner if inner.number else UNKNOWN
    raise ExpressionError(
        f"invalid operation: {node.operator} (mismatched type {inner})", node.position
    )


def binary(node: syntax.Binary, left: Nature, right: Nature) -> Nature:
    """Return the nature of `left <operator> right`; raises ExpressionError."""
    found = _result(node, left, right)
    if found is None:
        raise ExpressionError(
            f"invalid operation: {node.operator} (mismatched types {left} and {right})",
            node.position,
        )
    return found


def _result(node: syntax.Binary, left: Nature, right: Nature) -> Nature | None:
    match node.operator:
        case "==" | "!=":
            return BOOL if comparable(left, right) else None
        case "or" | "||" | "and" | "&&":
            both = left.name == right.name == "bool"
            return BOOL if both or common(left, right, "bool") else None
        case "<" | ">" | "<=" | ">=":
            return BOOL if _ordered(left, right) else None
        case "+" | "-" | "*":
            return _sum(node.operator, left, right)
        case "/" | "**" | "^":
            numbers = left.number and right.number
            return FLOAT if numbers or common(left, right, "number") else None
        case "%":
            return INT if _integers(left, right) else None
        case "..":
            return list_of(INT) if _integers(left, right) else None
        case "in":
            return _contained(node, left, right)
        case "matches":
            if isinstance(node.right, syntax.Literal) and isinstance(node.right.value, str):
                _pattern(node, node.right.value)
    if node.operator == "??":
        return _either(left, right)
    texts = left.name == right.name == "string"
    return BOOL if texts or common(left, right, "string") else None


def _ordered(left: Nature, right: Nature) -> bool:
    if left.number and right.number:
        return True
    if left.name == right.name and left.name in _ORDERED:
        return True
    return common(left, right, *_ORDERED)


def _sum(operator: str, left: Nature, right: Nature) -> Nature | None:
    if left.number and right.number:
        return FLOAT if "float64" in (left.name, right.name) else INT
    if operator == "*" and DURATION in (left, right) and (left.number or right.number):
        return DURATION
    if found := _PAIRS[operator].get((left.name, right.name)):
        return found
    return UNKNOWN if common(left, right, *_ALLOWED[operator]) else None


def _integers(left: Nature, right: Nature) -> bool:
    return (is_integer(left) and is_integer(right)) or common(left, right, "integer")


def _contained(node: syntax.Binary, left: Nature, right: Nature) -> Nature | None:
    if (left.name == "string" or left.unknown) and right.name == "time.Time":
        return BOOL
    if right.is_map:
        if not left.unknown and not assignable(left, right.key):
            raise ExpressionError(
                f"cannot use {left} as type {right.key} in map key", node.position
            )
        return BOOL
    if right.is_list:
        if not comparable(left, right.element):
            raise ExpressionError(
                f"cannot use {left} as type {right.element} in array", node.position
            )
        return BOOL
    return BOOL if right.unknown or (left.unknown and right.name == "string") else None


def _pattern(node: syntax.Binary, text: str) -> None:
    try:
        regex(text)
    except ExpressionError as error:
        raise ExpressionError(error.message, node.position) from None


def _either(left: Nature, right: Nature) -> Nature:
    if left.nil:
        return NIL if right.nil else right
    if right.nil or assignable(right, left):
        return left
    return UNKNOWN
