"""One operation on one object, as kubectl would do it, by plain requests. Argo: 3.6.

Called by resources.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.client import JSON, Client
from argotui.runtimes.kubernetes.discovery import Kind
from argotui.runtimes.kubernetes.errors import ApiError
from argotui.runtimes.kubernetes.kubectl import Flags

_PATIENCE = 60.0
_MANAGER = "argotui"
_PATCHES = {
    "strategic": "application/strategic-merge-patch+json",
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
}
_DELETE_SECONDS = 600.0  # for finalizers
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is acted on. `document` is what the manifest says of it."""

    kind: Kind
    namespace: str
    name: str
    document: Document

    @property
    def path(self) -> str:
        return self.kind.path(self.namespace, self.name)


async def act(
    client: Client, action: str, target: Target, flags: Flags, merge_strategy: str, *, again: bool
) -> Document | None:
    """Do it; return the object as it is then, None where there is none.

    `again` says that an earlier driver may have done it. Raises ApiError and RuntimeFault.
    """
    match action:
        case "get":
            return await _get(client, target, missing_ok="--ignore-not-found" in flags.switches)
        case "create":
            return await _create(client, target, flags, again=again)
        case "apply":
            return await _apply(client, target, flags)
        case "replace":
            return await _replace(client, target, flags)
        case "patch":
            return await _patch(client, target, flags, merge_strategy)
        case "delete":
            await _delete(client, target, flags)
            return None
    raise RuntimeFault(f"{action}: no such action")


def _query(flags: Flags, **more: Any) -> dict[str, Any]:
    manager = flags.values.get("--field-manager", _MANAGER)
    return {"fieldManager": manager, "dryRun": "All" if flags.dry_run else None, **more}


async def _get(client: Client, target: Target, *, missing_ok: bool) -> Document | None:
    try:
        found: Document = await client.call("GET", target.path, patience=_PATIENCE)
        return found
    except ApiError as error:
        if error.status == 404 and missing_ok:
            return None
        raise


async def _create(client: Client, target: Target, flags: Flags, *, again: bool) -> Document:
    path = target.kind.path(target.namespace)
    try:
        # A name made by the server is made once: whether it was made is not known without answer.
        patience = _PATIENCE if target.name else 0.0
        made: Document = await client.call(
            "POST", path, query=_query(flags), body=target.document, patience=patience
        )
        return made
    except ApiError as error:
        if error.status == 409 and again and target.name:
            found: Document = await client.call("GET", target.path, patience=_PATIENCE)
            return found
        raise


async def _apply(client: Client, target: Target, flags: Flags) -> Document:
    applied: Document = await client.call(
        "PATCH",
        target.path,
        query=_query(flags, force=True),
        body=json.dumps(target.document).encode(),
        content_type="application/apply-patch+yaml",
        patience=_PATIENCE,
    )
    return applied


async def _replace(client: Client, target: Target, flags: Flags) -> Document:
    if "--force" in flags.switches:
        await _delete(client, target, flags)
        return await _create(client, target, flags, again=False)
    document = dict(target.document)
    metadata = dict(document.get("metadata") or {})
    if not metadata.get("resourceVersion"):
        found = await client.call("GET", target.path, patience=_PATIENCE)
        metadata["resourceVersion"] = found["metadata"]["resourceVersion"]
    body = {**document, "metadata": metadata}
    replaced: Document = await client.call(
        "PUT", target.path, query=_query(flags), body=body, patience=_PATIENCE
    )
    return replaced


async def _patch(client: Client, target: Target, flags: Flags, strategy: str) -> Document:
    kind = strategy or flags.values.get("--type") or "strategic"
    if kind not in _PATCHES:
        raise RuntimeFault(f"mergeStrategy must be strategic, merge or json: '{kind}'")
    body: Any = target.document
    if "--patch" in flags.values:
        body = yaml.safe_load(flags.values["--patch"])
    sub = flags.values.get("--subresource")
    patched: Document = await client.call(
        "PATCH",
        f"{target.path}/{sub}" if sub else target.path,
        query=_query(flags),
        body=json.dumps(body, default=str).encode(),
        content_type=_PATCHES[kind],
        patience=_PATIENCE,
    )
    return patched


async def _delete(client: Client, target: Target, flags: Flags) -> None:
    """Like kubectl with --ignore-not-found, and waits until the object is gone."""
    grace = flags.values.get("--grace-period", "")
    cascade = flags.values.get("--cascade", "background")
    policy = {"foreground": "Foreground", "orphan": "Orphan", "false": "Orphan"}
    body = {
        "kind": "DeleteOptions",
        "apiVersion": "v1",
        "propagationPolicy": policy.get(cascade, "Background"),
        **({"gracePeriodSeconds": int(grace)} if grace.isdigit() else {}),
    }
    try:
        query = {"dryRun": "All" if flags.dry_run else None}
        gone = await client.call("DELETE", target.path, query=query, body=body, patience=_PATIENCE)
    except ApiError as error:
        if error.status == 404:
            return
        raise
    if flags.waits and not flags.dry_run:
        await _wait_for_gone(client, target, _uid(gone))


async def _wait_for_gone(client: Client, target: Target, uid: str) -> None:
    delay, deadline = 0.05, asyncio.get_running_loop().time() + _DELETE_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        found = await _get(client, target, missing_ok=True)
        if found is None or (uid and found["metadata"]["uid"] != uid):
            return
        await asyncio.sleep(delay)
        delay = min(delay * 2, 2.0)
    raise RuntimeFault(f"{target.kind.plural} {target.name} is still there: finalizers hold it")


def _uid(answer: Document) -> str:
    metadata = answer.get("metadata") or {}
    details = answer.get("details") or {}
    return str(metadata.get("uid") or details.get("uid") or "")


__all__ = ["JSON", "Target", "act"]
