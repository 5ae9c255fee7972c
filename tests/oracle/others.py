"""The fuzzers by name: expressions, and the smaller languages beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.oracle.ask import Oracle
from tests.oracle.expressions import differences
from tests.oracle.report import Difference

FUZZERS: Mapping[str, Callable[[Oracle, int, int], list[Difference]]] = {"expr": differences}
