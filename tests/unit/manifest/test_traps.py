"""Every warning has an example that earns it; limits of the API server. Argo: 6, 8."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from argotui.manifest.library import documents_of
from argotui.manifest.traps import TRAPS
from argotui.manifest.validate import validate
from tests.unit.manifest.helpers import document, errors, loaded, problems

MANIFEST = Path(__file__).parents[3] / "argotui" / "manifest"


def text_of(example: str) -> str:
    return example if example.startswith(("kind:", "apiVersion:")) else document(example)


def lint(text: str) -> list[tuple[str, str, int]]:
    library = loaded(text)
    found = list(library.problems)
    for one in documents_of(library):
        found += validate(one, library, strict=False, lint=True)
    return [(problem.severity, problem.name, problem.line) for problem in found]


@pytest.mark.parametrize("name", TRAPS)
def test_an_example_earns_its_warning_which_a_comment_silences(name):
    text = text_of(TRAPS[name].example)
    found = lint(text)
    assert [severity for severity, _, _ in found if severity == "error"] == []
    lines = [line for _, each, line in found if each == name]
    assert len(lines) == 1, found
    others = {each for _, each, _ in found} - {name}
    assert not others, found
    if name == "api-version":
        assert "apiVersion" not in text
    written = text.splitlines()
    written[lines[0] - 1] += f"  # argotui: ignore[{name}]"
    assert name not in [each for _, each, _ in lint("\n".join(written))]


def test_every_warning_in_the_code_is_in_the_table_and_the_other_way_round():
    kebab = r'"([a-z]+(?:-[a-z]+)+)"'
    given = set()
    for path in MANIFEST.rglob("*.py"):
        code = path.read_text()
        given |= set(re.findall(rf"cx\.warn\(\s*[^,]+,\s*(?:\([^()]*\)|[^,]+),\s*{kebab}", code))
        given |= set(re.findall(rf"warning={kebab}", code))
    assert given == set(TRAPS)


def names(spec: str, *, strict: bool = False) -> list[str]:
    text = document(spec)
    return [
        line.split("[", 1)[1].split("]")[0]
        for line in problems(text, strict=strict)
        if "warning[" in line
    ]


WORK = "- {name: work, inputs: {parameters: [{name: p, default: x}]}, container: {image: x}}\n"


@pytest.mark.parametrize(
    ("retry", "expected"),
    [
        ("{}", ["unbounded-retry"]),
        ("{retryPolicy: Always}", ["unbounded-retry"]),
        ("{expression: 'true'}", ["expression-policy"]),
        ("{expression: 'true', retryPolicy: Always}", []),
        ("{limit: 1}", []),
        ("{limit: 1, expression: 'retries < 3'}", ["expression-policy", "retry-text"]),
        ("{limit: 1, expression: '3 > retries'}", ["expression-policy", "retry-text"]),
        ("{limit: 1, expression: 'asInt(retries) < 3'}", ["expression-policy"]),
        ("{limit: 1, expression: 'asInt(lastRetry.exitCode) < 3'}", []),
        ("{limit: 1, expression: \"lastRetry.status == 'Error'\"}", []),
        ("{limit: 1, expression: \"lastRetry.message != 'retries < 3'\"}", []),
    ],
)
def test_retries_that_are_traps(retry, expected):
    head = "entrypoint: m\ntemplates:\n"
    assert (
        names(f"{head}- {{name: m, retryStrategy: {retry}, container: {{image: x}}}}") == expected
    )


@pytest.mark.parametrize("when", ["'{{workflow.name}} == x'", '""'])
def test_a_result_that_is_asked_for_under_the_same_condition_is_no_trap(when):
    spec = (
        "entrypoint: m\ntemplates:\n- name: m\n  steps:\n"
        f"  - - {{name: a, template: work, when: {when}}}\n"
        f"  - - {{name: b, template: work, when: {when}, "
        "arguments: {parameters: [{name: p, value: '{{steps.a.outputs.result}}'}]}}\n" + WORK
    )
    assert names(spec) == []


def test_the_ip_of_a_daemon_may_be_asked_for():
    spec = TRAPS["daemon-output"].example.replace("outputs.result", "ip")
    assert names(spec) == []


def test_a_mutex_of_the_workflow_counts_for_its_templates_and_other_names_do_not():
    head = "entrypoint: m\nsynchronization: {mutexes: [{name: a}]}\ntemplates:\n"
    template = "- {name: m, synchronization: {mutexes: [{name: %s}]}, container: {image: x}}"
    assert names(head + template % "a") == ["nested-mutex"]
    assert names(head + template % "b") == []


def test_a_template_that_calls_itself_under_a_mutex_waits_for_itself():
    spec = (
        "entrypoint: m\ntemplates:\n- name: m\n  synchronization: {mutexes: [{name: a}]}\n"
        "  steps: [[{name: again, template: m, when: '1 == 2'}]]\n"
    )
    assert names(spec) == ["nested-mutex"]


def test_a_subtraction_of_declared_names_is_none_of_our_business():
    spec = (
        "entrypoint: m\ntemplates:\n- name: m\n"
        "  inputs: {parameters: [{name: a, value: '1'}]}\n"
        "  container: {image: \"{{=inputs.parameters['a'] + 'a-b'}}\"}\n"
    )
    assert names(spec) == []


def test_a_date_in_a_condition_needs_quotes():
    spec = (
        "entrypoint: m\ntemplates:\n"
        "- {name: m, steps: [[{name: a, template: work, when: \"2024-01-02 == 'x'\"}]]}\n" + WORK
    )
    assert names(spec) == ["when-unquoted"]


LIMITS = [
    ("parallelism: 0\n", "suspend: {}", "parallelism: Invalid value: 0: should be greater"),
    ("", "steps: [[]], parallelism: -1", "parallelism: Invalid value: -1"),
    ("", "suspend: {}, retryStrategy: {limit: 1, backoff: {duration: soon}}", '"soon": neither'),
    (
        "",
        "container: {image: x}, outputs: {artifacts: [{name: a, path: /a, mode: 512}]}",
        "mode: Invalid value: 512: should be less than or equal to 511",
    ),
    (
        "",
        "container: {image: x}, inputs: {artifacts: [{name: a, path: /a, raw: {data: x}, "
        "http: {url: x}}]}",
        "at most one artifact location can be specified, it has http, raw",
    ),
    (
        "",
        "container: {image: x}, inputs: {parameters: ["
        + ", ".join(f"{{name: p{i}, value: x}}" for i in range(501))
        + "]}",
        "inputs.parameters: Too many: 501: must have at most 500 items",
    ),
    (
        "",
        "dag: {tasks: [" + ", ".join(f"{{name: t{i}, template: w}}" for i in range(201)) + "]}",
        "dag.tasks: Too many: 201: must have at most 200 items",
    ),
]


@pytest.mark.parametrize(("head", "body", "said"), LIMITS, ids=[case[2][:30] for case in LIMITS])
def test_limits_of_the_api_server_are_errors_when_strict(head, body, said):
    spec = f"entrypoint: m\n{head}templates:\n- {{name: m, {body}}}\n- {{name: w, suspend: {{}}}}"
    text = document(spec)
    assert errors(text) == []
    assert "api-limit" in names(spec)
    assert [said in error for error in errors(text, strict=True)] == [True]


def test_plugins_of_the_executor_need_a_container():
    spec = "entrypoint: m\nexecutorPlugins: [{spec: {}}]\ntemplates: [{name: m, suspend: {}}]"
    assert "spec.executorPlugins: [0].spec.sidecar.container" in errors(document(spec))[0]


def test_a_comment_counts_in_the_file_that_it_stands_in():
    caller = document(
        "entrypoint: m\ntemplates: [{name: m, steps: [[{name: a, "
        "templateRef: {name: lib, template: t}}]]}]"
    )
    template = document(
        "templates:\n  - name: t\n    http: {url: x}", kind="WorkflowTemplate", name="lib"
    )
    assert "http-no-timeout" in "".join(problems(caller, template))
    silenced = template.replace("{url: x}", "{url: x}  # argotui: ignore[http-no-timeout]")
    assert "http-no-timeout" not in "".join(problems(caller, silenced))


@pytest.mark.parametrize(
    ("depends", "expected"),
    [
        ("a", ["skipped-result"]),
        ("a.Succeeded", []),
        ("a.Succeeded || a.Skipped", ["skipped-result"]),
    ],
)
def test_a_task_that_is_left_out_with_the_other_needs_no_result(depends, expected):
    spec = (
        "entrypoint: m\ntemplates:\n- name: m\n  dag:\n    tasks:\n"
        "    - {name: a, template: work, when: \"'{{workflow.name}}' == 'x'\"}\n"
        f"    - {{name: b, template: work, depends: '{depends}', "
        "arguments: {parameters: [{name: p, value: '{{tasks.a.outputs.result}}'}]}}\n" + WORK
    )
    assert names(spec) == expected


def test_the_aggregate_of_a_loop_whose_items_may_all_be_skipped_is_a_trap():
    output = "outputs: {parameters: [{name: o, valueFrom: {path: /o}}]}, "
    spec = (
        "entrypoint: m\ntemplates:\n- name: m\n  steps:\n"
        "  - - {name: a, template: make, withItems: [1, 2], when: '{{item}} > 5'}\n"
        "  - - {name: b, template: work, "
        "arguments: {parameters: [{name: p, value: '{{steps.a.outputs.parameters.o}}'}]}}\n"
        f"- {{name: make, {output}container: {{image: x}}}}\n" + WORK
    )
    assert names(spec) == ["skipped-result"]
    assert names(spec.replace("withItems: [1, 2], when: '{{item}} > 5'", "when: '1 > 5'")) == []


def branching(*calls: str) -> list[str]:
    spec = "entrypoint: m\ntemplates:\n- name: m\n  steps:\n"
    return names(spec + "".join(f"  - - {call}\n" for call in calls) + WORK)


def test_only_calls_that_may_all_happen_make_a_recursion_branch():
    self, yes, no = (
        "template: m",
        "when: '{{workflow.name}} == x'",
        "when: '{{workflow.name}} != x'",
    )
    assert branching(f"{{name: a, {self}}}", f"{{name: b, {self}}}") == ["branching-recursion"]
    assert branching(f"{{name: a, {self}, {yes}}}", f"{{name: b, {self}, {no}}}") == []
    assert branching(f"{{name: a, {self}}}", "{name: b, template: work}") == []
    assert branching(f"{{name: a, {self}, withItems: [1, 2]}}") == ["branching-recursion"]
    assert branching("{name: a, template: work}", "{name: b, template: work}") == []


def test_thousands_of_templates_are_looked_through_at_once():
    lines = ["entrypoint: t0", "templates:"]
    for i in range(5000):
        calls = f"[{{name: a, template: t{(i + 1) % 5000}}}, {{name: b, template: t0}}]"
        lines.append(f"- {{name: t{i}, steps: [{calls}]}}")
    assert "branching-recursion" in names("\n".join(lines))
