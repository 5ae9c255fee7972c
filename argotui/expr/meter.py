"""The budget of one evaluation, for code that walks values without knowing the evaluation.

Set by `evaluate` and `to_text`; charged by JSON, printing, comparing and regular expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from argotui.expr.errors import ExpressionError

FUEL = 1_000_000  # steps: calls, items looked at, 32 characters written; about a second
MAX_TEXT = 4_000_000  # characters of one result


class Spender(Protocol):
    def spend(self, steps: int) -> None: ...


class Budget:
    """So many steps and no more."""

    __slots__ = ("fuel",)

    def __init__(self, fuel: int = FUEL) -> None:
        self.fuel = fuel

    def spend(self, steps: int) -> None:
        """Take steps off the budget; raises ExpressionError when it is used up."""
        self.fuel -= steps
        if self.fuel < 0:
            raise ExpressionError("memory budget exceeded")


_METER: ContextVar[Spender | None] = ContextVar("expression budget", default=None)


@contextmanager
def metered(spender: Spender) -> Iterator[None]:
    token = _METER.set(spender)
    try:
        yield
    finally:
        _METER.reset(token)


def charge(steps: int = 1) -> None:
    """Charge the evaluation that is going on; free where there is none."""
    spender = _METER.get()
    if spender is not None:
        spender.spend(steps)
