"""A driver is killed while its pod holds a mutex of the cluster: another run waits for it, until
the first was recovered and has ended. What every table of locks does is in tests/contract."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from argotui.journal.lock import lock_owner
from tests.cluster.raw import Namespace, Thing
from tests.samples.sampling import environment
from tests.waiting import until_sync

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: NAME-}
spec:
  entrypoint: main
  synchronization: {mutexes: [{name: shared}]}
  templates:
    - name: main
      steps: [[{name: a, template: work}], [{name: b, template: quick}]]
    - name: work
      container: {image: "busybox:1.37", command: [sh, -c, "SCRIPT"]}
    - name: quick
      container: {image: "busybox:1.37", command: ["true"]}
"""
WAITS = "while [ ! -e /go ]; do sleep 0.1; done"


def test_a_killed_driver_keeps_its_lock_for_its_pod_and_for_its_recovery(
    namespace: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    env = {**environment(tmp_path / "s"), "KUBECONFIG": kubeconfig}

    def argotui(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "argotui", *words],
            cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        return done.stdout.strip()

    def begin(name: str, script: str) -> str:
        path = tmp_path / f"{name}.yaml"
        path.write_text(WORKFLOW.replace("NAME", name).replace("SCRIPT", script))
        where = ("--runtime", "kubernetes", "-n", namespace.name)
        return argotui("run", "--detach", *where, str(path))

    def status(run: str) -> dict[str, str]:
        return json.loads(argotui("get", run, "-o", "json"))["status"]

    def pods() -> list[Thing]:
        return namespace.api.get(namespace.path("pods"))["items"]

    def phases() -> list[str]:
        return [pod["status"]["phase"] for pod in pods()]

    first = begin("first", WAITS)
    until_sync(lambda: phases() == ["Running"], "the first pod")
    os.kill(lock_owner(tmp_path / "s" / "runs" / first / "lock")["pid"], signal.SIGKILL)
    other = begin("other", "true")
    waits = f"Waiting for {namespace.name}/Mutex/shared lock. Lock status: 0/1"
    until_sync(lambda: status(other).get("message") == waits, "the wait")
    assert status(other)["phase"] == "Pending"
    (pod,) = pods()
    namespace.api.execute(namespace.name, pod["metadata"]["name"], "touch", "/go")
    until_sync(lambda: phases() == ["Succeeded"], "the end of the first pod, unseen")
    argotui("recover", first)
    until_sync(lambda: status(other)["phase"] == "Succeeded", "the end")
    assert status(first)["phase"] == "Succeeded"
    assert status(first)["finishedAt"] <= status(other)["startedAt"]
