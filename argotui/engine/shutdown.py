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
    """Fail what may not go on; says whether there was any."""
    run = core.state.run
    if not is_asked_for(core):
        return False
    late = run.shutdown is Shutdown.NONE
    ended = False
    for node in list(core.state.nodes.values()):
        if node.has_ended or (node.type not in _LEAVES and not node.waiting_lock):
            continue
        on_exit = part_of_exit_handler(core, node)
        if on_exit and run.shutdown is not Shutdown.TERMINATE:
            continue
        _end(core, node, late=late)
        ended = True
    return ended


def _end(core: Core, node: Node, *, late: bool) -> None:
    run = core.state.run
    if late:
        stop_work(core, node, "deadline")
        core.mark(node, NodePhase.FAILED, DEADLINE)
        return
    stop_work(core, node, str(run.shutdown).lower())
    if node.type is NodeType.POD and node.attempt:
        if node.phase is NodePhase.RUNNING:
            core.unsynced.add(node.name)
        core.mark(node, NodePhase.FAILED, f"workflow shutdown with strategy:  {run.shutdown}")
    else:
        core.mark(node, NodePhase.FAILED, f"Stopped with strategy '{run.shutdown}'")


def part_of_exit_handler(core: Core, node: Node) -> bool:
    """Say whether a node is inside an exit handler: by its own display name or that of any
    boundary above it. Argo: 1.5."""
    current: Node | None = node
    while current is not None:
        if current.display_name.endswith(".onExit") or current.name.endswith(".onExit"):
            return True
        current = core.state.nodes.get(core.name_of(current.boundary_id))
    return False
