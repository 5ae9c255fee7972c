"""The claims of a run, and its disruption budget, as objects of a real cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.program import argotui
from tests.cluster.raw import Api, Namespace, Refused
from tests.waiting import until_sync

pytestmark = pytest.mark.cluster

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  podDisruptionBudget: {minAvailable: 1}
  %s
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: ""
      resources: {requests: {storage: 1Mi}}
  templates:
  - name: main
    steps:
    - - {name: write, template: sh, arguments: {parameters: [{name: do, value: "echo hi > /d/f"}]}}
    - - {name: read, template: sh, arguments: {parameters: [{name: do, value: "cat /d/f; %s"}]}}
  - name: sh
    inputs: {parameters: [{name: do}]}
    container:
      image: alpine:3
      command: [sh, -c, "{{inputs.parameters.do}}"]
      volumeMounts: [{name: data, mountPath: /d}]
"""
VOLUMES = "/api/v1/persistentvolumes"


@pytest.fixture
def space(api: Api, namespace: Namespace) -> Iterator[Namespace]:
    """A namespace with a volume of this machine that only the run's claim may have."""
    name = f"{namespace.name}-data"
    claim = {"namespace": namespace.name, "name": "wf-data"}
    spec = {
        "capacity": {"storage": "1Mi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "",
        "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": f"/tmp/{name}", "type": "DirectoryOrCreate"},
        "claimRef": claim,
    }
    body = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}}
    api.create(VOLUMES, {**body, "spec": spec})
    yield namespace
    api.delete(f"{VOLUMES}/{name}")


def claims(space: Namespace) -> list[str]:
    found = space.api.get(space.path("persistentvolumeclaims"))["items"]
    return [
        each["metadata"]["name"] for each in found if not each["metadata"].get("deletionTimestamp")
    ]


def budgets(space: Namespace) -> list[str]:
    path = f"/apis/policy/v1/namespaces/{space.name}/poddisruptionbudgets"
    return [each["metadata"]["name"] for each in space.api.get(path)["items"]]


def run(space: Namespace, kubeconfig: str, folder: Path, rule: str, then: str) -> dict:
    (folder / "wf.yaml").write_text(WORKFLOW % (rule, then))
    there = ("--runtime", "kubernetes", "-n", space.name)
    done = argotui(folder, kubeconfig, "run", "-o", "json", *there, "wf.yaml")
    assert done.code == (1 if "exit" in then else 0), done.err
    assert "hi" in done.err
    return json.loads(done.out)["status"]


def test_pods_share_a_claim_that_goes_with_a_run_that_succeeded(
    space: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    status = run(space, kubeconfig, tmp_path, "", "true")
    assert "persistentVolumeClaims" not in status
    until_sync(lambda: not claims(space), "no claim left")
    until_sync(lambda: not budgets(space), "no budget left")


def test_a_run_that_failed_keeps_its_claim_until_it_is_deleted(
    space: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    status = run(space, kubeconfig, tmp_path, "ttlStrategy: {secondsAfterCompletion: 0}", "exit 1")
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "wf-data"}}
    assert status["persistentVolumeClaims"] == [volume]
    assert claims(space) == ["wf-data"]
    listed = json.loads(argotui(tmp_path, kubeconfig, "runs", "-o", "json").out)
    assert [each["expiresAt"] for each in listed] == [None]  # what it keeps is not its folder's
    until_sync(lambda: not budgets(space), "no budget left")
    done = argotui(tmp_path, kubeconfig, "delete", "@latest")
    assert done.code == 0, done.err
    until_sync(lambda: not claims(space), "no claim left")


def test_a_run_that_failed_lets_go_of_its_claim_where_it_is_told_to(
    space: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    rule = "volumeClaimGC: {strategy: OnWorkflowCompletion}"
    assert "persistentVolumeClaims" not in run(space, kubeconfig, tmp_path, rule, "exit 1")
    until_sync(lambda: not claims(space), "no claim left")


def test_a_claim_of_somebody_else_is_not_taken(
    space: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    path = space.path("persistentvolumeclaims")
    space.api.create(path, {"metadata": {"name": "wf-data"}, "spec": spec})
    (tmp_path / "wf.yaml").write_text(WORKFLOW % ("", "true"))
    there = ("--runtime", "kubernetes", "-n", space.name)
    done = argotui(tmp_path, kubeconfig, "run", "--plain", *there, "wf.yaml")
    assert done.code == 1
    assert 'pvc create error: persistentvolumeclaims "wf-data" already exists' in done.out
    assert claims(space) == ["wf-data"]


def test_the_budget_is_there_as_long_as_the_run_is(
    space: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    rule = "ttlStrategy: {secondsAfterCompletion: 60}"
    text = (WORKFLOW % (rule, "true")).replace("echo hi > /d/f", "sleep 600")
    (tmp_path / "wf.yaml").write_text(text)
    there = ("--runtime", "kubernetes", "-n", space.name)
    done = argotui(tmp_path, kubeconfig, "run", "--detach", *there, "wf.yaml")
    try:
        assert done.code == 0, done.err
        until_sync(lambda: budgets(space) == ["wf"], "the budget")
        until_sync(lambda: claims(space) == ["wf-data"], "the claim, which is made after it")
    finally:
        argotui(tmp_path, kubeconfig, "terminate", "@latest")
    until_sync(lambda: not budgets(space), "no budget left")
    assert claims(space) == ["wf-data"]  # it did not succeed
    with pytest.raises(Refused):
        space.api.get(f"/apis/policy/v1/namespaces/{space.name}/poddisruptionbudgets/wf")
