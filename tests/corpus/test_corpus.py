"""Every recorded case of the conformance corpus, strictly: same tree at levels 1 to 3.

ARGOTUI_CORPUS says where the corpus is. The four cases that sleep longest run on this machine only
with ARGOTUI_CORPUS_ALL=1; without it they are replayed through the engine, as all others are too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from argotui.model.errors import ManifestError
from tests.corpus.cases import CORPUS, Case, cases, prepared
from tests.corpus.drive import driven
from tests.corpus.known import LOCAL, REPLAYED, SLEEPERS
from tests.corpus.replay import Replay
from tests.probes.test_probes import _same_words
from tests.probes.trees import differences, recorded_form

LIMIT = 100.0
EVERYTHING = os.environ.get("ARGOTUI_CORPUS_ALL") == "1"
LEVELS = 3
RECORDED = cases()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not RECORDED, reason=f"there is no corpus in {CORPUS}"),
]
RUN_HERE = [
    case.id
    for case in sorted(RECORDED.values(), key=lambda case: -case.seconds)
    if case.is_local and not case.is_random and (EVERYTHING or case.id not in SLEEPERS)
]


REPLAYABLE = [case.id for case in RECORDED.values() if case.wants]


def _marked(names: Sequence[str], known: Mapping[str, str]) -> list[Any]:
    """Expect those to differ that are said to; one that does not any more fails."""
    return [
        pytest.param(name, marks=pytest.mark.xfail(reason=known[name])) if name in known else name
        for name in names
    ]


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.mark.parametrize("name", _marked(RUN_HERE, LOCAL))
def test_it_runs_here_as_it_ran_there(name: str) -> None:
    case = RECORDED[name]
    if case.refused:
        with pytest.raises(ManifestError) as refusal:
            prepared(case)
        _same_words(refusal.value, [case.refused])
        return
    ready = prepared(case)
    waits = all(want["phase"] == "Running" for want in case.wants)
    _same_tree(case, driven(ready, waits=waits, limit=LIMIT))


@pytest.mark.parametrize("name", _marked(REPLAYABLE, REPLAYED))
def test_the_engine_makes_the_recorded_tree_of_the_recorded_facts(name: str) -> None:
    case = RECORDED[name]
    ready = prepared(case)
    found = [list(_worst(want, Replay(ready, want).run())) for want in case.wants]
    assert not min(found, key=len)


def _same_tree(case: Case, got: dict[str, Any]) -> None:
    found = [list(_worst(want, got)) for want in case.wants]
    assert not min(found, key=len)


def _worst(want: dict[str, Any], got: dict[str, Any]) -> list[tuple[int, str]]:
    return [each for each in differences(recorded_form(want), got) if each[0] <= LEVELS]
