"""One case on the local runtime, in this process, until it has ended or waits for a person."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from argotui import bootstrap
from argotui.driver.driven import DrivenRun
from argotui.model.export import workflow_json
from argotui.model.fold import RunState
from argotui.model.status import NodePhase, NodeType
from argotui.submit.prepare import Prepared
from argotui.submit.request import Where
from tests.probes.trees import normal_form


def driven(prepared: Prepared, *, waits: bool, limit: float) -> dict[str, Any]:
    """Return the tree the case leaves behind. `waits`: it was recorded while it waited."""
    state = asyncio.run(_driven(prepared, waits, limit))
    return normal_form(workflow_json(prepared.resolved.source, state))


async def _driven(prepared: Prepared, waits: bool, limit: float) -> RunState:
    journal = bootstrap.create_run(prepared, bootstrap.Place(runtime=Where.LOCAL))
    run = bootstrap.assemble(prepared, journal)
    driving = asyncio.create_task(run.drive(bootstrap.first_event(journal.header)))
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
