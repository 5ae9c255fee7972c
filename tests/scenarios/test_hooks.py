"""Hooks and exit handlers: where they hang, what they are given, what errors do. Argo: 4.5."""

from __future__ import annotations

import pytest

from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
"""
TAIL = """
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: told
      inputs: {parameters: [{name: m, value: own}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.m}}"]}
    - name: nop
      inputs: {parameters: [{name: m, value: "-"}]}
      steps: [[]]
"""


def dag(tasks: str, spec: str = "") -> str:
    body = f"  templates:\n    - name: main\n      dag:\n        tasks:\n{tasks}"
    return HEAD + spec + body + TAIL


def steps(groups: str, spec: str = "") -> str:
    return HEAD + spec + f"  templates:\n    - name: main\n      steps:\n{groups}" + TAIL


def test_a_hook_of_a_looped_task_hangs_on_its_group() -> None:
    play = Play(
        dag(
            """
          - name: t
            template: work
            withItems: [1, 2]
            hooks: {up: {template: nop, expression: 'tasks.t.status == "Running"'}}
"""
        )
    ).start()
    play.report(".t(0:1)", "Running")
    assert str(play.node(".t.hooks.up").phase) == "Succeeded"
    assert ".t(0:1).hooks.up" not in play.tree()
    play.report(".t(0:1)").report(".t(1:2)")
    assert play.phase == "Succeeded"
    assert "wf.t.hooks.up" in play.engine.state.children["wf.t"]


def test_the_hook_of_a_looped_step_hangs_on_each_item() -> None:
    play = Play(
        steps(
            """
        - - name: s
            template: work
            withItems: [a]
            hooks: {up: {template: nop, expression: 'steps["s(0:a)"].status == "Succeeded"'}}
"""
        )
    ).start()
    play.report("[0].s(0:a)")
    assert str(play.node("[0].s(0:a).hooks.up").phase) == "Succeeded"
    assert play.phase == "Succeeded"


def test_the_hook_of_a_step_knows_how_the_steps_before_it_stand() -> None:
    text = """
        - - name: s
            template: work
            withItems: [a, b]
            hooks: {up: {template: nop, expression: 'steps["s(0:a)"].status == "Succeeded"'}}
          - name: t
            template: work
            hooks: {up: {template: nop, expression: 'steps["s(1:b)"].status == "Failed"'}}
"""
    play = Play(steps(text)).start().report("[0].s(0:a)").report("[0].s(1:b)", 1).report("[0].t")
    for node in ("[0].s(0:a)", "[0].s(1:b)", "[0].t"):
        assert str(play.node(f"{node}.hooks.up").phase) == "Succeeded"
    late = text.replace('steps["s(0:a)"]', "steps.t")
    assert "cannot fetch status" in Play(steps(late)).start().message


def test_a_hook_of_a_skipped_task_may_run_and_one_of_a_skipped_step_does_not() -> None:
    play = Play(
        dag(
            """
          - {name: a, template: work}
          - name: c
            template: work
            when: "1 == 2"
            hooks: {h: {template: nop, expression: 'tasks.c.status == "Skipped"'}}
          - name: b
            template: work
            depends: a.Failed
            hooks: {h: {template: nop, expression: 'tasks.b.status == "Omitted"'},
                    exit: {template: nop}}
"""
        )
    ).start()
    play.report(".a")
    assert str(play.node(".c.hooks.h").phase) == "Succeeded"
    assert str(play.node(".b.hooks.h").phase) == "Succeeded"
    assert ".b.onExit" not in play.tree()
    assert play.phase == "Succeeded"
    play = Play(
        steps(
            """
        - - name: a
            template: work
            when: "1 == 2"
            hooks: {h: {template: nop, expression: "true"}}
"""
        )
    ).start()
    assert ".hooks." not in play.tree()
    assert play.phase == "Succeeded"


def test_only_exit_hooks_are_given_the_arguments_of_the_workflow() -> None:
    play = Play(
        steps(
            """
        - - name: a
            template: nop
            hooks:
              any: {template: told, expression: "true"}
              exit: {template: told}
""",
            "  arguments: {parameters: [{name: m, value: global}]}\n",
        )
    ).start()
    assert play.inputs("[0].a.hooks.any") == {"m": "own"}
    play.run_all()
    assert play.inputs("[0].a.onExit") == {"m": "global"}


BAD = 'tasks.nobody.status == "Succeeded"'


def test_a_bad_hook_expression_of_a_target_ends_the_dag_as_a_hard_error() -> None:
    tasks = f"""
          - name: a
            template: work
            hooks: {{h: {{template: nop, expression: '{BAD}'}}}}
