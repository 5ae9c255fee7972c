"""A right that is missing is named, and what can be done without it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.program import argotui, restricted
from tests.cluster.raw import Namespace, Thing

pytestmark = pytest.mark.cluster

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates: [{name: main, container: {image: "busybox:1.37", command: [echo, hi]}}]
"""
MAPS: Thing = {
    "apiGroups": [""],
    "resources": ["configmaps"],
    "verbs": ["create", "get", "delete"],
}


def test_pods_that_may_not_be_watched_are_listed(
    namespace: Namespace, kubeconfig: str, tmp_path: Path
) -> None:
    (tmp_path / "wf.yaml").write_text(WORKFLOW)
    verbs = ["create", "get", "list", "delete"]
    pods = {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": verbs}
    mine = restricted(namespace, tmp_path, [MAPS, pods])
    there = ("--runtime", "kubernetes", "-n", namespace.name)
    done = argotui(tmp_path, mine, "run", "--plain", *there, "wf.yaml")
    assert done.code == 0, done.err
    assert "may not watch pods; the right is missing" in done.err
    assert done.err.count("may not watch pods") == 1
