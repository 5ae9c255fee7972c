"""Every rule of Argo's validation by its id, each with what breaks it. Argo: 6."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from argotui.manifest.check import check
from argotui.manifest.library import documents_of
from argotui.manifest.validate import validate
from tests.unit.manifest.helpers import document, loaded, templates

CASES = yaml.safe_load((Path(__file__).parent / "rules_by_id.yaml").read_text())
NUMBERS = {
    "O": 14,
    "A": 8,
    "H": 6,
    "T": 15,
    "L": 13,
    "S": 7,
    "D": 12,
    "U": 9,
    "M": 1,
    "C": 1,
    "X": 1,
}
LIBRARY = document("templates: [{name: t, suspend: {}}]", kind="WorkflowTemplate", name="lib")


def text_of(case: dict) -> str:
    text = templates(*case["t"]) if "t" in case else document(case["spec"])
    kind, name = case.get("kind", "Workflow"), case.get("name", "w")
    return text.replace("kind: Workflow\n", f"kind: {kind}\n").replace(
        "{name: w}", f"{{name: {name}}}"
    )


@pytest.mark.parametrize("case", CASES, ids=[f"{case['id']}-{i}" for i, case in enumerate(CASES)])
def test_a_rule_is_told_once_where_it_is_broken_and_nowhere_else(case):
    library = loaded(text_of(case), *([LIBRARY] if case.get("library") else []), strict=True)
    lint = case.get("mode") == "lint"
    found = list(library.errors)
    for one in documents_of(library):
        found += validate(one, library, strict=True, lint=lint)
    said = [str(p).removeprefix("f0.yaml:") for p in found if p.severity == "error"]
    if "said" not in case:
        assert said == []
        return
    assert len(said) == 1, said
    assert case["said"] in said[0]
    line, column = map(int, said[0].split(":")[:2])
    assert line >= 3
    assert column >= 1


def test_every_rule_has_a_case():
    wanted = {f"{letter}{i + 1}" for letter, count in NUMBERS.items() for i in range(count)}
    assert {case["id"] for case in CASES} == wanted


TAKEN = yaml.safe_load((Path(__file__).parent / "taken.yaml").read_text())


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
@pytest.mark.parametrize("case", TAKEN, ids=[case["about"] for case in TAKEN])
def test_what_argo_takes_is_taken(case, strict):
    text = case.get("text") or document(case["spec"], kind=case.get("kind", "Workflow"))
    library = loaded(text, strict=strict)
    found = list(library.errors)
    for one in documents_of(library):
        found += validate(one, library, strict=strict, lint=True)
        found += check(one, library, strict=strict) if one.kind == "Workflow" else []
    assert [str(p) for p in found if p.severity == "error"] == []
