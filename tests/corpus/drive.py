"""One case on a runtime, in this process, until it has ended or waits for a person."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from argotui import bootstrap
from argotui.driver.driven import DrivenRun
from argotui.model.export import workflow_json
from argotui.model.fold import RunState
from argotui.model.status import NodePhase, NodeType
from argotui.runtimes.port import Runtime
from argotui.submit.prepare import Prepared
from argotui.submit.request import Where
from tests.corpus.cases import Case
from tests.probes.trees import normal_form

HERE = bootstrap.Place(runtime=Where.LOCAL)
Wrap = Callable[[Runtime], Runtime]


async def driven(
    case: Case,
    ready: Prepared,
    *,
    limit: float,
    place: bootstrap.Place = HERE,
    wrap: Wrap | None = None,
) -> dict[str, Any]:
    """Return the tree the case leaves behind; `wrap` is put around its runtime."""
    waits = all(want["phase"] == "Running" for want in case.wants)
    journal = bootstrap.create_run(ready, place)
    run = bootstrap.assemble(ready, journal)
    if wrap is not None:
        _put_around(run, wrap)
    state = await _ended(run, bootstrap.first_event(journal.header), waits, limit)
    return normal_form(workflow_json(ready.resolved.source, state))


def _put_around(run: DrivenRun, wrap: Wrap) -> None:
    run._runtime = run._dispatch._runtime = wrap(run._runtime)


async def _ended(run: DrivenRun, first: Any, waits: bool, limit: float) -> RunState:
    driving = asyncio.create_task(run.drive(first))
    waiting = asyncio.create_task(_quiet(run, limit) if waits else asyncio.sleep(limit))
    try:
        await asyncio.wait({driving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        state = (await run.snapshot()).state
        if driving.done():
            driving.result()
    finally:
        for task in (waiting, driving):
            task.cancel()
        await asyncio.gather(waiting, driving, return_exceptions=True)
    return state


async def _quiet(run: DrivenRun, limit: float) -> None:
    """Return when nothing runs any more but what waits for people, or the time is over."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        state = (await run.snapshot()).state
        nodes = [node for node in state.nodes.values() if not node.has_ended]
        held = state.run.suspended or any(node.waits_for_person for node in nodes)
        pods = any(node.type is NodeType.POD for node in nodes)
        if held and not pods and all(node.phase is NodePhase.RUNNING for node in nodes):
            return
        await asyncio.sleep(0.05)
