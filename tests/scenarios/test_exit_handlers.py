"""The workflow's own exit handler, and what handlers of steps are given. Argo: 2.3, 4.5."""

from __future__ import annotations

import pytest

from tests.play import Play
from tests.scenarios.test_hooks import dag, steps

CALLS = "        - - {name: a, template: work}\n"
MORE = """
    - name: other
      inputs: {parameters: [{name: m, value: own}]}
      container: {image: busybox, command: [x]}
    - name: makes
      container: {image: busybox, command: [x]}
      outputs: {parameters: [{name: p, valueFrom: {path: /p}}]}
"""


def told(said: str) -> str:
    """Return the exit hook of a step that says this."""
    given = f"{{parameters: [{{name: m, value: '{said}'}}]}}"
    return f"hooks: {{exit: {{template: other, arguments: {given}}}}}"


GIVEN = "  arguments: {parameters: [{name: m, value: of-the-run}]}\n"


def test_on_exit_wins_over_the_hook() -> None:
    spec = "  onExit: told\n  hooks: {exit: {template: other}}\n"
    play = Play(steps(CALLS, spec) + MORE).start().report("[0].a")
    assert play.node(".onExit").template_name == "told"


def test_the_expression_of_the_runs_own_exit_hook_is_not_looked_at() -> None:
    spec = "  hooks: {exit: {template: other, expression: 'false'}}\n"
    play = Play(steps(CALLS, spec) + MORE).start().report("[0].a")
    assert play.running == [".onExit"]


@pytest.mark.parametrize(
    ("handler", "value"),
    [
        ("  onExit: told\n", "of-the-run"),
        ("  hooks: {exit: {template: told}}\n", "of-the-run"),
        (
            "  hooks: {exit: {template: told, arguments: {parameters: [{name: m, "
            "value: '{{workflow.status}}'}]}}}\n",
            "Succeeded",
        ),
    ],
)
def test_the_runs_own_handler_is_given_its_arguments_or_those_of_the_run(handler, value) -> None:
    play = Play(steps(CALLS, GIVEN + handler) + MORE).start().report("[0].a")
    assert play.inputs(".onExit") == {"m": value}


@pytest.mark.parametrize(
    ("main", "handler", "phase", "message"),
    [
        (0, 0, "Succeeded", ""),
        (0, 1, "Failed", "main: Error (exit code 1)"),
        (0, "Gone", "Error", "pod deleted"),
        (1, 0, "Failed", "child '{a}' failed"),
        (1, "Gone", "Failed", "child '{a}' failed"),
    ],
)
def test_a_bad_handler_counts_where_all_else_went_well(main, handler, phase, message) -> None:
    play = Play(steps(CALLS, "  onExit: other\n") + MORE).start().report("[0].a", main)
    play.report(".onExit", "Running").report(".onExit", handler)
    assert play.phase == phase
    assert play.message == message.format(a=play.node("[0].a").id)


@pytest.mark.parametrize("kind", ["steps", "dag"])
@pytest.mark.parametrize("code", [0, 1])
def test_a_handler_of_a_step_is_given_what_it_made(kind: str, code: int) -> None:
    prefix = "steps.a" if kind == "steps" else "tasks.a"
    said = f"{{{{{prefix}.status}}}} {{{{{prefix}.outputs.parameters.p}}}}"
    call = f"{{name: a, template: makes, {told(said)}}}"
    text = steps(f"        - - {call}\n") if kind == "steps" else dag(f"          - {call}\n")
    node = "[0].a" if kind == "steps" else ".a"
    play = Play(text + MORE).start()
    play.report(node, code, parameters={"p": "made"})
    phase = "Failed" if code else "Succeeded"
    assert play.inputs(f"{node}.onExit") == {"m": f"{phase} made"}


def test_what_a_failed_step_did_not_make_is_empty() -> None:
    hooks = told("[{{steps.a.outputs.parameters.p}}]")
    play = Play(steps(f"        - - {{name: a, template: makes, {hooks}}}\n") + MORE).start()
    play.report("[0].a", 1)
    assert play.inputs("[0].a.onExit") == {"m": "[]"}


def test_a_step_without_outputs_has_nothing_to_give() -> None:
    hooks = told("{{steps.a.status}}")
    play = Play(steps(f"        - - {{name: a, template: nop, {hooks}}}\n") + MORE).start()
    assert play.inputs("[0].a.onExit") == {"m": "{{steps.a.status}}"}


@pytest.mark.parametrize(
    ("expression", "runs"),
    [("steps.a.status == \"Failed\"", True), ("steps.a.status == \"Succeeded\"", False)],
)  # fmt: skip
def test_a_handler_of_a_step_runs_where_its_expression_holds(expression: str, runs: bool) -> None:
    hook = f"hooks: {{exit: {{template: other, expression: '{expression}'}}}}"
    call = f"{{name: a, template: work, {hook}, continueOn: {{failed: true}}}}"
    play = Play(steps(f"        - - {call}\n") + MORE).start().report("[0].a", 1)
    assert (play.running == ["[0].a.onExit"]) is runs
    if runs:
        play.report("[0].a.onExit", 1)
    assert play.phase == "Succeeded", "what a step's handler does counts for nothing"


@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_what_comes_next_waits_for_the_handler(kind: str) -> None:
    a = "{name: a, template: work, onExit: other}"
    if kind == "steps":
        play = Play(steps(f"        - - {a}\n        - - {{name: b, template: work}}\n") + MORE)
        first, then = "[0].a", "[1].b"
    else:
        tasks = f"          - {a}\n          - {{name: b, template: work, depends: a.Failed}}\n"
        play = Play(dag(tasks) + MORE)
        first, then = ".a", ".b"
    play.start().report(first, 0 if kind == "steps" else 1)
    assert play.running == [f"{first}.onExit"]
    play.report(f"{first}.onExit", 1)
    assert play.running == [then]


@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_no_handler_starts_once_a_run_is_terminated(kind: str) -> None:
    a = "{name: a, template: work, onExit: nop}"
    text = steps(f"        - - {a}\n", "  onExit: nop\n")
    if kind == "dag":
        text = dag(f"          - {a}\n", "  onExit: nop\n")
    node = "[0].a" if kind == "steps" else ".a"
    play = Play(text).start().report(node, "Running").terminate()
    assert "onExit" not in play.tree()
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Terminate'")
    play = Play(text).start().report(node, "Pending").stop()
    assert f"{node}.onExit Steps Succeeded" in play.tree()
    assert "\n.onExit Steps Succeeded" in play.tree()
