"""Drivers of runs that want locks, of this machine or of the cluster; as a program, one that
fights for them: it goes in and out, and fails if more are in than may be."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from argotui.driver.lockfile import FileShelf
from argotui.driver.locks import RunLocks
from argotui.model.events import LockGranted, LockRefused, LockWaits
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.locks import ConfigMapShelf
from tests.waiting import until

PATIENCE = 60.0
LEASE = 30.0  # seconds: nobody who lives is slower, however busy the machine is
SHORT = 2.0  # where somebody dies


class Locker:
    """The locks of one run. `news` is what its nodes were told, in order."""

    def __init__(self, where, run, *, created=0.0, priority=0, lease=LEASE, goes_on=None):
        self.run, self.news, self.log = run, [], []
        facts = {"run": run, "created": created, "priority": priority}
        self.client = None
        if "kubeconfig" in where:
            found = {"kubeconfig": where["kubeconfig"], "namespace": where["namespace"]}
            self.client = client = Client(**found)
            more = {"lease_seconds": lease, "poll_seconds": 0.1}
            self.shelf = ConfigMapShelf(client, **facts, **more)
        else:
            folder = Path(where["folder"])
            limits = folder / "limits.json"
            maps = json.loads(limits.read_text()) if limits.exists() else {}
            more = {"goes_on": goes_on} if goes_on else {}
            self.shelf = FileShelf(folder, folder / run, config_maps=maps, **facts, **more)
        self.locks = RunLocks(self.shelf, tell=self._hear, log=self.log.append)

    def _hear(self, event):
        match event:
            case LockGranted():
                self.news.append((event.node_name, "has it"))
            case LockWaits():
                status = f"{event.lock.rpartition('/')[2]} {event.free}/{event.limit}"
                self.news.append((event.node_name, status))
            case LockRefused():
                self.news.append((event.node_name, event.why))

    def wants(self, node, *locks, **more):
        self.locks.acquire(node, locks, **more)
        return self

    async def hears(self, node, what):
        await until(lambda: (node, what) in self.news, f"{self.run} {node} {what}", PATIENCE)
        return self

    async def dies(self):
        """The process ends, and says nothing any more."""
        self.locks._task.cancel()
        await asyncio.gather(self.locks._task, return_exceptions=True)
        if isinstance(self.shelf, FileShelf):
            os.close(self.shelf._handle)
        else:
            self.shelf._sights.look_at(())
            self.client.close()

    async def leaves(self, *, keep=False):
        await self.locks.close(keep=keep)
        if self.client is not None:
            self.client.close()
        assert not self.log, self.log


async def fight(where, run, locks, most, rounds, arena):
    """Go in `rounds` times; among the `most` who may be in at once."""
    locker = Locker(where, run, created=float(run.removeprefix("r")), lease=30.0)
    arena = Path(arena)
    for number in range(rounds):
        await locker.wants(f"n{number}", *locks).hears(f"n{number}", "has it")
        inside = arena / f"{run}-{number}"
        inside.touch()
        count = sum(1 for _ in arena.iterdir())
        assert count <= most, f"{count} are in"
        await asyncio.sleep(0.01)
        inside.unlink()
        locker.locks.release(f"n{number}")
    await locker.leaves()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    with suppress(KeyboardInterrupt):
        asyncio.run(fight(**given))
