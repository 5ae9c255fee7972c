"""What `plan` knows before anything has run."""

from __future__ import annotations

from typing import Any

import pytest

from argotui.forecast.rows import Fate, Forecast, Row
from argotui.forecast.walk import forecast
from argotui.manifest.load import load
from argotui.manifest.resolve import resolve

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  arguments: {parameters: [{name: env, value: prod}, {name: list, value: '["a", "b"]'}]}
  templates:
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: say
      inputs: {parameters: [{name: text}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.text}}"]}
"""
LIBRARY = """
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: lib}
spec:
  templates:
    - name: outer
      steps: [[{name: inner, template: work}]]
    - name: work
      container: {image: alpine, command: ["true"]}
"""


def plan(text: str, **parameters: str) -> Forecast:
    loaded = load([("wf.yaml", text)])
    resolved = resolve(loaded.workflows[0], loaded, strict=False, parameters=parameters)
    return forecast(resolved, name="wf")


def rows(text: str, **parameters: str) -> dict[str, Row]:
    found: dict[str, Row] = {}

    def walk(row: Row) -> None:
        found[row.name.removeprefix("wf")] = row
        for child in row.children:
            walk(child)

    whole = plan(HEAD + text, **parameters)
    for row in (whole.entry, *whole.others):
        walk(row)
    return found


def steps(*lines: str) -> str:
    return "    - name: main\n      steps:\n" + "".join(f"      - - {line}\n" for line in lines)


def dag(*lines: str) -> str:
    head = "    - name: main\n      dag:\n        tasks:\n"
    return head + "".join(f"        - {line}\n" for line in lines)


def test_a_step_waits_for_the_group_before_it() -> None:
    found = rows(steps("{name: a, template: work}", "{name: b, template: work}"))
    assert found["[0].a"].after == ()
    assert found["[1].b"].after == ("a",)
    assert found["[1].b"].images == ("busybox",)


@pytest.mark.parametrize(
    ("when", "fate"),
    [
        ("{{workflow.parameters.env}} == prod", Fate.RUNS),
        ("{{workflow.parameters.env}} == test", Fate.SKIPPED),
        ("{{steps.a.outputs.result}} == 1", Fate.MAYBE),
    ],
)
def test_a_condition_is_evaluated_where_it_is_known(when: str, fate: Fate) -> None:
    b = f'{{name: b, template: work, when: "{when}"}}'
    found = rows(steps("{name: a, template: work}", b))
    assert found["[1].b"].fate is fate


def test_parameters_of_the_command_line_count() -> None:
    when = '"{{workflow.parameters.env}} == test"'
    found = rows(steps(f"{{name: a, template: work, when: {when}}}"), env="test")
    assert found["[0].a"].fate is Fate.RUNS


def test_a_loop_over_a_parameter_has_a_row_an_item() -> None:
    text = '{name: text, value: "{{item}}"}'
    found = rows(
        steps(
            "{name: a, template: say, withParam: '{{workflow.parameters.list}}', "
            f"arguments: {{parameters: [{text}]}}}}"
        )
    )
    assert found["[0].a"].count == 2
    pod = found["[0].a(1:b)"].pod
    assert pod is not None
    assert pod["spec"]["containers"][0]["command"] == ["echo", "b"]


def test_a_large_loop_is_summarised_by_an_item_that_runs() -> None:
    found = rows(
        steps('{name: a, template: work, withSequence: {count: "10000"}, when: "{{item}} > 99"}')
    )
    loop = found["[0].a"]
    assert (loop.count, loop.skipped) == (10_000, 100)
    assert [child.label for child in loop.children] == ["(100:100)"]


def test_a_loop_over_a_result_is_not_counted() -> None:
    found = rows(
        steps(
            "{name: a, template: work}",
            "{name: b, template: work, withParam: '{{steps.a.outputs.result}}'}",
        )
    )
    assert found["[1].b"].count is None


def test_an_empty_loop_is_skipped() -> None:
    found = rows(steps("{name: a, template: work, withParam: '[]'}"))
    assert found["[0].a"].fate is Fate.SKIPPED


def test_a_loop_of_skipped_items_has_succeeded_for_what_depends_on_it() -> None:
    found = rows(
        dag(
            '{name: loop, template: work, withItems: [1, 2], when: "1 == 2"}',
            '{name: empty, template: work, withParam: "[]"}',
            "{name: after, template: work, depends: loop.Succeeded}",
            "{name: never, template: work, depends: empty.Succeeded}",
        )
    )
    assert found[".loop"].fate is Fate.SKIPPED
    assert found[".after"].fate is Fate.RUNS
    assert found[".never"].fate is Fate.OMITTED


def test_depends_on_what_is_known_already() -> None:
    found = rows(
        dag(
            '{name: off-by, template: work, when: "1 == 2"}',
            "{name: never, template: work, depends: off-by.Succeeded}",
            "{name: always, template: work, depends: off-by.Skipped}",
            "{name: bad, template: work, depends: always.Failed}",
            "{name: after-bad, template: work, depends: bad}",
            "{name: after-never, template: work, depends: never}",
        )
    )
    assert found[".never"].fate is Fate.OMITTED
    assert found[".after-never"].fate is Fate.OMITTED
    assert found[".always"].fate is Fate.RUNS
    assert found[".bad"].fate is found[".after-bad"].fate is Fate.MAYBE
    assert found[".bad"].condition == "depends: always.Failed"


def test_a_task_that_would_be_skipped_is_omitted_where_what_it_needs_fails() -> None:
    found = rows(
        dag(
            "{name: first, template: work}",
            '{name: skips, template: work, depends: first, when: "1 == 2"}',
            "{name: rescue, template: work, depends: skips.Omitted}",
        )
    )
    assert found[".skips"].fate is Fate.SKIPPED
    assert found[".rescue"].fate is Fate.MAYBE


def test_only_what_the_target_needs_is_planned() -> None:
    text = dag("{name: a, template: work}", "{name: b, template: work}").replace(
        "dag:\n", "dag:\n        target: a\n"
    )
    assert ".b" not in rows(text)


def test_a_reference_leads_into_its_library() -> None:
    main = steps("{name: a, templateRef: {name: lib, template: outer}}")
    found = plan(HEAD + main + LIBRARY)
    outer = found.entry.children[0]
    assert outer.template == "lib/outer"
    assert outer.children[0].images == ("alpine",)


def test_a_recursion_without_a_known_end_is_cut() -> None:
    found = rows(steps("{name: a, template: work}", "{name: again, template: main}"))
    again = found["[1].again"]
    assert again.children == ()
    assert "again" in again.notes[-1]


def test_a_recursion_with_a_known_end_is_told_whole() -> None:
    main = """    - name: main
      inputs: {parameters: [{name: left, value: "3"}]}
      steps:
      - - name: again
          template: main
          when: "{{inputs.parameters.left}} > 0"
          arguments: {parameters: [{name: left, value: "{{=asInt(inputs.parameters.left) - 1}}"}]}
