"""Asking for a pod: what it needs first, then itself, until the cluster has it or refuses it.

Called by pods. Creating twice is the same as creating once: a pod is known by its labels.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.work import WorkRef
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.draft import LABEL_ATTEMPT, LABEL_RUN, Shaped, labels_of
from argotui.runtimes.kubernetes.errors import ApiError, explained

_QUOTA_DELAYS = (1.0, 2.0, 4.0, 8.0)  # seconds between tries; the last one repeats
_GONE_SECONDS = 60.0  # for an earlier attempt's pod to go away
_OTHERS = (
    "a pod '{name}' that is not of this run is there already in namespace {namespace}{whose}; "
    "delete it, or run under another name"
)


class Maker:
    """`given` are the ConfigMaps and Secrets that came with the manifest, by kind and name: those
    that a pod refers to are made for the run unless the cluster has them."""

    def __init__(
        self,
        client: Client,
        namespace: str,
        given: Mapping[str, Mapping[str, Any]],
        owner: Mapping[str, Any],
        run_id: str,
    ) -> None:
        self._client, self._namespace = client, namespace
        self._given = {kind: dict(objects) for kind, objects in given.items()}
        self._owner, self._run_id = owner, run_id
        self._lock = asyncio.Lock()
        self._where = f"/api/v1/namespaces/{namespace}"

    async def make(
        self, ref: WorkRef, shaped: Shaped, waits: Callable[[str], None]
    ) -> Mapping[str, Any]:
        """Return the pod, new or found. `waits` hears why it is not there yet.

        Raises RuntimeFault with a sentence for what will not pass.
        """
        what = f"cannot create pod {ref.pod_name}"
        await self._make_given(shaped.pod, waits)
        if shaped.config_map is not None:
            await self._create("configmaps", shaped.config_map, waits, what)
        made = await self._create("pods", shaped.pod, waits, what)
        if made is not None:
            return made
        return await self._found(ref, shaped, waits, what)

    async def _create(
        self, plural: str, body: Mapping[str, Any], waits: Callable[[str], None], what: str
    ) -> Mapping[str, Any] | None:
        """Return what was made, None if it is there already."""
        turn = 0
        while True:
            try:
                made: Mapping[str, Any] = await self._client.call(
                    "POST",
                    f"{self._where}/{plural}",
                    body=body,
                    on_trouble=lambda error: waits(explained(error, "waits for the cluster")),
                )
                return made
            except ApiError as error:
                if error.status == 409 and error.reason != "Conflict":
                    return None
                if not error.is_quota and error.status != 409:
                    raise RuntimeFault(explained(error, what)) from error
                waits(error.message)
            await asyncio.sleep(_QUOTA_DELAYS[min(turn, len(_QUOTA_DELAYS) - 1)])
            turn += 1

    async def _found(
        self, ref: WorkRef, shaped: Shaped, waits: Callable[[str], None], what: str
    ) -> Mapping[str, Any]:
        """The name is taken: by this very work, by an earlier attempt of it, or by a stranger."""
        path = f"{self._where}/pods/{ref.pod_name}"
        deadline = asyncio.get_running_loop().time() + _GONE_SECONDS
        while True:
            try:
                pod: Mapping[str, Any] = await self._client.call("GET", path)
            except ApiError as error:
                if error.status != 404:
                    raise RuntimeFault(explained(error, what)) from error
                pod = {}
            labels = (pod.get("metadata") or {}).get("labels") or {}
            if pod and all(labels.get(key) == value for key, value in labels_of(ref).items()):
                return pod
            if pod and not _is_earlier(labels, ref):
                raise RuntimeFault(_not_ours(ref, self._namespace, labels))
            if pod:
                await self._delete(path, pod)
                waits("waits for the pod of an earlier attempt to go")
            made = await self._create("pods", shaped.pod, waits, what)
            if made is not None:
                return made
            if asyncio.get_running_loop().time() > deadline:
                raise RuntimeFault(f"{what}: the pod of an earlier attempt does not go away")
            await asyncio.sleep(0.5)

    async def _delete(self, path: str, pod: Mapping[str, Any]) -> None:
        metadata = pod["metadata"]
        if metadata.get("deletionTimestamp"):
            return
        body = {"preconditions": {"uid": metadata["uid"]}, "gracePeriodSeconds": 1}
        try:
            await self._client.call("DELETE", path, body=body)
        except ApiError as error:
            if error.status not in (404, 409):
                raise RuntimeFault(explained(error, "cannot delete an earlier pod")) from error

    async def _make_given(self, pod: Mapping[str, Any], waits: Callable[[str], None]) -> None:
        if not any(self._given.values()):
            return
        async with self._lock:
            for kind, plural in (("ConfigMap", "configmaps"), ("Secret", "secrets")):
                for name in [name for name in self._given[kind] if _mentions(pod, name)]:
                    body = self._of_the_run(kind, name, self._given[kind][name])
                    await self._create(plural, body, waits, f"cannot create {kind} {name}")
                    del self._given[kind][name]

    def _of_the_run(self, kind: str, name: str, document: Mapping[str, Any]) -> dict[str, Any]:
        metadata = document.get("metadata") or {}
        labels = {**(metadata.get("labels") or {}), LABEL_RUN: self._run_id}
        return {
            **document,
            "apiVersion": "v1",
            "kind": kind,
            "metadata": {
                **metadata,
                "name": name,
                "namespace": self._namespace,
                "labels": labels,
                "ownerReferences": [dict(self._owner)],
            },
        }


def _is_earlier(labels: Mapping[str, str], ref: WorkRef) -> bool:
    attempt = str(labels.get(LABEL_ATTEMPT) or "")
    return labels.get(LABEL_RUN) == ref.run_id and attempt.isdigit() and int(attempt) < ref.attempt


def _not_ours(ref: WorkRef, namespace: str, labels: Mapping[str, str]) -> str:
    run = labels.get(LABEL_RUN)
    whose = f" (it is of run {run}: argotui delete {run})" if run and run != ref.run_id else ""
    return _OTHERS.format(name=ref.pod_name, namespace=namespace, whose=whose)


def _mentions(value: Any, name: str) -> bool:
    match value:
        case str():
            return value == name
        case Mapping():
            return any(_mentions(item, name) for item in value.values())
        case list():
            return any(_mentions(item, name) for item in value)
    return False
