"""Results are captured exactly where Argo captures them. Argo: 2.7."""

from __future__ import annotations

from typing import Any

import pytest

from argotui.model.bodies import DagBody, Step, StepsBody, Task
from argotui.model.manifest import Arguments, Outputs, Parameter, Template, ValueFrom
from argotui.pods import referred_results, refers_to_result


@pytest.mark.parametrize(
    "text",
    [
        "{{steps.a.outputs.result}}",
        "x {{ steps.a.outputs.result }} y",
        "{{=steps.a.outputs.result}}",
        "{{=steps['a'].outputs.result}}",
        '{{=steps["a"]["outputs"]["result"]}}',
        "{{=steps[ 'a' ].outputs['result']}}",
        "{{=steps?.a?.outputs?.result ?? 'x'}}",
        "{{=asInt(steps.a.outputs.result) > 1}}",
        "{{=x-steps.a.outputs.result}}",
        "steps.a.outputs.result == 'go'",
        "{{steps.b.outputs.result}} {{steps.a.outputs.result}}",
    ],
)
def test_references(text: str) -> None:
    assert refers_to_result({"arguments": [{"value": text}]}, "a", "steps")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "result",
        "{{tasks.a.outputs.result}}",
        "{{steps.aa.outputs.result}}",
        "{{steps.a-b.outputs.result}}",
        "{{steps.b-a.outputs.result}}",
        "{{steps.a.outputs.results}}",
        "{{steps.a.outputs.result-x}}",
        "{{steps.a.outputs.parameters.result}}",
        "{{my.steps.a.outputs.result}}",
        "{{mysteps.a.outputs.result}}",
        "{{=steps['a\"].outputs.result}}",
    ],
)
def test_what_is_no_reference(text: str) -> None:
    assert not refers_to_result([text], "a", "steps")


def test_names_with_other_letters_need_brackets() -> None:
    text = "{{=steps['a b'].outputs.result}}{{steps.c-d_1.outputs.result}}"
    assert referred_results([text], "steps") == {"a b", "c-d_1"}


def test_the_kind_of_the_caller_decides() -> None:
    text = "{{steps.a.outputs.result}} {{tasks.b.outputs.result}}"
    assert referred_results([text], "steps") == {"a"}
    assert referred_results([text], "dag") == {"b"}
    assert referred_results([text], "") == frozenset()


def parameter(**given: Any) -> Parameter:
    return Parameter(name="p", **given)


def test_a_template_is_read_whole() -> None:
    caller = Template(
        kind="steps",
        body=StepsBody(
            groups=(
                (
                    Step(name="x", when="{{steps.a.outputs.result}} == 1"),
                    Step(name="y", with_param="{{steps.b.outputs.result}}"),
                ),
                (Step(name="z", arguments=Arguments(parameters=(parameter(value="{{=1}}"),))),),
            )
        ),
        outputs=Outputs(
            parameters=(parameter(value_from=ValueFrom(expression="steps.c.outputs.result")),)
        ),
    )
    assert referred_results(caller, "steps") == {"a", "b", "c"}


def test_an_inline_template_belongs_to_its_caller() -> None:
    inline = Template(source={"script": {"source": "{{tasks.t.outputs.result}}"}}, body="")
    body = DagBody(tasks=(Task(name="u", inline=inline, on_exit="e"),))
    assert referred_results(body, "dag") == frozenset()
    inline = Template(body={"source": "echo {{tasks.t.outputs.result}}"})
    assert referred_results(DagBody(tasks=(Task(inline=inline),)), "dag") == {"t"}
