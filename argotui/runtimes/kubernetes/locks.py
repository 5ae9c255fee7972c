"""The mutexes and semaphores of a cluster: in each namespace with locks a ConfigMap holds the
table of all who hold and wait. Fills locks/port. Made by bootstrap. Argo: 4.10.

Safe among any number of argotui's on any number of machines: a table is only written over the
version that was read. Who dies leaves a beat that stands still; what it held is taken away once
no pod below the lock is left.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from argotui.locks import queue
from argotui.locks.queue import Asker, Claim, Entry, Limit, Standing
from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes import configmaps
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.configmaps import Refused
from argotui.runtimes.kubernetes.draft import LABEL_RUN
from argotui.runtimes.kubernetes.errors import ApiError, explained
from argotui.runtimes.kubernetes.leases import Leases
from argotui.runtimes.kubernetes.sights import Name, Sights

NAME = "argotui-locks"  # of the ConfigMap, in the namespace of the locks
_KEY = "table"
_ANNOTATION = "workflows.argoproj.io/node-name"
_ENDED = ("Succeeded", "Failed")
_POLL_SECONDS = 1.0  # where the table cannot be watched
_RENEW_SECONDS = 5.0
_LEASE_SECONDS = 30.0
_PATIENCE = 5.0


class ConfigMapShelf:
    """`client` leads to the namespace of the run's pods. `lease_seconds` is how long the driver of
    a run may say nothing until it counts as dead."""

    def __init__(
        self,
        client: Client,
        *,
        run: str,
        priority: int = 0,
        created: float = 0.0,
        lease_seconds: float = _LEASE_SECONDS,
        poll_seconds: float = _POLL_SECONDS,
    ) -> None:
        self._client = client
        self._namespace = client.place.namespace
        owner = f"{run}-{secrets.token_hex(4)}"
        self._asker = Asker(owner=owner, run=run, priority=priority, created=created)
        self._poll = poll_seconds
        self._slow = lease_seconds / 3  # where it can: whatever is missed is found within a lease
        self._renew = min(_RENEW_SECONDS, lease_seconds / 4)
        self._lease = lease_seconds
        self._leases: dict[str, Leases] = {}
        self._beat = 0
        self._beaten_at: dict[str, float] = {}  # where our beat is looked for
        self._told: set[str] = set()
        self._spaces: set[str] = set()  # where something of ours may stand
        self._is_contested = False
        self._sights = Sights(client, _matter, lambda: None)

    def listen(self, changed: Callable[[], None]) -> None:
        self._sights = Sights(self._client, _matter, changed)

    @property
    def poll_seconds(self) -> float:
        if not self._sights.are_clear:
            return self._poll
        return self._renew if self._is_contested else self._slow

    @property
    def renew_seconds(self) -> float | None:
        return self._renew

    async def settle(self, claims: Sequence[Claim]) -> Mapping[str, Standing]:
        limits = await self._limits(claims)
        self._is_contested = False
        self._spaces |= {_space(lock) for claim in claims for lock in claim.locks}
        standings = {claim.node: Standing(held=True) for claim in claims}
        torn: frozenset[str] = frozenset()  # who has a lock and not all of them
        got: dict[str, set[str]] = {space: set() for space in self._spaces}
        for space in sorted(self._spaces):  # in one order, so that nobody waits in a ring
            for node, standing in (await self._settle_in(space, claims, limits, torn)).items():
                if standing.held:
                    got[space].add(node)
                elif node not in torn:
                    standings[node] = standing
                    torn |= {node}
        for space, nodes in got.items():
            if nodes & torn:
                await self._settle_in(space, claims, limits, torn)
        self._spaces = {_space(lock) for claim in claims for lock in claim.locks}
        self._sights.look_at(_watched(claims, standings))
        return standings

    async def close(self, *, keep: bool) -> None:
        self._sights.look_at(())
        if self._spaces and not keep:
            await self.settle(())

    async def _settle_in(
        self,
        space: str,
        claims: Sequence[Claim],
        limits: Mapping[str, Limit],
        torn: frozenset[str],
    ) -> dict[str, Standing]:
        """Do it in one namespace, with the locks of that namespace."""
        several = {claim.node for claim in claims if len(claim.locks) > 1}
        here = [
            replace(claim, locks=mine)
            for claim in claims
            if (mine := tuple(lock for lock in claim.locks if _space(lock) == space))
        ]
        standings: dict[str, Standing] = {}
        now = asyncio.get_running_loop().time()
        due = now - self._beaten_at.get(space, now) >= self._renew
        beats = False

        def edit(found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
            nonlocal beats
            table = _table(found)
            known = queue.without(queue.parsed(table.get("entries")), dead & _silent(table, seen))
            entries, told = queue.settle(known, self._asker, here, limits, let_go=torn)
            standings.clear()
            standings.update(told)
            beats = self._beats(entries, limits, several)
            fresh = self._fresh(table, entries, due=due and beats)
            if fresh == table or not (entries or table.get("entries")):
                return None
            metadata = (found or {}).get("metadata") or _new_metadata(space)
            return {"metadata": metadata, "data": {_KEY: json.dumps(fresh, indent=1)}}

        try:
            found = await configmaps.read(self._client, space, NAME)
            seen = _table(found)
            dead = await self._dead(space, seen, limits)
            await configmaps.change_from(found, self._client, space, NAME, edit)
        except Refused as refusal:
            return {claim.node: Standing(refused=str(refusal)) for claim in here}
        if not beats:
            self._beaten_at.pop(space, None)
        elif due or space not in self._beaten_at:
            self._beaten_at[space] = now
        return standings

    def _beats(
        self, entries: Sequence[Entry], limits: Mapping[str, Limit], several: set[str]
    ) -> bool:
        """Whether others wonder if we live: for what we hold, and where they wait for us to take
        what is free. Who waits for what others hold need not say anything."""
        me = self._asker.owner
        waits = any(entry.owner == me for entry in queue.contested(entries, limits))
        waits |= any(
            entry.owner == me and not entry.held and entry.node in several for entry in entries
        )
        self._is_contested |= waits
        return waits or any(entry.owner == me and entry.held for entry in entries)

    def _fresh(
        self, table: Mapping[str, Any], entries: Sequence[Entry], *, due: bool
    ) -> dict[str, Any]:
        """Return the table with these entries, and a beat of ours where one is due."""
        owners = {entry.owner for entry in entries}
        drivers = {
            name: driver for name, driver in table.get("drivers", {}).items() if name in owners
        }
        plain = [queue.plain(entry) for entry in entries]
        me = self._asker.owner
        if me in owners and (due or me not in drivers or plain != table.get("entries")):
            self._beat += 1
            drivers[me] = {"beat": self._beat, "namespace": self._namespace}
        return {"drivers": drivers, "entries": plain}

    async def _limits(self, claims: Sequence[Claim]) -> dict[str, Limit]:
        """Read every limit anew: a change counts at once."""
        read: dict[tuple[str, str], Mapping[str, Any] | str | None] = {}
        limits: dict[str, Limit] = {}
        for lock in dict.fromkeys(lock for claim in claims for lock in claim.locks):
            where = queue.semaphore_of(lock)
            if where is None:
                continue
            space, name, key = where
            if (space, name) not in read:
                read[space, name] = await self._data(space, name)
            data = read[space, name]
            limits[lock] = data if isinstance(data, str) else queue.read_limit(data, name, key)
        return limits

    async def _data(self, space: str, name: str) -> Mapping[str, Any] | str | None:
        try:
            found = await configmaps.read(self._client, space, name)
        except Refused as refusal:
            return str(refusal)
        return None if found is None else found.get("data") or {}

    # -- who died ----------------------------------------------------------------------------------

    async def _dead(
        self, space: str, table: Mapping[str, Any], limits: Mapping[str, Limit]
    ) -> set[tuple[str, str]]:
        """Return the entries, by owner and node, that nobody stands behind any more."""
        drivers = table.get("drivers", {})
        entries = queue.parsed(table.get("entries"))
        asked = [entry for entry in entries if entry.held or len(entry.locks) > 1]
        asked += queue.contested(entries, limits)
        others = {entry.owner for entry in asked if entry.run != self._asker.run}
        beats = {name: int(drivers.get(name, {}).get("beat", 0)) for name in others}
        leases = self._leases.setdefault(space, Leases(self._lease, 3 * self._renew))
        silent = leases.look(beats, asyncio.get_running_loop().time())
        dead: set[tuple[str, str]] = set()
        for owner in silent:
            theirs = [entry for entry in entries if entry.owner == owner]
            held = [entry for entry in theirs if entry.held]
            where = str(drivers.get(owner, {}).get("namespace") or space)
            busy = await self._busy(where, theirs[0].run) if held else []
            dead |= {
                (owner, entry.node)
                for entry in theirs
                if not entry.held or not any(_is_below(name, entry.node) for name in busy)
            }
        return dead

    async def _busy(self, namespace: str, run: str) -> Iterable[str]:
        """Return the node names of the pods of a run that may be running, "" for
        one that may be of any: where nobody can look, nothing is taken away."""
        path = f"/api/v1/namespaces/{namespace}/pods"
        query = {"labelSelector": f"{LABEL_RUN}={run}"}
        try:
            found = await self._client.call("GET", path, query=query, patience=_PATIENCE)
        except ApiError as error:
            what = f"the driver of run {run} is gone, and whether its pods run cannot be seen"
            text = explained(error, what)
            if error.may_pass:
                raise RuntimeFault(text) from error
            if text not in self._told:
                self._told.add(text)
                print(text, file=sys.stderr)  # the driver's standard error is its log
            return [""]
        return [
            str((pod["metadata"].get("annotations") or {}).get(_ANNOTATION, ""))
            for pod in found.get("items") or ()
            if (pod.get("status") or {}).get("phase") not in _ENDED
        ]


async def release_run(client: Client, spaces: Iterable[str], run: str) -> None:
    """Take a deleted run out of the tables of these namespaces. Raises RuntimeFault."""

    def edit(found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        table = _table(found)
        entries = [each for each in table.get("entries", ()) if each.get("run") != run]
        if found is None or entries == table.get("entries", []):
            return None
        owners = {each.get("owner") for each in entries}
        drivers = {name: each for name, each in table["drivers"].items() if name in owners}
        fresh = {"drivers": drivers, "entries": entries}
        return {"metadata": found["metadata"], "data": {_KEY: json.dumps(fresh, indent=1)}}

    for space in sorted(set(spaces)):
        try:
            await configmaps.change(client, space, NAME, edit)
        except Refused as refusal:
            raise RuntimeFault(str(refusal)) from refusal


def _matter(name: Name, found: Mapping[str, Any]) -> Any:
    """Return what of a table, or of the limits of semaphores, changes how a claim stands."""
    if name[1] == NAME:
        return queue.crowds(queue.parsed(_table(found).get("entries")))
    return found.get("data")


def _watched(claims: Sequence[Claim], standings: Mapping[str, Standing]) -> set[Name]:
    """Return what says when those who wait may go on."""
    found: set[Name] = set()
    for claim in claims:
        standing = standings.get(claim.node, Standing())
        if standing.held or standing.refused:
            continue
        for lock in claim.locks:
            found.add((_space(lock), NAME))
            if (where := queue.semaphore_of(lock)) is not None:
                found.add(where[:2])
    return found


def _silent(table: Mapping[str, Any], seen: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return the entries whose driver has not moved since the table was seen before."""
    then, now = seen.get("drivers", {}), table.get("drivers", {})
    return {
        (entry.owner, entry.node)
        for entry in queue.parsed(table.get("entries"))
        if then.get(entry.owner) == now.get(entry.owner)
    }


def _is_below(node: str, holder: str) -> bool:
    """A pod that does not say of which node it is may be of any."""
    return not node or node.startswith(holder)


def _space(lock: str) -> str:
    return lock.split("/", 1)[0]


def _new_metadata(space: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/managed-by": "argotui"}
    return {"name": NAME, "namespace": space, "labels": labels}


def _table(found: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        table = json.loads(((found or {}).get("data") or {}).get(_KEY) or "{}")
    except ValueError:
        return {}
    return table if isinstance(table, dict) else {}
