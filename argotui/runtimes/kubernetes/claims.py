"""The PersistentVolumeClaims of a run, made from its volumeClaimTemplates, and its disruption
budget. Argo: 4.13.

Called by runtime. A claim may outlive its run, so nothing owns it; bootstrap removes those that
were kept when the run is deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.draft import LABEL_RUN
from argotui.runtimes.kubernetes.errors import ApiError, explained

_PATIENCE = 20.0  # seconds for a cluster to answer
_QUOTA_SECONDS = 5.0  # between two tries where a quota is used up
_WORKFLOW = "workflows.argoproj.io/workflow"
_CLAIMS = "/api/v1/namespaces/{}/persistentvolumeclaims"
_BUDGETS = "/apis/policy/v1/namespaces/{}/poddisruptionbudgets"


async def make_claims(
    client: Client,
    namespace: str,
    claims: Mapping[str, Any],
    *,
    run_id: str,
    workflow_name: str,
) -> None:
    """Make those that are not there yet. Raises RuntimeFault in the server's words."""
    for name, template in claims.items():
        metadata = dict(template.get("metadata") or {})
        labels = {
            **(metadata.get("labels") or {}),
            _WORKFLOW: workflow_name,
            LABEL_RUN: run_id,
        }
        body = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {**metadata, "name": name, "labels": labels},
            "spec": template.get("spec") or {},
        }
        await _make(client, _CLAIMS.format(namespace), body, run_id, f"cannot claim {name}")


async def make_budget(
    client: Client,
    namespace: str,
    spec: Mapping[str, Any],
    *,
    run_id: str,
    workflow_name: str,
    owner: Mapping[str, Any],
) -> None:
    """Make the budget, called as the workflow; it goes with the owner. Raises RuntimeFault."""
    chosen = {"matchLabels": {_WORKFLOW: workflow_name}}
    labels = {_WORKFLOW: workflow_name, LABEL_RUN: run_id}
    body = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": workflow_name, "labels": labels, "ownerReferences": [dict(owner)]},
        "spec": {"selector": chosen, **spec},
    }
    what = "cannot make the disruption budget"
    await _make(client, _BUDGETS.format(namespace), body, run_id, what)


async def remove_claims(
    client: Client, namespace: str, names: Iterable[str], *, run_id: str
) -> None:
    """Delete the claims that are this run's; gone already is no error. Raises RuntimeFault."""
    for name in names:
        path = f"{_CLAIMS.format(namespace)}/{name}"
        try:
            found = await client.call("GET", path, patience=_PATIENCE)
            if _run_of(found) == run_id:
                body = {"preconditions": {"uid": found["metadata"]["uid"]}}
                await client.call("DELETE", path, body=body, patience=_PATIENCE)
        except ApiError as error:
            if error.status not in (404, 409):
                raise RuntimeFault(explained(error, f"cannot delete the claim {name}")) from error


def remove_kept(
    names: Iterable[str], run_id: str, *, context: str, namespace: str, kubeconfig: str | None
) -> None:
    """Delete what a run that did not succeed has kept. Raises RuntimeFault."""
    client = Client(context=context, kubeconfig=kubeconfig)
    try:
        asyncio.run(remove_claims(client, namespace, names, run_id=run_id))
    finally:
        client.close()


async def _make(client: Client, path: str, body: Mapping[str, Any], run_id: str, what: str) -> None:
    while True:
        try:
            await client.call("POST", path, body=body, patience=_PATIENCE)
            return
        except ApiError as error:
            if error.status == 409:
                await _accept(client, f"{path}/{body['metadata']['name']}", run_id, error)
                return
            if error.status in (401, 403) and not error.is_quota:
                raise RuntimeFault(explained(error, what)) from error
            if not error.is_quota:
                raise RuntimeFault(error.message) from error
        await asyncio.sleep(_QUOTA_SECONDS)


async def _accept(client: Client, path: str, run_id: str, refused: ApiError) -> None:
    """What is there already was made by a driver before, or is somebody else's."""
    try:
        other = _run_of(await client.call("GET", path, patience=_PATIENCE))
    except ApiError as error:
        raise RuntimeFault(explained(error, refused.message)) from error
    if other != run_id:
        whose = f" (it is of run {other}: argotui delete {other})" if other else ""
        raise RuntimeFault(f"{refused.message}{whose}")


def _run_of(found: Mapping[str, Any]) -> str:
    labels = (found.get("metadata") or {}).get("labels") or {}
    return str(labels.get(LABEL_RUN) or "")
