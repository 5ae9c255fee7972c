"""Expressions that must come out true or false: of hooks and retry strategies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.engine.core import HardError
from argotui.expr.errors import ExpressionError
from argotui.expr.programs import compile_expression


def evaluate_bool(expression: str, env: Mapping[str, Any], at: float) -> bool:
    """Return the value of a condition; `at` is the time, in unix seconds. Raises HardError."""
    try:
        verdict = compile_expression(expression).evaluate(env, at=at)
    except ExpressionError as error:
        raise HardError(f"unable to evaluate expression '{expression}': {error}") from None
    if not isinstance(verdict, bool):
        raise HardError(f"unable to cast expression result '{verdict}' to bool")
    return verdict
