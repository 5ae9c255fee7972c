"""The fuzzers by name: expressions, and the smaller languages beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.oracle import conditions, expressions
from tests.oracle.ask import Oracle
from tests.oracle.report import Difference

FUZZERS: Mapping[str, Callable[[Oracle, int, int], list[Difference]]] = {
    "expr": expressions.differences,
    "when": conditions.differences,
}
