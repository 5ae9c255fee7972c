"""A runtime that really runs the work and then tells of it what was recorded, where it is chance.

A case that throws dice takes another way each time: with the throws of the recording it has to
take the recorded one, by our rules, with our pods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from argotui.model.work import Observation, PodWork, Report, Work, WorkRef
from argotui.runtimes.port import Emit, RunPlace, Runtime
from tests.corpus.replay import ended


class LoadedDice:
    """`facts` are the recorded nodes by name."""

    def __init__(self, inner: Runtime, facts: Mapping[str, Any]) -> None:
        self._inner, self._facts = inner, dict(facts)
        self._work: dict[str, Work] = {}

    @property
    def performs(self) -> tuple[type[Work], ...]:
        return self._inner.performs

    @property
    def where(self) -> str:
        return self._inner.where

    async def open(self, place: RunPlace, emit: Emit) -> None:
        await self._inner.open(place, lambda seen: emit(self._told(seen)))

    async def start(self, ref: WorkRef, work: Work) -> None:
        self._work[ref.key] = work
        await self._inner.start(ref, work)

    async def stop(self, ref: WorkRef, grace: float) -> None:
        await self._inner.stop(ref, grace)

    async def release(self, ref: WorkRef) -> None:
        await self._inner.release(ref)

    async def close(self, *, keep_running: bool = False) -> None:
        await self._inner.close(keep_running=keep_running)

    def _told(self, seen: Observation) -> Observation:
        name = seen.ref.node_name
        fact, work = self._facts.get(name), self._work.get(seen.ref.key)
        if fact is None or not isinstance(work, PodWork) or not seen.report.state.has_ended:
            return seen
        thrown = ended(work, fact, seen.at, self._facts, name)
        return replace(seen, report=_loaded(seen.report, thrown))


def _loaded(real: Report, thrown: Report) -> Report:
    if real.fault or real.stage_errors or real.collect_errors:
        return real  # that was no chance
    return replace(
        real,
        state=thrown.state,
        containers=thrown.containers,
        parameters={**real.parameters, **thrown.parameters},
        result=real.result if thrown.result is None else thrown.result,
    )
