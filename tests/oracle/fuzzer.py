"""One language held against Go's: how its texts are made, what we make of them, what may differ.

Called by __main__; the languages are listed in `others`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.oracle.ask import Oracle
from tests.oracle.compare import question
from tests.oracle.report import Difference, compared, ours, told

Question = tuple[str, tuple[Any, ...]]  # a text, and what it is applied to


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzer:
    """`kind` is the Go program's name of the language; `excused` says of a difference that it is
    meant, with the reason beside it."""

    kind: str
    make: Callable[[Random], Question]
    answer: Callable[..., Any]
    excused: Callable[[Difference], bool] = lambda difference: False
    raises: tuple[type[Exception], ...] = ()

    def __call__(self, oracle: Oracle, seed: int, count: int) -> list[Difference]:
        made = [self.make(Random(number)) for number in range(seed, seed + count)]
        answers = oracle.ask(
            [
                {"kind": self.kind, "expression": text, "arguments": question(list(given))}
                for text, given in made
            ]
        )
        found = []
        for (text, given), answer in zip(made, answers, strict=True):
            mine = ours(lambda text=text, given=given: self.answer(text, *given), self.raises)
            difference = compared(text, told(answer), mine)
            if difference is not None and not self.excused(difference):
                found.append(difference)
        return found
