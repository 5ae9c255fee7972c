"""Stop, Terminate and the workflow's deadline: what they make of nodes that are open. Argo: 4.14.

Called by the machine before the walk, as Argo reconciles pods and pod-less nodes.
"""

from __future__ import annotations

from argotui.engine.core import Core
from argotui.engine.work import stop_work
from argotui.model.status import Node, NodePhase, NodeType, Shutdown

_LEAVES = frozenset({NodeType.POD, NodeType.SUSPEND, NodeType.HTTP, NodeType.PLUGIN})
DEADLINE = "Step exceeded its deadline"


def enforce(core: Core) -> None:
    """Fail what may not go on."""
    run = core.state.run
    late = run.deadline_at is not None and core.now >= run.deadline_at
    if run.shutdown is Shutdown.NONE and not late:
        return
    for node in list(core.state.nodes.values()):
        if node.has_ended or (node.type not in _LEAVES and not node.waiting_lock):
            continue
        on_exit = part_of_exit_handler(core, node)
        if on_exit and run.shutdown is not Shutdown.TERMINATE:
            continue
        _end(core, node, late=late and run.shutdown is Shutdown.NONE)
    core.touch(run.name)


def _end(core: Core, node: Node, *, late: bool) -> None:
    run = core.state.run
    if late:
        stop_work(core, node, "deadline")
        core.mark(node, NodePhase.FAILED, DEADLINE)
        return
    stop_work(core, node, str(run.shutdown).lower())
    if node.type is NodeType.POD and node.attempt:
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
