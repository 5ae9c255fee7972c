"""A scripted run behind a RunPort: tests build nodes, send batches and read the requests.

No engine and no driver: what is under test is only what the screen makes of the changes.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from argotui.driver.port import RunInfo, Snapshot, Verdict
from argotui.logs.spool import SpoolWriter, log_path
from argotui.model import fold
from argotui.model.changes import (
    Batch,
    Change,
    Linked,
    NodeCreated,
    NodePatched,
    Planned,
    RunPatched,
)
from argotui.model.events import Request
from argotui.model.fold import RunState
from argotui.model.ids import node_id, pod_name
from argotui.model.status import Node, NodePhase, NodeType, RunPhase

NOW = 1_700_000_000.0


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self, at: float = NOW) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


class FakeRun:
    """A RunPort. Methods that say something return the changes and send them to the client."""

    def __init__(
        self, name: str = "release-7xk2p", folder: Path | None = None, **info: Any
    ) -> None:
        self.name = name
        self.state = RunState()
        self.sent: list[Request] = []
        self.verdict = Verdict(accepted=True)
        self.held: asyncio.Event | None = None  # when set, submit waits for it
        self.seq = 0
        self.outlook: dict[str, tuple[Planned, ...]] = {}
        self._batches: list[Batch] = []
        self._news = asyncio.Event()
        self.ended = False
        self.fault: Exception | None = None
        where = folder or Path("/nowhere")
        self.info = RunInfo(
            **{
                "run_id": name,
                "workflow_name": name,
                "manifest": "release.yaml",
                "where": "k8s prod/builds",
                "folder": where,
                "logs": where / "logs",
                **info,
            }
        )
        self.run(name=name, run_id=name, phase=RunPhase.RUNNING, started_at=NOW - 221)

    # --- the port ------------------------------------------------------------------------------

    async def snapshot(self) -> Snapshot:
        return Snapshot(
            seq=self.seq,
            info=self.info,
            state=copy.deepcopy(self.state),
            outlook=dict(self.outlook),
        )

    async def changes(self, after: int) -> AsyncIterator[Batch]:
        while True:
            for batch in [batch for batch in self._batches if batch.seq > after]:
                after = batch.seq
                yield copy.deepcopy(batch)
            if self.fault is not None:
                raise self.fault
            if self.ended:
                return
            self._news.clear()
            await self._news.wait()

    async def submit(self, request: Request) -> Verdict:
        self.sent.append(request)
        if self.held is not None:
            await self.held.wait()
        return self.verdict

    async def close(self) -> None:
        pass

    def end(self, fault: Exception | None = None) -> None:
        self.ended, self.fault = fault is None, fault
        self._news.set()

    # --- the script ----------------------------------------------------------------------------

    def send(self, *changes: Change, outlook: dict[str, tuple[Planned, ...]] | None = None) -> None:
        """Send one batch."""
        for change in changes:
            fold.apply(self.state, copy.deepcopy(change))
        self.outlook.update(outlook or {})
        self.seq += max(1, len(changes))
        self._batches.append(Batch(seq=self.seq, at=NOW, changes=changes, outlook=outlook or {}))
        self._news.set()

    def run(self, **fields: Any) -> None:
        self.send(RunPatched(fields=fields))

    def full(self, name: str) -> str:
        """Return a node's full name: what begins with a sign is put after the run's."""
        return f"{self.name}{name}" if name[:1] in ("", ".", "[", "(") else name

    def node(
        self,
        suffix: str,
        phase: str = "Running",
        kind: str = "Pod",
        boundary: str = "",
        ran: float | None = None,
        ago: float = 30.0,
        **fields: Any,
    ) -> Node:
        """Create a node; `ran` seconds if it has ended, begun `ago` seconds before now."""
        node = self.make(suffix, phase, kind, boundary, ran, ago, **fields)
        self.send(NodeCreated(node=node))
        return node

    def make(
        self,
        suffix: str,
        phase: str = "Running",
        kind: str = "Pod",
        boundary: str = "",
        ran: float | None = None,
        ago: float = 30.0,
        **fields: Any,
    ) -> Node:
        full, above = self.full(suffix), self.full(boundary)
        shown = full.removeprefix(above) if suffix else full
        shown = shown.partition("].")[2] if shown.startswith("[") else shown.removeprefix(".")
        is_pod = kind == "Pod"
        ended = NodePhase(phase).is_completed
        started = None if phase in ("Skipped", "Omitted") else NOW - ago
        return Node(
            **{
                "name": full,
                "id": node_id(self.name, full),
                "display_name": shown or full,
                "type": NodeType(kind),
                "phase": NodePhase(phase),
                "boundary_id": node_id(self.name, above) if suffix else "",
                "template_name": (shown or full).partition("(")[0],
                "started_at": started,
                "finished_at": started + (ran or 0) if ended and started else None,
                "pod_name": pod_name(self.name, full, shown) if is_pod else "",
                "attempt": 1 if is_pod else 0,
                **fields,
            }
        )

    def patch(self, name: str, **fields: Any) -> None:
        self.send(NodePatched(name=self.full(name), fields=fields))

    def plan(self, parent: str, *plans: tuple[str, tuple[str, ...]], **more: Any) -> None:
        """Say what is to come below `parent`: (suffix, what it waits for)."""
        above = f"{self.name}{parent}"
        rows = tuple(
            Planned(
                name=f"{above}.{name}",
                display_name=name,
                parent=above,
                after=after,
                template_name=name,
                kind="container",
                **more,
            )
            for name, after in plans
        )
        self.send(outlook={above: rows})

    def link(self, parent: str, child: str) -> None:
        self.send(Linked(parent=f"{self.name}{parent}", child=f"{self.name}{child}"))

    def log(
        self, node: Node, text: bytes, container: str = "main", at: float = NOW, step: float = 0.0
    ) -> None:
        """Write lines into the spool of a node's current attempt."""
        writer = SpoolWriter(log_path(self.info.logs, f"{node.id}.{node.attempt}", container))
        for number, line in enumerate(text.splitlines(keepends=True)):
            writer.write(line, at=at + number * step)
        writer.close()


