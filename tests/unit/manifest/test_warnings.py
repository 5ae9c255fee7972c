"""What runs, but seldom as meant. Argo: 6 (end), 8."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from argotui.manifest.rules.warnings import unquoted_word
from argotui.manifest.validate import validate
from tests.unit.manifest.helpers import document, errors, loaded, problems, templates

HERE = Path(__file__).parent
LEAF = "{name: leaf, inputs: {parameters: [{name: p, value: x}]}, container: {image: x}}"


def names(text: str, *, strict: bool = False) -> list[str]:
    return [
        problem.split("[")[1].split("]")[0]
        for problem in problems(text, strict=strict)
        if "warning[" in problem
    ]


CASES = yaml.safe_load((HERE / "rules_warned.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_trap_is_warned_about_by_name_and_can_be_silenced(case):
    name, text = case["name"], document(case["spec"])
    assert names(text) == [name]
    assert errors(text) == []
    line = int(problems(text)[0].split(":")[0])
    lines = text.splitlines()
    lines[line - 1] += f"  # argotui: ignore[{name}]"
    assert names("\n".join(lines)) == []


def test_an_adopted_input_is_warned_about_and_strictly_refused():
    text = templates(
        "{name: m, steps: [[{name: a, template: t, "
        "arguments: {parameters: [{name: p, value: x}]}}]]}",
        "{name: t, container: {image: '{{inputs.parameters.p}}'}}",
    )
    assert names(text) == ["undeclared-input"]
    assert errors(text) == []
    assert "failed to resolve {{inputs.parameters.p}}" in errors(text, strict=True)[0]


def test_an_explicit_place_of_args_needs_no_warning():
    script = "script: {image: x, args: [foo], source: z}}"
    assert (
        names(templates("{name: m, annotations: {argotui.dev/script-args: after}, " + script)) == []
    )
    assert names(templates("{name: m, script: {image: x, args: [-u], source: z}}")) == []


def test_fields_of_the_cluster_are_mentioned_by_lint_only():
    text = document("entrypoint: m\npodDisruptionBudget: {}\ntemplates: [{name: m, suspend: {}}]")
    library = loaded(text)
    assert validate(library.workflows[0], library, strict=False) == []
    found = validate(library.workflows[0], library, strict=False, lint=True)
    assert [problem.name for problem in found] == ["cluster-only-field"]


@pytest.mark.parametrize(
    ("when", "word"),
    [
        ("prod-eu == x", "prod-eu"),
        ("'prod-eu' == \"a.b\"", ""),
        ("{{inputs.parameters.a-b}} == heads", ""),
        ("{{=steps['a-b'].x == 'c'}}", ""),
        ("v1.2 == v1.2", "v1.2"),
        ("1.5 > 1", ""),
        ("1 - 2 == -1", ""),
        ("two words == x", "two words"),
        ("Error in (Failed, Error)", ""),
        ("a == b && c != d", ""),
        ("true", ""),
    ],
)
def test_words_that_need_quotes(when, word):
    assert unquoted_word(when) == word


@pytest.mark.parametrize("level", ["spec", "template"])
@pytest.mark.parametrize(
    "lock", ["mutexes: [{name: m, database: true}]", "semaphores: [{database: {key: k}}]"]
)
def test_a_lock_that_a_database_keeps_is_refused(level, lock):
    sync = f"synchronization: {{{lock}}}"
    spec, template = (sync, "") if level == "spec" else ("", f"{sync}, ")
    text = document(f"entrypoint: m\n{spec}\ntemplates: [{{name: m, {template}suspend: {{}}}}]")
    assert "needs Argo's controller and its database" in errors(text)[0]
