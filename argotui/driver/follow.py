"""Following a run through its port, from a snapshot to its end. Called by the headless `run`,
by `attach --plain` and by whatever else watches without a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from argotui.driver.port import RunInfo, RunPort
from argotui.model.changes import Batch, NodeCreated, NodePatched, NodesRemoved
from argotui.model.fold import RunState, apply
from argotui.model.status import Node

TICK = 0.1  # seconds between looks at logs and deadlines


@dataclass(slots=True)
class Followed:
    """A copy of the run, kept current."""

    info: RunInfo
    state: RunState
    seq: int


class Observer(Protocol):
    """Told of everything, in order."""

    def begin(self, run: Followed) -> None: ...

    def batch(self, run: Followed, batch: Batch, touched: Sequence[Node]) -> None:
        """`batch` is in `run` already; `touched` are the nodes it is about, each once."""
        ...

    def tick(self, run: Followed) -> None:
        """Some time has passed."""
        ...

    def end(self, run: Followed) -> None: ...


async def follow(port: RunPort, observers: Sequence[Observer]) -> Followed:
    """Watch until the run's driver leaves; return the run as it then stood.

    What an observer raises ends the watching.
    """
    snapshot = await port.snapshot()
    run = Followed(snapshot.info, snapshot.state, snapshot.seq)
    for observer in observers:
        observer.begin(run)
    await _first_of(_consume(port, run, observers), _tick(run, observers))
    for observer in observers:
        observer.end(run)
    return run


async def _first_of(*parts: Coroutine[Any, Any, None]) -> None:
    """Run the parts together until one ends or fails; end the others."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end(tasks)
    for task in done:
        task.result()


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until all have ended: a wait_for that is just done may lose a cancel (Python 3.11)."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=1.0)
    await asyncio.gather(*tasks, return_exceptions=True)


async def _consume(port: RunPort, run: Followed, observers: Sequence[Observer]) -> None:
    async for batch in port.changes(run.seq):
        touched = take(run, batch)
        for observer in observers:
            observer.batch(run, batch, touched)


def take(run: Followed, batch: Batch) -> list[Node]:
    """Fold a batch into the copy; return the nodes it is about."""
    names: Mapping[str, None] = dict.fromkeys(
        change.node.name if isinstance(change, NodeCreated) else change.name
        for change in batch.changes
        if isinstance(change, NodeCreated | NodePatched)
    )
    for change in batch.changes:
        apply(run.state, change)
    run.seq = batch.seq
    removed = {
        name
        for change in batch.changes
        if isinstance(change, NodesRemoved)
        for name in change.names
    }
    return [
        run.state.nodes[name] for name in names if name not in removed or name in run.state.nodes
    ]


async def _tick(run: Followed, observers: Sequence[Observer]) -> None:
    while True:
        await asyncio.sleep(TICK)
        for observer in observers:
            observer.tick(run)
