"""The API server of the real cluster is killed under a run, and comes back: the run goes on,
nothing is started twice, no line is lost or doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.raw import Api, Namespace, Refused
from tests.samples.sampling import environment
from tests.waiting import PATIENCE, until_sync

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
CLUSTER = ROOT / "cluster" / "cluster.sh"
LINES = 20
WORKFLOW = f"""
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: restart}}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {{name: count, template: count}}
        - - {{name: after, template: count}}
    - name: count
      script:
        image: busybox:1.37
        command: [sh]
        source: |
          for n in $(seq 1 {LINES}); do echo "line $n"; sleep 0.5; done
"""


def ours() -> bool:
    asked = ["bash", str(CLUSTER), "status"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def part(verb: str, name: str) -> None:
    subprocess.run(
        ["bash", str(CLUSTER), verb, name], check=True, timeout=PATIENCE, capture_output=True
    )


def test_a_run_survives_its_api_server(
    api: Api, namespace: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    if not ours():
        pytest.skip("this cluster is not that of `make cluster`: its parts cannot be killed")
    if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
        pytest.skip("tests run beside this one, which takes their API server away")
    manifest = tmp_path / "restart.yaml"
    manifest.write_text(WORKFLOW)
    state = tmp_path / "s"
    env = {**environment(state), "KUBECONFIG": kubeconfig}
    words = ["run", "--runtime", "kubernetes", "-n", namespace.name, "-o", "json", str(manifest)]
    run = subprocess.Popen(
        [sys.executable, "-m", "argotui", *words],
        cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        until_sync(lambda: _running(namespace), "the first pod to run")
        part("kill", "apiserver")
        until_sync(lambda: not _answers(api), "the API server to be gone")
        part("start", "apiserver")
        out, err = run.communicate(timeout=200)
    finally:
        run.kill()
        run.wait()
    assert run.returncode == 0, err
    nodes = json.loads(out)["status"]["nodes"].values()
    pods = [node for node in nodes if node["type"] == "Pod"]
    assert [node["phase"] for node in pods] == ["Succeeded", "Succeeded"]
    logs = subprocess.run(
        [sys.executable, "-m", "argotui", "logs", "@latest"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=PATIENCE,
    ).stdout.splitlines()  # fmt: skip
    for step in ("count", "after"):
        printed = [line for line in logs if line.startswith(f"{step}: ")]
        assert printed == [f"{step}: line {n}" for n in range(1, LINES + 1)]


def _running(namespace: Namespace) -> bool:
    try:
        pods = namespace.api.get(namespace.path("pods"))["items"]
    except Refused:
        return False
    return any(pod["status"].get("phase") == "Running" for pod in pods)


def _answers(api: Api) -> bool:
    try:
        api.get("/readyz")
    except Exception:  # however a dead server shows
        return False
    return True
