"""Type mistakes that expr-lang finds before it evaluates: `1 == '1'` is an error, not false.

Called by `evaluate` for operators whose two sides have a known type there: literals, and names at
the root of the environment. Values inside maps have none, so the same test on them is just false.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from argotui.expr import syntax
from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import type_name
from argotui.expr.run import Run
from argotui.expr.syntax import Node

Apply = Callable[[Run, Any], Any]
_NUMBERS = frozenset({"int", "float64"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "**", "^"})


def is_typed(node: Node) -> bool:
    """Say whether the type of a node is known without evaluating it."""
    match node:
        case syntax.Literal() | syntax.Name() | syntax.ListOf() | syntax.MapOf():
            return True
        case syntax.Unary(node=inner):
            return is_typed(inner)
        case syntax.Binary(operator=operator):
            return operator in ARITHMETIC and all(map(is_typed, syntax.operands(node)))
    return False


def typed(operator: str, apply: Apply, right: Callable[[Run], Any]) -> Apply:
    """Return the operation with expr-lang's check; under a `let` nothing is sure, so no check."""

    def checked(run: Run, left: Any) -> Any:
        try:
            result = apply(run, left)
        except ExpressionError as error:
            if error.position >= 0 or not error.message.startswith(("invalid op", "interface")):
                raise
            raise _mismatch(operator, left, right(run)) from None
        if operator in ("==", "!=") and not run.names:
            value = right(run)
            if _differ(type_name(left), type_name(value)):
                raise _mismatch(operator, left, value)
        return result

    return checked


def _differ(left: str, right: str) -> bool:
    if "<nil>" in (left, right) or {left, right} <= _NUMBERS:
        return False
    return left != right


def _mismatch(operator: str, left: Any, right: Any) -> ExpressionError:
    kinds = ("unknown" if side is None else type_name(side) for side in (left, right))
    return ExpressionError(
        f"invalid operation: {operator} (mismatched types {' and '.join(kinds)})"
    )
