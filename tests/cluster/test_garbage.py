"""podGC while a run goes on: which pods go, which stay."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.program import argotui, environment
from tests.cluster.raw import Namespace
from tests.waiting import PATIENCE, until_sync

pytestmark = pytest.mark.cluster

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: gc}
spec:
  entrypoint: main
  podGC:
    strategy: %s
    deleteDelayDuration: 1s
    labelSelector: {matchLabels: {gc: "true"}}
  templates:
  - name: main
    steps:
    - - {name: good, template: work, arguments: {parameters: [{name: gc, value: "true"}]}}
      - {name: kept, template: work, arguments: {parameters: [{name: gc, value: "false"}]}}
      - name: bad
        template: work
        continueOn: {failed: true}
        arguments: {parameters: [{name: gc, value: "true"}, {name: code, value: "1"}]}
    - - {name: gate, template: gate}
  - name: work
    metadata: {labels: {gc: "{{inputs.parameters.gc}}"}}
    inputs: {parameters: [{name: gc}, {name: code, value: "0"}]}
    container: {image: "alpine:3", command: [sh, -c, "exit {{inputs.parameters.code}}"]}
  - name: gate
    suspend: {}
"""


def steps_with_pods(namespace: Namespace) -> set[str]:
    """The steps whose pods are there and not about to go."""
    pods = namespace.api.get(namespace.path("pods"))["items"]
    names = [
        each["metadata"]["annotations"]["workflows.argoproj.io/node-name"]
        for each in pods
        if not each["metadata"].get("deletionTimestamp")
    ]
    return {name.rpartition(".")[2] for name in names}


@pytest.mark.parametrize(
    ("strategy", "stay"),
    [
        ("OnPodCompletion", {"kept"}),
        ("OnPodSuccess", {"kept", "bad"}),
        ("OnWorkflowCompletion", {"good", "kept", "bad"}),
    ],
)
def test_pods_go_as_the_strategy_and_the_selector_say(
    strategy: str, stay: set[str], namespace: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    (tmp_path / "wf.yaml").write_text(WORKFLOW % strategy)
    there = ("--runtime", "kubernetes", "-n", namespace.name)
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "argotui", "run", "--plain", *there, "wf.yaml"],
        env=environment(tmp_path, kubeconfig),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    try:

        def waits() -> bool:
            done = argotui(tmp_path, kubeconfig, "runs", "-o", "json")
            return any(run["waiting"] for run in json.loads(done.out or "[]"))

        until_sync(waits, "the gate")
        until_sync(lambda: steps_with_pods(namespace) == stay, f"only {stay}")
        assert argotui(tmp_path, kubeconfig, "approve", "@latest", "gate").code == 0
        assert running.wait(PATIENCE) == 0
    finally:
        running.kill()
        running.wait()
    until_sync(lambda: not steps_with_pods(namespace), "no pod left")
