"""The PersistentVolumeClaims of a run, made from its volumeClaimTemplates. Argo: 4.13.

Called by runtime; they hang on the run's ConfigMap and go with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.errors import ApiError, explained
from argotui.runtimes.kubernetes.shim import LABEL_RUN

_PATIENCE = 20.0  # seconds for a cluster to answer


async def make_claims(
    client: Client,
    namespace: str,
    claims: Mapping[str, Any],
    owner: Mapping[str, Any],
    run_id: str,
) -> None:
    """Make those that are not there yet. Raises RuntimeFault in the server's words."""
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    for name, template in claims.items():
        body = _claim(name, template, owner, run_id)
        try:
            await client.call("POST", path, body=body, patience=_PATIENCE)
        except ApiError as error:
            if error.status in (401, 403):
                raise RuntimeFault(explained(error, f"cannot claim {name}")) from error
            if error.status != 409:
                raise RuntimeFault(error.message) from error


def _claim(
    name: str, template: Mapping[str, Any], owner: Mapping[str, Any], run_id: str
) -> dict[str, Any]:
    metadata = dict(template.get("metadata") or {})
    labels = {**(metadata.get("labels") or {}), LABEL_RUN: run_id}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {**metadata, "name": name, "labels": labels, "ownerReferences": [dict(owner)]},
        "spec": template.get("spec") or {},
    }
