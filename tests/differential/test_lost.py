"""A driver lost at every one of its writes, of workflows that once did not go on behind that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.stage import acted, made_ready
from tests.differential.trees import differing, tree_of

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
    - name: nap
      suspend: {duration: "1"}
    - name: main
"""
# nothing but a timer a lock or a cache drives these: no pod tells a new driver to go on
BODIES = {
    "locked waits": """
      dag:
        tasks: [{name: a, template: one, withItems: [1, 2, 3]}]
    - name: one
      synchronization: {mutexes: [{name: m}]}
      suspend: {duration: "0"}
""",
    "remembered waits": """
      dag:
        tasks:
          - name: a
            template: one
            withItems: [1, 2, 3]
            arguments: {parameters: [{name: i, value: "{{item}}"}]}
    - name: one
      inputs: {parameters: [{name: i}]}
      memoize: {key: "k-{{inputs.parameters.i}}", maxAge: 1h, cache: {configMap: {name: kept}}}
      suspend: {duration: "0"}
""",
    "waits in a row": """
      steps:
        - - {name: a, template: nap, withItems: [1, 2], onExit: none}
        - - {name: b, template: nap, hooks: {h: {template: none, expression: "1 == 1"}}}
    - name: none
      steps: [[]]
""",
}


@pytest.mark.parametrize("how", ["before", "torn", "after"])
@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_lost_driver_changes_nothing(tmp_path: Path, name: str, how: str) -> None:
    ready = made_ready(HEAD + BODIES[name])
    whole = acted(ready, tmp_path / "whole", 1)
    assert str(whole.live.run.phase) == "Succeeded"
    for at in range(1, whole.writes + 1):
        lost = acted(ready, tmp_path / f"at{at}", 1, crashes=[(at, how)])
        assert differing(tree_of(whole.json), tree_of(lost.json)) == []
