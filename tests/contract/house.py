"""One run of every runtime, and words to ask it for work and to wait for what comes of it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import time
import uuid
from collections.abc import Callable

import pytest

from argotui.expr.kubepath import render
from argotui.logs.spool import SpoolReader, log_path
from argotui.model.work import CollectedFile, Observation, PodWork, StagedFile, WorkRef
from argotui.runtimes.fake import FakeRuntime
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.runtime import KubernetesRuntime
from argotui.runtimes.local.doctor import find_sandbox
from argotui.runtimes.local.runtime import LocalRuntime
from argotui.runtimes.port import RunPlace
from tests.contract import clusters

PATIENCE = 60.0
LOCAL = ("sandboxed", "plain")
REAL = (*LOCAL, "kubernetes")
GATE = {"name": "gate", "mountPath": "/gate"}
WAIT = "while [ ! -e /gate/open ]; do sleep 0.05; done"


def make(kind, **options):
    if kind == "fake":
        return FakeRuntime()
    if kind == "kubernetes":
        client = Client(kubeconfig=clusters.kubeconfig(), namespace=clusters.namespace())
        return KubernetesRuntime(client, json_path=render, **options)
    return LocalRuntime(sandbox="auto" if kind == "sandboxed" else "off", **options)


class House:
    """A run under a runtime. `seen` holds every observation in order."""

    def __init__(self, kind, folder):
        self.kind, self.folder = kind, folder
        self.run_id = uuid.uuid4().hex[:12]
        self.seen: list[Observation] = []
        self.config_maps, self.secrets = {}, {}
        self.options = {}
        self.runtime = None
        self._numbers = itertools.count(1)
        self._news = asyncio.Event()

    async def open(self):
        self.runtime = self.runtime if self.kind == "fake" and self.runtime else None
        self.runtime = self.runtime or make(self.kind, **self.options)
        place = RunPlace(
            run_id=self.run_id,
            workflow_name="wf",
            namespace="argo",
            folder=self.folder,
            logs=self.folder / "logs",
            work=self.folder / "work",
            config_maps=self.config_maps,
            secrets=self.secrets,
        )
        await self.runtime.open(place, self._emit)

    def _emit(self, observation):
        self.seen.append(observation)
        self._news.set()

    def ref(self, attempt=1):
        number = next(self._numbers)
        return WorkRef(
            run_id=self.run_id,
            node_name=f"wf.step{number}",
            node_id=f"wf-{number}",
            attempt=attempt,
            pod_name=f"wf-step{number}",
        )

    async def until(self, truth: Callable[[], object], what: str):
        """Wait until it holds; a bounded wait."""
        end = time.monotonic() + PATIENCE
        while not truth():
            assert time.monotonic() < end, f"waited {PATIENCE:g} s for {what}: {self.seen[-3:]}"
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), 0.05)

    def reports(self, ref):
        return [each.report for each in self.seen if each.ref == ref]

    def last(self, ref):
        found = self.reports(ref)
        return found[-1] if found else None

    async def ended(self, ref):
        await self.until(
            lambda: (report := self.last(ref)) and report.state.has_ended, f"the end of {ref.key}"
        )
        return self.last(ref)

    async def running(self, ref, container="main"):
        def is_up():
            report = self.last(ref)
            return report and any(
                each.name == container and each.state == "running" for each in report.containers
            )

        await self.until(is_up, f"{container} of {ref.key} running")
        return self.last(ref)

    async def waits(self, ref, words):
        """Wait until work is told to wait for something in these words."""
        await self.until(
            lambda: (report := self.last(ref)) and words in report.waits_for, f"{words!r}"
        )
        return self.last(ref)

    async def said(self, ref, text, container="main"):
        """Wait until a container has written this."""
        path = log_path(self.folder / "logs", ref.key, container)
        await self.until(
            lambda: path.exists() and text.encode() in path.read_bytes(), f"{text!r} in the log"
        )

    async def start(self, work):
        ref = self.ref()
        await self.runtime.start(ref, work)
        return ref

    async def run(self, work):
        return await self.ended(await self.start(work))

    async def run_all(self, *works):
        """Run several at once; return their ends in order."""
        refs = [await self.start(work) for work in works]
        return [await self.ended(ref) for ref in refs]

    @property
    def gate(self):
        """A volume that the pods of the run share; a script that says WAIT goes on when it is told
        to by `let_go`: by another pod, so that it takes no driver of the first."""
        if self.kind == "kubernetes":
            path = f"/tmp/argotui-gate-{self.run_id}"
            return {"name": "gate", "hostPath": {"path": path, "type": "DirectoryOrCreate"}}
        return {"name": "gate", "persistentVolumeClaim": {"claimName": "wf-gate"}}

    def gated(self, script, **more):
        """Work that runs a line of shell with WAIT in it."""
        return shell(script, main={"volumeMounts": [GATE]}, volumes=[self.gate], **more)

    async def let_go(self):
        assert (await self.run(self.gated("touch /gate/open"))).containers[0].exit_code == 0

    def lines(self, ref, container="main"):
        reader = SpoolReader(log_path(self.folder / "logs", ref.key, container))
        found = reader.lines(0, reader.refresh())
        reader.close()
        return found


def pod(*containers, init=(), volumes=(), **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "wf-pod", "labels": {"color": "blue"}, "annotations": {}},
        "spec": {
            "restartPolicy": "Never",
            "containers": list(containers),
            **({"initContainers": list(init)} if init else {}),
            **({"volumes": list(volumes)} if volumes else {}),
            **spec,
        },
    }


def container(script, name="main", image="busybox:1.37", **more):
    return {"name": name, "image": image, "command": ["sh", "-c", script], **more}


def shell(script, *, collect=(), stage=(), main=None, volumes=(), **more):
    """Work that runs a line of shell in a pod of one container."""
    return PodWork(
        pod=pod(container(script, **(main or {})), volumes=volumes),
        capture_result=more.pop("capture_result", True),
        collect=tuple(CollectedFile(container="main", **each) for each in collect),
        stage=tuple(StagedFile(container="main", **each) for each in stage),
        **more,
    )


def processes_with(marker):
    """The processes of this machine that carry the marker on their command line."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if marker.encode() in file.read():
                        found.append(int(name))
            except OSError:
                continue
    return found


def contract(*names, **settings):
    """Make a test of a coroutine that is given an open house; once for each of these runtimes."""

    def wrap(story):
        @pytest.mark.parametrize("kind", [_parameter(name) for name in names])
        def test(kind, tmp_path):
            if kind == "sandboxed" and not find_sandbox().program:
                pytest.skip(find_sandbox().problem)
            if kind == "kubernetes":
                clusters.require()
            asyncio.run(_tell(story, kind, tmp_path, settings))

        test.__name__, test.__doc__ = story.__name__, story.__doc__
        return test

    return wrap


def _parameter(name):
    marks = {"sandboxed": pytest.mark.sandbox, "kubernetes": pytest.mark.cluster}
    return pytest.param(name, marks=marks.get(name, ()))


async def _tell(story, kind, folder, settings):
    if kind == "kubernetes":
        with clusters.fresh_namespace():
            await _tell_in(story, House(kind, folder), settings)
    else:
        await _tell_in(story, House(kind, folder), settings)


async def _tell_in(story, house, settings):
    for name, value in settings.items():
        setattr(house, name, value)
    await house.open()
    try:
        await story(house)
    finally:
        if house.runtime is not None:
            await house.runtime.close()
