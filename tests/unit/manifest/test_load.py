"""Documents into the model: kinds, types, values, and the problems of all of them."""

from __future__ import annotations

import pytest

from argotui.manifest.load import load
from argotui.manifest.secrets import secret_value
from argotui.model.bodies import ContainerBody, DagBody, ScriptBody, StepsBody, SuspendBody
from tests.unit.manifest.helpers import document, loaded, templates


def first(*given: str):
    return loaded(templates(*given)).workflows[0].spec.templates[0]


def value_of(written: str) -> str | None:
    text = document(f"arguments: {{parameters: [{{name: p, value: {written}}}]}}\nentrypoint: m")
    return loaded(text).workflows[0].spec.arguments.parameters[0].value


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("1", "1"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("1e-7", "0.0000001"),
        ("9007199254740993", "9007199254740992"),
        ("12345678901234567890", "12345678901234567000"),
        ("1e25", "10000000000000000000000000"),
        ("yes", "true"),
        ("off", "false"),
        ("017", "15"),
        ("12:30", "12:30"),
        ("'1.50'", "1.50"),
        ("-0.0", "0"),
        ("null", None),
        ("[1]", ""),
        ("{a: 1}", ""),
    ],
)
def test_a_parameter_value_is_the_text_that_argo_prints(written, text):
    assert value_of(written) == text


def test_an_object_as_value_is_warned_about():
    text = document("entrypoint: m\narguments: {parameters: [{name: p, value: {a: 1}}]}")
    problem = loaded(text).problems[0]
    assert (problem.name, problem.severity, problem.line) == ("object-value", "warning", 6)


def test_bodies_are_found_in_argos_order():
    steps = first("{name: m, steps: [[{name: a, template: x}, {name: b, template: x}], []]}")
    assert isinstance(steps.body, StepsBody)
    assert [[step.name for step in group] for group in steps.body.groups] == [["a", "b"], []]
    assert first("{name: m, suspend: {duration: 20}}").body == SuspendBody(duration="20")
    assert first("{name: m, suspend: {}}").kind == "suspend"
    assert first("{name: m, suspend: null}").kind == ""
    assert isinstance(first("{name: m, dag: {tasks: []}, script: {image: x}}").body, DagBody)
    script = first("{name: m, script: {image: x, command: [sh], source: hi}}").body
    assert isinstance(script, ScriptBody)
    assert script.source == "hi"
    assert script.extra == {"image": "x", "command": ["sh"]}


def test_names_are_turned_into_python_and_back():
    template = first(
        "{name: m, activeDeadlineSeconds: '{{x}}', failFast: true, retryStrategy: {limit: 3, "
        "backoff: {duration: 5, maxDuration: 1m}}, container: {image: x}, outputs: {parameters: "
        "[{name: o, valueFrom: {jqFilter: .a, jsonPath: .b, configMapKeyRef: {name: c}}}], "
        "artifacts: [{name: a, from: x, s3: {key: k}}]}}"
    )
    assert template.active_deadline_seconds == "{{x}}"
    assert template.fail_fast is True
    assert template.retry_strategy.limit == 3
    assert template.retry_strategy.backoff.duration == "5"
    source = template.outputs.parameters[0].value_from
    assert (source.jq_filter, source.json_path) == (".a", ".b")
    assert source.config_map_key_ref == {"name": "c"}
    assert template.outputs.artifacts[0].from_ == "x"
    assert template.outputs.artifacts[0].extra == {"s3": {"key": "k"}}
    assert isinstance(template.body, ContainerBody)


def test_inline_templates_hooks_and_plugins_are_read():
    template = first(
        "{name: m, steps: [[{name: a, inline: {plugin: {mine: {x: 1}}}, hooks: {exit: "
        "{template: t}}}]]}"
    )
    step = template.body.groups[0][0]
    assert step.inline.kind == "plugin"
    assert step.inline.body.plugin == {"mine": {"x": 1}}
    assert step.hooks["exit"].template == "t"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "{name: m, steps: [[{name: n, template: x}]]}",
            "7:31: json: cannot unmarshal bool into Go struct field Template.spec.templates.steps"
            '.name of type string; quote it: "n"',
        ),
        (
            "{name: m, steps: [{name: a, template: x}]}",
            "json: cannot unmarshal object into Go struct field Template.spec.templates.steps of "
            "type []map[string]interface {}; every group is a list: write '- - name: ...'",
        ),
        (
            "{name: m, inputs: {parameters: {name: x}}, suspend: {}}",
            "json: cannot unmarshal object into Go struct field Inputs.spec.templates.inputs."
            "parameters of type []v1alpha1.Parameter",
        ),
        (
            "{name: m, parallelism: '2', dag: {tasks: []}}",
            "json: cannot unmarshal string into Go struct field Template.spec.templates.parallelism"
            " of type int64; a whole number is wanted here, without quotes",
        ),
        (
            "{name: m, container: {image: x, args: [-c, 5]}}",
            "json: cannot unmarshal number into Go struct field Container.spec.templates.container"
            '.args of type string; quote it: "5"',
        ),
        (
            "{name: m, container: {image: x, env: [{name: A, value: true}]}}",
            "json: cannot unmarshal bool into Go struct field EnvVar.spec.templates.container.env"
            '.value of type string; quote it: "true"',
        ),
        (
            "{name: m, steps: [[{name: a, template: x, whn: 'y'}]]}",
            "json: unknown field \"whn\"; did you mean 'when'?",
        ),
        ("{name: m, steps: {}}", "of type []v1alpha1.ParallelSteps; a list of lists is wanted"),
        ("{name: m, plugin: [x]}", "of type v1alpha1.Plugin; one key, the plugin's name"),
        ("{name: m, steps: [[{name: a, inline: x}]]}", "of type v1alpha1.Template"),
        (
            "{name: m, retryStrategy: {limit: 1.5}, suspend: {}}",
            "of type int32",
        ),
    ],
)
def test_values_of_the_wrong_kind_are_refused_in_argos_words(template, said):
    found = [str(problem) for problem in loaded(templates(template), strict=True).errors]
    assert len(found) == 1
    assert said in found[0]


