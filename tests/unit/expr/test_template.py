"""Tags in texts and manifests: what is put in, what stays, what is refused."""

from __future__ import annotations

import pytest

from argotui.expr.errors import AbsentReference, ExpressionError, TagError, Unresolved
from argotui.expr.scope import Lack, MapScope
from argotui.expr.template import Tag, has_tag, map_strings, substitute, tags
from argotui.model.bodies import ContainerBody, ScriptBody, Step, StepsBody
from argotui.model.manifest import Arguments, Metadata, Parameter, Template
from argotui.model.workflow import Workflow, WorkflowSpec

GLOBALS = MapScope(
    {
        "workflow.name": "wf",
        "workflow.parameters": '[{"name":"which","value":"red"}]',
        "workflow.parameters.which": "red",
        "workflow.parameters.red": "R",
        "workflow.parameters.d-h": "dash",
    }
)
SCOPE = MapScope(
    {
        "inputs.parameters.x": 'X"q\n',
        "inputs.parameters.n": "3",
        "steps.a.status": "Skipped",
        "steps.a.outputs.parameters.p": Lack.ABSENT,
    },
    GLOBALS,
)


def strict(name):
    return name.startswith(("steps.", "tasks."))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("no tag", "no tag"),
        ("{{workflow.name}}", "wf"),
        (" {{workflow.name}}\n", " wf\n"),
        ("a {{ workflow.name }} b {{inputs.parameters.n}}", "a wf b 3"),
        ("{{inputs.parameters.x}}", 'X"q\n'),
        ("{{foo}} {{ .Values.x }} {{item}}", "{{foo}} {{ .Values.x }} {{item}}"),
        ("{{workflow.parameters.{{workflow.parameters.which}}}}", "R"),
        ("{{a.{{workflow.name}}.b}}", "{{a.wf.b}}"),
        ("{{a.{{nope}}.b}}", "{{a.{{nope}}.b}}"),
        ("{{=asInt(inputs.parameters.n) * 2}}", "6"),
        ("{{= workflow.parameters['d-h'] }}!", "dash!"),
        ('a{{=workflow.name}}b{{="c"}}', "awfbc"),
        ("{{=toJson(workflow.parameters)}}", '{"d-h":"dash","red":"R","which":"red"}'),
        ("{{workflow.parameters}}", '[{"name":"which","value":"red"}]'),
        ("{{=foo.bar}} {{=item}} {{=retries + 1}}", "{{=foo.bar}} {{=item}} {{=retries + 1}}"),
        ("{{=inputs.parameters.nope}}", "{{=inputs.parameters.nope}}"),
        ("{{=inputs.parameters.nope ?? 'd'}}", "d"),
        ("{{=steps.a.outputs.parameters.p ?? 'fb'}}", "fb"),
        # what is late waits, even where the rest would have a value
        ("{{=retries ?? 'x'}}", "{{=retries ?? 'x'}}"),
        ("{{=sprig.int(retries)}}", "{{=sprig.int(retries)}}"),
        ("{{=workflow.status == 'x'}}", "{{=workflow.status == 'x'}}"),
        ("{{={'a': {'b': 1} } }}", '{"a":{"b":1}}'),
    ],
)
def test_texts(text, wanted):
    assert substitute(text, SCOPE) == wanted


def test_values_are_not_looked_into_within_one_pass():
    scope = MapScope({"a": "{{b}}", "b": "deep"})
    assert substitute("{{a}}", scope) == "{{b}}"
    assert substitute("{{=a}}", scope) == "{{b}}"


def test_an_empty_value_is_a_value():
    scope = MapScope({"workflow.status": ""})
    assert substitute("<{{workflow.status}}>", scope) == "<>"
    assert substitute("{{=workflow.status}}", scope) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{=1 +}}", "failed to evaluate expression: unexpected token EOF (1:3)\n | 1 +\n | ..^"),
        (
            "{{={'b': {'c': 1}}}}",
            "failed to evaluate expression: unexpected token EOF (1:13)\n"
            " | {'b': {'c': 1\n | ............^",
        ),
        (
            "{{=asInt('x')}}",
            "failed to evaluate expression: invalid operation: int(x) (1:1)\n | asInt('x')\n | ^",
        ),
        ("{{=nil}}", 'failed to evaluate expression "nil"'),
        ("{{=1/0}}", "failed to evaluate expression: json: unsupported value: +Inf"),
    ],
)
def test_an_expression_that_cannot_come_right_is_an_error(text, message):
    with pytest.raises(ExpressionError) as caught:
        substitute(text, SCOPE)
    assert str(caught.value) == message


def test_an_expression_error_waits_while_a_name_is_missing():
    assert substitute("{{=asInt(foo.bar)}}", SCOPE) == "{{=asInt(foo.bar)}}"


def test_what_must_resolve_and_does_not_is_told_by_name():
    with pytest.raises(
        Unresolved, match=r"failed to resolve \{\{steps.b.outputs.result\}\}"
    ) as one:
        substitute("x {{steps.b.outputs.result}}", SCOPE, must=strict)
    assert one.value.names == ("steps.b.outputs.result",)
    assert (one.value.tag.start, one.value.tag.end) == (2, 28)
    with pytest.raises(
        Unresolved, match=r"failed to evaluate expression: steps\.b is missing"
    ) as two:
        substitute("{{=steps.b.outputs.result ?? 'x'}}", SCOPE, must=strict)
    assert two.value.names == ("steps.b.outputs.result",)
    assert substitute("{{foo}} {{=foo}}", SCOPE, must=strict) == "{{foo}} {{=foo}}"


