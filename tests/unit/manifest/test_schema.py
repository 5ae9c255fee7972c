"""The published schema takes what loads, and refuses the fields that strict reading refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from argotui.manifest.load import WORKFLOW_KINDS, load
from argotui.manifest.yaml import compose
from tests.unit.manifest.helpers import document, shared

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "workflow.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FILES = sorted(
    [*(ROOT / "sample_workflows").rglob("*.yaml"), *(ROOT / "tests/probes").glob("*.yaml")]
)


def complaints(data: object) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(data)]


def data_of(text: str) -> object:
    return compose(text, "f")[0][0].data


@pytest.mark.parametrize("page", ["schema_file.py", "lint_page.py"])
def test_what_is_made_from_the_code_is_up_to_date(page):
    check = [sys.executable, str(ROOT / "docs" / page), "--check"]
    assert subprocess.run(check, cwd=ROOT, check=False).returncode == 0, "run `make docs`"


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert "$schema" in SCHEMA


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_loads_is_accepted(path):
    if load([(str(path), path.read_bytes())], strict=True).errors:
        pytest.skip("refused when read strictly")
    for found in compose(path.read_text(), str(path))[0]:
        if isinstance(found.data, dict) and found.data.get("kind") in WORKFLOW_KINDS:
            assert complaints(found.data) == []


def test_what_loads_of_the_corpus_is_accepted_and_what_has_unknown_fields_is_not():
    folder = shared("corpus", "ARGOTUI_CORPUS") / "workflows"
    wrong, refused = [], 0
    for path in sorted(folder.rglob("*.yaml")):
        found = load([(str(path), path.read_bytes())], strict=True).errors
        unknown = any("unknown field" in problem.what for problem in found)
        refused += unknown
        documents = [one.data for one in compose(path.read_text(), str(path))[0]]
        ours = [one for one in documents if _is_ours(one)]
        said = [text for one in ours for text in complaints(one)]
        if (said and not found) or (unknown and not said):
            wrong.append((path.name, said[:1]))
    assert wrong == []
    assert refused


def _is_ours(data: object) -> bool:
    return isinstance(data, dict) and data.get("kind") in WORKFLOW_KINDS


@pytest.mark.parametrize(
    "spec",
    [
        "entrypoint: m\ntemplates: [{name: m, suspend: {duration: 5}}]",
        "entrypoint: m\ntypo: 1\ntemplates: [{name: m, suspend: {}}]",
        "entrypoint: m\ntemplates: [{name: m, suspend: {}, onExit: x}]",
        "entrypoint: m\ntemplates: [{name: m, steps: [[{name: a, template: m, depends: b}]]}]",
        "entrypoint: m\ntemplates: [{name: m, dag: {tasks: [{name: a, retries: 1}]}}]",
        "entrypoint: m\ntemplates: [{name: m, container: {image: x, comand: [y]}}]",
        "entrypoint: m\ntemplates: [{name: m, retryStrategy: {backoff: {base: 1}}, suspend: {}}]",
        "entrypoint: m\ntemplates: [{name: m, container: {image: x, args: [1]}}]",
        "entrypoint: m\ntemplates: [{name: 1, suspend: {}}]",
        "entrypoint: m\ntemplates: {name: m}",
        "entrypoint: m\nparallelism: '1'\ntemplates: []",
        "entrypoint: m\ntemplates: [{name: m, container: {image: x, resources: {limit: {}}}}]",
        "entrypoint: m\ntemplates: [{name: m, container: {image: x, env: [{names: a}]}}]",
        "entrypoint: m\ntemplates: [{name: m, suspend: {}, memoize: {cache: {configMap: x}}}]",
        "entrypoint: m\nvolumes: [{name: a, emptyDirs: {}}]\ntemplates: []",
    ],
)
def test_what_strict_reading_refuses_is_refused(spec):
    text = document(spec)
    assert load([("f", text)], strict=True).errors
    assert complaints(data_of(text))


def test_values_of_every_scalar_and_empty_fields_are_accepted():
    spec = (
        "entrypoint: m\nonExit:\narguments: {parameters: [{name: a, value: 1}, {name: b, value: "
        "true}, {name: c, value: 1.5}, {name: d, value: null}]}\ntemplates: [{name: m, inputs: , "
        "retryStrategy: {limit: '1', backoff: {duration: '5', factor: '2'}}, suspend: {}}]"
    )
    assert complaints(data_of(document(spec))) == []


def test_the_schema_knows_the_words_of_the_dataclasses():
    assert "limit counts retries" in SCHEMA["$defs"]["RetryStrategy"]["description"]
    assert SCHEMA["$defs"]["Template"]["properties"]["dag"]
