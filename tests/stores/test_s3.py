"""Data templates over a real S3 server: what is listed, what is said, what is never written."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from argotui import bootstrap
from argotui.model.fold import RunState
from argotui.submit.prepare import prepare
from argotui.submit.request import Choices, Source, Where
from tests.stores.conftest import BUCKET, Server

pytest.importorskip("obstore", reason="the extra argotui[s3] is not installed")

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: listing}
spec:
  entrypoint: ls
  templates:
    - name: ls
      data:
        source: {artifactPaths: {name: files, s3: {key: KEY}}}
        transformation: [{expression: "filter(data, {not (# endsWith '.tmp')})"}]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: artifact-repositories
  annotations: {workflows.argoproj.io/default-artifact-repository: here}
data:
  here: |
    s3:
      endpoint: ENDPOINT
      bucket: BUCKET
      insecure: true
      accessKeySecret: {name: creds, key: access}
      secretKeySecret: {name: creds, key: private}
---
apiVersion: v1
kind: Secret
metadata: {name: creds}
stringData: {access: ACCESS, private: PRIVATE}
"""


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of somebody else")  # must not go with our keys


def run(server: Server, *, key: str = "a", bucket: str = BUCKET, private: str = "") -> RunState:
    values = {
        "KEY": key, "ENDPOINT": server.endpoint, "BUCKET": bucket, "ACCESS": server.access,
        "PRIVATE": private or server.private,
    }  # fmt: skip
    text = WORKFLOW
    for name, value in values.items():
        text = text.replace(name, value)
    source = Source(names=("w.yaml",), contents={"w.yaml": text.encode()})
    prepared = prepare(source, Choices(strict=True, runtime=Where.LOCAL))

    async def drive() -> RunState:
        place = bootstrap.Place(runtime=Where.LOCAL, options={"sandbox": "off"})
        journal = bootstrap.create_run(prepared, place)
        driven = bootstrap.assemble(prepared, journal)
        await asyncio.wait_for(driven.drive(bootstrap.first_event(journal.header)), 60)
        return (await driven.snapshot()).state

    return asyncio.run(drive())


def put(server: Server, *keys: str) -> None:
    for key in keys:
        path = server.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_the_keys_of_a_folder_are_listed_and_transformed(server: Server) -> None:
    put(server, "a/2.txt", "a/1.txt", "a/b/c d/é %20#.pdf", "a/x.tmp", "ab/no", "no")
    node = run(server).nodes["listing"]
    assert str(node.phase) == "Succeeded", node.message
    assert node.outputs["result"] == '["a/1.txt","a/2.txt","a/b/c d/é %20#.pdf"]'
    assert str(node.type) == "Pod"


def test_more_keys_than_a_page_are_all_listed(server: Server) -> None:
    put(server, *(f"a/{number:04}" for number in range(1200)))
    result = run(server).nodes["listing"].outputs["result"]
    assert result.count('"a/') == 1200


def test_a_folder_that_is_not_there_has_no_keys(server: Server) -> None:
    assert run(server, key="nothing/here").nodes["listing"].outputs["result"] == "[]"


def test_what_the_server_refuses_is_said(server: Server) -> None:
    node = run(server, bucket="other-bucket").nodes["listing"]
    assert str(node.phase) == "Failed"
    assert "other-bucket: The specified bucket does not exist." in node.message


def test_wrong_keys_are_refused_and_never_written(server: Server, tmp_path: Path) -> None:
    node = run(server, private="wr0ngkey").nodes["listing"]
    assert str(node.phase) == "Failed"
    written = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert written
    for path in written:
        kept = path.read_bytes()
        assert b"wr0ngkey" not in kept, path
        assert server.access.encode() not in kept, path
