"""Every recorded case of the conformance corpus, strictly: same tree at levels 1 to 3.

ARGOTUI_CORPUS says where the corpus is. What needs a cluster is run by tests/cluster. The cases
that sleep longest run only with ARGOTUI_CORPUS_ALL=1; without it they are replayed through the
engine, as all others are too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from argotui.model.errors import ManifestError
from tests.corpus.cases import CORPUS, Case, cases, prepared
from tests.corpus.dice import LoadedDice
from tests.corpus.drive import driven
from tests.corpus.known import CLUSTER, LOCAL, REPLAYED
from tests.corpus.replay import Replay
from tests.corpus.shown import (
    HIGHEST,
    KNOWN,
    LEVELS,
    LOCAL_SUITE,
    REPLAY_SUITE,
    Found,
    found,
    is_run,
    suites_of,
)
from tests.probes.test_probes import _same_words
from tests.results import note

LIMIT = 100.0
RECORDED = cases()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not RECORDED, reason=f"there is no corpus in {CORPUS}"),
]


def marked(suite: str) -> Iterator[Any]:
    """Yield the cases of a suite, the longest first. Those that are said to differ have to: one
    that does not any more fails."""
    known = KNOWN[suite]
    for case in sorted(RECORDED.values(), key=lambda case: -case.seconds):
        if suite in suites_of(case) and (suite == REPLAY_SUITE or is_run(case)):
            why = known.get(case.id)
            marks = [pytest.mark.xfail(reason=why, raises=AssertionError)] if why else []
            yield pytest.param(case.id, marks=marks)


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.mark.parametrize("name", marked(LOCAL_SUITE))
def test_it_runs_here_as_it_ran_there(name: str) -> None:
    case = RECORDED[name]
    if case.refused:
        refused_alike(case, LOCAL_SUITE)
        return
    judge(case, LOCAL_SUITE, found(case, _run_here(case)))


@pytest.mark.parametrize("name", marked(REPLAY_SUITE))
def test_the_engine_makes_the_recorded_tree_of_the_recorded_facts(name: str) -> None:
    case = RECORDED[name]
    ready = prepared(case)
    tries = [found(case, Replay(ready, want).run()) for want in case.wants]
    judge(case, REPLAY_SUITE, max(tries, key=lambda each: each.level))


def test_every_difference_is_one_of_a_case() -> None:
    for known in (LOCAL, CLUSTER, REPLAYED):
        assert known.keys() <= RECORDED.keys()


def judge(case: Case, suite: str, tree: Found) -> None:
    note(suite, case.id, level=tree.level)
    assert tree.level >= LEVELS, "\n".join(tree.lines)


def refused_alike(case: Case, suite: str) -> None:
    with pytest.raises(ManifestError) as refusal:
        prepared(case)
    _same_words(refusal.value, [case.refused])
    note(suite, case.id, level=HIGHEST, refused=True)


def _run_here(case: Case) -> dict[str, Any]:
    ready = prepared(case)
    if not case.is_random:
        return asyncio.run(driven(case, ready, limit=LIMIT))
    facts = Replay(ready, case.wants[0]).facts
    loaded = driven(case, ready, limit=LIMIT, wrap=lambda inner: LoadedDice(inner, facts))
    return asyncio.run(loaded)
