"""What may keep a node back or end it before its own rules are asked. Argo: 4.0, 4.6, 4.7.

Called by engine/visit in Argo's order: timeout, parallelism and failFast, locks, memo cache.
"""

from __future__ import annotations

from math import inf

from argotui.engine.context import create_node
from argotui.engine.core import ChildTimeout, Core, HardError
from argotui.engine.invocation import Bound, Invocation
from argotui.engine.locks import Wait, acquire, give_back
from argotui.engine.times import timeout_seconds
from argotui.engine.work import stop_work
from argotui.model.manifest import Template
from argotui.model.status import Node, NodePhase, NodeType

_FAILED_CHILDREN = "template has failed or errored children and failFast enabled"
_LEGS = frozenset({"steps", "dag"})


def timed_out(core: Core, node: Node | None, template: Template, inv: Invocation) -> bool:
    """Fail a node that has been pending past `timeout` or `pendingTimeout`. Raises HardError after
    having failed it, ChildTimeout or what is wrong with the timeout. Argo: 4.6."""
    if node is None or not (template.timeout or template.pending_timeout):
        return False
    if node.phase is not NodePhase.PENDING:
        return False
    if core.now < time_pending(core, node, template):
        return False
    _give_up(core, node, "timeout")
    raise ChildTimeout("timeout")


def _give_up(core: Core, node: Node, message: str) -> None:
    """Fail a pending node; what was asked of the world for it need not begin any more."""
    stop_work(core, node, "timeout")
    core.mark(node, NodePhase.FAILED, message)


def time_pending(core: Core, node: Node, template: Template) -> float:
    """Have a pending node looked at when its time is over; returns that time. Raises HardError
    after having failed a node whose timeout cannot be read."""
    given = (text for text in (template.timeout, template.pending_timeout) if text)
    try:
        limits = [timeout_seconds(text) for text in given]
    except HardError as error:
        _give_up(core, node, str(error))
        raise
    due = (node.started_at or core.now) + min(limits, default=inf)
    if limits and node.phase is NodePhase.PENDING and core.now < due:
        core.wake_at(node, due)
    return due


def held(core: Core, node: Node | None, template: Template, inv: Invocation) -> bool:
    """Say whether a limit keeps this node back. Argo: 4.7; failFast of the template: 1.6.

    Who is kept back is looked at again when a place becomes free. Steps and dags of a recovered
    run are gone through once all the same: what they call is bound by that alone.
    """
    spec = core.spec
    if core.rebuilding and node is not None and template.kind in _LEGS:
        return False
    if spec.parallelism is not None and core.ledger.pods >= spec.parallelism:
        return _hold(core, inv, f"waits for one of {spec.parallelism} pods of the workflow")
    if node is not None and template.kind in _LEGS and _full(core, node, template, own=True):
        return _hold(core, inv, "")
    if inv.boundary and (node is None or node.phase not in (NodePhase.PENDING, NodePhase.RUNNING)):
        frame = core.frames.get(inv.boundary)
        boundary = core.state.nodes.get(inv.boundary)
        if frame is not None and boundary is not None:
            return _full(core, boundary, frame.template, own=False) and _hold(
                core, inv, "waits for a place among its siblings"
            )
    return False


def _full(core: Core, node: Node, template: Template, *, own: bool) -> bool:
    """Say whether a steps or dag node takes no more children."""
    ledger = core.ledger
    if template.fail_fast and ledger.failed[node.id] > 0:
        if ledger.boundary_pods[node.id] == 0 and not node.has_ended:
            _fail_fast(core, node)
        return True
    if template.parallelism is None:
        return False
    used = ledger.boundary_pods[node.id] if own else ledger.active[node.id]
    return used >= template.parallelism


def _fail_fast(core: Core, node: Node) -> None:
    if node.type is NodeType.STEPS:
        group = _last_group(core, node)
        if group is not None:
            core.mark(group, NodePhase.FAILED, _FAILED_CHILDREN)
    core.mark(node, NodePhase.FAILED, _FAILED_CHILDREN)


def _last_group(core: Core, node: Node) -> Node | None:
    """Return the step group that Argo's walk over the children comes to last, be it that of a
    nested template. Argo: 1.6."""
    seen: set[str] = set()
    stack = [(node.name, False)]
    while stack:
        name, done = stack.pop()
        if done:
            if core.state.nodes[name].type is NodeType.STEP_GROUP:
                return core.state.nodes[name]
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack += [(child, False) for child in core.children(name)]  # the last one comes first
    return None


def _hold(core: Core, inv: Invocation, why: str) -> bool:
    core.held.add(inv.parent or inv.name)
    node = core.state.nodes.get(inv.name)
    if node is not None:
        core.held.add(inv.name)
    if node is None or node.waiting_lock:
        give_back(core, inv.name)
    return True


def locked(core: Core, node: Node | None, bound: Bound, inv: Invocation) -> Node | Wait | None:
    """Ask for the template's locks; return the waiting node while they are not all there, a Wait
    where nothing is known of them yet. Raises HardError."""
    wanted = bound.template.synchronization
    if wanted is None:
        return None
    waiting = acquire(core, inv.name, wanted)
    if waiting is None:
        if node is not None and node.waiting_lock:
            core.patch(node, waiting_lock="", message="", waits_for="")
        return None
    if not waiting.lock:
        return waiting
    if node is None:
        node = create_node(
            core,
            inv,
            bound,
            name=inv.name,
            node_type=type_of(core, bound.template),
            phase=NodePhase.PENDING,
            message=waiting.message,
            parent=inv.parent,
            waiting_lock=waiting.lock,
        )
    message = waiting.message
    core.patch(node, message=message, waits_for=message, waiting_lock=waiting.lock)
    time_pending(core, node, bound.template)
    return node


def begin(core: Core, node: Node | None) -> None:
    """A node that waited for its locks, and was Pending, goes on as others begin."""
    if node is not None and node.phase is NodePhase.PENDING and node.type in _RUNS_AT_ONCE:
        core.mark(node, NodePhase.RUNNING)


_RUNS_AT_ONCE = frozenset({NodeType.STEPS, NodeType.DAG, NodeType.RETRY})
_TYPES = {
    "steps": NodeType.STEPS,
    "dag": NodeType.DAG,
    "suspend": NodeType.SUSPEND,
    "http": NodeType.HTTP,
    "plugin": NodeType.PLUGIN,
}


def type_of(core: Core, template: Template) -> NodeType:
    """Return the type of the node that this template makes."""
    if template.retry_strategy or core.spec.retry_strategy:
        return NodeType.RETRY
    return _TYPES.get(template.kind, NodeType.POD)
