"""What becomes of a run's claims at its end, and its disruption budget. Argo: 4.13, 8.27."""

from __future__ import annotations

from copy import deepcopy

import pytest

from argotui.model.commands import Ask, Withdraw
from argotui.model.events import Answered
from argotui.model.export import status_json
from argotui.templates import engine_for
from tests.play import Play

TEXT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  %s
  templates:
    - name: main
      container: {image: busybox, command: ["true"], volumeMounts: [{name: data, mountPath: /d}]}
"""
TWO = "volumeClaimTemplates: [{metadata: {name: data}, spec: {}}, {metadata: {name: x}, spec: {}}]"
VOLUMES = [
    {"name": "data", "persistentVolumeClaim": {"claimName": "wf-data"}},
    {"name": "x", "persistentVolumeClaim": {"claimName": "wf-x"}},
]


def played(rule: str = "") -> Play:
    play = Play(TEXT % f"{TWO}\n  {rule}")
    play.provides = True
    return play.start()


def withdrawn(play: Play) -> tuple[str, ...]:
    return tuple(
        name for each in play.commands if isinstance(each, Withdraw) for name in each.claims
    )


def shown(play: Play) -> object:
    return status_json(play.engine.state).get("persistentVolumeClaims")


def test_a_run_shows_the_claims_it_has() -> None:
    play = played()
    assert shown(play) == VOLUMES
    assert withdrawn(play) == ()


@pytest.mark.parametrize(
    ("rule", "code", "goes"),
    [
        ("", 0, True),
        ("", 1, False),
        ("volumeClaimGC: {strategy: OnWorkflowSuccess}", 1, False),
        ("volumeClaimGC: {strategy: OnWorkflowCompletion}", 1, True),
        ("volumeClaimGC: {strategy: OnWorkflowCompletion}", 0, True),
        ("volumeClaimGC: {strategy: Never}", 0, False),
    ],
)
def test_claims_go_as_the_strategy_says(rule: str, code: int, goes: bool) -> None:
    play = played(rule).report("", code)
    assert play.phase == ("Failed" if code else "Succeeded")
    assert withdrawn(play) == (("wf-data", "wf-x") if goes else ())
    assert shown(play) == (None if goes else VOLUMES)


def test_an_error_keeps_them_too() -> None:
    play = played().report("", "Gone")
    assert play.phase == "Error"
    assert withdrawn(play) == ()


def test_a_run_that_could_not_have_them_lets_go_of_nothing_by_itself() -> None:
    play = Play(TEXT % TWO).start()
    play.send(Answered(question="claims", fault="exceeded quota"))
    assert play.message == "pvc create error: exceeded quota"
    assert (withdrawn(play), shown(play)) == ((), None)


def test_a_driver_that_died_before_the_answer_is_followed_by_one_that_asks_again() -> None:
    play = Play(TEXT % TWO).start()
    play.engine = engine_for(play.resolved, deepcopy(play.folded))
    (ask,) = play.engine.outstanding().commands
    assert isinstance(ask, Ask)
    assert ask.question == "claims"
    play.send(Answered(question="claims"))
    assert play.running == [""]
    assert shown(play) == VOLUMES


def test_to_look_for_what_is_outstanding_before_the_start_asks_for_nothing() -> None:
    play = Play(TEXT % TWO)
    assert play.engine.outstanding().commands == ()
    assert [type(each) for each in play.start().commands] == [Ask]


def test_a_budget_is_asked_for_and_one_that_is_refused_fails_the_run() -> None:
    text = TEXT.replace(", volumeMounts: [{name: data, mountPath: /d}]", "")
    play = Play(text % "podDisruptionBudget: {minAvailable: 9999}").start()
    (ask,) = [each for each in play.commands if isinstance(each, Ask)]
    assert (ask.kind, ask.subject) == ("budget", '{"minAvailable":9999}')
    play.send(Answered(question=ask.question, fault="it may not be"))
    said = "Unable to create PDB resource for workflow, wf error: it may not be"
    assert (play.phase, play.message) == ("Failed", said)
