"""ConfigMaps kept in sight by watches, so that who waits for a change need not ask for it.

Called by locks. What is seen says that it is time to look, never what to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.watch import Watcher, in_loop

Name: TypeAlias = tuple[str, str]  # namespace, name of a ConfigMap
Object: TypeAlias = Mapping[str, Any]


class Sights:
    """`changed` is called, in the loop, when what `part` takes from a ConfigMap has become
    another, and when sight is lost or found again. Used within one asyncio loop."""

    def __init__(
        self, client: Client, part: Callable[[Name, Object], Any], changed: Callable[[], None]
    ) -> None:
        self._client, self._part, self._changed = client, part, changed
        self._open: dict[Name, _Sight] = {}

    @property
    def are_clear(self) -> bool:
        """Whether every change is seen as it happens."""
        return bool(self._open) and all(sight.is_clear for sight in self._open.values())

    def look_at(self, wanted: Iterable[Name]) -> None:
        """Keep these in sight, and no others."""
        names = set(wanted)
        for name in self._open.keys() - names:
            self._open.pop(name).close()
        for name in sorted(names - self._open.keys()):
            self._open[name] = _Sight(self._client, name, self._part, self._changed)


class _Sight:
    """One ConfigMap, from a thread of its own."""

    def __init__(
        self,
        client: Client,
        name: Name,
        part: Callable[[Name, Object], Any],
        changed: Callable[[], None],
    ) -> None:
        self.is_clear = False
        self._name, self._part, self._changed = name, part, changed
        self._last: Any = ()  # equal to nothing that a ConfigMap may have
        self._closed = False
        loop = asyncio.get_running_loop()
        self._watcher = Watcher(
            client,
            f"/api/v1/namespaces/{name[0]}/configmaps",
            {"fieldSelector": f"metadata.name={name[1]}"},
            seen=lambda kind, found: in_loop(loop, self._saw, None if kind == "DELETED" else found),
            listed=lambda found: in_loop(loop, self._saw, found[0] if found else None),
            troubled=lambda text: in_loop(loop, self._cleared, not text),
        )
        self._watcher.start()

    def close(self) -> None:
        self._closed = True
        self._watcher.close()

    def _saw(self, found: Object | None) -> None:
        part = None if found is None else self._part(self._name, found)
        if part != self._last and not self._closed:
            self._last = part
            self._changed()

    def _cleared(self, is_clear: bool) -> None:
        if is_clear is not self.is_clear and not self._closed:
            self.is_clear = is_clear
            self._changed()
