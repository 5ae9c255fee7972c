"""Random expressions, asked of expr-lang and of argotui: `python -m tests.oracle expr`."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from argotui.expr.evaluate import compile_expression
from tests.oracle.ask import Oracle
from tests.oracle.compare import question, unordered
from tests.oracle.grammar import ENV, expression
from tests.oracle.report import Difference, compared, ours, told

# what Go gives in the order of a map
_LOOSE = re.compile(r"keys|values|toPairs|omit|pick|mergeOver|groupBy")
# Differences that are meant, or that no workflow can rely on:
KNOWN = (
    # a row of findLast, `filter(...)[-1]`, `last(filter(...))` leaves a bool on expr-lang's stack,
    # and what stands before it in the expression is read from there
    re.compile(r"findLast|findIndex|\[-1\]|last\(\(*filter"),
    # the last bit of a power with a fraction: Go's own exp and log
    re.compile(r"\*\*|\^"),
    # `let` or `#` in a filter whose map was put into it by expr-lang's optimizer
    re.compile(r"map\(\(*filter"),
    # times beyond the year 292277026596, where Go's counting of days overflows
    re.compile(r"AddDate\(.*(big|9223372036854775807)"),
    # expr-lang takes the type of the first argument for the type of all
    re.compile(r"(max|min|mean|median)\(.*,"),
    # a text cut within a letter: bytes that are no UTF-8
    re.compile(r"\ufffd"),
)


def differences(oracle: Oracle, seed: int, count: int) -> list[Difference]:
    texts = [expression(Random(number)) for number in range(seed, seed + count)]
    oracle.within({name: question(value) for name, value in ENV.items()})
    answers = oracle.ask([{"kind": "expr", "expression": text} for text in texts])
    found = []
    for text, answer in zip(texts, answers, strict=True):
        difference = _difference(text, told(answer))
        if difference is not None and not _is_known(difference):
            found.append(difference)
    return found


def _difference(text: str, wanted: Any) -> Difference | None:
    given = ours(lambda: compile_expression(text).evaluate(ENV, at=1e9))
    if _LOOSE.search(text) and unordered(wanted) == unordered(given):
        return None
    return compared(text, wanted, given)


def _is_known(difference: Difference) -> bool:
    if difference.what == "crash":
        return False
    if "oracle: died" in difference.wanted:
        return True
    text = difference.text + difference.wanted
    return any(pattern.search(text) for pattern in KNOWN)
