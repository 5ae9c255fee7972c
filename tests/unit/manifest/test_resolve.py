"""References, defaults, arguments, and the two lenient deviations."""

from __future__ import annotations

import pytest

from argotui.manifest.resolve import resolve
from argotui.model.errors import ManifestError
from argotui.model.workflow import LibraryKey
from tests.unit.manifest.helpers import document, loaded, resolved, templates

LOCAL = LibraryKey(scope="local", name="w")
NAMESPACED = LibraryKey(scope="namespaced", name="lib")

CONCEPT = templates(
    "{name: main, steps: [[{name: a, template: hello}], [{name: b, template: use-output, "
    "arguments: {parameters: [{name: message, value: '{{steps.a.outputs.result}}'}]}}]]}",
    "{name: hello, script: {image: python, command: [python], source: print(1)}}",
    "{name: use-output, script: {image: python, command: [python], "
    "args: ['{{inputs.parameters.message}}'], source: 'import sys'}}",
)


def place_of_args(template: str, *, strict: bool = False) -> str | None:
    text = templates(template)
    found = resolved(text, strict=strict).templates[LOCAL]["m"]
    return found.annotations.get("argotui.dev/script-args")


def test_the_concept_documents_template_is_given_its_input_and_its_args_after():
    run = resolved(CONCEPT)
    template = run.template(LOCAL, "use-output")
    assert [parameter.name for parameter in template.inputs.parameters] == ["message"]
    assert template.annotations["argotui.dev/script-args"] == "after"
    assert run.template(LOCAL, "hello").annotations["argotui.dev/script-args"] == "before"
    assert run.lenient
    assert run.deviations == (
        "ran here; the Argo controller would refuse: template 'use-output' uses "
        "{{inputs.parameters.message}} without declaring the input",
        "ran here; the Argo controller would put the args of script template 'use-output' before "
        "the script's path, as options of its interpreter",
    )


def test_strictly_the_concept_document_is_refused_as_argo_does():
    library = loaded(CONCEPT, strict=True)
    with pytest.raises(ManifestError, match=r"failed to resolve {{inputs\.parameters\.message}}"):
        resolve(library.workflows[0], library, strict=True)
    run = resolve(library.workflows[0], library, strict=True, checked=True)
    assert run.template(LOCAL, "use-output").inputs.parameters == ()
    assert run.template(LOCAL, "use-output").annotations["argotui.dev/script-args"] == "before"
    assert run.deviations == ()
    assert not run.lenient


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ("[-u]", "before"),
        ("[-m, pdb]", "before"),
        ("[/usr/bin/run]", "before"),
        ("[foo]", "after"),
        ("['{{workflow.name}}', -x]", "after"),
        ("[]", "before"),
    ],
)
def test_args_go_where_their_author_meant_them(args, place):
    script = f"{{name: m, script: {{image: x, command: [sh], args: {args}, source: s}}"
    assert place_of_args(script + "}") == place
    assert place_of_args(script + "}", strict=True) == "before"
    told = script + ", annotations: {argotui.dev/script-args: "
    assert place_of_args(told + "before}}") == "before"
    assert place_of_args(told + "after}}") == "after"


def test_args_without_a_source_are_those_of_a_container():
    assert place_of_args("{name: m, script: {image: x, command: [echo], args: [a]}}") == "before"


def test_an_argument_that_the_body_does_not_use_is_not_adopted():
    run = resolved(
        templates(
            "{name: main, steps: [[{name: a, template: t, arguments: {parameters: [{name: p, "
            "value: x}]}}]]}",
            "{name: t, suspend: {}}",
        )
    )
    assert run.template(LOCAL, "t").inputs.parameters == ()
    assert run.deviations == ()


def test_expressions_and_entry_arguments_are_adopted_too():
    run = resolved(
        templates(
            "{name: main, script: {image: x, source: \"{{=inputs.parameters['a-b']}} "
            '{{=inputs.parameters.c}}"}}',
            head="arguments: {parameters: [{name: a-b, value: x}, {name: c, value: y}]}\n",
        )
    )
    names = [parameter.name for parameter in run.template(LOCAL, "main").inputs.parameters]
    assert names == ["a-b", "c"]


