"""What memoize remembers in a cluster: the ConfigMaps that Argo's controller keeps it in, so that
each finds what the other did. Fills driver/caches' port. Made by bootstrap. Argo: 4.11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes import configmaps
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.configmaps import Refused

_LABEL = "workflows.argoproj.io/configmap-type"
_TYPE = "Cache"


class ConfigMapCaches:
    """In the namespace that `client` leads to. `touched` returns an entry as of having been asked
    for now."""

    def __init__(self, client: Client, touched: Callable[[str], str]) -> None:
        self._client = client
        self._namespace = client.place.namespace
        self._touched = touched

    async def load(self, subject: str) -> Mapping[str, str] | None:
        name, _, key = subject.partition("/")
        kept: dict[str, str] = {}

        def touch(found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
            kept.clear()
            if found is None:
                return None
            _check(found)
            data = found.get("data") or {}
            if not data.get(key):
                return None
            kept[key] = str(data[key])
            return {**found, "data": {**data, key: self._touched(kept[key])}}

        try:
            await configmaps.change(self._client, self._namespace, name, touch)
        except Refused as refusal:
            if not kept:
                raise RuntimeFault(f"could not load config map cache: {refusal}") from refusal
        return kept or None

    async def save(self, subject: str, entry: str) -> None:
        name, _, key = subject.partition("/")

        def put(found: Mapping[str, Any] | None) -> Mapping[str, Any]:
            if found is None:
                metadata = {"name": name, "namespace": self._namespace, "labels": {_LABEL: _TYPE}}
                return {"metadata": metadata, "data": {key: entry}}
            _check(found)
            return {**found, "data": {**(found.get("data") or {}), key: entry}}

        try:
            await configmaps.change(self._client, self._namespace, name, put)
        except Refused as refusal:
            raise RuntimeFault(str(refusal)) from refusal


def _check(found: Mapping[str, Any]) -> None:
    """Raises RuntimeFault, in Argo's words, for a ConfigMap that is no cache."""
    label = (found["metadata"].get("labels") or {}).get(_LABEL)
    if label is None:
        why = f"memoization configmap doesn't have {_LABEL} label, refusing to use it"
    elif label != _TYPE:
        why = f"memoization configmap doesn't have label {_LABEL} = {_TYPE}, refusing to use it"
    else:
        return
    raise RuntimeFault(why)
