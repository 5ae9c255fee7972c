"""Several runtimes as one: each piece of work goes to the first that performs its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from argotui.model.manifest import JsonObject
from argotui.model.work import Work, WorkRef
from argotui.runtimes.port import Emit, Provides, Reads, RunPlace, Runtime


class JoinedRuntime:
    """`first` is the run's own runtime and gives the name; the others stand in for what it does
    not do."""

    def __init__(self, first: Runtime, *others: Runtime) -> None:
        self._all = (first, *others)
        self._by_key: dict[str, Runtime] = {}
        self._given: Mapping[str, JsonObject] = {}

    @property
    def performs(self) -> tuple[type[Work], ...]:
        return tuple(dict.fromkeys(kind for each in self._all for kind in each.performs))

    @property
    def where(self) -> str:
        return self._all[0].where

    @property
    def warning(self) -> str:
        return str(getattr(self._all[0], "warning", ""))

    async def open(self, place: RunPlace, emit: Emit) -> None:
        self._given = place.config_maps
        for each in self._all:
            await each.open(place, emit)

    async def claim(self, claims: Mapping[str, JsonObject]) -> None:
        if isinstance(self._all[0], Provides):
            await self._all[0].claim(claims)

    async def protect(self, budget: JsonObject) -> None:
        if isinstance(self._all[0], Provides):
            await self._all[0].protect(budget)

    async def withdraw(self, claims: Sequence[str]) -> None:
        if isinstance(self._all[0], Provides):
            await self._all[0].withdraw(claims)

    async def config_map(self, name: str) -> JsonObject | None:
        first = self._all[0]
        return await first.config_map(name) if isinstance(first, Reads) else self._given.get(name)

    async def start(self, ref: WorkRef, work: Work) -> None:
        chosen = next(each for each in self._all if isinstance(work, each.performs))
        self._by_key[ref.key] = chosen
        await chosen.start(ref, work)

    async def stop(self, ref: WorkRef, grace: float) -> None:
        await self._of(ref).stop(ref, grace)

    async def release(self, ref: WorkRef) -> None:
        await self._of(ref).release(ref)
        self._by_key.pop(ref.key, None)

    async def close(self, *, keep_running: bool = False) -> None:
        for each in self._all:
            await each.close(keep_running=keep_running)

    def _of(self, ref: WorkRef) -> Runtime:
        """Return who has the work; after a recovery, the run's own runtime."""
        return self._by_key.get(ref.key, self._all[0])
