"""Templates, cron workflows and ConfigMaps that only the API server has."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from argotui.cli import exits
from tests.cluster.program import ARGO, argotui, install_kinds, restricted, store
from tests.cluster.raw import Api, Namespace, Thing

pytestmark = pytest.mark.cluster

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: greeting, valueFrom: {configMapKeyRef: {name: words, key: hi}}}]}
  templates:
  - name: main
    steps: [[{name: a, templateRef: {name: outer, template: work}}]]
"""
PODS = {
    "apiGroups": [""],
    "resources": ["pods", "pods/log", "pods/exec", "configmaps"],
    "verbs": ["create", "get", "list", "watch", "delete"],
}


def template(name: str, body: Thing, kind: str = "WorkflowTemplate") -> Thing:
    spec = {"entrypoint": "work", "templates": [{"name": "work", **body}]}
    return {"kind": kind, "metadata": {"name": name}, "spec": spec}


def says(text: str) -> Thing:
    return {"container": {"image": "alpine:3", "command": ["echo", text]}}


@pytest.fixture
def wide(api: Api) -> Iterator[str]:
    """The name of a ClusterWorkflowTemplate of this test's own."""
    install_kinds(api)
    name = f"argotui-test-{secrets.token_hex(4)}"
    yield name
    api.delete(f"{ARGO}/clusterworkflowtemplates/{name}")


@pytest.fixture
def stored(namespace: Namespace, wide: str) -> Namespace:
    inner = {"name": wide, "template": "work", "clusterScope": True}
    steps = {"steps": [[{"name": "inner", "templateRef": inner}]]}
    store(namespace, template("outer", steps))
    said = "{{workflow.parameters.greeting}} from afar"
    store(namespace, template(wide, says(said), "ClusterWorkflowTemplate"))
    labels = {"workflows.argoproj.io/configmap-type": "Parameter"}
    config = {"metadata": {"name": "words", "labels": labels}, "data": {"hi": "hello"}}
    namespace.api.create(namespace.path("configmaps"), config)
    return namespace


def test_references_are_followed_through_the_server_and_kept_with_the_run(
    stored: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    (tmp_path / "wf.yaml").write_text(WORKFLOW)
    there = ("--runtime", "kubernetes", "-n", stored.name)
    done = argotui(tmp_path, kubeconfig, "run", "--plain", *there, "wf.yaml")
    assert done.code == exits.SUCCEEDED, done.err
    assert "hello from afar" in done.out
    (folder,) = (tmp_path / "state" / "runs").iterdir()
    kept = json.loads((folder / "header.json").read_text())["library"]
    kinds = sorted(document["kind"] for document in kept)
    assert kinds == ["ClusterWorkflowTemplate", "ConfigMap", "Workflow", "WorkflowTemplate"]
    left = [each["metadata"]["name"] for each in stored.api.get(stored.path("configmaps"))["items"]]
    assert "words" in left  # it was not the run's to take away


def test_plan_and_lint_look_there_only_when_told_to(
    stored: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    (tmp_path / "wf.yaml").write_text(WORKFLOW)
    for command in ("plan", "lint"):
        assert argotui(tmp_path, kubeconfig, command, "wf.yaml").code == exits.USAGE
        done = argotui(tmp_path, kubeconfig, command, "-n", stored.name, "wf.yaml")
        assert done.code == exits.SUCCEEDED, done.err
        assert "WorkflowTemplate 'outer' is read from" in done.err


def test_what_is_stored_is_run_by_name(stored: Namespace, kubeconfig: str, tmp_path: Path) -> None:
    store(stored, template("tool", says("a tool")))
    spec = template("x", says("a night"))["spec"]
    cron = {"schedules": ["0 1 * * *"], "workflowSpec": spec}
    store(stored, {"kind": "CronWorkflow", "metadata": {"name": "nightly"}, "spec": cron})
    there = ("-n", stored.name, "-o", "json")
    for origin, said, label in (
        ("workflowtemplate/tool", "a tool", "workflow-template"),
        ("cronwf/nightly", "a night", "cron-workflow"),
    ):
        done = argotui(tmp_path, kubeconfig, "run", *there, "--from", origin)
        assert done.code == exits.SUCCEEDED, done.err
        assert said in done.err
        metadata = json.loads(done.out)["metadata"]
        name = origin.partition("/")[2]
        assert metadata["name"].startswith(f"{name}-")
        assert metadata["labels"][f"workflows.argoproj.io/{label}"] == name
    done = argotui(tmp_path, kubeconfig, "run", *there, "--from", "wftmpl/nothing")
    assert done.code == exits.USAGE
    assert 'workflowtemplates.argoproj.io "nothing" not found' in done.err
    assert "has none of that name either" in done.err


def test_a_right_that_is_missing_is_named(
    stored: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    (tmp_path / "wf.yaml").write_text(WORKFLOW)
    mine = restricted(stored, tmp_path, [PODS])
    done = argotui(tmp_path, mine, "run", "--plain", "-n", stored.name, "wf.yaml")
    assert done.code == exits.INFRASTRUCTURE
    assert 'cannot read WorkflowTemplate "outer"' in done.err
    assert "may not get workflowtemplates" in done.err
    shutil.rmtree(tmp_path / "state", ignore_errors=True)


def test_the_rights_of_the_docs_are_enough(
    stored: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    store(stored, template("tool", says("a tool")))
    reads = {
        "apiGroups": ["argoproj.io"],
        "resources": ["workflowtemplates", "cronworkflows"],
        "verbs": ["get"],
    }
    mine = restricted(stored, tmp_path, [PODS, reads])
    done = argotui(tmp_path, mine, "run", "--plain", "-n", stored.name, "--from", "wftmpl/tool")
    assert done.code == exits.SUCCEEDED, done.err
