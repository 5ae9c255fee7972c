"""The claims of a run on this machine: folders that go with it when it succeeded."""

from __future__ import annotations

import pytest

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  volumeClaimGC: {strategy: %s}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {}}]
  templates:
  - name: main
    steps:
    - - {name: write, template: sh, arguments: {parameters: [{name: do, value: "echo hi > /d/f"}]}}
    - - name: read
        template: sh
        arguments: {parameters: [{name: do, value: "cat /d/f; chmod 0 /d; exit %d"}]}
  - name: sh
    inputs: {parameters: [{name: do}]}
    container:
      image: alpine:3
      command: [sh, -c, "{{inputs.parameters.do}}"]
      volumeMounts: [{name: data, mountPath: /d}]
"""


@pytest.mark.parametrize(
    ("strategy", "code", "left"),
    [
        ("OnWorkflowSuccess", 0, False),
        ("OnWorkflowSuccess", 1, True),
        ("OnWorkflowCompletion", 1, False),
    ],
)
def test_a_claim_is_shared_and_goes_as_the_manifest_says(argotui, write, strategy, code, left):
    done = argotui.run("-o", "json", write(MANIFEST % (strategy, code)))
    assert done.code == code, done.err
    assert "read: hi" in done.err
    (folder,) = (argotui.folder / "state" / "runs").iterdir()
    assert (folder / "work" / "local" / "claims" / "wf-data").exists() == left
    shown = done.json["status"].get("persistentVolumeClaims")
    claim = {"name": "data", "persistentVolumeClaim": {"claimName": "wf-data"}}
    assert shown == ([claim] if left else None)
