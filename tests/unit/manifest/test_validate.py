"""Argo's rules, each with its message and its place. Argo: 6."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from argotui.manifest.validate import validate
from tests.unit.manifest.helpers import document, errors, loaded, problems, templates

HERE = Path(__file__).parent
LEAF = "{name: leaf, inputs: {parameters: [{name: p, value: x}]}, container: {image: x}}"
NEEDY = "{name: needy, inputs: {parameters: [{name: p}]}, container: {image: x}}"


def step(call: str, *more: str) -> str:
    return templates(f"{{name: main, steps: [[{{name: a, {call}}}]]}}", *more)


def dag(tasks: str, *more: str, head: str = "") -> str:
    return templates(f"{{name: main, dag: {{{head}tasks: [{tasks}]}}}}", *more)


RULES = yaml.safe_load((HERE / "rules_refused.yaml").read_text())
ACCEPTED = yaml.safe_load((HERE / "rules_accepted.yaml").read_text())


@pytest.mark.parametrize("rule", RULES, ids=[rule["said"][:60] for rule in RULES])
def test_a_broken_rule_is_the_only_problem_told(rule):
    found = errors(document(rule["spec"]), strict=True)
    assert len(found) == 1, found
    assert rule["said"] in found[0]
    line, column, _ = found[0].split(":", 2)
    assert int(line) >= 4
    assert int(column) >= 1


def test_a_problem_points_at_what_is_meant():
    text = step("template: leaf, when: \"x == '{{item.k}}'\"", LEAF)
    assert errors(text)[0].startswith("7:66: ")
    assert text.splitlines()[6][65:].startswith("{{item.k}}")


@pytest.mark.parametrize("spec", ACCEPTED)
def test_what_argo_accepts_is_accepted(spec):
    assert errors(document(spec), strict=True) == []


def test_a_value_with_characters_that_break_json_is_refused_strictly_only():
    text = step(
        "template: leaf, arguments: {parameters: [{name: p, value: '{{workflow.parameters.v}}'}]}",
        LEAF,
    ).replace("templates:", 'arguments: {parameters: [{name: v, value: "a\\x7F"}]}\n  templates:')
    said = "templates.main cannot finish template replacement because the result was invalid JSON"
    assert said in errors(text, strict=True)[0]
    assert errors(text) == []


def test_all_problems_come_at_once_and_in_order():
    text = templates(
        "{name: main, steps: [[{name: a, template: gone}], [{name: b, template: leaf, "
        "arguments: {parameters: [{name: p}]}}]]}",
        "{name: leaf, container: {args: ['{{inputs.parameters.x}}', '{{inputs.parameters.z}}']}}",
    )
    found = errors(text, strict=True)
    assert len(found) == 5
    places = [tuple(map(int, text.split(":")[:2])) for text in found]
    assert places == sorted(places)


def test_a_template_that_many_call_is_told_once():
    calls = ", ".join(f"{{name: s{i}, template: bad}}" for i in range(5))
    found = errors(templates(f"{{name: m, steps: [[{calls}]]}}", "{name: bad, container: {}}"))
    assert found == ["8:17: templates.m.steps[0].s0 templates.bad.container.image may not be empty"]


def test_what_could_not_be_read_is_not_reported_twice():
    found = errors(templates("{name: y, suspend: {}}", head="podGC: 3\n").replace(": y", ": m"))
    assert len(found) == 1
    assert len(errors(document("entrypoint: [x]\ntemplates: [{name: m, suspend: {}}]"))) == 1


def test_templates_are_checked_through_references():
    library = document(
        "templates: [{name: t, steps: [[{name: z, template: far}]]}, {name: far, container: {}}]",
        kind="WorkflowTemplate",
        name="lib",
    )
    found = errors(step("templateRef: {name: lib, template: t}"), library)
    assert len(found) == 1
    assert found[0].startswith("f1.yaml:5:")
    assert "templates.main.steps[0].a templates.t.steps[0].z templates.far.container" in found[0]


def test_scopes_of_references_are_told_apart():
    library = document(
        "templates: [{name: t, suspend: {}}]", kind="ClusterWorkflowTemplate", name="lib"
    )
    assert (
        "set clusterScope: true"
        in errors(step("templateRef: {name: lib, template: t}"), library)[0]
    )
    call = "templateRef: {name: lib, template: t, clusterScope: true}"
    assert errors(step(call), library) == []
    near = step("templateRef: {name: lib, template: tt, clusterScope: true}")
    assert "did you mean 't'?" in errors(near, library)[0]


def test_a_name_of_a_reference_may_come_from_a_workflow_parameter_but_not_from_an_input():
    library = document("templates: [{name: t, suspend: {}}]", kind="WorkflowTemplate", name="lib")
    call = "templateRef: {name: '{{workflow.parameters.l}}', template: t}"
    good = step(call).replace(
        "templates:", "arguments: {parameters: [{name: l, value: lib}]}\n  templates:"
    )
    assert errors(good, library) == []
    assert (
        "template reference other.t not found"
        in errors(good.replace("value: lib", "value: other"), library)[0]
    )
    item = "withItems: [lib], templateRef: {name: '{{item}}', template: t}"
    assert errors(step(item), library) == []


def test_names_are_those_of_the_api_server():
    text = document("entrypoint: m\ntemplates: [{name: m, suspend: {}}]", name="My_Flow")
    assert 'metadata.name "My_Flow" is invalid' in errors(text)[0]


@pytest.mark.parametrize(
    ("kind", "length", "said"),
    [
        ("Workflow", 64, "workflow name"),
        ("WorkflowTemplate", 64, "workflow template name"),
        ("ClusterWorkflowTemplate", 64, "cluster workflow template name"),
        ("CronWorkflow", 53, "cron workflow name"),
    ],
)
def test_names_have_a_longest(kind, length, said):
    spec = "entrypoint: m\ntemplates: [{name: m, suspend: {}}]"
    if kind == "CronWorkflow":
        spec = f"schedules: ['@daily']\nworkflowSpec: {{{', '.join(spec.splitlines())}}}"
    for size, wanted in ((length, 1), (length - 1, 0)):
        library = loaded(document(spec, kind=kind, name="a" * size))
        [only] = [
            *library.workflows,
            *library.cron_workflows,
            *library.workflow_templates.values(),
            *library.cluster_workflow_templates.values(),
        ]
        found = validate(only, library, strict=True)
        assert len(found) == wanted
        if wanted:
            assert found[0].what.startswith(f'{said} "aaa')
            assert found[0].what.endswith(f"(currently {length})")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("schedules: []", "cron workflow must have at least one schedule"),
        ("schedules: ['* * *']", "cron schedule * * * is malformed: expected exactly 5 fields"),
        ("schedules: ['61 * * * *']", "is malformed: failed to parse minute 61"),
        ("schedules: ['@never']", "is malformed: unrecognized descriptor"),
        ("schedules: ['@daily']\ntimezone: Moon/Sea", 'invalid timezone "Moon/Sea"'),
        ("schedules: ['@daily']\nconcurrencyPolicy: Frbid", "did you mean 'Forbid'?"),
        ("schedules: ['@daily']\nstartingDeadlineSeconds: -1", "must be positive"),
        ("schedules: ['*/5 1-3,7 * jan-dec SUN', '@every 1h', 'TZ=UTC 0 0 1 1 ?']", ""),
    ],
)
def test_cron_workflows(spec, said):
    text = spec + "\nworkflowSpec: {entrypoint: m, templates: [{name: m, suspend: {}}]}"
    library = loaded(document(text, kind="CronWorkflow"))
    found = [str(p) for p in validate(library.cron_workflows[0], library, strict=True)]
    assert len(found) == (1 if said else 0)
    assert all(said in problem for problem in found)


def test_values_are_asked_for_when_something_is_to_run_only():
    spec = (
        "entrypoint: m\narguments: {parameters: [{name: p}]}\ntemplates: [{name: m, suspend: {}}]"
    )
    library = loaded(document(spec), document(spec, kind="WorkflowTemplate", name="lib"))
    workflow, template = library.workflows[0], library.workflow_templates["lib"]
    assert len(validate(workflow, library, strict=True)) == 1
    assert validate(workflow, library, strict=True, lint=True) == []
    assert validate(template, library, strict=True) == []
    assert len(validate(template, library, strict=True, submit=True)) == 1


def test_a_template_alone_may_use_parameters_of_its_workflow():
    spec = "templates: [{name: m, container: {image: '{{workflow.parameters.later}}'}}]"
    library = loaded(document(spec, kind="WorkflowTemplate", name="lib"))
    assert validate(library.workflow_templates["lib"], library, strict=True) == []


def test_templates_and_a_reference_exclude_each_other():
    library = document(
        "entrypoint: t\ntemplates: [{name: t, suspend: {}}]", kind="WorkflowTemplate", name="lib"
    )
    text = document("workflowTemplateRef: {name: lib}\ntemplates: [{name: m, suspend: {}}]")
    assert "Templates is invalid field in spec if workflow referred" in errors(text, library)[0]


def test_a_chain_of_thousands_of_templates_is_walked():
    chain = [f"{{name: t{i}, steps: [[{{name: a, template: t{i + 1}}}]]}}" for i in range(2000)]
    found = errors(templates(*chain))
    assert len(found) == 1
    assert "template name 't2000' undefined" in found[0]
    assert len(found[0]) < 400


def test_warnings_never_hide_errors():
    text = step("template: gone, when: 'prod-eu == x'", LEAF)
    found = problems(text)
    assert [("warning[" in problem) for problem in found] == [False, True]
