"""The variables every template sees: `workflow.*`. Argo: 2.5.

What never changes is computed once; what does (`status`, `duration`, `outputs`, `failures`) is
read from the state when somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.engine.core import Core
from argotui.engine.parameters import parameters_text
from argotui.expr.golang import (
    STRFTIME,
    compact_json,
    quote,
    rfc3339,
    seconds_text,
    strftime,
    struct_json,
)
from argotui.expr.scope import Lack, expand
from argotui.model.status import Node, RunPhase


class Globals:
    """A Scope over the run's own variables. `exit_phase` is set while exit handlers run."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._fixed: dict[str, str] = {}
        self._tree: dict[str, Any] = {}
        self.exit_phase: str | None = None
        self.begun = False  # before that, `workflow.status` is not known yet
        self._failures = (-1, "")  # the pass they were asked for in, and the text

    def build(
        self,
        values: Mapping[str, str],
        labels: Mapping[str, str],
        annotations: Mapping[str, str],
    ) -> None:
        """Fix what does not change in the course of a run."""
        run, wf = self._core.state.run, self._core.wf
        extra = wf.spec.extra
        fixed = {
            "workflow.name": run.name,
            "workflow.namespace": run.namespace,
            "workflow.serviceAccountName": str(extra.get("serviceAccountName", "")),
            "workflow.mainEntrypoint": wf.spec.entrypoint,
        }
        if run.uid:  # a plan has none: its tag stays
            fixed["workflow.uid"] = run.uid
        if extra.get("priority") is not None:
            fixed["workflow.priority"] = str(extra["priority"])
        scheduled = wf.metadata.annotations.get("workflows.argoproj.io/scheduled-time")
        if scheduled:
            fixed["workflow.scheduledTime"] = scheduled
        text = parameters_text(wf.spec.arguments.parameters)
        fixed["workflow.parameters"] = fixed["workflow.parameters.json"] = text
        fixed.update({f"workflow.parameters.{name}": value for name, value in values.items()})
        for kind, entries in (("labels", labels), ("annotations", annotations)):
            text = compact_json(dict(entries)) if entries else "null"
            fixed[f"workflow.{kind}"] = fixed[f"workflow.{kind}.json"] = text
            fixed.update({f"workflow.{kind}.{name}": value for name, value in entries.items()})
        if run.created_at is not None:
            fixed.update(_creation(run.created_at))
        self._fixed = fixed
        self._tree = expand(fixed)["workflow"]

    def env(self) -> Mapping[str, Any]:
        """Return them as expressions see them."""
        late: dict[str, Any] = {}
        if self._core.state.run.started_at is not None:
            late["duration"] = self._duration()
        if self.begun:
            late["status"] = self._status()
        if self.exit_phase is not None:
            late["failures"] = self._failed_nodes()
        outputs = self._outputs()
        if outputs:
            late["outputs"] = {"parameters": outputs}
        return {"workflow": {**self._tree, **late}}

    def get(self, name: str) -> str | Lack:
        found = self._fixed.get(name)
        if found is not None:
            return found
        if not name.startswith("workflow."):
            return Lack.MISSING
        rest = name[9:]
        if rest == "status" and self.begun:
            return self._status()
        if rest == "duration" and self._core.state.run.started_at is not None:
            return self._duration()
        if rest == "failures" and self.exit_phase is not None:
            return self._failed_nodes()
        if rest.startswith("outputs.parameters."):
            return self._outputs().get(rest[19:], Lack.MISSING)
        return Lack.MISSING

    def _status(self) -> str:
        """Empty in the first pass, the phase so far afterwards. Argo: 2.3."""
        if self.exit_phase is not None:
            return self.exit_phase
        run = self._core.state.run
        return "" if self._core.pass_number <= 1 else str(run.phase or RunPhase.RUNNING)

    def _duration(self) -> str:
        run = self._core.state.run
        return seconds_text(max(0.0, self._core.now - (run.started_at or self._core.now)))

    def _outputs(self) -> dict[str, str]:
        listed = self._core.state.run.outputs.get("parameters", ())
        return {item["name"]: item.get("value", "") for item in listed}

    def _failed_nodes(self) -> str:
        now = self._core.pass_number
        if self._failures[0] != now:
            self._failures = (now, _failures(self._core))
        return self._failures[1]


def _creation(at: float) -> dict[str, str]:
    name = "workflow.creationTimestamp"
    found = {f"{name}.{letter}": strftime(letter, at) for letter in STRFTIME}
    found[f"{name}.s"] = str(int(at))
    found[name] = found[f"{name}.RFC3339"] = rfc3339(at)
    return found


def _pod_name(core: Core, node: Node) -> str:
    """Argo names a pod for every node, also for one that has none."""
    called = node.template_name or str((node.template_ref or {}).get("template", ""))
    return core.pod_name(node.name, called)


def _failures(core: Core) -> str:
    """Return `workflow.failures`: a JSON list, itself quoted as Go quotes text. Argo: 2.5."""
    failed = [
        {
            "displayName": node.display_name,
            "message": node.message,
            "templateName": node.template_name,
            "phase": str(node.phase),
            "podName": node.pod_name or _pod_name(core, node),
            "finishedAt": rfc3339(node.finished_at or core.now),
        }
        for node in core.state.nodes.values()
        if node.phase.is_bad
    ]
    return quote(struct_json(failed) if failed else "null")