"""
    found = rows(main)
    assert found["[0].again[0].again[0].again"].fate is Fate.RUNS
    assert found["[0].again[0].again[0].again[0].again"].fate is Fate.SKIPPED


def test_exit_handlers_and_hooks_are_listed() -> None:
    hook = '{exit: {template: work}, up: {template: work, expression: "true"}}'
    text = steps(f"{{name: a, template: work, hooks: {hook}}}")
    found = plan((HEAD + text).replace("entrypoint: main", "entrypoint: main\n  onExit: work"))
    assert [row.name for row in found.others] == ["wf.onExit"]
    labels = [(row.label, row.fate) for row in found.entry.children[0].children]
    assert labels == [("onExit", Fate.RUNS), ("hooks.up", Fate.MAYBE)]


def test_what_a_run_will_decide_keeps_its_tag() -> None:
    tag = "{{workflow.uid}} {{workflow.creationTimestamp}} {{workflow.status}}"
    a = f'{{name: a, template: say, arguments: {{parameters: [{{name: text, value: "{tag}"}}]}}}}'
    pod: Any = rows(steps(a))["[0].a"].pod
    assert pod["spec"]["containers"][0]["command"] == ["echo", tag]
    assert pod["metadata"]["name"].startswith("wf-say-")


def test_an_input_that_is_not_to_be_had_is_an_error_of_its_row() -> None:
    source = "{configMapKeyRef: {name: nobody, key: k}}"
    text = (
        steps("{name: a, template: say}").replace("main", "unused")
        + f"""
    - name: main
      inputs: {{parameters: [{{name: text, valueFrom: {source}}}]}}
      container: {{image: busybox}}
"""
    )
    found = plan(HEAD + text.replace("unused", "other").replace("template: say", "template: work"))
    assert found.entry.fate is Fate.ERROR
    assert "ConfigMap 'nobody' does not exist" in found.entry.notes[0]


def test_deep_chains_and_wide_trees_end() -> None:
    chain = "".join(
        f"    - name: t{n}\n      steps: [[{{name: a, template: t{n + 1}}}]]\n" for n in range(120)
    )
    text = chain + "    - name: t120\n      container: {image: busybox}\n"
    assert plan((HEAD + text).replace("entrypoint: main", "entrypoint: t0")).entry.children
    split = "".join(
        f"    - name: s{n}\n      steps: [[{{name: a, template: s{n + 1}}}, "
        f"{{name: b, template: s{n + 1}}}]]\n"
        for n in range(40)
    )
    text = split + "    - name: s40\n      container: {image: busybox}\n"
    assert plan((HEAD + text).replace("entrypoint: main", "entrypoint: s0")).cut