"""
    play = Play(dag(tasks, "  onExit: nop\n")).start()
    assert play.phase == "Error"
    assert play.message.startswith("error in entry template execution: unable to evaluate")
    assert str(play.node("wf").phase) == "Error"
    assert "wf.onExit" not in play.engine.state.nodes


def test_a_bad_exit_expression_of_a_task_that_is_no_target_is_ignored() -> None:
    tasks = f"""
          - {{name: a, template: work, hooks: {{exit: {{template: nop, expression: '{BAD}'}}}}}}
          - {{name: b, template: work, depends: a}}
"""
    play = Play(dag(tasks)).start().run_all()
    assert play.phase == "Succeeded"
    assert str(play.node(".a").phase) == "Succeeded"


def test_a_bad_exit_expression_of_a_target_is_a_hard_error() -> None:
    tasks = f"""
          - {{name: a, template: nop, hooks: {{exit: {{template: nop, expression: '{BAD}'}}}}}}
"""
    play = Play(dag(tasks)).start()
    assert play.phase == "Error"
    assert str(play.node(".a").phase) == "Succeeded"


def test_a_handler_that_cannot_start_is_linked_to_what_it_handles() -> None:
    text = steps("        - - {name: a, template: nop, onExit: needy}\n")
    text += "    - name: needy\n      inputs: {parameters: [{name: x}]}\n      steps: [[]]\n"
    play = Play(text).start()
    assert "wf[0].a.onExit" in play.engine.state.children["wf[0].a"]
    assert str(play.node("[0].a.onExit").phase) == "Error"
    assert str(play.node("[0]").phase) == "Error"
    assert play.phase == "Failed"


def test_a_bad_expression_of_the_workflows_own_hook_is_an_error_and_the_exit_handler_runs() -> None:
    spec = "  hooks: {h: {template: nop, expression: 'workflow.nothing.x == 1'}}\n  onExit: nop\n"
    play = Play(steps("        - - {name: a, template: work}\n", spec)).start()
    assert play.phase == "Error"
    assert play.message.startswith("unable to evaluate expression")
    assert str(play.node("wf").phase) == "Error"
    assert str(play.node("wf.onExit").phase) == "Succeeded"


def test_a_workflow_hook_sees_the_entry_node_pending() -> None:
    spec = "  hooks: {h: {template: nop, expression: 'workflow.status == \"Pending\"'}}\n"
    text = HEAD + spec + "  templates:\n    - name: main\n"
    text += "      container: {image: busybox, command: [x]}\n" + TAIL
    play = Play(text).start()
    assert str(play.node("wf.hooks.h").phase) == "Succeeded"
    play.report("wf")
    assert play.phase == "Succeeded"


def test_hooks_are_told_of_failures_so_far() -> None:
    spec = (
        "  hooks: {h: {template: told, expression: 'workflow.status == \"Running\"',"
        " arguments: {parameters: [{name: m, value: '{{workflow.failures}}'}]}}}\n"
    )
    play = Play(steps("        - - {name: a, template: work}\n", spec)).start()
    assert play.inputs("wf.hooks.h") == {"m": '"null"'}


def test_failures_are_told_anew_to_the_exit_handler() -> None:
    spec = (
        "  hooks: {h: {template: told, expression: 'workflow.status == \"Running\"',"
        " arguments: {parameters: [{name: m, value: '{{workflow.failures}}'}]},},"
        " exit: {template: told,"
        " arguments: {parameters: [{name: m, value: '{{workflow.failures}}'}]}}}\n"
    )
    play = Play(steps("        - - {name: a, template: work}\n", spec)).start()
    play.report("wf.hooks.h").report("[0].a", 1)
    assert "exit code 1" in play.inputs("wf.onExit")["m"]


@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_the_node_of_a_retried_hook_is_flagged_as_both(kind: str) -> None:
    one = "{name: a, template: nop, onExit: again}"
    text = steps(f"        - - {one}\n") if kind == "steps" else dag(f"          - {one}\n")
    text += "    - name: again\n      retryStrategy: {limit: 1}\n"
    text += "      container: {image: busybox, command: [x]}\n"
    play = Play(text).start()
    name = "[0].a.onExit" if kind == "steps" else ".a.onExit"
    assert str(play.node(name).type) == "Retry"
    assert play.node(name).hooked
    assert play.node(name).retried
    play.report(f"{name}(0)")
    assert play.phase == "Succeeded"


def test_hooks_see_the_inputs_of_the_template_they_stand_in() -> None:
    text = (
        HEAD
        + """
  arguments: {parameters: [{name: x, value: here}]}
  templates:
    - name: main
      inputs: {parameters: [{name: x}]}
      steps:
        - - name: a
            template: nop
            hooks:
              h: &h
                template: told
                expression: '"{{inputs.parameters.x}}" == "here"'
                arguments: {parameters: [{name: m, value: "{{inputs.parameters.x}}"}]}
              exit: *h
        - - name: d
            template: graph
    - name: graph
      inputs: {parameters: [{name: x, value: there}]}
      dag:
        tasks:
          - name: a
            template: nop
            hooks:
              h: &h
                template: told
                expression: '"{{inputs.parameters.x}}" == "there"'
                arguments: {parameters: [{name: m, value: "{{inputs.parameters.x}}"}]}
              exit: *h
