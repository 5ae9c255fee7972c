"""docs/compatibility.md says what the tables of the tests say, and what their last run found."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.compatibility import (
    ACTS,
    CLUSTER,
    EQUAL,
    EXCEPTIONS,
    NOT_YET,
    POD,
    SECTIONS,
    equal_cases,
    fields_of,
)
from tests.corpus.cases import CORPUS, cases
from tests.corpus.shown import KNOWN, suites_of
from tests.probes import known as probes
from tests.probes.test_probes import PROBES
from tests.results import kept, merged

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compatibility.md").read_text(encoding="utf-8")
STALE = "tests/results.json is stale: run `make results`"
needs_corpus = pytest.mark.skipif(not cases(), reason=f"there is no corpus in {CORPUS}")


def test_the_page_is_up_to_date() -> None:
    check = [sys.executable, str(ROOT / "docs" / "compatibility_page.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"run docs/compatibility_page.py\n{done.stderr}"


def test_every_exception_is_a_field() -> None:
    types = {kind.__name__ for kinds in SECTIONS.values() for kind in kinds}
    names = {field.name for section in SECTIONS for field in fields_of(section)}
    for exception in EXCEPTIONS:
        kind, _, name = exception.partition(".")
        assert kind in types, exception
        assert name in names, exception


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading of the page, without its first two lines."""
    table = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")][1:]


def statuses(cell: str) -> dict[str, set[str]]:
    """Return the statuses of all fields that a cell calls by name, in quotes or in camelCase."""
    named = set(re.findall(r"`(\w+)`", cell)) | set(re.findall(r"\b[a-z]+[A-Z]\w*", cell))
    found: dict[str, set[str]] = {}
    for section in SECTIONS:
        for field in fields_of(section):
            if field.name in named:
                found.setdefault(field.name, set()).add(field.status)
    return found


def test_what_the_page_says_to_run_does() -> None:
    known = {name: kinds for row in rows("What runs") for name, kinds in statuses(row[1]).items()}
    assert {name for name, kinds in known.items() if not kinds & {ACTS, POD}} == set()
    assert len(known) > 10


def test_what_the_page_says_not_to_run_does_not() -> None:
    """A row may tell more of a field that is acted on: then its text names what happens, and where
    one status of the field has become `supported` the row has to be looked at again."""
    known = {
        name: kinds for row in rows("What does not") for name, kinds in statuses(row[0]).items()
    }
    told_more = {"ttlStrategy", "podGC", "metrics"}  # what is particular about them here
    wrong = {name for name, kinds in known.items() if not kinds & {NOT_YET, CLUSTER, POD}}
    assert wrong <= told_more


def test_a_field_that_nothing_acts_on_is_in_the_table_of_these() -> None:
    listed = {name for row in rows("Fields that nothing acts on") for name in statuses(row[0])}
    idle = {
        field.name
        for section in SECTIONS
        for field in fields_of(section)
        if field.status in (NOT_YET, CLUSTER)
    }
    assert idle == listed


@needs_corpus
@pytest.mark.parametrize("suite", sorted(KNOWN))
def test_the_kept_results_are_those_of_the_lists(suite: str) -> None:
    found = kept()[suite]
    wanted = {case.id for case in cases().values() if suite in suites_of(case)}
    assert found.keys() == wanted, STALE
    assert found.keys() - equal_cases(suite) == KNOWN[suite].keys(), STALE


@needs_corpus
def test_every_case_is_run_somewhere() -> None:
    assert len(cases()) == 227
    assert all(len(set(suites_of(case)) - {"corpus replayed"}) for case in cases().values())


def test_the_kept_results_of_the_probes_are_those_of_the_probes() -> None:
    assert kept()["probes"].keys() == set(PROBES) - probes.KNOWN.keys(), STALE
    assert equal_cases("probes") == kept()["probes"].keys(), STALE


@needs_corpus
def test_the_kept_results_of_validation_are_those_of_its_cases() -> None:
    listed = yaml.safe_load((CORPUS / "validate.yaml").read_text(encoding="utf-8"))
    found = kept()["validation"]
    assert found.keys() == {case["name"] for case in listed}, STALE
    assert all(said["level"] >= EQUAL for said in found.values())


def test_a_new_run_takes_the_place_of_its_suite_and_leaves_the_others() -> None:
    old = {"a": {"x": {"level": 1}, "y": {"level": 2}}, "b": {"z": {"level": 3}}}
    lines = [json.dumps({"suite": "a", "case": "y", "level": 4})]
    assert merged(old, lines) == {"a": {"y": {"level": 4}}, "b": {"z": {"level": 3}}}
