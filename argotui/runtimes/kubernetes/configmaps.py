"""ConfigMaps that several writers share: read, changed, and written only over what was read.

Called by locks and caches.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.errors import ApiError, explained

MOST_BYTES = 1 << 20  # of a ConfigMap: the API server takes no more
_PATIENCE = 5.0  # seconds for a server that does not answer, or cannot
_TRIES = 60  # against others who write at the same time
_PAUSE = 0.02  # seconds, times the number of the try, at most half a second

Object = Mapping[str, Any]


class Refused(Exception):
    """The server will not do it, and would not later either."""


async def read(client: Client, namespace: str, name: str) -> Object | None:
    """Return a ConfigMap, None where there is none. Raises RuntimeFault (later perhaps) and
    Refused (never)."""
    try:
        found: Object = await client.call("GET", _path(namespace, name), patience=_PATIENCE)
    except ApiError as error:
        if error.status == 404:
            return None
        raise _fault(error, f"cannot read the ConfigMap {namespace}/{name}") from error
    return found


async def change(
    client: Client, namespace: str, name: str, edit: Callable[[Object | None], Object | None]
) -> None:
    """Put what `edit` makes of the ConfigMap in its place, None leaves it: again and again until
    nobody else was in between. Raises RuntimeFault, Refused, and what `edit` raises."""
    await change_from(await read(client, namespace, name), client, namespace, name, edit)


async def change_from(
    found: Object | None,
    client: Client,
    namespace: str,
    name: str,
    edit: Callable[[Object | None], Object | None],
) -> None:
    """Do it for who has read the ConfigMap already."""
    for number in range(_TRIES):
        wanted = edit(found)
        if wanted is None or await _write(client, namespace, name, found, wanted):
            return
        await asyncio.sleep(random.uniform(0, min(_PAUSE * (number + 1), 0.5)))
        found = await read(client, namespace, name)
    raise RuntimeFault(f"the ConfigMap {namespace}/{name} is changed by others all the time")


async def _write(
    client: Client, namespace: str, name: str, found: Object | None, wanted: Object
) -> bool:
    """Say whether it was written: not if somebody else did since it was read."""
    body = {"apiVersion": "v1", "kind": "ConfigMap", **wanted}
    path = _path(namespace, name if found is not None else "")
    method = "PUT" if found is not None else "POST"
    try:
        await client.call(method, path, body=body, patience=_PATIENCE)
    except ApiError as error:
        if error.status == 409 or (error.status == 404 and found is not None):
            return False
        if size(wanted) > MOST_BYTES:
            why = f"the ConfigMap {namespace}/{name} would be larger than 1 MB, the most it can be"
            raise Refused(why) from error
        raise _fault(error, f"cannot write the ConfigMap {namespace}/{name}") from error
    return True


def size(document: Object) -> int:
    """Return the bytes that the server counts: keys and values."""
    data = document.get("data") or {}
    return sum(len(key.encode()) + len(str(value).encode()) for key, value in data.items())


def _path(namespace: str, name: str = "") -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps" + (f"/{name}" if name else "")


def _fault(error: ApiError, what: str) -> RuntimeFault | Refused:
    text = explained(error, what)
    return RuntimeFault(text) if error.may_pass else Refused(text)
