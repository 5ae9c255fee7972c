"""Performs DataWork from this machine: lists the keys of a location in an object store. Argo: 3.9.

Joined by bootstrap. Stores are spoken to by runtimes/stores; Secrets stay in this process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from argotui.model.errors import RuntimeFault
from argotui.model.manifest import JsonObject
from argotui.model.work import DataWork, Observation, PodState, Report, Work, WorkRef
from argotui.runtimes.port import Emit, RunPlace
from argotui.runtimes.secrets import secret_value
from argotui.runtimes.stores import StoreError, list_keys, to_list
from argotui.runtimes.stores.repository import completed
from argotui.runtimes.under_way import UnderWay

# Returns a ConfigMap or a Secret of the run's namespace, None where there is none of that name.
Read: TypeAlias = Callable[[str, str], JsonObject | None]


@dataclass(slots=True, kw_only=True)
class Given:
    """The ConfigMaps and Secrets of a run: those of its files, else those of its cluster.
    `told` are the secret values that were read, which no message may hold."""

    place: RunPlace
    read: Read | None = None
    told: set[str] = field(default_factory=set)

    def config_map(self, name: str) -> JsonObject | None:
        return self.place.config_maps.get(name) or self._read("ConfigMap", name)

    def secret(self, ref: Mapping[str, Any]) -> str:
        """Return the text that a secretKeyRef points to. Raises StoreError."""
        name = str(ref.get("name", ""))
        found = self.place.secrets.get(name) or self._read("Secret", name)
        try:
            value = secret_value({name: found} if found else {}, ref)
        except KeyError as error:
            raise StoreError(str(error.args[0])) from None
        self.told.add(value)
        return value

    def without_secrets(self, text: str) -> str:
        """Return a message of a store with every secret value taken out."""
        for value in sorted(filter(None, self.told), key=len, reverse=True):
            text = text.replace(value, "***")
        return text

    def _read(self, kind: str, name: str) -> JsonObject | None:
        return self.read(kind, name) if self.read is not None else None


class DataRuntime:
    """A Runtime for listings alone. What was under way when a driver died is asked again."""

    performs: tuple[type[Work], ...] = (DataWork,)
    where = "data"

    def __init__(self, read: Read | None = None) -> None:
        self._read = read
        self._place: RunPlace | None = None
        self._emit: Emit | None = None
        self._under_way = UnderWay()

    async def open(self, place: RunPlace, emit: Emit) -> None:
        self._place, self._emit = place, emit

    async def start(self, ref: WorkRef, work: Work) -> None:
        if isinstance(work, DataWork):
            self._under_way.begin(ref, partial(self._perform, ref, work))

    async def stop(self, ref: WorkRef, grace: float) -> None:
        if self._under_way.stop(ref):
            self._tell(ref, Report(state=PodState.FAILED, message="it was stopped"))

    async def release(self, ref: WorkRef) -> None:
        self._under_way.forget(ref)

    async def close(self, *, keep_running: bool = False) -> None:
        await self._under_way.close()

    async def _perform(self, ref: WorkRef, work: DataWork) -> None:
        assert self._place is not None
        self._tell(ref, Report(state=PodState.RUNNING))
        given = Given(place=self._place, read=self._read)
        self._tell(ref, await asyncio.to_thread(perform, work, given))

    def _tell(self, ref: WorkRef, report: Report) -> None:
        if self._emit is not None:
            self._emit(Observation(ref=ref, report=report, at=time.time()))


def perform(work: DataWork, given: Given) -> Report:
    """List the keys and return what came of it; never raises. A store that is not to be had here
    is a fault, anything else that goes wrong FAILED."""
    try:
        location = completed(work, given.config_map)
        keys = list_keys(to_list(location, given.secret))
    except StoreError as error:
        return Report(state=PodState.FAILED, message=given.without_secrets(str(error)))
    except RuntimeFault as error:
        return Report(state=PodState.FAILED, fault=given.without_secrets(str(error)))
    return Report(state=PodState.SUCCEEDED, response={"keys": keys})
