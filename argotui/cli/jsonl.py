"""`-o jsonl`: every change as a JSON object on a line of its own, for programs.

`kind` is run, node, removed, note or rejected; `node` and `status` have Argo's shape.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from argotui.cli.plain import Out
from argotui.driver.follow import Followed
from argotui.model.changes import Batch, NodesRemoved, Noted, Rejected, RunPatched
from argotui.model.export import node_json, run_json
from argotui.model.status import Node


class JsonLines:
    """Prints a line for every node and run that a batch touched, as they are after it."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def begin(self, run: Followed) -> None:
        self._line(run, 0.0, "run", **self._run(run))
        for node in run.state.nodes.values():
            self._line(run, node.started_at or 0.0, "node", node=node_json(node, run.state))

    def batch(self, run: Followed, batch: Batch, touched: Sequence[Node]) -> None:
        for node in touched:
            self._line(run, batch.at, "node", node=node_json(node, run.state))
        for change in batch.changes:
            match change:
                case NodesRemoved():
                    self._line(run, batch.at, "removed", names=list(change.names))
                case Noted():
                    self._line(run, batch.at, "note", text=change.text, name=change.node)
                case Rejected():
                    self._line(run, batch.at, "rejected", cause=change.cause, text=change.why)
        if any(isinstance(change, RunPatched) for change in batch.changes):
            self._line(run, batch.at, "run", **self._run(run))

    def tick(self, run: Followed) -> None:
        pass

    def end(self, run: Followed) -> None:
        pass

    def _run(self, run: Followed) -> dict[str, Any]:
        return {
            "id": run.info.run_id,
            "workflow": run.info.workflow_name,
            "status": run_json(run.state),
        }

    def _line(self, run: Followed, at: float, kind: str, **fields: Any) -> None:
        self._out.line(json.dumps({"seq": run.seq, "at": at, "kind": kind, **fields}))
