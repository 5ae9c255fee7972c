"""What a real Argo controller accepted and refused, read in place beside the repository."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from argotui.manifest.check import check
from argotui.manifest.load import Loaded, load
from argotui.manifest.validate import validate
from argotui.model.errors import Problem
from argotui.model.workflow import Workflow
from tests.results import note
from tests.unit.manifest.helpers import shared

# Refusals that come with the cluster the recordings do not have, or that Argo makes after submit.
_PLACEHOLDER = re.compile(r"__argo__internal__placeholder-\d+")
_TAG = re.compile(r"\{\{[^}]*\}\}")


def read(path: Path) -> tuple[str, bytes]:
    return str(path), path.read_bytes()


def documents(library: Loaded) -> list[Workflow]:
    return [
        *library.workflows,
        *library.cron_workflows,
        *library.workflow_templates.values(),
        *library.cluster_workflow_templates.values(),
    ]


def errors_of(path: Path, *others: Path) -> list[str]:
    library = load([read(path), *map(read, others)], strict=True)
    found: list[Problem] = list(library.errors)
    for workflow in documents(library):
        found += validate(workflow, library, strict=True)
        if workflow.kind == "Workflow":
            found += check(workflow, library, strict=True)
    return [problem.what for problem in found if problem.severity == "error"]


def submit_error(tree: Path) -> str:
    if not tree.exists():
        return ""
    recorded = json.loads(tree.read_text())
    results = recorded.get("results", [recorded])
    said = next((str(r["submit_error"]) for r in results if r.get("submit_error")), "")
    if not said and len(results) == 1 and "invalid spec: " in str(results[0].get("message")):
        said = results[0]["message"].split("invalid spec: ")[1]
    return re.sub(r'^.*?(desc = |error=")', "", said).rstrip('"')


def is_word_for_word(said: str, found: list[str]) -> bool:
    """Say whether Argo's whole message is one of ours, but for a place that only its walk knows."""
    return _PLACEHOLDER.sub("TAG", said) in (_TAG.sub("TAG", what) for what in found) or (
        said in found
    )


def test_every_case_of_validation_is_judged_as_argo_does():
    cases = yaml.safe_load((shared("corpus", "ARGOTUI_CORPUS") / "validate.yaml").read_text())
    known = {
        name
        for case in cases
        for name in re.findall(r"^  name: ([\w-]+)$", case["yaml"], re.MULTILINE)
    }
    wrong = [case["name"] for case in cases if not noted(case, known)]
    assert wrong == []
    assert len(cases) >= 107


def noted(case: dict, known: set[str]) -> bool:
    """Say whether a case is judged right, and write down how near the words are to Argo's."""
    said = problems_of(case, known)
    right = is_judged_right(case, said)
    words = case["valid"] or case["error"] in said
    note("validation", case["name"], level=4 if right else 0, valid=case["valid"], words=words)
    return right


def is_judged_right(case: dict, said: list[str]) -> bool:
    if case["valid"]:
        return not said
    return bool(said) and (not case["error"] or any(case["error"] in what for what in said))


def problems_of(case: dict, known: set[str]) -> list[str]:
    text = case["yaml"]
    if "kind:" not in text:
        text = f"apiVersion: argoproj.io/v1alpha1\nkind: {case['kind']}\n{text}"
    if case["kind"] == "WorkflowTemplate":
        text = text.replace("kind: Workflow\n", "kind: WorkflowTemplate\n")
    library = load([("case", text), ("library", TARGET if case["kind"] == "Workflow" else "")])
    own = [w for w in documents(library) if library.place(w).source.file == "case"]
    mode = {"lint": "[lint]" in case["name"], "submit": "[submit]" in case["name"]}
    found = [problem for w in own for problem in validate(w, library, strict=True, **mode)]
    said = [problem.what for problem in (*library.errors, *found) if problem.severity == "error"]
    return [what for what in said if not is_about_the_setup(what, known, case)]


# Another case of the file refers to it.
TARGET = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: template-ref-target}
spec: {templates: [{name: A, container: {image: x, command: [x]}}]}
"""


def is_about_the_setup(what: str, known: set[str], case: dict) -> bool:
    """The file has no documents that its cases refer to, nor names for some of them."""
    if what.startswith("metadata.name is required"):
        return True
    named = re.search(r'"([\w-]+)" not found|reference ([\w-]+)\.', what)
    if named and case["valid"]:
        return (named[1] or named[2]) not in known
    return case["valid"] and "workflowTemplateRef" in case["yaml"] and "undefined" in what


def test_no_probe_is_refused_that_argo_took_and_none_taken_that_it_refused():
    folder = shared("probes", "ARGOTUI_PROBES")
    refused = 0
    for path in sorted(folder.glob("*.yaml")):
        said = submit_error(folder / "trees" / f"{path.stem}.json")
        found = errors_of(path)
        if not said:
            assert found == [], path.name
            continue
        refused += 1
        note("refusals", path.name, level=4, words=is_word_for_word(said, found))
        wanted = _PLACEHOLDER.sub("TAG", said)
        assert any(wanted in _TAG.sub("TAG", what) or said in what for what in found), (path, found)
    assert refused >= 17


# Not meant to be taken by a strict reader; what is wrong with each is said in the corpus's list.
NOT_STRICT = re.compile(
    r"expectedfailures|lintfail|malformed|convert-legacy|TestBasicTimezone|DAGLevelMemoize__0"
    r"|TimeoutWithForbidden|ParametrizableLimit__0|pod_cleanup__|LifecycleHookWithWorkflowTemplate__1|ExitHandlerError__0"
    r"|configmap_substitution|inputs_orverridable|workflow-template-sub-test"
)


def test_no_workflow_of_the_corpus_is_refused_that_argo_took():
    corpus = shared("corpus", "ARGOTUI_CORPUS")
    cases = {case["id"]: case for case in yaml.safe_load((corpus / "cases.yaml").read_text())}
    root = corpus / "workflows"
    for path in sorted(root.rglob("*.yaml")):
        name = str(path.relative_to(root))
        setup = [root / other for other in cases.get(name, {}).get("setup", ())]
        found = [what for what in errors_of(path, *setup) if "is defined twice" not in what]
        if said := submit_error(corpus / "trees" / f"{name.replace('/', '__')}.json"):
            note("refusals", name, level=4, words=is_word_for_word(said, found))
            assert any(said in what for what in found), (name, found)
        elif not NOT_STRICT.search(name):
            assert found == [], name


@pytest.mark.parametrize("strict", [True, False])
def test_a_thousand_small_files_take_little_time(strict):
    import time

    folder = shared("probes", "ARGOTUI_PROBES")
    files = [read(path) for path in sorted(folder.glob("*.yaml"))]
    files = (files * (1000 // len(files) + 1))[:1000]
    begun = time.process_time()
    for file in files:
        library = load([file], strict=strict)
        for workflow in library.workflows:
            check(workflow, library, strict=strict)
    assert time.process_time() - begun < 5
