"""podGC: which ended work is let go of, and when. Argo: 4.13.

Called by the machine when a node has ended and when the run has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.engine.core import Core
from argotui.engine.times import seconds
from argotui.model.commands import ReleaseWork
from argotui.model.status import Node, NodePhase, NodeType, RunPhase
from argotui.model.work import PodWork

_DELAY = "5s"


def release_ended(core: Core, node: Node) -> None:
    """Let go of a pod that has ended, where the strategy says so of each pod."""
    rule = core.spec.extra.get("podGC") or {}
    strategy = rule.get("strategy")
    if strategy == "OnPodCompletion" or (
        strategy == "OnPodSuccess" and node.phase is NodePhase.SUCCEEDED
    ):
        _release(core, node, rule)


def release_all(core: Core, phase: RunPhase) -> None:
    """Let go of all pods, where the strategy says so at the end of the run."""
    rule = core.spec.extra.get("podGC") or {}
    strategy = rule.get("strategy")
    if strategy == "OnWorkflowCompletion" or (
        strategy == "OnWorkflowSuccess" and phase is RunPhase.SUCCEEDED
    ):
        for node in core.state.nodes.values():
            _release(core, node, rule)


def _release(core: Core, node: Node, rule: Mapping[str, Any]) -> None:
    asked = core.state.work.get(node.name)
    if node.type is not NodeType.POD or asked is None or not node.has_ended:
        return
    ref, work = asked
    labels = work.pod["metadata"].get("labels") or {} if isinstance(work, PodWork) else {}
    if selects(rule.get("labelSelector") or {}, labels):
        delay = seconds(rule.get("deleteDelayDuration") or _DELAY)
        core.commands.append(ReleaseWork(ref=ref, delay=delay))


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Say whether a Kubernetes label selector matches; an empty one matches all."""
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(name) != value for name, value in wanted.items()):
        return False
    return all(_matches(each, labels) for each in selector.get("matchExpressions") or ())


def _matches(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = str(expression.get("key", "")), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False
