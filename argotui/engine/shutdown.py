"""Stop, Terminate and the workflow's deadline: what they make of nodes that are open. Argo: 4.14.

Called by the machine before the walk, as Argo reconciles pods and pod-less nodes.
"""

from __future__ import annotations

from argotui.engine.core import Core
from argotui.engine.work import stop_work
from argotui.model.status import Node, NodePhase, NodeType, Shutdown

_LEAVES = frozenset({NodeType.POD, NodeType.SUSPEND, NodeType.HTTP, NodeType.PLUGIN})
DEADLINE = "Step exceeded its deadline"


def is_asked_for(core: Core) -> bool:
    """Say whether the run is shut down or past its deadline."""
    run = core.state.run
    late = run.deadline_at is not None and core.now >= run.deadline_at
    return late or run.shutdown is not Shutdown.NONE


def look_again(core: Core) -> None:
    """Have all that may end by itself now looked at: retries that wait, and dags."""
    for node in core.state.nodes.values():
        if node.type in (NodeType.RETRY, NodeType.DAG) and not node.has_ended:
            core.touch(node.name)
    core.touch(core.state.run.name)


def enforce(core: Core) -> bool:
    """Fail what may not go on, pods first; says whether there was any. A daemon that is up ends
    with its boundary, as ever."""
    run = core.state.run
    if not is_asked_for(core):
        return False
    pods = [node for node in core.state.nodes.values() if _has_pod(node) and _stops(core, node)]
    for node in pods:
        _fail_pod(core, node)
    rest = [node for node in core.state.nodes.values() if _is_alone(node) and _stops(core, node)]
    for node in rest:
        _fail(core, node, DEADLINE if _is_late(core) else f"Stopped with strategy '{run.shutdown}'")
    return bool(pods or rest)


def _has_pod(node: Node) -> bool:
    return node.type is NodeType.POD and node.attempt > 0


def _is_alone(node: Node) -> bool:
    """Say whether the node stands for itself: no other has to end for it to do so."""
    return node.type in _LEAVES or bool(node.waiting_lock)


def _is_late(core: Core) -> bool:
    return core.state.run.shutdown is Shutdown.NONE


def _stops(core: Core, node: Node) -> bool:
    """Say whether the node has to end now."""
    if node.is_fulfilled:
        return False
    strategy = core.state.run.shutdown
    return strategy is Shutdown.TERMINATE or not part_of_exit_handler(core, node)


def _fail_pod(core: Core, pod: Node) -> None:
    """Fail a pod, and with it what hangs on its node: its containers, and hooks that run."""
    run = core.state.run
    words = f"workflow shutdown with strategy:  {run.shutdown}"
    below, found = [pod.name], {pod.name}
    while below:
        node = core.state.nodes[below.pop()]
        if not node.is_fulfilled:
            if _has_pod(node) and node.phase is NodePhase.RUNNING and not _is_late(core):
                core.unsynced.add(node.name)
            _fail(core, node, DEADLINE if _is_late(core) else words)
        more = [name for name in core.children(node.name) if name not in found]
        found.update(more)
        below += more


def _fail(core: Core, node: Node, message: str) -> None:
    late = _is_late(core)
    stop_work(core, node, "deadline" if late else str(core.state.run.shutdown).lower())
    core.mark(node, NodePhase.FAILED, message)


def part_of_exit_handler(core: Core, node: Node) -> bool:
    """Say whether a node is inside an exit handler: by its own display name or that of any
    boundary above it. Argo: 1.5."""
    current: Node | None = node
    while current is not None:
        if current.display_name.endswith(".onExit") or current.name.endswith(".onExit"):
            return True
        current = core.state.nodes.get(core.name_of(current.boundary_id))
    return False