"""
        + TAIL
    )
    play = Play(text).start().run_all()
    assert play.inputs("[0].a.hooks.h") == {"m": "here"}
    assert play.inputs("[0].a.onExit") == {"m": "here"}
    assert play.inputs("[1].d.a.hooks.h") == {"m": "there"}
    assert play.inputs("[1].d.a.onExit") == {"m": "there"}
    assert play.phase == "Succeeded"


def test_the_handler_of_a_looped_task_does_not_know_the_item() -> None:
    play = Play(
        dag(
            """
          - name: t
            template: work
            withItems: [a]
            hooks:
              exit:
                template: told
                arguments: {parameters: [{name: m, value: "{{item}} of {{workflow.name}}"}]}
          - {name: u, template: nop, depends: t}
"""
        )
    ).start()
    play.report(".t(0:a)")
    assert play.inputs(".t(0:a).onExit") == {"m": "{{item}} of wf"}


def handlers(play: Play) -> list[str]:
    return sorted(play.short(name) for name in play.engine.state.nodes if name.endswith("onExit"))


def test_every_item_of_a_looped_task_that_ends_at_once_has_its_handler() -> None:
    loop = "          - {name: t, template: nop, withItems: [1, 2], onExit: nop}\n"
    play = Play(dag(loop)).start()
    assert handlers(play) == [".t(0:1).onExit", ".t(1:2).onExit"]
    assert play.phase == "Succeeded"
    play = Play(dag(loop + "          - {name: u, template: work}\n")).start().run_all()
    assert handlers(play) == [".t(0:1).onExit", ".t(1:2).onExit", ".t.onExit"]
    assert play.phase == "Succeeded"


def test_handlers_of_a_looped_task_are_not_kept_by_items_that_run_or_are_skipped() -> None:
    play = Play(
        dag(
            """
          - {name: t, template: work, withItems: [1, 2, 3], when: "{{item}} != 1", onExit: work}
"""
        )
    ).start()
    play.report(".t(2:3)")
    assert play.running == [".t(1:2)", ".t(2:3).onExit"]
    play.report(".t(2:3).onExit").report(".t(1:2)")
    assert play.running == [".t(1:2).onExit", ".t.onExit"]
    play.run_all()
    assert play.phase == "Succeeded"


def test_the_handlers_of_the_later_items_are_lost_while_the_first_runs() -> None:
    play = Play(
        dag("          - {name: t, template: work, withItems: [1, 2, 3], onExit: work}\n")
    ).start()
    for item in ("(0:1)", "(1:2)", "(2:3)"):
        play.report(f".t{item}")
    assert handlers(play) == [".t(0:1).onExit", ".t.onExit"]
    play.run_all()
    assert play.phase == "Succeeded"


@pytest.mark.parametrize("handler", ["nap", "nested"])
def test_a_handler_of_an_item_that_goes_on_after_its_group_ends_the_run_by_name(
    handler: str,
) -> None:
    """Argo looks at it no more, and keeps the workflow Running for ever."""
    text = dag(f"          - {{name: t, template: work, withItems: [1], onExit: {handler}}}\n")
    text += "    - name: nap\n      suspend: {duration: 10s}\n"
    text += "    - name: nested\n      steps: [[{name: x, template: work}]]\n"
    play = Play(text).start().report(".t(0:1)").run_all().advance(20)
    assert play.phase == "Error"
    assert "'t' has ended, and with it the handlers of its items" in play.message
