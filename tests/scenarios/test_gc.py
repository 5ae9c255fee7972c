"""podGC: which pods are let go of, and when. Argo: 4.13."""

from __future__ import annotations

import pytest

from argotui.engine.gc import selects
from argotui.model.commands import ReleaseWork
from tests.play import Play

TEXT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  podGC: {strategy: %s}
  templates:
    - name: main
      steps:
        - - {name: good, template: work}
          - {name: bad, template: work, continueOn: {failed: true}}
        - - {name: last, template: work}
    - name: work
      container: {image: busybox, command: ["true"]}
"""


@pytest.mark.parametrize(
    ("strategy", "before_the_end", "at_the_end"),
    [
        ("OnPodCompletion", {"[0].good", "[0].bad"}, {"[0].good", "[0].bad", "[1].last"}),
        ("OnPodSuccess", {"[0].good"}, {"[0].good", "[1].last"}),
        ("OnWorkflowSuccess", set(), {"[0].good", "[0].bad", "[1].last"}),
        ("OnWorkflowCompletion", set(), {"[0].good", "[0].bad", "[1].last"}),
    ],
)
def test_pods_are_released_as_the_strategy_says(
    strategy: str, before_the_end: set[str], at_the_end: set[str]
) -> None:
    play = Play(TEXT % strategy).start().report("[0].good").report("[0].bad", 1)
    assert released(play) == before_the_end
    play.report("[1].last")
    assert released(play) == at_the_end


def released(play: Play) -> set[str]:
    found = [command for command in play.commands if isinstance(command, ReleaseWork)]
    assert all(command.delay == 5 for command in found)
    return {play.short(command.ref.node_name) for command in found}


def test_a_failed_run_keeps_its_pods_on_workflow_success() -> None:
    play = Play(TEXT % "OnWorkflowSuccess").start().report("[0].good", 1).report("[0].bad")
    assert play.phase == "Failed"
    assert released(play) == set()


def test_the_selector_and_the_delay_are_the_manifests() -> None:
    rule = "OnPodCompletion, deleteDelayDuration: 1m30s, labelSelector: {matchLabels: {gc: yes}}"
    text = (TEXT % rule).replace(
        "    - name: work\n",
        "    - name: work\n      metadata: {labels: {gc: '{{inputs.parameters.gc}}'}}\n"
        "      inputs: {parameters: [{name: gc, value: 'no'}]}\n",
    )
    good = "{name: good, template: work, arguments: {parameters: [{name: gc, value: 'true'}]}}"
    play = Play(text.replace("{name: good, template: work}", good)).start()
    play.report("[0].good").report("[0].bad", 1)
    found = [command for command in play.commands if isinstance(command, ReleaseWork)]
    assert [(play.short(each.ref.node_name), each.delay) for each in found] == [("[0].good", 90)]


def test_label_selectors() -> None:
    labels = {"a": "1", "b": "2"}
    assert selects({}, labels)
    assert selects({"matchLabels": {"a": "1"}}, labels)
    assert not selects({"matchLabels": {"a": "2"}}, labels)
    among = {"key": "b", "operator": "In", "values": ["2", "3"]}
    absent = {"key": "c", "operator": "DoesNotExist"}
    assert selects({"matchExpressions": [among, absent]}, labels)
    assert not selects({"matchExpressions": [{**among, "operator": "NotIn"}]}, labels)
    assert not selects({"matchExpressions": [{"key": "a", "operator": "Near"}]}, labels)
