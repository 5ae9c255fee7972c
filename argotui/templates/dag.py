"""The dag template: tasks as soon as what they depend on allows it. Argo: 1.6, 4.2."""

from __future__ import annotations

from heapq import heappop, heappush

from argotui.engine.calls import Expanded, expand, invocation, is_loop, resolve_call
from argotui.engine.context import NodeContext, Visit
from argotui.engine.core import ChildTimeout, Core, HardError
from argotui.engine.daemons import end_daemons
from argotui.engine.hooks import hooks_ended
from argotui.engine.invocation import Invocation
from argotui.engine.links import outbound_of
from argotui.engine.locks import is_asked
from argotui.engine.outputs import export, template_outputs
from argotui.engine.producers import Layered, Producer, ProducerScope
from argotui.expr.errors import ExpressionError
from argotui.model.bodies import Task
from argotui.model.status import Node, NodePhase, NodeType, Shutdown
from argotui.templates.assess import assess
from argotui.templates.items import Item, Items, create_skipped
from argotui.templates.loops import visit_loop
from argotui.templates.plan import DagFrame, link_task, open_frame
from argotui.templates.taskhooks import settle_task

EMPTY = "Skipped, empty params"


class DagHandler:
    node_type = NodeType.DAG

    def advance(self, cx: NodeContext) -> Visit:
        core = cx.core
        node = cx.node or cx.create(NodeType.DAG, NodePhase.RUNNING)
        frame: DagFrame | None = core.frames.get(cx.name)
        if frame is None:
            frame = core.frames[cx.name] = open_frame(
                core, cx.name, cx.bound.template, cx.bound.scope
            )
        try:
            yield from _tasks(cx, node, frame)
            if not node.has_ended:
                _conclude(cx, node, frame)
        finally:
            if node.has_ended:
                end_daemons(core, node)
        return node


def _tasks(cx: NodeContext, node: Node, frame: DagFrame) -> Visit:
    """Visit what changed and start what became ready, dependencies before dependents."""
    core = cx.core
    heap, frame.ready = frame.ready, []
    for name in core.take_dirty(node.name):
        task = name.removeprefix(f"{node.name}.")
        if task in frame.order:
            heappush(heap, (frame.order[task], task))
    seen: set[str] = set()
    while heap:
        entry = heappop(heap)
        task = entry[1]
        name = f"{node.name}.{task}"
        if task in seen or node.has_ended or name in core.unsynced:
            continue
        seen.add(task)
        yield from _task(cx, frame, frame.tasks[task])
        made = core.state.nodes.get(name)
        if made is None:
            frame.ready.append(entry)  # a limit keeps it back
        elif made.is_fulfilled and task not in frame.settled and hooks_ended(core, name):
            frame.settle(task, heap)
    frame.ready.sort()
    return None


def _is_shut(cx: NodeContext) -> bool:
    """Argo: 1.6, 4.14. A dag that is shut down waits for the exit handlers of its targets only."""
    return cx.core.state.run.shutdown is not Shutdown.NONE and not cx.inv.on_exit


def _task(cx: NodeContext, frame: DagFrame, task: Task) -> Visit:
    """Bring one task as far as it goes, and what hangs on its node."""
    yield from _brought(cx, frame, task)
    node = cx.core.state.nodes.get(f"{cx.name}.{task.name}")
    if node is not None:
        yield from settle_task(cx, frame, task, node)
    return node


def _brought(cx: NodeContext, frame: DagFrame, task: Task) -> Visit:
    """Bring a task's own node on. Whatever goes wrong becomes its Error."""
    core = cx.core
    name = f"{cx.name}.{task.name}"
    node = core.state.nodes.get(name)
    try:
        if node is None and not _due(cx, frame, task):
            return None
        items = frame.loops.get(task.name)
        if items is None:
            items = _expanded(cx, frame, task)
        if items is None:
            return core.state.nodes.get(name)
        frame.loops[task.name] = items
    except HardError as error:
        _task_error(cx, frame, task, str(error))
        return None
    if is_loop(task):
        return (yield from visit_loop(cx, frame, task, items))
    return (yield from _single(cx, frame, task, items))


def _due(cx: NodeContext, frame: DagFrame, task: Task) -> bool:
    """Say whether `depends` holds; if it does not, the task is Omitted. Raises HardError."""
    logic = frame.depends.get(task.name)
    if logic is None:
        return True
    try:
        if logic.evaluate(lambda who, result: _result(cx.core, cx.name, who, result)):
            return True
    except ExpressionError as error:
        raise HardError(f"unable to evaluate expression '{logic}': {error}") from None
    _placeholder(cx, frame, task, NodePhase.OMITTED, "omitted: depends condition not met")
    return False


def _result(core: Core, boundary: str, who: str, result: str) -> bool:
    """Argo: 4.2, the truth of `who.Result`."""
    node = core.state.nodes.get(f"{boundary}.{who}")
    if node is None:
        return False
    looped = node.type is NodeType.TASK_GROUP
    # hooks of the group are children like its items: Argo takes them for such
    items = [core.state.nodes[child] for child in core.children(node.name)] if looped else []
    match result:
        case "Errored":
            return node.phase is NodePhase.ERROR
        case "Daemoned":
            return node.daemoned and node.phase is not NodePhase.PENDING
        case "AnySucceeded":
            return any(child.phase is NodePhase.SUCCEEDED for child in items)
        case "AllFailed":
            return bool(items) and all(child.phase is NodePhase.FAILED for child in items)
        case _:
            return str(node.phase) == result


