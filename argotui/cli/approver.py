"""Approvals that a headless run was told of beforehand.

Called by session with what --approve, --approve-param and --approve-all say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from argotui.cli.failure import complain
from argotui.cli.nodes import is_called, path_of, waiting_nodes
from argotui.driver.follow import Followed
from argotui.driver.port import RunPort
from argotui.model.changes import Batch
from argotui.model.events import ResumeRequested
from argotui.model.status import Node, NodeType
from argotui.submit.request import Approvals, who


class Approver:
    """Approves what it was told to, each node once."""

    def __init__(
        self, port: RunPort, approvals: Approvals, tell: Callable[[str], None] = complain
    ) -> None:
        self._port = port
        self._approvals = approvals
        self._tell = tell
        self._asked: set[tuple[str, float | None]] = set()
        self._used: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, run: Followed) -> None:
        self._look(run)

    def batch(self, run: Followed, batch: Batch, touched: Sequence[Node]) -> None:
        if any(node.type is NodeType.SUSPEND for node in touched):
            self._look(run)

    def tick(self, run: Followed) -> None:
        pass

    def end(self, run: Followed) -> None:
        for name in self._approvals.names():
            if name not in self._used:
                self._tell(f"--approve {name}: no node of that name waited for approval")

    def _look(self, run: Followed) -> None:
        for node in waiting_nodes(run.state):
            key = (node.name, node.started_at)
            names = [n for n in self._approvals.names() if is_called(node, n, run.state)]
            if key in self._asked or not (names or self._approvals.everything):
                continue
            self._asked.add(key)
            self._used.update(names)
            values: dict[str, str] = {}
            for name in names:
                values.update(self._approvals.values.get(name, {}))
            task = asyncio.create_task(self._approve(node.name, path_of(node, run.state), values))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _approve(self, name: str, path: str, values: Mapping[str, str]) -> None:
        verdict = await self._port.submit(ResumeRequested(node_name=name, values=values, by=who()))
        if not verdict.accepted:
            self._tell(f"--approve {path}: {verdict.why}")