def release(folder: Path | None = None) -> FakeRun:
    """The run that the drawing of the screen shows."""
    run = FakeRun(folder=folder, source=RELEASE)
    run.node("", kind="DAG", ago=221, template_name="release")
    run.node(".checkout", "Succeeded", ran=12, ago=220)
    run.node(".unit-tests", "Succeeded", kind="TaskGroup", ran=48, ago=208)
    for number, (item, ran) in enumerate(
        [("linux-amd64", 31), ("linux-arm64", 48), ("darwin-arm64", 29)]
    ):
        run.node(f".unit-tests({number}:{item})", "Succeeded", ran=ran, ago=208)
    run.node(
        ".image",
        "Succeeded",
        ran=62,
        ago=208,
        outputs={"parameters": [{"name": "ref", "value": "registry/app:7f3a21"}], "exitCode": "0"},
    )
    run.node(
        ".scan",
        ago=14,
        waits_for="pulling scanner:2.4",
        host_node_name="worker-3",
        inputs={"parameters": [{"name": "image", "value": "registry/app:7f3a21"}]},
        observed={
            "state": "Running",
            "started_at": NOW - 12,
            "containers": [
                {
                    "name": "main",
                    "kind": "main",
                    "state": "running",
                    "started_at": NOW - 6,
                    "detail": "pid 41307",
                }
            ],
        },
    )
    run.node(
        ".approve-deploy",
        kind="Suspend",
        ago=80,
        inputs={
            "parameters": [
                {"name": "message", "value": "Deploy 7f3a21 to production?"},
                {
                    "name": "environment",
                    "enum": ["staging", "production"],
                    "default": "production",
                    "description": "where it goes",
                },
                {"name": "reason", "description": "for the record"},
            ]
        },
        outputs={
            "parameters": [
                {"name": "environment", "valueFrom": {"supplied": {}}},
                {"name": "reason", "valueFrom": {"supplied": {}}},
            ]
        },
    )
    run.plan("", ("deploy", ("approve-deploy", "scan")), ("notify", ("deploy",)))
    return run


RELEASE: dict[str, Any] = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Workflow",
    "metadata": {"generateName": "release-"},
    "spec": {
        "entrypoint": "release",
        "templates": [
            {"name": "release", "dag": {"tasks": [{"name": "checkout", "template": "checkout"}]}},
            {
                "name": "scan",
                "inputs": {"parameters": [{"name": "image"}]},
                "container": {
                    "image": "scanner:2.4",
                    "command": ["scan"],
                    "args": ["--image", "{{inputs.parameters.image}}", "--fail-on", "high"],
                    "resources": {"requests": {"memory": "512Mi", "cpu": "250m"}},
                },
            },
            {"name": "image", "container": {"image": "kaniko:1.23"}},
        ],
    },
}
