"""The languages that take long to load, loaded when a workflow is the first to use one. Called by
the engine, `forecast` and `template`; most workflows have no expression, many have no `when`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argotui.expr.evaluate import Program


def compile_expression(text: str) -> Program:
    """Return the program of `text`; raises ExpressionError. Its language takes 60 ms to load."""
    from argotui.expr import evaluate

    return evaluate.compile_expression(text)


def evaluate_when(text: str) -> bool:
    """Return what `when` says; empty is true. Raises WhenError with Argo's message."""
    if text == "":
        return True
    from argotui.expr import when

    return when.evaluate_when(text)
