"""The ConfigMap that owns all that a run makes in a cluster: deleting it cleans up.

Called by runtime when a run opens and closes, and by `argotui delete` for what crashes left.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.draft import LABEL_RUN
from argotui.runtimes.kubernetes.errors import ApiError, explained

_OPEN_PATIENCE = 20.0  # seconds for a cluster to answer before a run is refused
LABEL_WORKFLOW = "workflows.argoproj.io/workflow"


def owner_name(run_id: str) -> str:
    return "argotui-" + re.sub(r"[^a-z0-9.-]", "-", run_id.lower())[:240]


async def ensure_owner(
    client: Client, namespace: str, run_id: str, workflow_name: str
) -> Mapping[str, Any]:
    """Return the owner's metadata, making it if it is not there. Raises RuntimeFault."""
    name = owner_name(run_id)
    where = f"/api/v1/namespaces/{namespace}/configmaps"
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {LABEL_RUN: run_id, LABEL_WORKFLOW: workflow_name[:63].rstrip("-._")},
        },
        "data": {"workflow": workflow_name, "started": str(int(time.time()))},
    }
    try:
        try:
            found = await client.call("POST", where, body=body, patience=_OPEN_PATIENCE)
        except ApiError as error:
            if error.status != 409:
                raise
            found = await client.call("GET", f"{where}/{name}", patience=_OPEN_PATIENCE)
    except ApiError as error:
        raise RuntimeFault(explained(error, "cannot begin a run in the cluster")) from error
    metadata: Mapping[str, Any] = found["metadata"]
    return metadata


def owner_reference(metadata: Mapping[str, Any], *, controller: bool = False) -> dict[str, Any]:
    """Return what makes an object go when the owner goes."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": metadata["name"],
        "uid": metadata["uid"],
        **({"controller": True, "blockOwnerDeletion": True} if controller else {}),
    }


async def remove_owner(client: Client, namespace: str, run_id: str) -> None:
    """Delete the owner; the cluster deletes what it owns. Gone already is no error.

    Raises ApiError.
    """
    await _delete(client, f"/api/v1/namespaces/{namespace}/configmaps/{owner_name(run_id)}")


async def _delete(client: Client, path: str) -> None:
    body = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
    try:
        await client.call("DELETE", path, body=body, patience=5.0)
    except ApiError as error:
        if error.status != 404:
            raise
