"""A run on a cluster has one way to it: runtime, locks and remembered results share a client."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from argotui.bootstrap.places import Place
from argotui.bootstrap.starting import assemble, create_run, first_event
from argotui.runtimes.kubernetes import client, place
from argotui.submit.prepare import prepare
from argotui.submit.request import Choices, Source, Where
from tests.cluster.raw import Namespace

pytestmark = pytest.mark.cluster

WORKFLOW = b"""
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  synchronization: {mutexes: [{name: m}]}
  templates:
  - name: main
    memoize: {key: k, cache: {configMap: {name: cache}}}
    container: {image: "busybox:1.37", command: ["true"]}
"""


def test_the_kubeconfig_is_read_once_for_one_client(
    namespace: Namespace, kubeconfig: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path))
    made, read = [], []
    transport, find = client.Transport, place._read

    def counted(*arguments: str | None) -> client.Transport:
        made.append(arguments)
        return transport(*arguments)

    def noted(path: Path) -> object:
        read.append(path)
        return find(path)

    source = Source(names=("wf.yaml",), contents={"wf.yaml": WORKFLOW})
    prepared = prepare(source, Choices(runtime=Where.KUBERNETES))
    options = {"context": None, "namespace": namespace.name, "kubeconfig": kubeconfig}
    journal = create_run(prepared, Place(runtime=Where.KUBERNETES, options=options))
    monkeypatch.setattr(client, "Transport", counted)
    monkeypatch.setattr(place, "_read", noted)

    async def drive() -> str:
        return (await assemble(prepared, journal).drive(first_event(journal.header))).phase

    assert asyncio.run(drive()) == "Succeeded"
    assert len(made) == 1
    assert len(read) == 1
    maps = namespace.api.get(namespace.path("configmaps"))["items"]
    assert {"cache", "argotui-locks"} <= {each["metadata"]["name"] for each in maps}
