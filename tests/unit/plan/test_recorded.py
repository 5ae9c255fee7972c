"""What is planned, held against the trees that a real controller made. Argo: 1.4, 1.5.

Read from tests/probes, and from the corpus where it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from argotui.forecast.rows import Fate, Forecast, Row
from argotui.forecast.walk import forecast
from argotui.model.errors import ManifestError
from argotui.model.workflow import ResolvedWorkflow
from argotui.submit.prepare import prepare
from argotui.submit.request import Choices, Source, Where
from tests.corpus.cases import cases
from tests.corpus.cases import prepared as case_prepared

PROBES = Path(__file__).parents[2] / "probes"
RUN = "$WF"
STARTS = (Fate.RUNS, Fate.SKIPPED, Fate.OMITTED)
# Our own names for what a plan cannot tell: how often it is tried, and containers of one pod.
MADE_LATER = ("StepGroup", "Container")


def probes() -> list[str]:
    return sorted(path.stem for path in PROBES.glob("*.yaml"))


def recorded() -> list[str]:
    return sorted(name for name, case in cases().items() if case.wants)


def plan_of(resolved: ResolvedWorkflow) -> Forecast:
    return forecast(resolved, name=RUN)


def rows(row: Row) -> Iterator[Row]:
    yield row
    for child in row.children:
        yield from rows(child)


def all_rows(found: Forecast) -> list[Row]:
    return [row for top in (found.entry, *found.others) for row in rows(top)]


def is_open(row: Row) -> bool:
    """Say whether the run decides what becomes of the row."""
    summarised = row.count is None or (row.is_loop and len(row.children) < row.count)
    later = any("not told further" in note or "result kept" in note for note in row.notes)
    return row.fate in (Fate.MAYBE, Fate.ERROR) or summarised or later


def is_only_told(row: Row) -> bool:
    """Say whether a row is no node: the loop of a step has none of its own, in a dag it has."""
    return row.role == "step" and any(child.role == "item" for child in row.children)


def node_names(tree: dict[str, Any]) -> set[str]:
    """Return the names of the nodes that a plan can know: of attempts what is in the first one."""
    nodes = [node for node in tree["nodes"] if node["type"] not in MADE_LATER]
    retried = sorted((node["name"] for node in nodes if node["type"] == "Retry"), key=len)
    names = {node["name"] for node in nodes}
    for start in retried:
        attempt = re.compile(re.escape(start) + r"\(\d+\)")
        names = {attempt.sub(f"{start}(0)", name) for name in names} - {f"{start}(0)"}
    return names


def below(name: str, open_names: set[str]) -> bool:
    """Say whether a node belongs to something whose course only the run decides."""
    return any(name.startswith(f"{start}{sign}") for start in open_names for sign in "([.")


def strangers(found: Forecast, tree: dict[str, Any]) -> set[str]:
    """Return recorded nodes that the plan knows nothing of."""
    planned = all_rows(found)
    known = {row.name for row in planned}
    open_names = {row.name for row in planned if is_open(row)}
    return {name for name in node_names(tree) if name not in known and not below(name, open_names)}


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