def test_an_item_member_that_is_not_there_has_argos_words():
    scope = MapScope({"item": "{}", "item.nest": '{"z":1}'})
    with pytest.raises(Unresolved) as caught:
        substitute("{{=item.nest.z}}", scope, must=lambda name: True)
    assert str(caught.value) == "failed to evaluate expression: item.nest.z is missing"


def test_an_absent_output_says_whether_it_is_the_whole_text():
    with pytest.raises(AbsentReference) as whole:
        substitute("{{steps.a.outputs.parameters.p}}", SCOPE)
    assert whole.value.whole
    with pytest.raises(AbsentReference) as part:
        substitute("x{{steps.a.outputs.parameters.p}}", SCOPE)
    assert not part.value.whole
    assert str(part.value) == (
        "unable to substitute {{steps.a.outputs.parameters.p}}: "
        "output is an absent optional (skipped/omitted node with no default)"
    )


def test_expressions_may_be_left_alone():
    text = "{{=1 + 1}} {{workflow.name}}"
    assert substitute(text, SCOPE, expressions=False) == "{{=1 + 1}} wf"


def test_the_clock_is_handed_through():
    assert substitute("{{=now().Unix()}}", SCOPE, at=5) == "5"


def test_tags_are_found_with_their_places():
    found = tags("a {{ b }} {{=c + 'd'}}")
    assert found == [Tag(" b ", 2, 9), Tag("=c + 'd'", 10, 22)]
    assert [(tag.name, tag.is_expression) for tag in found] == [("b", False), ("c + 'd'", True)]


def test_an_unclosed_tag_is_refused():
    with pytest.raises(TagError, match="Cannot find end tag"):
        tags("a {{b")
    with pytest.raises(TagError):
        substitute(["fine", {"deep": "{{x}} {{y"}], SCOPE)


def test_manifests_are_walked_and_shared_where_nothing_changes():
    step = Step(
        name="s",
        arguments=Arguments(
            parameters=(
                Parameter(name="p", value="{{workflow.name}}"),
                Parameter(name="q", value="plain"),
            )
        ),
        with_items=({"k-{{workflow.name}}": ["{{inputs.parameters.n}}", 5, None, True]},),
    )
    put = substitute(step, SCOPE)
    assert put.arguments.parameters[0].value == "wf"
    assert put.arguments.parameters[1] is step.arguments.parameters[1]
    assert put.with_items == ({"k-wf": ["3", 5, None, True]},)
    assert substitute(Step(name="s"), SCOPE) == Step(name="s")
    untouched = Step(name="t", with_items=({"a": ["b"]},))
    assert substitute(untouched, SCOPE) is untouched


def test_bodies_and_inline_templates_are_walked_but_never_the_source():
    inline = Template(
        kind="script",
        body=ScriptBody(source="echo {{workflow.name}}", extra={"image": "{{workflow.name}}"}),
        source={"script": {"source": "echo {{workflow.name}}"}},
    )
    outer = Template(
        kind="steps",
        body=StepsBody(groups=((Step(name="a", inline=inline),),)),
        source={"x": "{{workflow.name}}"},
    )
    put = substitute(outer, SCOPE)
    inner = put.body.groups[0][0].inline
    assert inner.body.source == "echo wf"
    assert inner.body.extra == {"image": "wf"}
    assert inner.source == inline.source
    assert put.source == outer.source
    pod = Template(kind="container", body=ContainerBody(extra={"args": ["{{workflow.name}}"]}))
    assert substitute(pod, SCOPE).body.extra == {"args": ["wf"]}


def test_the_document_a_workflow_came_from_is_left_alone():
    text = "{{workflow.name}}"
    source = {"spec": {"entrypoint": text}}
    workflow = Workflow(
        kind="Workflow",
        metadata=Metadata(name=text),
        spec=WorkflowSpec(entrypoint=text),
        source=source,
    )
    put = substitute(workflow, SCOPE)
    assert (put.metadata.name, put.spec.entrypoint) == ("wf", "wf")
    assert put.source is source


def test_has_tag_looks_into_values():
    assert has_tag("{{a}}")
    assert has_tag({"a": ["b", "{{c}}"]})
    assert has_tag({"{{a}}": 1})
    assert not has_tag({"a": ["b", 1, None]})


def test_map_strings_visits_keys_and_values_once():
    seen = []

    def note(text):
        seen.append(text)
        return text

    value = {"a": ("b", ["c"]), "d": 1}
    assert map_strings(value, note) is value
    assert seen == ["a", "b", "c", "d"]


def test_a_step_is_filled_fast_enough_for_wide_loops():
    """Ten thousand items must not spend their second here (budget: 40 us, ten times for CI)."""
    import time

    values = [Parameter(name=f"p{n}", value="v {{inputs.parameters.n}} x") for n in range(5)]
    step = Step(name="a", template="t", arguments=Arguments(parameters=tuple(values)))
    substitute(step, SCOPE)
    started = time.process_time()
    for _ in range(500):
        substitute(step, SCOPE)
    assert (time.process_time() - started) / 500 < 400e-6
