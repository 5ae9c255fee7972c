"""A driver dies as its run ends: what the run made in the cluster goes at the next contact."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.program import argotui, environment
from tests.cluster.raw import Namespace
from tests.cluster.test_claims import claims
from tests.waiting import until_sync

pytestmark = pytest.mark.cluster

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: ""
      resources: {requests: {storage: 1Mi}}
  templates: [{name: main, container: {image: "busybox:1.37", command: ["true"]}}]
"""
DIES = """
import os, sys
from argotui.driver.dispatch import Dispatch
from argotui.__main__ import main

async def dies(self, claims):
    os._exit(9)

Dispatch._withdraw = dies
sys.argv = ["argotui", *sys.argv[1:]]
main()
"""


@pytest.fixture
def space(namespace: Namespace, kubeconfig: str, tmp_path: Path) -> Namespace:
    """Where a run has ended, and its driver died before it could clear up."""
    (tmp_path / "wf.yaml").write_text(WORKFLOW)
    where = ("--runtime", "kubernetes", "-n", namespace.name)
    done = subprocess.run(
        [sys.executable, "-P", "-c", DIES, "run", "--plain", *where, "wf.yaml"],
        env=environment(tmp_path, kubeconfig),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.returncode == 9, done.stderr
    body = {"metadata": {"name": "wf-data-2"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    body["spec"] |= {"storageClassName": "", "resources": {"requests": {"storage": "1Mi"}}}
    namespace.api.create(namespace.path("persistentvolumeclaims"), body)
    assert claims(namespace) == ["wf-data", "wf-data-2"]
    return namespace


def owners(space: Namespace) -> list[str]:
    found = space.api.get(space.path("configmaps"))["items"]
    names = [each["metadata"]["name"] for each in found]
    return [name for name in names if name.startswith("argotui-")]


@pytest.mark.parametrize("command", ["recover", "attach", "delete"])
def test_it_goes_at_the_next_contact(
    space: Namespace, kubeconfig: str, tmp_path: Path, command: str
) -> None:
    more = ("--plain",) if command == "attach" else ()
    done = argotui(tmp_path, kubeconfig, command, *more, "@latest")
    assert done.code == 0, done.err
    until_sync(lambda: claims(space) == ["wf-data-2"], "the run's claim gone, the other left", 30)
    until_sync(lambda: not owners(space), "nothing that is the run's", 30)
    if command == "recover":
        again = argotui(tmp_path, kubeconfig, "recover", "@latest")
        assert "has ended: Succeeded" in again.err
        assert again.code == 2
