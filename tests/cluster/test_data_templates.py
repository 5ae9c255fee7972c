"""A data template of a run on a cluster: repository and credentials come from the API server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cluster.program import argotui
from tests.cluster.raw import Namespace
from tests.stores.conftest import BUCKET, Server, server

__all__ = ["server"]
pytestmark = pytest.mark.cluster
pytest.importorskip("obstore", reason="the extra argotui[s3] is not installed")

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
  entrypoint: ls
  artifactRepositoryRef: {key: here}
  templates: [{name: ls, data: {source: {artifactPaths: {s3: {key: a}}}, transformation: []}}]
"""
PAIR = """
  accessKeySecret: {name: creds, key: access}
  secretKeySecret: {name: creds, key: private}
"""


def test_a_listing_reads_the_namespaces_own_objects(
    server: Server,
    namespace: Namespace,
    kubeconfig: str,
    tmp_path: Path,
) -> None:
    (server.folder / "a").mkdir()
    (server.folder / "a" / "one").write_text("x")
    where = f"s3:\n  endpoint: {server.endpoint}\n  bucket: {BUCKET}\n  insecure: true{PAIR}"
    for kind, name, data in (
        ("ConfigMap", "artifact-repositories", {"data": {"here": where}}),
        ("Secret", "creds", {"stringData": {"access": server.access, "private": server.private}}),
    ):
        body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **data}
        namespace.api.create(namespace.path(f"{kind.lower()}s"), body)
    (tmp_path / "w.yaml").write_text(WORKFLOW)
    there = ("--runtime", "kubernetes", "-n", namespace.name)
    done = argotui(tmp_path, kubeconfig, "run", "w.yaml", *there, "-o", "json")
    assert done.code == 0, done.out + done.err
    (node,) = json.loads(done.out)["status"]["nodes"].values()
    assert node["outputs"]["result"] == '["a/one"]'
    assert server.private not in done.out + done.err
