"""What people may say to suspend nodes and to the run, and what is refused. Argo: 3.5, 4.14."""

from __future__ import annotations

import pytest

from argotui.model.events import NodeSetRequested
from argotui.model.status import NodePhase
from tests.play import Play
from tests.scenarios.test_hooks import steps

CALLS = """
        - - {name: a, template: ask}
        - - name: b
            template: told
            arguments: {parameters: [{name: m, value: "{{steps.a.outputs.parameters.ok}}"}]}
"""
ASK = """
    - name: ask
      inputs:
        parameters:
          - {name: ok, default: "no", enum: ["yes", "no"]}
      suspend: {}
      outputs:
        parameters:
          - {name: ok, valueFrom: {supplied: {}}, globalName: verdict}
          - {name: who, valueFrom: {supplied: {}}}
    - name: gate
      suspend: {}
"""


def asked(calls: str = CALLS, ask: str = ASK) -> Play:
    return Play(steps(calls) + ask).start()


def set_node(play: Play, phase: NodePhase | None = None, message: str = "", **values: str) -> Play:
    return play.send(
        NodeSetRequested(
            node_name=play.full("[0].a"), phase=phase, message=message, values=values, by="me"
        )
    )


def test_a_value_that_is_set_waits_for_the_rest_but_is_exported_at_once() -> None:
    play = set_node(asked(), ok="yes")
    assert (str(play.node("[0].a").phase), play.outputs("[0].a")["ok"]) == ("Running", "yes")
    exported = play.engine.state.run.outputs["parameters"]
    assert exported == [{"name": "verdict", "value": "yes"}]
    set_node(play, NodePhase.SUCCEEDED)
    assert play.node("[0].a").approved_by == "me"
    assert play.inputs("[1].b") == {"m": "yes"}, (
        "what was not supplied has no value, and no default"
    )


def test_a_value_is_set_once() -> None:
    play = set_node(set_node(asked(), ok="yes"), ok="no")
    assert play.rejected == [
        "cannot set output parameter 'ok' because it does not use valueFrom.supplied or it was "
        "already set"
    ]
    assert play.outputs("[0].a")["ok"] == "yes"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"other": "x"}, "node is not expecting output parameter 'other'"),
        ({"ok": "maybe"}, "ok must be one of yes, no, not 'maybe'"),
    ],
)
def test_a_value_that_does_not_fit_changes_nothing(values: dict[str, str], why: str) -> None:
    play = asked()
    before = play.tree(), play.outputs("[0].a")
    set_node(play, NodePhase.SUCCEEDED, "m", **values)
    play.approve("[0].a", **values)
    assert play.rejected == [why, why]
    assert (play.tree(), play.outputs("[0].a")) == before


@pytest.mark.parametrize("phase", [NodePhase.SKIPPED, NodePhase.OMITTED, NodePhase.RUNNING])
def test_a_phase_that_nobody_may_set_is_refused(phase: NodePhase) -> None:
    play = set_node(asked(), phase)
    assert play.rejected == [f"{phase} is an invalid phase to set to"]
    assert str(play.node("[0].a").phase) == "Running"


def test_a_message_replaces_the_one_before_and_resumes_nothing() -> None:
    play = set_node(set_node(asked(), message="one"), message="two")
    assert (str(play.node("[0].a").phase), play.node("[0].a").message) == ("Running", "two")
    set_node(play, NodePhase.ERROR)
    assert (str(play.node("[0].a").phase), play.node("[0].a").message) == ("Error", "two")


def test_an_approval_without_a_value_for_all_is_refused_and_changes_nothing() -> None:
    play = asked().approve("[0].a", ok="yes")
    assert play.rejected == ["a value is needed for who"]
    assert play.outputs("[0].a").get("ok") is None
    play.approve("[0].a", ok="yes", who="us")
    assert play.outputs("[0].a") == {"ok": "yes", "who": "us"}
    assert [play.node("[0].a").approved_by, play.node("[0].a").supplied] == [
        "me",
        {"ok": "yes", "who": "us"},
    ]


def test_choices_and_a_default_may_come_in_a_value() -> None:
    calls = CALLS.replace(
        "{name: a, template: ask}",
        """{name: a, template: ask, arguments: {parameters: [
            {name: ok, value: '{"enum": ["left", "right", 3], "default": "right"}'}]}}""",
    )
    ask = ASK.replace(', default: "no", enum: ["yes", "no"]', "").replace(
        "          - {name: who, valueFrom: {supplied: {}}}\n", ""
    )
    play = asked(calls, ask)
    (parameter,) = play.node("[0].a").inputs["parameters"]
    assert parameter["enum"] == ["left", "right", "3"]
    assert asked(calls, ask).approve("[0].a", ok="up").rejected == [
        "ok must be one of left, right, 3, not 'up'"
    ]
    assert play.approve("[0].a").inputs("[1].b") == {"m": "right"}


@pytest.mark.parametrize("phase", ["ended", "running", "unknown"])
def test_only_a_suspend_node_that_waits_can_be_answered(phase: str) -> None:
    calls = "        - - {name: a, template: gate}\n          - {name: p, template: work}\n"
    play = asked(calls)
    match phase:
        case "ended":
            play.approve("[0].a").approve("[0].a")
            why = "'a' does not wait any more: Succeeded"
        case "running":
            play.approve("[0].p")
            why = "'p' is no suspend node"
        case _:
            play.approve("[0].x")
            why = "this run has no node 'wf[0].x'"
    assert play.rejected == [why]


def test_a_run_that_has_ended_takes_no_orders() -> None:
    play = Play(steps("        - - {name: a, template: nop}\n")).start()
    assert play.phase == "Succeeded"
    play.stop().terminate().suspend()
    assert play.rejected == [
        "cannot shutdown a completed workflow: Succeeded",
        "cannot shutdown a completed workflow: Succeeded",
        "cannot suspend completed workflows",
    ]


def test_a_stop_may_become_a_terminate_but_not_the_other_way_round() -> None:
    play = Play(steps("        - - {name: a, template: gate}\n", "  onExit: work\n") + ASK).start()
    play.stop()
    assert play.running == [".onExit"]
    play.terminate()
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Terminate'")
    play = Play(steps("        - - {name: a, template: work}\n") + ASK).start()
    play.report("[0].a", "Running").suspend().terminate().stop()
    assert play.rejected == ["the run is terminating already"]


def test_a_rejected_step_may_be_continued() -> None:
    calls = """
        - - {name: a, template: gate, continueOn: {failed: true}}
        - - {name: b, template: nop, when: "{{steps.a.status}} == Failed"}
"""
    play = asked(calls).reject("[0].a", "no, not today")
    assert play.node("[0].a").message == "no, not today"
    assert (play.phase, str(play.node("[1].b").phase)) == ("Succeeded", "Succeeded")
