"""A run played from a script, for tests of what watches one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from argotui.driver.port import RunInfo, Snapshot, Verdict
from argotui.model.changes import Batch, Change, Linked, NodeCreated, NodePatched, RunPatched
from argotui.model.events import Request
from argotui.model.fold import RunState
from argotui.model.status import Node, NodePhase, NodeType, RunPhase


class PlayedRun:
    """A RunPort that says what it is told to; every request is accepted and kept."""

    def __init__(self, folder: Path, *batches: Batch, stays: bool = False) -> None:
        self.folder = folder
        self.batches = batches
        self.stays = stays
        self.requests: list[Request] = []
        self.verdict = Verdict(accepted=True)

    async def snapshot(self) -> Snapshot:
        info = RunInfo(
            run_id="r-1",
            workflow_name="wf",
            manifest="wf.yaml",
            where="local",
            folder=self.folder,
            logs=self.folder / "logs",
        )
        state = RunState()
        state.run.name = "wf"
        return Snapshot(seq=0, info=info, state=state)

    async def changes(self, after: int) -> AsyncIterator[Batch]:
        for batch in self.batches:
            if batch.seq > after:
                yield batch
                await asyncio.sleep(0)
        if self.stays:
            await asyncio.Event().wait()

    async def submit(self, request: Request) -> Verdict:
        self.requests.append(request)
        return self.verdict

    async def close(self) -> None:
        pass


def node(name: str, phase: str = "Running", kind: str = "Pod", **fields: object) -> Node:
    made = Node(
        name=name,
        id=f"id-{name}",
        display_name=name.removeprefix("wf.").split(".")[-1],
        type=NodeType(kind),
        phase=NodePhase(phase),
        boundary_id="" if name == "wf" else f"id-{name.rpartition('.')[0]}",
        started_at=1000.0,
    )
    return replace(made, **fields)


def made(*nodes: Node) -> list[Change]:
    changes: list[Change] = []
    for each in nodes:
        changes.append(NodeCreated(node=each))
        if each.name != "wf":
            changes.append(Linked(parent=each.name.rpartition(".")[0], child=each.name))
    return changes


def ended(name: str, phase: str, message: str = "") -> Change:
    return NodePatched(
        name=name, fields={"phase": NodePhase(phase), "message": message, "finished_at": 1010.0}
    )


def run_is(phase: str, **fields: object) -> Change:
    return RunPatched(fields={"phase": RunPhase(phase), **fields})