def test_template_defaults_lie_beneath_templates_of_the_same_kind():
    run = resolved(
        templates(
            "{name: c, container: {command: [x], env: [{name: B, value: own}]}}",
            "{name: s, script: {image: x, source: z}}",
            "{name: deep, steps: [[{name: a, inline: {container: {args: [z]}}}]]}",
            head="templateDefaults: {timeout: 9s, retryStrategy: {limit: 2}, container: "
            "{image: base, env: [{name: A, value: '1'}, {name: B, value: '2'}]}}\n",
        ),
        document(
            "templates: [{name: far, container: {args: [q]}}]",
            kind="WorkflowTemplate",
            name="lib",
        ),
    )
    own = run.template(LOCAL, "c")
    assert own.timeout == "9s"
    assert own.retry_strategy.limit == 2
    assert own.body.extra == {
        "command": ["x"],
        "image": "base",
        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "own"}],
    }
    assert run.template(LOCAL, "s").body.extra == {"image": "x"}
    inline = run.template(LOCAL, "deep").body.groups[0][0].inline
    assert inline.body.extra["image"] == "base"
    assert run.template(NAMESPACED, "far").body.extra["image"] == "base"


def test_pod_metadata_of_a_library_lies_beneath_its_templates():
    run = resolved(
        templates("{name: m, suspend: {}}"),
        document(
            "podMetadata: {labels: {a: lib, b: lib}}\n"
            "templates: [{name: t, metadata: {labels: {b: own}}, container: {image: x}}]",
            kind="WorkflowTemplate",
            name="lib",
        ),
    )
    assert run.template(NAMESPACED, "t").extra["metadata"] == {"labels": {"a": "lib", "b": "own"}}


def test_a_workflow_template_ref_is_merged_under_the_workflow():
    run = resolved(
        document(
            "workflowTemplateRef: {name: lib}\nentrypoint: other\n"
            "arguments: {parameters: [{name: b, value: mine}]}\n"
            "volumes: [{name: v, emptyDir: {}}]"
        ),
        document(
            "entrypoint: main\nsuspend: true\nonExit: main\nparallelism: 3\n"
            "arguments: {parameters: [{name: a, value: x}, {name: b, value: y, enum: [y, z]}]}\n"
            "volumes: [{name: v, hostPath: {path: /}}, {name: u, emptyDir: {}}]\n"
            "templates: [{name: main, suspend: {}}, {name: other, suspend: {}}]",
            kind="WorkflowTemplate",
            name="lib",
        ),
    )
    assert (run.spec.entrypoint, run.spec.on_exit, run.spec.parallelism) == ("other", "main", 3)
    assert run.spec.suspend is None
    values = {p.name: (p.value, p.enum) for p in run.spec.arguments.parameters}
    assert values == {"a": ("x", None), "b": ("mine", None)}
    assert run.spec.extra["volumes"] == [
        {"name": "v", "emptyDir": {}},
        {"name": "u", "emptyDir": {}},
    ]
    assert run.metadata.labels == {"workflows.argoproj.io/workflow-template": "lib"}
    assert run.local == LOCAL
    assert run.template(LOCAL, "main").kind == "suspend"
    assert run.source["spec"]["entrypoint"] == "other"


def test_a_missing_reference_is_told_at_its_place():
    library = loaded(document("workflowTemplateRef: {name: none, clusterScope: true}"))
    with pytest.raises(ManifestError) as caught:
        resolve(library.workflows[0], library, strict=False)
    assert str(caught.value) == (
        'f0.yaml:5:31: clusterworkflowtemplates.argoproj.io "none" not found; '
        "give the file that defines it as well, or its folder: --library DIR"
    )


def test_given_parameters_replace_whole_and_add():
    text = templates(
        "{name: m, suspend: {}}",
        head="arguments: {parameters: [{name: a, value: x, enum: [x]}, {name: b, value: z}]}\n",
    )
    run = resolved(text, parameters={"a": "other"}, parameter_file={"c": {"k": [1, "<"]}, "d": 2})
    values = {p.name: (p.value, p.enum) for p in run.spec.arguments.parameters}
    assert values == {
        "a": ("other", None),
        "b": ("z", None),
        "c": ('{"k":[1,"\\u003c"]}', None),
        "d": ("2", None),
    }
    assert {"name": "a", "value": "other"} in run.source["spec"]["arguments"]["parameters"]