def _expanded(cx: NodeContext, frame: DagFrame, task: Task) -> Items | None:
    """Return the calls of a task; None where it ended in a placeholder instead."""
    core = cx.core
    scope = frame.scope(core, cx, task.name)
    call, ready = resolve_call(core, task, cx.bound, scope)
    if is_loop(task):
        absent = ready.absent if ready is not None else frozenset()
        try:
            listed = expand(cx.core, call, cx.bound, scope, absent)
        except HardError:
            if ready is None or ready.skip is None:
                raise
            listed = []
        if not listed:
            _placeholder(cx, frame, task, NodePhase.SKIPPED, EMPTY)
            return None
    elif ready is not None and ready.skip is not None:
        _placeholder(cx, frame, task, NodePhase.SKIPPED, ready.skip)
        return None
    else:
        listed = expand(
            cx.core, call, cx.bound, scope, ready.absent if ready is not None else frozenset()
        )
        if listed[0].skip is not None:
            _placeholder(cx, frame, task, NodePhase.SKIPPED, listed[0].skip)
            return None
    return _items(cx, frame, task, listed)


def _items(cx: NodeContext, frame: DagFrame, task: Task, listed: list[Expanded]) -> Items:
    items = Items()
    parent = f"{cx.name}.{task.name}" if is_loop(task) else cx.name
    for one in listed:
        inv = invocation(
            one,
            bound=cx.bound,
            name=f"{cx.name}.{one.call.name if is_loop(task) else task.name}",
            parent=parent,
            boundary=cx.name,
            depth=cx.inv.depth + 1,
            kind="tasks",
            capture_result=task.name in frame.captured,
            on_exit=cx.inv.on_exit,
        )
        items.add(Item(ready=one, inv=inv))
    return items


def _bare_invocation(cx: NodeContext, task: Task) -> Invocation:
    return invocation(
        Expanded(call=task), bound=cx.bound, name=f"{cx.name}.{task.name}", parent=cx.name,
        boundary=cx.name, depth=cx.inv.depth + 1, kind="tasks", capture_result=False,
        on_exit=cx.inv.on_exit,
    )  # fmt: skip


def _placeholder(
    cx: NodeContext, frame: DagFrame, task: Task, phase: NodePhase, message: str
) -> None:
    inv = _bare_invocation(cx, task)
    if inv.name not in cx.core.state.nodes:
        create_skipped(cx.core, inv, message, phase)
        link_task(cx.core, cx.name, frame, task.name, inv.name)


def _task_error(cx: NodeContext, frame: DagFrame, task: Task, message: str) -> None:
    node = cx.core.state.nodes.get(f"{cx.name}.{task.name}")
    if node is None:
        _placeholder(cx, frame, task, NodePhase.ERROR, message)
    elif not node.has_ended:
        cx.core.mark(node, NodePhase.ERROR, message)


def _single(cx: NodeContext, frame: DagFrame, task: Task, items: Items) -> Visit:
    core = cx.core
    item = items.all[f"{cx.name}.{task.name}"]
    name = item.inv.name
    known = name in core.state.nodes
    try:
        node = yield cx.evaluate(item.inv)
    except ChildTimeout:
        return core.state.nodes.get(name)
    except HardError as error:
        _say_errored(cx, name, error)
        node = core.state.nodes.get(name)
    if node is None:
        return None
    if not known:
        link_task(core, cx.name, frame, task.name, name)
    return node


def _say_errored(cx: NodeContext, name: str, error: HardError) -> None:
    node = cx.core.state.nodes.get(name)
    if node is not None:
        cx.core.mark(node, NodePhase.ERROR, f"task '{name}' errored: {error}")


def _conclude(cx: NodeContext, node: Node, frame: DagFrame) -> None:
    """Roll up once nothing is open. Argo: 1.6 DAG."""
    core = cx.core
    targets_open = any(task in frame.open_hooks for task in frame.targets)
    if targets_open:
        return
    if _is_shut(cx):
        phase: NodePhase | None = NodePhase.FAILED
    elif core.ledger.open[node.id] or _is_asking(core, node, frame):
        return
    else:
        phase = assess(core, node, frame)
    if phase is None:
        return
    if phase is NodePhase.SUCCEEDED:
        _export_tasks(core, node, frame)
        outputs = template_outputs(core, cx.bound.template, _final_scope(cx, frame))
        _set_outbound(core, node, frame)
        cx.succeed(node, outputs)
        return
    _set_outbound(core, node, frame)
    core.mark(node, phase)


def _export_tasks(core: Core, node: Node, frame: DagFrame) -> None:
    """Export what the tasks put out once more, in the order they are written in. Argo: 2.2"""
    for task in frame.tasks:
        made = core.state.nodes.get(f"{node.name}.{task}")
        if made is not None:
            export(core, made)


def _is_asking(core: Core, node: Node, frame: DagFrame) -> bool:
    """Say whether a task that is not there yet only waits for the driver's word: of its locks, or
    of a remembered result. One that a limit keeps back holds no dag open."""
    asking = {core.asked.get(question) for question in core.awaited_answers}
    names = (f"{node.name}.{task}" for _, task in frame.ready)
    return any(name in asking or is_asked(core, name) for name in names)


def _final_scope(cx: NodeContext, frame: DagFrame) -> Layered:
    def find(task: str) -> Producer | None:
        return frame.producer(cx.core, cx, task) if task in frame.tasks else None

    return Layered(ProducerScope("tasks", find, lambda: frame.tasks), cx.bound.scope)


def _set_outbound(core: Core, node: Node, frame: DagFrame) -> None:
    found = [
        out
        for task in frame.targets
        if f"{node.name}.{task}" in core.state.nodes
        for out in outbound_of(core, f"{node.name}.{task}")
    ]
    core.patch(node, outbound=tuple(dict.fromkeys(found)))
