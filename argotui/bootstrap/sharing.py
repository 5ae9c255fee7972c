"""What runs share: locks and remembered results, those of this machine or those of a cluster.

Called by bootstrap, for the runtime that a run's header names. Holds no rule of Argo.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from argotui.bootstrap.places import Place, connect
from argotui.driver.caches import Caches, CacheStore, hit, now
from argotui.driver.lockfile import FileShelf
from argotui.journal.header import RunHeader
from argotui.journal.lock import is_supervised
from argotui.locks.port import Shelf
from argotui.model.fold import RunState

if TYPE_CHECKING:
    from argotui.runtimes.kubernetes.client import Client


def shelf_of(
    header: RunHeader,
    folder: Path,
    shared: Path,
    client: Client | None,
    *,
    priority: int,
    config_maps: Mapping[str, Any],
) -> Shelf:
    """Return the table in which this run's locks are kept: in the cluster that `client` leads to,
    or in `shared`, the folder of what runs share on this machine. Raises RuntimeFault where no
    cluster is to be found."""
    if client is None:
        return FileShelf(
            shared / "locks",
            folder,
            run=header.run_id,
            priority=priority,
            created=header.created,
            config_maps=config_maps,
            goes_on=is_supervised,
        )
    from argotui.runtimes.kubernetes.locks import ConfigMapShelf

    return ConfigMapShelf(client, run=header.run_id, priority=priority, created=header.created)


def caches_of(header: RunHeader, shared: Path, client: Client | None) -> Caches:
    """Return what memoize remembers where this run is. Raises RuntimeFault as `shelf_of`."""
    if client is None:
        return CacheStore(shared / "caches", header.namespace)
    from argotui.runtimes.kubernetes.caches import ConfigMapCaches

    return ConfigMapCaches(client, lambda entry: hit(entry, now))


def give_back(header: RunHeader, state: RunState) -> None:
    """Free the locks of a run that is deleted. On this machine they are free once nothing of the
    run goes on. Raises RuntimeFault."""
    asked = [value for key, value in state.memory.items() if key.startswith("lock/")]
    spaces = {lock.split("/", 1)[0] for each in asked for lock in each["locks"]}
    client = connect(Place(runtime=header.runtime, options=header.runtime_options))
    if client is None or not spaces:
        return
    from argotui.runtimes.kubernetes.locks import release_run

    try:
        asyncio.run(release_run(client, spaces, header.run_id))
    finally:
        client.close()
