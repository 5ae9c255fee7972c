"""The suspend template: wait for a person, or for time. Argo: 3.5."""

from __future__ import annotations

import json
from typing import Any

from argotui.engine.context import NodeContext, Visit
from argotui.engine.core import HardError
from argotui.engine.parameters import parameter_json
from argotui.engine.supplied import defaults
from argotui.engine.times import seconds
from argotui.model.bodies import SuspendBody
from argotui.model.status import Node, NodePhase, NodeType


class SuspendHandler:
    node_type = NodeType.SUSPEND

    def advance(self, cx: NodeContext) -> Visit | None:
        core = cx.core
        node = cx.node
        if node is None or node.phase is NodePhase.PENDING:  # it waited for a lock
            node = node or cx.create(NodeType.SUSPEND, NodePhase.RUNNING)
            core.patch(node, inputs=_with_choices(node.inputs), outputs=_expected(cx))
            core.mark(node, NodePhase.RUNNING)
        body = cx.bound.template.body
        assert isinstance(body, SuspendBody)
        if body.duration:
            self._timed(cx, node, body.duration)
        else:
            core.patch(node, waits_for="waits for you")
        return None

    def _timed(self, cx: NodeContext, node: Node, duration: str) -> None:
        core = cx.core
        due = (node.started_at or core.now) + seconds(duration)
        if core.now < due:
            core.wake_at(node, due)
            return
        outputs, missing = defaults(node.outputs)
        if missing:
            raise HardError(
                f"raw output parameter '{missing[0]}' has not been set and does not have a "
                "default value"
            )
        cx.succeed(node, outputs)


def _expected(cx: NodeContext) -> dict[str, Any]:
    """Return the outputs that people are to supply, as Argo's JSON. A default is borrowed from the
    input of the same name."""
    template = cx.bound.template
    given = {parameter.name: parameter for parameter in template.inputs.parameters}
    listed: list[dict[str, Any]] = []
    for parameter in template.outputs.parameters:
        found = parameter_json(parameter)
        source = dict(found.get("valueFrom") or {})
        same = given.get(parameter.name)
        borrowed = None
        if same is not None:
            borrowed = same.default if same.default is not None else same.value
        if "supplied" in source and source.get("default") is None and borrowed is not None:
            source["default"] = _plain_default(borrowed)
        found["valueFrom"] = source
        listed.append(found)
    return {"parameters": listed} if listed else {}


def _choices(value: str | None) -> dict[str, Any]:
    """An input may be a JSON object that holds the choices. Argo: 3.5."""
    try:
        found = json.loads(value or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("enum"), list) else {}


def _plain_default(value: str) -> str:
    choices = _choices(value)
    return str(choices["default"]) if choices.get("default") is not None else value


def _with_choices(inputs: Any) -> dict[str, Any]:
    listed = []
    for parameter in inputs.get("parameters", ()):
        choices = _choices(parameter.get("value"))
        extra: dict[str, Any] = {}
        if choices:
            extra["enum"] = [str(choice) for choice in choices["enum"]]
            if choices.get("default") is not None:
                extra["default"] = str(choices["default"])
        listed.append({**parameter, **extra})
    return {**inputs, "parameters": listed} if listed else dict(inputs)
