"""ConfigMaps that a run's own steps make or change are what later parameters are read from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cluster.program import argotui
from tests.cluster.raw import Namespace

pytestmark = pytest.mark.cluster

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    KIND
  - name: make
    resource:
      action: ACTION
      manifest: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: words, labels: {LABELS}}
        data: {hi: hello}
  - name: say
    inputs:
      parameters:
      - {name: said, valueFrom: {DEFAULT configMapKeyRef: {name: words, key: KEY}}}
    container: {image: "busybox:1.37", command: [echo, "{{inputs.parameters.said}}"]}
"""
STEPS = "steps: [[{name: a, template: make}], [{name: b, template: say}]]"
DAG = "dag: {tasks: [{name: a, template: make}, {name: b, template: say, depends: a}]}"
LABEL = '"workflows.argoproj.io/configmap-type": Parameter'


def run(space: Namespace, kubeconfig: str, folder: Path, **words: str) -> tuple[str, str, str]:
    """Return phase and message of the step that reads, and what it said."""
    text = WORKFLOW
    facts = {"KIND": STEPS, "ACTION": "create", "LABELS": LABEL, "DEFAULT": "", "KEY": "hi"}
    for word, value in {**facts, **words}.items():
        text = text.replace(word, value)
    (folder / "wf.yaml").write_text(text)
    there = ("--runtime", "kubernetes", "-n", space.name)
    done = argotui(folder, kubeconfig, "run", "-o", "json", *there, "wf.yaml")
    nodes = json.loads(done.out)["status"]["nodes"].values()
    (node,) = [each for each in nodes if each["displayName"] == "b"]
    return node["phase"], node.get("message", ""), done.err


@pytest.mark.parametrize("kind", [STEPS, DAG])
def test_a_step_makes_what_the_next_one_reads(
    namespace: Namespace, kubeconfig: str, tmp_path: Path, kind: str
) -> None:
    phase, _, said = run(namespace, kubeconfig, tmp_path, KIND=kind)
    assert phase == "Succeeded"
    assert "hello" in said


def test_a_step_changes_what_was_there_before_the_run(
    namespace: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    key, _, value = LABEL.replace('"', "").partition(": ")
    body = {"metadata": {"name": "words", "labels": {key: value}}, "data": {"hi": "before"}}
    namespace.api.create(namespace.path("configmaps"), body)
    phase, _, said = run(namespace, kubeconfig, tmp_path, ACTION="patch")
    assert phase == "Succeeded"
    assert "hello" in said
    assert "before" not in said


def test_one_without_argos_label_is_not_there(
    namespace: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    phase, message, _ = run(namespace, kubeconfig, tmp_path, LABELS="team: a")
    assert phase == "Error"
    assert "ConfigMap 'words' does not exist. Please make sure it has the label" in message


def test_a_key_that_is_not_there_has_its_default(
    namespace: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    words = {"KEY": "bye", "DEFAULT": "default: farewell,"}
    phase, _, said = run(namespace, kubeconfig, tmp_path, **words)
    assert phase == "Succeeded"
    assert "farewell" in said
