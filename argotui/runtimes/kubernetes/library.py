"""Templates and ConfigMaps that a manifest refers to, read from the API server before a run.

Called by bootstrap, from any thread; only reads. Argo: 4.12.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.sought import (
    ANNOTATION_READ,
    CLUSTER_WORKFLOW_TEMPLATE,
    CONFIG_MAP,
    CRON_WORKFLOW,
    WORKFLOW_TEMPLATE,
    Answer,
    Sought,
)
from argotui.runtimes.kubernetes.client import Client, Request
from argotui.runtimes.kubernetes.errors import ApiError, explained

_ARGO = "/apis/argoproj.io/v1alpha1"
_PATHS: Mapping[str, str] = {
    WORKFLOW_TEMPLATE: f"{_ARGO}/namespaces/{{namespace}}/workflowtemplates",
    CLUSTER_WORKFLOW_TEMPLATE: f"{_ARGO}/clusterworkflowtemplates",
    CRON_WORKFLOW: f"{_ARGO}/namespaces/{{namespace}}/cronworkflows",
    CONFIG_MAP: "/api/v1/namespaces/{namespace}/configmaps",
}
_AT_ONCE = 8
_DELAYS = (0.3, 1.0)  # seconds between tries of what may pass
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def read_objects(
    sought: Iterable[Sought],
    *,
    context: str | None = None,
    namespace: str | None = None,
    kubeconfig: str | None = None,
) -> dict[Sought, Answer]:
    """Return what the cluster has of this, and why not for the rest.

    Raises RuntimeFault where that cannot be learnt: a missing right, by verb and resource, a
    server that does not answer, credentials that it does not take.
    """
    client = Client(context=context, namespace=namespace, kubeconfig=kubeconfig)
    place = client.place
    wanted = sorted(set(sought))
    look = partial(_look, client, place.namespace, str(place))
    try:
        client.transport()
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="library") as threads:
            return dict(zip(wanted, threads.map(look, wanted), strict=True))
    finally:
        client.close()


def _look(client: Client, namespace: str, place: str, sought: Sought) -> Answer:
    path = f"{_PATHS[sought.kind].format(namespace=namespace)}/{sought.name}"
    try:
        found = _patiently(client, Request(method="GET", path=path))
    except ApiError as error:
        if error.status != 404:
            what = f'cannot read {sought.kind} "{sought.name}"'
            raise RuntimeFault(explained(error, what)) from error
        if error.reason == "NotFound":
            return Answer(why=f"{place} has none of that name either", place=place)
        why = f"{place} does not know the kind {sought.kind}: Argo's CRDs are not installed there"
        return Answer(why=why, place=place)
    return Answer(document=_as_written(found, sought.kind, place), place=place)


def _patiently(client: Client, request: Request) -> Mapping[str, Any]:
    for delay in _DELAYS:
        try:
            found: Mapping[str, Any] = client.once(request)
            return found
        except ApiError as error:
            if not error.may_pass:
                raise
            time.sleep(delay if error.retry_after is None else min(error.retry_after, _DELAYS[-1]))
    last: Mapping[str, Any] = client.once(request)
    return last


def _as_written(found: Mapping[str, Any], kind: str, place: str) -> dict[str, Any]:
    """Return the object without what the server has added to it."""
    written = {key: value for key, value in found.items() if key not in ("metadata", "status")}
    given = found.get("metadata") or {}
    annotations = {
        key: value for key, value in (given.get("annotations") or {}).items() if key != _APPLIED
    }
    metadata = {
        "name": given.get("name"),
        **({"namespace": given["namespace"]} if given.get("namespace") else {}),
        **({"labels": given["labels"]} if given.get("labels") else {}),
        "annotations": {**annotations, ANNOTATION_READ: place},
    }
    version = "v1" if kind == CONFIG_MAP else "argoproj.io/v1alpha1"
    return {**written, "apiVersion": version, "kind": kind, "metadata": metadata}
