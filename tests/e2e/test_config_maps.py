"""A ConfigMap that a step of the run makes, on this machine: later parameters are read from it."""

from __future__ import annotations

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: a, template: make}], [{name: b, template: say}]]
  - name: make
    resource:
      action: create
      manifest: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: words, labels: {"workflows.argoproj.io/configmap-type": Parameter}}
        data: {hi: hello}
  - name: say
    inputs: {parameters: [{name: said, valueFrom: {configMapKeyRef: {name: words, key: hi}}}]}
    container: {image: "busybox:1.37", command: [echo, "{{inputs.parameters.said}}"]}
"""


def test_a_step_makes_what_the_next_one_reads(argotui, write):
    done = argotui.run("--object-store", "--plain", write(MANIFEST))
    assert done.code == 0, done.out + done.err
    assert "hello" in done.out