def test_a_parameter_given_twice_is_not_unique():
    text = templates("{name: m, suspend: {}}")
    with pytest.raises(ManifestError, match="'a' is not unique"):
        resolved(text, parameters={"a": "1"}, parameter_file={"a": "2"})


def test_the_entrypoint_can_be_chosen():
    text = templates("{name: m, suspend: {}}", "{name: other, suspend: {}}")
    assert resolved(text, entrypoint="other").spec.entrypoint == "other"
    with pytest.raises(ManifestError, match="template name 'x' undefined"):
        resolved(text, entrypoint="x")


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("WorkflowTemplate", "workflow-template"),
        ("ClusterWorkflowTemplate", "cluster-workflow-template"),
    ],
)
def test_a_template_alone_just_runs(kind, label):
    text = document("entrypoint: m\ntemplates: [{name: m, suspend: {}}]", kind=kind, name="lib")
    library = loaded(text)
    [only] = (library.workflow_templates | library.cluster_workflow_templates).values()
    run = resolve(only, library, strict=True)
    assert (run.metadata.name, run.metadata.generate_name) == ("", "lib-")
    assert run.metadata.labels == {f"workflows.argoproj.io/{label}": "lib"}
    assert run.source["kind"] == "Workflow"
    assert run.template(run.local, "m").kind == "suspend"


def test_a_template_that_needs_arguments_asks_for_them():
    spec = (
        "entrypoint: m\narguments: {parameters: [{name: p}]}\ntemplates: [{name: m, suspend: {}}]"
    )
    library = loaded(document(spec, kind="WorkflowTemplate", name="lib"))
    template = library.workflow_templates["lib"]
    with pytest.raises(ManifestError, match=r"arguments\.p\.value or .* is required; give it with"):
        resolve(template, library, strict=False)
    run = resolve(template, library, strict=False, parameters={"p": "v"})
    assert run.spec.arguments.parameters[0].value == "v"


def test_a_cron_workflow_runs_once_with_its_metadata():
    text = document(
        "schedules: ['* * * * *']\nworkflowMetadata: {labels: {a: b}, annotations: {c: d}}\n"
        "workflowSpec: {entrypoint: m, templates: [{name: m, suspend: {}}]}",
        kind="CronWorkflow",
    )
    library = loaded(text)
    run = resolve(library.cron_workflows[0], library, strict=True)
    assert run.metadata.generate_name == "w-"
    assert run.metadata.labels == {"a": "b", "workflows.argoproj.io/cron-workflow": "w"}
    assert run.metadata.annotations == {"c": "d"}
    assert run.spec.entrypoint == "m"


def test_problems_of_documents_that_do_not_matter_do_not_stop_a_run():
    broken = document("templates: [{name: t, parallelism: x}]", kind="WorkflowTemplate", name="lib")
    assert resolved(templates("{name: m, suspend: {}}"), broken).spec.entrypoint == "m"
    caller = "{name: m, steps: [[{name: a, templateRef: {name: lib, template: t}}]]}"
    with pytest.raises(ManifestError, match="cannot unmarshal string"):
        resolved(templates(caller), broken)


def test_scalars_taken_as_text_are_a_deviation():
    run = resolved(templates("{name: m, container: {image: x, args: [1]}}"))
    assert run.template(LOCAL, "m").body.extra["args"] == ["1"]
    assert run.deviations == (
        "ran here; the Argo controller would refuse: args has number 1 where Argo wants text",
    )


def test_a_value_in_a_list_is_named_by_its_list():
    run = resolved(templates("{name: m, container: {image: x, env: [{name: A, value: 3}]}}"))
    assert run.deviations[0].endswith("refuse: env[0].value has number 3 where Argo wants text")


def test_the_library_comes_along():
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n"
    run = resolved(templates("{name: m, suspend: {}}"), text)
    assert run.config_maps["c"]["data"] == {"a": "b"}
