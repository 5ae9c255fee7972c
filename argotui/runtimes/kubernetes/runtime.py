"""Runs work in a cluster: pods and objects, made, watched, read and removed over its API.

Built by bootstrap: `KubernetesRuntime(Client(context=..., namespace=..., kubeconfig=...))`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.work import Observation, PodState, PodWork, Report, ResourceWork, Work, WorkRef
from argotui.runtimes.kubernetes import configmaps
from argotui.runtimes.kubernetes.claims import make_budget, make_claims, remove_claims
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.draft import LABEL_RUN, Setting
from argotui.runtimes.kubernetes.errors import ApiError, explained
from argotui.runtimes.kubernetes.events import explain_waiting
from argotui.runtimes.kubernetes.kept import Folder
from argotui.runtimes.kubernetes.making import Maker
from argotui.runtimes.kubernetes.owner import ensure_owner, owner_reference, remove_owner
from argotui.runtimes.kubernetes.place import ClusterPlace
from argotui.runtimes.kubernetes.pods import Pods
from argotui.runtimes.kubernetes.resources import RenderJsonPath, Resources
from argotui.runtimes.kubernetes.watch import Watcher, in_loop
from argotui.runtimes.port import Emit, RunPlace

_OPEN_SECONDS = 20.0


class KubernetesRuntime:
    """`client` is the run's, and closed with the runtime. `shim_image` is a busybox for images
    that may have no shell. `pending_timeout` ends pods that wait longer, in seconds. `keep_pods`
    leaves the pods of a finished run in the cluster, until `argotui delete`. `json_path` fills a
    JSONPath template of Kubernetes with the values of an object."""

    def __init__(
        self,
        client: Client,
        *,
        shim_image: str = "busybox",
        pending_timeout: float | None = None,
        hold_seconds: int = 120,
        keep_pods: bool = False,
        json_path: RenderJsonPath | None = None,
    ) -> None:
        self._client = client
        self._shim_image, self._pending_timeout = shim_image, pending_timeout
        self._hold_seconds, self._keep_pods = hold_seconds, keep_pods
        self._run: RunPlace | None = None
        self._owner: Mapping[str, Any] = {}
        self._json_path = json_path
        self._pods: Pods | None = None
        self._resources: Resources | None = None
        self._watcher: Watcher | None = None
        self._explaining: asyncio.Task[None] | None = None
        self._emit: Emit = lambda observation: None
        self._told: set[str] = set()

    @property
    def performs(self) -> tuple[type[Work], ...]:
        return (PodWork, ResourceWork)

    @property
    def where(self) -> str:
        """Raises RuntimeFault where no cluster is to be found."""
        return str(self._cluster())

    @property
    def requests(self) -> int:
        """How many requests the API server has had of this run."""
        return self._client.requests

    async def open(self, place: RunPlace, emit: Emit) -> None:
        cluster = self._cluster()
        self._run, self._emit = place, emit
        folder = Folder(place.work / "kubernetes")
        client = self._client
        await client.in_thread(client.transport)
        owner = await ensure_owner(client, cluster.namespace, place.run_id, place.workflow_name)
        reference = self._owner = owner_reference(owner)
        setting = Setting(
            run_id=place.run_id,
            workflow_name=place.workflow_name,
            namespace=cluster.namespace,
            shim_image=self._shim_image,
            owner=reference,
            hold_seconds=self._hold_seconds,
        )
        given = {"ConfigMap": place.config_maps, "Secret": place.secrets}
        self._pods = Pods(
            client=client,
            setting=setting,
            maker=Maker(client, cluster.namespace, given, reference, place.run_id),
            folder=folder,
            logs=place.logs.absolute(),
            emit=emit,
            tell=_tell,
            pending_timeout=self._pending_timeout,
        )
        self._resources = Resources(
            client=client,
            namespace=cluster.namespace,
            owner=owner_reference(owner, controller=True),
            folder=folder,
            emit=emit,
            render=self._json_path,
        )
        await self._look(folder, str(owner["resourceVersion"]))
        explaining = explain_waiting(client, cluster.namespace, self._pods)
        self._explaining = asyncio.create_task(explaining)

    async def start(self, ref: WorkRef, work: Work) -> None:
        pods, resources = self._open_pods(), self._open_resources()
        if pods.knows(ref) or resources.knows(ref):
            return
        try:
            if isinstance(work, PodWork):
                await pods.start(ref, work)
            elif isinstance(work, ResourceWork):
                resources.start(ref, work)
            else:
                raise RuntimeFault(f"the cluster does not do {type(work).__name__}")
        except RuntimeFault as error:
            report = Report(state=PodState.FAILED, fault=str(error))
            self._emit(Observation(ref=ref, report=report, at=time.time()))

    async def claim(self, claims: Mapping[str, Any]) -> None:
        await make_claims(self._client, self._cluster().namespace, claims, **self._whose())

    async def protect(self, budget: Mapping[str, Any]) -> None:
        client, where = self._client, self._cluster().namespace
        await make_budget(client, where, budget, owner=self._owner, **self._whose())

    async def withdraw(self, claims: Sequence[str]) -> None:
        client, run = self._client, self._whose()["run_id"]
        await remove_claims(client, self._cluster().namespace, claims, run_id=run)

    async def config_map(self, name: str) -> Mapping[str, Any] | None:
        try:
            return await configmaps.read(self._client, self._cluster().namespace, name)
        except configmaps.Refused as refusal:
            raise RuntimeFault(str(refusal)) from refusal

    async def stop(self, ref: WorkRef, grace: float) -> None:
        self._open_resources().stop(ref)
        await self._open_pods().stop(ref, grace)

    async def release(self, ref: WorkRef) -> None:
        await self._open_pods().release(ref)

    async def close(self, *, keep_running: bool = False) -> None:
        pods, self._pods = self._pods, None
        if pods is not None:
            await self._leave(pods, keep_running=keep_running)
        self._client.close()

    async def _leave(self, pods: Pods, *, keep_running: bool) -> None:
        if self._explaining is not None:
            self._explaining.cancel()
        if self._resources is not None:
            await self._resources.close()
        await pods.close(keep_running=keep_running)
        if self._watcher is not None:
            self._watcher.close()
        if not keep_running and not self._keep_pods:
            try:
                await remove_owner(self._client, self._cluster().namespace, self._whose()["run_id"])
            except ApiError as error:
                _tell(explained(error, "what the run made in the cluster is not removed"))

    async def _look(self, folder: Folder, version: str) -> None:
        """Tell of all there is, then of what changes. A run that is new has nothing there."""
        assert self._run is not None
        loop, pods = asyncio.get_running_loop(), self._open_pods()
        watcher = self._watcher = Watcher(
            self._client,
            f"/api/v1/namespaces/{self._cluster().namespace}/pods",
            {"labelSelector": f"{LABEL_RUN}={self._run.run_id}"},
            seen=lambda kind, pod: in_loop(loop, pods.seen, kind, pod),
            listed=lambda found: in_loop(loop, pods.listed, found),
            refused=lambda text: in_loop(loop, self._refused, text),
        )
        known = list(folder.load())
        for kept in known:
            if kept.plan is None:
                self._open_resources().recover(kept)
        known = [kept for kept in known if kept.plan is not None]
        if not known:
            watcher.start(version)
            return
        try:
            found = await self._client.in_thread(watcher.list_now)
        except ApiError as error:
            raise RuntimeFault(explained(error, "cannot look for the pods of the run")) from error
        by_uid = {pod["metadata"]["uid"]: pod for pod in found}
        by_name = {pod["metadata"]["name"]: pod for pod in found}
        for kept in known:
            pod: Mapping[str, Any] | None = by_uid.get(kept.uid)
            if pod is None and not kept.uid:
                pod = by_name.get(kept.ref.pod_name)
            pods.recover(kept, pod)
        watcher.start()

    def _refused(self, text: str) -> None:
        """Say once why the pods are not seen as they change."""
        if text not in self._told:
            self._told.add(text)
            _tell(text)

    def _cluster(self) -> ClusterPlace:
        return self._client.place

    def _whose(self) -> dict[str, str]:
        assert self._run is not None, "open comes first"
        return {"run_id": self._run.run_id, "workflow_name": self._run.workflow_name}

    def _open_pods(self) -> Pods:
        assert self._pods is not None, "open comes first"
        return self._pods

    def _open_resources(self) -> Resources:
        assert self._resources is not None, "open comes first"
        return self._resources


def _tell(text: str) -> None:
    print(text, file=sys.stderr)  # the driver's standard error is its log
