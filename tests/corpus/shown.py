"""How each of the recorded cases is shown, and how equal its tree comes out.

Read by the corpus tests of this machine and of the cluster, and by tests/results.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.corpus.cases import Case
from tests.corpus.known import ADDRESSES, CLUSTER, LOCAL, REPLAYED, SLEEPERS
from tests.probes.trees import differences, recorded_form

LEVELS = 3  # what a case has to be equal to; level 4, messages and links, is counted only
HIGHEST = 4
EVERYTHING = os.environ.get("ARGOTUI_CORPUS_ALL") == "1"
LOCAL_SUITE, CLUSTER_SUITE, REPLAY_SUITE = "corpus here", "corpus cluster", "corpus replayed"
KNOWN: Mapping[str, Mapping[str, str]] = {
    LOCAL_SUITE: LOCAL,
    CLUSTER_SUITE: CLUSTER,
    REPLAY_SUITE: REPLAYED,
}
# need no cluster but what this machine has: run here as well, where they are equal
_HERE_TOO = frozenset(
    (
        "test/e2e/functional/sidecar-volumes.yaml",
        "test/e2e/smoke/runasnonroot-output-params-pipeline.yaml",
    )
)
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`level` is the highest up to which nothing differs; `lines` are the differences."""

    level: int
    lines: tuple[str, ...]


def suites_of(case: Case) -> tuple[str, ...]:
    """Return the suites that a case belongs to."""
    run = [CLUSTER_SUITE] if case.on_cluster else [LOCAL_SUITE]
    if case.id in _HERE_TOO:
        run.append(LOCAL_SUITE)
    return (*run, *([REPLAY_SUITE] if case.wants else ()))


def is_run(case: Case) -> bool:
    """Say whether the case is run without being asked for."""
    return EVERYTHING or case.id not in SLEEPERS


def found(case: Case, got: Mapping[str, Any]) -> Found:
    """Hold a tree against what was recorded; of several recordings against the nearest."""
    tries = [list(differences(*_masked(case, recorded_form(want), got))) for want in case.wants]
    lines = min(tries, key=lambda each: (-_level(each), len(each)))
    told = tuple(f"level {level}: {line}" for level, line in sorted(lines))
    return Found(level=_level(lines), lines=told)


def _level(lines: list[tuple[int, str]]) -> int:
    return min((level - 1 for level, _ in lines), default=HIGHEST)


def _masked(case: Case, *trees: Any) -> list[Any]:
    return [_without_addresses(tree) for tree in trees] if case.id in ADDRESSES else list(trees)


def _without_addresses(value: Any) -> Any:
    match value:
        case str():
            return _ADDRESS.sub("<address>", value)
        case Mapping():
            return {key: _without_addresses(inner) for key, inner in value.items()}
        case list():
            return [_without_addresses(inner) for inner in value]
    return value
