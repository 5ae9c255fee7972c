"""What is planned, held against the trees that a real controller made. Argo: 1.4, 1.5.

Read from tests/probes, and from the corpus where it is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from argotui.forecast.rows import Fate, Forecast
from argotui.forecast.walk import forecast
from argotui.model.errors import ManifestError
from argotui.model.workflow import ResolvedWorkflow
from argotui.submit.prepare import prepare
from argotui.submit.request import Choices, Source, Where
from tests.corpus.cases import cases
from tests.corpus.cases import prepared as case_prepared
from tests.unit.plan.names import all_rows, is_only_told, is_open, node_names, strangers

PROBES = Path(__file__).parents[2] / "probes"
RUN = "$WF"
STARTS = (Fate.RUNS, Fate.SKIPPED, Fate.OMITTED)


def probes() -> list[str]:
    return sorted(path.stem for path in PROBES.glob("*.yaml"))


def recorded() -> list[str]:
    return sorted(name for name, case in cases().items() if case.wants)


def plan_of(resolved: ResolvedWorkflow) -> Forecast:
    return forecast(resolved, name=RUN)


def held(found: Forecast, trees: list[dict[str, Any]], name: str) -> None:
    if found.cut:
        pytest.skip("a plan that is cut short")
    planned = all_rows(found)
    for tree in trees:
        assert not strangers(found, tree)
    sure = not any(is_open(row) for row in planned)
    done = [tree for tree in trees if tree["phase"] == "Succeeded"]
    if sure and done:
        expected = {row.name for row in planned if row.fate in STARTS and not is_only_told(row)}
        assert expected in [node_names(tree) for tree in done], name


@pytest.mark.parametrize("name", probes())
def test_the_plan_of_a_probe_has_the_names_of_its_tree(name: str) -> None:
    tree = json.loads((PROBES / "trees" / f"{name}.json").read_text())
    trees = [one for one in tree.get("results", [tree]) if one.get("nodes")]
    contents = {name: (PROBES / f"{name}.yaml").read_bytes()}
    try:
        given = prepare(
            Source(names=(name,), contents=contents), Choices(strict=True, runtime=Where.LOCAL)
        )
    except ManifestError:
        assert not trees or all(one["phase"] in ("Failed", "Error") for one in trees)
        return
    held(plan_of(given.resolved), trees, name)


@pytest.mark.parametrize("name", recorded())
def test_the_plan_of_a_recorded_case_has_the_names_of_its_tree(name: str) -> None:
    case = cases()[name]
    try:
        given = case_prepared(case)
    except ManifestError:
        pytest.skip("refused, as tests/corpus says")
    held(plan_of(given.resolved), [one for one in case.wants if one.get("nodes")], name)
