"""volumeClaimTemplates: claimed before the first node. Argo: 4.0, 4.13."""

from __future__ import annotations

import json

from argotui.model.commands import Ask
from argotui.model.events import Answered
from tests.play import Play

TEXT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: class, value: fast}]}
  volumeClaimTemplates:
    - metadata: {name: work}
      spec: {accessModes: [ReadWriteOnce],
             storageClassName: "{{workflow.parameters.class}}"}
  templates:
    - name: main
      container:
        image: busybox
        command: ["true"]
        volumeMounts: [{name: work, mountPath: /data}]
"""


def asked(play: Play) -> Ask:
    (ask,) = [command for command in play.commands if isinstance(command, Ask)]
    return ask


def test_nothing_starts_before_the_volumes_are_claimed() -> None:
    play = Play(TEXT).start()
    assert not play.engine.state.nodes
    ask = asked(play)
    assert ask.kind == "claims"
    (claim,) = json.loads(ask.subject).values()
    assert claim["spec"]["storageClassName"] == "fast"
    play.send(Answered(question=ask.question))
    assert len(play.running) == 1
    assert play.report(play.running[0]).phase == "Succeeded"
    asked(play)  # once


def test_a_claim_that_is_refused_is_an_error_of_the_run() -> None:
    play = Play(TEXT).start()
    play.send(Answered(question=asked(play).question, fault="no such access mode"))
    assert (play.phase, play.message) == ("Error", "pvc create error: no such access mode")
    assert not play.engine.state.nodes


def test_a_run_without_claims_asks_for_none() -> None:
    text = TEXT.replace("volumeClaimTemplates", "volumes")
    play = Play(text).start()
    assert not [command for command in play.commands if isinstance(command, Ask)]
