"""What people ask of a run: approve, reject, set, stop, suspend. A refusal is a change, too.

Called by the machine. Argo: 4.14.
"""

from __future__ import annotations

from argotui.engine.core import Core
from argotui.engine.outputs import export
from argotui.engine.supplied import defaults, refused_choice, supply
from argotui.model.changes import Rejected
from argotui.model.events import (
    NodeSetRequested,
    ResumeRequested,
    RunSuspendToggled,
    ShutdownRequested,
)
from argotui.model.status import Node, NodePhase, NodeType, Shutdown

_SETTABLE = (NodePhase.SUCCEEDED, NodePhase.FAILED, NodePhase.ERROR)


def resume(core: Core, event: ResumeRequested) -> None:
    """Approve a suspend node: values first, then defaults; without a value for all, refused."""
    node = _waiting(core, event.node_name, event.cause)
    if node is None:
        return
    refused = refused_choice(node.inputs, event.values)
    outputs, problem = supply(node.outputs, event.values)
    refused = refused or problem
    if not refused:
        outputs, missing = defaults(outputs)
        if missing:
            refused = f"a value is needed for {', '.join(missing)}"
    if refused:
        core.changes.append(Rejected(cause=event.cause, why=refused))
        return
    core.patch(
        node,
        outputs=outputs,
        supplied=dict(event.values) or None,
        approved_by=event.by,
    )
    core.mark(node, NodePhase.SUCCEEDED, event.message or None)


def node_set(core: Core, event: NodeSetRequested) -> None:
    """Argo's `node set` on a suspend node."""
    node = _waiting(core, event.node_name, event.cause)
    if node is None:
        return
    if event.phase is not None and event.phase not in _SETTABLE:
        why = f"{event.phase} is an invalid phase to set to"
        core.changes.append(Rejected(cause=event.cause, why=why))
        return
    outputs, problem = supply(node.outputs, event.values)
    problem = problem or refused_choice(node.inputs, event.values)
    if problem:
        core.changes.append(Rejected(cause=event.cause, why=problem))
        return
    if event.values:
        core.patch(node, outputs=outputs)
        export(core, node)
    if event.message:
        core.patch(node, message=event.message)
    if event.phase is not None:
        core.patch(node, approved_by=event.by)
        core.mark(node, event.phase, event.message or None)


def _waiting(core: Core, name: str, cause: str) -> Node | None:
    node = core.state.nodes.get(name)
    if node is None:
        why = f"this run has no node '{name}'"
    elif node.type is not NodeType.SUSPEND:
        why = f"'{node.display_name}' is no suspend node"
    elif node.has_ended:
        why = f"'{node.display_name}' does not wait any more: {node.phase}"
    elif core.state.run.phase.is_completed:
        why = "the run has ended"
    else:
        return node
    core.changes.append(Rejected(cause=cause, why=why))
    return None


def shut_down(core: Core, event: ShutdownRequested) -> None:
    run = core.state.run
    if run.phase.is_completed:
        why = f"cannot shutdown a completed workflow: {run.phase}"
        core.changes.append(Rejected(cause=event.cause, why=why))
        return
    if run.shutdown is Shutdown.TERMINATE and event.strategy is Shutdown.STOP:
        core.changes.append(Rejected(cause=event.cause, why="the run is terminating already"))
        return
    core.patch_run(shutdown=event.strategy, shutdown_by=event.by)
    core.release_held()


def suspend(core: Core, event: RunSuspendToggled) -> None:
    run = core.state.run
    if run.phase.is_completed:
        why = "cannot suspend completed workflows"
        core.changes.append(Rejected(cause=event.cause, why=why))
        return
    core.patch_run(suspended=event.suspended)
    core.touch(run.name)
