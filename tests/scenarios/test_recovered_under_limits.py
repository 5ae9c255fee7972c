"""A driver that is lost while a limit is reached: its successor judges pods by their templates."""

from __future__ import annotations

import pytest

from tests.play import Play
from tests.property.test_engine_recovery import crash

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  SPEC
  templates:
  - name: main
    LIMIT
    steps:
    - - name: a
        inline:
          containerSet:
            containers:
            - {name: main, image: busybox, command: ["true"]}
          outputs: {parameters: [{name: o, valueFrom: {path: /o}}]}
"""
LIMITS = {"of the run": ("parallelism: 1", ""), "of a template": ("", "parallelism: 1")}


@pytest.mark.parametrize("limit", sorted(LIMITS))
def test_what_a_pod_hands_back_after_a_recovery(limit: str) -> None:
    spec, template = LIMITS[limit]
    play = Play(WORKFLOW.replace("SPEC", spec).replace("LIMIT", template)).start()
    play.report("[0].a", "Running")
    crash(play)
    play.report("[0].a", 0, parameters={"o": "said"})
    assert play.phase == "Succeeded"
    assert play.outputs("[0].a") == {"o": "said"}
    assert str(play.node("[0].a.main").phase) == "Succeeded"
