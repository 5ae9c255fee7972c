"""One ConfigMap or Secret read from the API server when a piece of work needs it.

Used by bootstrap for work that is done on this machine in a run on a cluster; only reads.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from argotui.model.errors import RuntimeFault
from argotui.model.manifest import JsonObject
from argotui.runtimes.kubernetes.client import Client, Request
from argotui.runtimes.kubernetes.errors import ApiError, explained

_PLURALS = {"ConfigMap": "configmaps", "Secret": "secrets"}


def reader(client: Client) -> Callable[[str, str], JsonObject | None]:
    """Return what reads an object of the namespace by kind and name: None where there is none of
    that name. It raises RuntimeFault where that cannot be learnt, and may be called in threads."""
    return partial(_read, client)


def _read(client: Client, kind: str, name: str) -> JsonObject | None:
    path = f"/api/v1/namespaces/{client.place.namespace}/{_PLURALS[kind]}/{name}"
    try:
        found: JsonObject = client.once(Request(method="GET", path=path))
        return found
    except ApiError as error:
        if error.status == 404:
            return None
        raise RuntimeFault(explained(error, f'cannot read {kind} "{name}"')) from error
