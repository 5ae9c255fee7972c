"""Random expressions, asked of expr-lang and of argotui: `python -m tests.oracle expr`."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from argotui.expr.evaluate import compile_expression
from tests.oracle.ask import Oracle
from tests.oracle.compare import close, question, unordered
from tests.oracle.grammar import ENV, expression
from tests.oracle.report import Difference, compared, ours, told

# what Go gives in the order of a map
_LOOSE = re.compile(r"keys|values|toPairs|omit|pick|mergeOver|groupBy")
# what expr-lang 1.17.8 does wrong: findLast leaves values on its stack, from which what stands
# before it is then read, and its optimizer makes one of the other filters
_BACKWARDS = re.compile(r"findLast|\[-1\]|last\(|map\(\(*filter")
# a power with a fraction: Go's Exp has another last digit on each kind of processor
_POWER = re.compile(r"\*\*|\^")
# times beyond the year 292277026596, where Go's counting of days overflows
_FAR = re.compile(r"AddDate\(.*(big|\d{15})|\d{9,}-\d\d-\d\dT")


def differences(oracle: Oracle, seed: int, count: int) -> list[Difference]:
    return compared_all(
        oracle, [expression(Random(number)) for number in range(seed, seed + count)]
    )


def compared_all(oracle: Oracle, texts: list[str]) -> list[Difference]:
    oracle.within({name: question(value) for name, value in ENV.items()})
    answers = oracle.ask([{"kind": "expr", "expression": text} for text in texts])
    found = [_difference(*pair) for pair in zip(texts, answers, strict=True)]
    found = [(one, given) for one, given in found if one is not None and not _is_known(one, given)]
    mended = oracle.ask([{"kind": "mended", "expression": one.text} for one, _ in found])
    return [
        one
        for (one, given), answer in zip(found, mended, strict=True)
        if not (_BACKWARDS.search(one.text) and _as_mended(one, told(answer), given))
    ]


def _as_mended(one: Difference, wanted: Any, given: Any) -> bool:
    """Say whether Go is of our opinion once it is mended; unoptimized, its errors are others."""
    return unordered(wanted) == unordered(given) or wanted[0] == given[0] == "error"


def _difference(text: str, answer: Any) -> tuple[Difference | None, Any]:
    wanted = told(answer)
    given = ours(lambda: compile_expression(text).evaluate(ENV, at=1e9))
    if _LOOSE.search(text) and unordered(wanted) == unordered(given):
        return None, given
    if _POWER.search(text) and close(wanted, given):
        return None, given
    return compared(text, wanted, given), given


def _is_known(difference: Difference, given: Any) -> bool:
    if difference.what == "crash":
        return False
    # Go was out of memory: it has no budget for what we refuse
    if "oracle: died" in difference.wanted or "memory budget" in str(given):
        return True
    # bytes that are no UTF-8 are marks here, which are longer than they were
    if "\ufffd" in difference.wanted + difference.given:
        return True
    return bool(_FAR.search(difference.text + difference.given + difference.wanted))