def test_scalars_in_commands_are_text_unless_strict():
    text = templates(
        "{name: m, container: {image: x, args: [-n, 1, yes], env: [{name: A, value: 1.50}]}, "
        "sidecars: [{name: s, image: x, command: [7]}]}"
    )
    library = loaded(text)
    template = library.workflows[0].spec.templates[0]
    assert template.body.extra["args"] == ["-n", "1", "true"]
    assert template.body.extra["env"] == [{"name": "A", "value": "1.5"}]
    assert template.extra["sidecars"] == [{"name": "s", "image": "x", "command": ["7"]}]
    assert library.errors == ()
    assert {problem.name for problem in library.problems} == {"text-wanted"}
    assert len(loaded(text, strict=True).errors) == 4


def test_unknown_fields_are_errors_only_when_asked_to_be_strict():
    text = templates("{name: m, contaner: {}, suspend: {}}", head="podPriority: 3\n")
    strict = [str(problem) for problem in loaded(text, strict=True).problems]
    assert strict == [
        'f0.yaml:6:3: json: unknown field "podPriority"; '
        "removed in Argo 4; use podPriorityClassName",
        "f0.yaml:8:15: json: unknown field \"contaner\"; did you mean 'container'?",
    ]
    lenient = loaded(text)
    assert lenient.errors == ()
    assert {problem.name for problem in lenient.problems} == {"unknown-field"}


def test_go_reads_fields_in_any_case_unless_strict():
    text = templates("{name: m, Suspend: {}, Timeout: 3s, dag: {tasks: []}}")
    library = loaded(text)
    assert library.workflows[0].spec.templates[0].timeout == "3s"
    assert "field-case" in {problem.name for problem in library.problems}
    assert "did you mean 'timeout'?" in " ".join(map(str, loaded(text, strict=True).errors))


def test_fields_of_argo_3_have_a_hint():
    text = templates("{name: m, synchronization: {mutex: {name: a}}, suspend: {}}")
    assert "'mutexes: [{name: ...}]'" in str(loaded(text, strict=True).errors[0])
    cron = document("schedule: '* * * * *'\nworkflowSpec: {entrypoint: m}", kind="CronWorkflow")
    assert "schedules: [" in str(loaded(cron, strict=True).errors[0])


def test_a_key_that_became_a_boolean_is_explained():
    found = loaded(templates("{name: m, on: x, suspend: {}}"), strict=True).errors
    assert "are booleans, also as keys; quote the key" in str(found[0])


def test_every_problem_of_a_file_is_told():
    text = templates("{name: m, parallelism: x, failFast: 3, dag: {tasks: {}}}")
    assert len(loaded(text).errors) == 3


def test_kinds_are_sorted_and_lists_unwrapped():
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n"
    wrapped = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: "
    wrapped += "{name: d}, data: {e: 5}}\n"
    library = loaded(
        templates("{name: m, suspend: {}}"),
        document("entrypoint: m", kind="WorkflowTemplate", name="lib"),
        document("entrypoint: m", kind="ClusterWorkflowTemplate", name="big"),
        document("workflowSpec: {entrypoint: m}\nschedules: [x]", kind="CronWorkflow"),
        f"{config_map}---\n{wrapped}---\nkind: Service\napiVersion: v1\nmetadata: {{name: s}}\n",
    )
    assert [workflow.metadata.name for workflow in library.workflows] == ["w"]
    assert list(library.workflow_templates) == ["lib"]
    assert list(library.cluster_workflow_templates) == ["big"]
    assert library.cron_workflows[0].spec.entrypoint == "m"
    assert library.config_maps["c"]["data"] == {"a": "b"}
    assert "d" in library.config_maps
    assert [str(problem) for problem in library.problems] == [
        "f4.yaml:9:68: json: cannot unmarshal number into Go struct field "
        'ConfigMap.items.data.e of type string; quote it: "5"'
    ]
    assert library.notes == ("f4.yaml: Service/s does not concern a run; skipped",)


