"""The phase of a dag once its nodes have ended: Argo's walk over branches. Argo: 1.6 DAG."""

from __future__ import annotations

from collections import deque

from argotui.engine.core import Core
from argotui.engine.links import attempts_among
from argotui.model.status import Node, NodePhase, NodeType
from argotui.templates.plan import DagFrame


def assess(core: Core, node: Node, frame: DagFrame) -> NodePhase | None:
    """Return the phase of the dag, None while it goes on."""
    phases = _branch_phases(core, node, frame)
    if phases is None:
        return None
    result: NodePhase | None = NodePhase.SUCCEEDED
    for task in frame.targets:
        phase = phases.get(f"{node.name}.{task}")
        if phase is None:
            result = None
            if not frame.fail_fast:
                return None
        elif phase.is_bad and not _tolerated(frame, task, phase):
            result = phase
            if frame.fail_fast:
                return result
    return result


def _branch_phases(core: Core, node: Node, frame: DagFrame) -> dict[str, NodePhase] | None:
    """Return the phase that reaches each target; None if a node on the way is still open."""
    targets = {f"{node.name}.{task}" for task in frame.targets}
    found: dict[str, NodePhase] = {}
    queue = deque((child, NodePhase.SUCCEEDED) for child in core.children(node.name))
    seen = set(queue)
    while queue:
        name, branch = queue.popleft()
        current = core.state.nodes[name]
        if not current.is_fulfilled:
            return None
        if current.phase.is_completed:
            branch = current.phase
        if name in targets:
            before = found.get(name)
            if before is None or not before.is_bad:
                found[name] = branch
        for child in _next(core, current):
            entry = (child, branch)
            if entry not in seen:
                seen.add(entry)
                queue.append(entry)
    return found


def _next(core: Core, node: Node) -> list[str]:
    """Return the children; of a Retry node the last attempt and its hooks only, and what an
    earlier attempt of a daemon had already started."""
    children = core.children(node.name)
    if node.type is not NodeType.RETRY:
        return children
    attempts = attempts_among(node.name, children)
    if not attempts:  # a remembered result
        return children
    hooks = [child for child in children if child not in attempts]
    if not node.daemoned and not core.state.nodes[attempts[-1]].daemoned:
        return hooks + attempts[-1:]
    started = [child for attempt in attempts[:-1] for child in core.children(attempt)]
    return hooks + attempts[-1:] + started


def _tolerated(frame: DagFrame, task: str, phase: NodePhase) -> bool:
    continue_on = frame.tasks[task].continue_on
    if continue_on is None:
        return False
    return continue_on.failed if phase is NodePhase.FAILED else continue_on.error