def test_secrets_have_all_their_values_in_base64():
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: geheim}\n"
    library = loaded(text + "data: {b: /wA=, c: '%'}\n")
    secret = library.secrets["s"]
    assert secret_value(secret, "a") == b"geheim"
    assert secret_value(secret, "b") == b"\xff\x00"
    assert secret_value(secret, "c") is None
    assert "stringData" not in secret
    assert str(library.problems[0]).startswith("f0.yaml:5:20: data.c is not base64")


def test_a_name_twice_is_an_error():
    text = document("entrypoint: m", kind="WorkflowTemplate", name="lib")
    other = text.replace("entrypoint: m", "entrypoint: x")
    assert "WorkflowTemplate 'lib' is defined twice" in str(loaded(text, other).errors[0])
    assert loaded(text, text).problems == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "f:1:1: a manifest is a mapping"),
        ("just text\n", "f:1:1: a manifest is a mapping"),
        ("a: b\n", "f:1:1: kind is required"),
        ("kind: [x]\n", "f:1:1: kind is required"),
        ("kind: Workflow\napiVersion: argoproj.io/v1alpha1\n", "f:1:1: spec is required"),
        (
            "kind: Workflow\napiVersion: argoproj.io/v1alpha1\nspec: x\n",
            "f:3:7: json: cannot unmarshal string",
        ),
        (
            "kind: WorkflowTemplate\napiVersion: argoproj.io/v1alpha1\nspec: {templates: []}\n",
            "f:1:1: metadata.name is required",
        ),
        ("kind: ConfigMap\napiVersion: v1\ndata: {}\n", "f:1:1: metadata.name is required"),
        (
            "kind: ConfigMap\napiVersion: v1\nmetadata: {name: c}\ndata: [x]\n",
            "f:4:7: json: cannot unmarshal array into Go struct field ConfigMap.data of type "
            "map[string]string",
        ),
    ],
)
def test_what_is_no_manifest_is_said_so(text, said):
    found = load([("f", text)]).errors
    assert len(found) == 1
    assert str(found[0]).startswith(said)


def test_fields_around_the_spec_are_looked_at_too():
    library = loaded("kind: Workflow\nmetadata: {name: w}\nstatsu: {}\nspec: {}\n")
    assert [str(problem) for problem in library.problems] == [
        "f0.yaml:1:1: warning[api-version]: apiVersion is missing; "
        "write 'apiVersion: argoproj.io/v1alpha1'",
        'f0.yaml:3:1: warning[unknown-field]: unknown field "statsu" is ignored; '
        "did you mean 'status'?",
    ]


def test_an_empty_file_is_only_noted():
    library = load([("f", b"# nothing\n")])
    assert library.problems == ()
    assert library.notes == ("f: nothing in it",)


def test_a_comment_silences_a_warning_on_its_line_or_the_next():
    spec = "entrypoint: m\nfoo: 1  # argotui: ignore[unknown-field]\n"
    spec += "# argotui: ignore[other, unknown-field]\nbar: 1\nbaz: 1  # argotui: ignore[other]\n"
    found = loaded(document(spec)).problems
    assert [problem.line for problem in found] == [9]
    assert len(loaded(document(spec), strict=True).errors) == 3


@pytest.mark.parametrize(
    ("kind", "near"),
    [
        ("workflow", "Workflow"),
        ("Worfklow", "Workflow"),
        ("CronWorkflows", "CronWorkflow"),
        ("WorkflowTemplat", "WorkflowTemplate"),
        ("WorkflowEventBinding", ""),
        ("WorkflowTaskSet", ""),
        ("CronJob", ""),
        ("PodTemplate", ""),
        ("AnalysisTemplate", ""),
        ("WorkflowList", ""),
    ],
)
def test_a_kind_that_was_probably_meant_is_named(kind, near):
    found = loaded(document("entrypoint: m", kind=kind)).problems
    assert [problem.hint for problem in found] == ([f"did you mean '{near}'?"] if near else [])


@pytest.mark.parametrize("version", ["v1", "argoproj.io/v1beta1", "workflows/v1"])
def test_another_version_is_warned_about(version):
    text = document("entrypoint: m").replace("argoproj.io/v1alpha1", version)
    library = loaded(text, strict=True)
    if version.startswith("workflows"):
        assert library.notes == ("f0.yaml: Workflow/w does not concern a run; skipped",)
    else:
        assert str(library.problems[0]).startswith("f0.yaml:1:13: warning[api-version]: apiVersion")
