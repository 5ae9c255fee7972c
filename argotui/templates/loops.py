"""The TaskGroup: a dag task that is a loop. Argo: 1.6, 4.3, 4.5."""

from __future__ import annotations

from argotui.engine.context import NodeContext, Visit, create_node
from argotui.engine.core import ChildError, ChildTimeout, Core, WhenError
from argotui.engine.hooks import has_hooks
from argotui.engine.invocation import Invocation
from argotui.model.bodies import Task
from argotui.model.status import Node, NodePhase, NodeType
from argotui.templates.items import Item, Items, visit_items
from argotui.templates.plan import DagFrame, link_task
from argotui.templates.taskhooks import exit_of, note_open, task_hooks


def visit_loop(cx: NodeContext, frame: DagFrame, task: Task, items: Items) -> Visit:
    """Bring a looped task as far as it goes; returns its TaskGroup node."""
    core = cx.core
    name = f"{cx.name}.{task.name}"
    group = core.state.nodes.get(name)
    known = group is not None
    if group is None:
        group = _create_group(cx, frame, task, items, name)
    core.parents.setdefault(name, cx.name)
    if not group.has_ended:
        if known and has_hooks(task) and (yield from task_hooks(cx, frame, task, group)) is None:
            _roll_up_early(core, group, items)
        else:
            yield from _visit_items(cx, frame, task, items, group)
    if group.has_ended:
        _forget(core, group)
        if has_hooks(task):
            yield from _group_exit(cx, frame, task, items, group)
    return group


def _forget(core: Core, group: Node) -> None:
    """Nobody looks at the items of a group that has ended, whose handlers may still run: what is
    left noted of them would keep news of those from coming up to the dag."""
    for name in core.take_dirty(group.name):
        core.take_dirty(name)


def _roll_up_early(core: Core, group: Node, items: Items) -> None:
    """While a hook of the group runs its items are not looked at; the roll-up of the dag still
    ends the group once they all have ended."""
    nodes = [core.state.nodes.get(name) for name in items.all]
    if all(node is not None and node.is_fulfilled for node in nodes):
        items.waiting.clear()
        items.open.clear()
        _roll_up(core, group, items)


def _create_group(cx: NodeContext, frame: DagFrame, task: Task, items: Items, name: str) -> Node:
    first = next(iter(items.all.values())).inv
    inv = Invocation(
        name=name, parent=cx.name, boundary=cx.name, owner=first.owner, depth=first.depth,
        template=task.template, template_ref=task.template_ref, inline=task.inline,
    )  # fmt: skip
    group = create_node(
        cx.core, inv, None, name=name, node_type=NodeType.TASK_GROUP, phase=NodePhase.RUNNING,
        parent=cx.name,
    )  # fmt: skip
    link_task(cx.core, cx.name, frame, task.name, name)
    return group


def _visit_items(cx: NodeContext, frame: DagFrame, task: Task, items: Items, group: Node) -> Visit:
    core = cx.core
    while True:
        try:
            yield from visit_items(
                cx, group.name, items, _settled, lambda child: core.link(group.name, child)
            )
        except ChildTimeout:
            return None  # the node it ended has the group looked at again
        except WhenError:
            continue  # of that item alone
        except ChildError as error:
            _item_error(core, group, items, error)
            continue
        break
    if has_hooks(task):
        yield from _exits_in_order(cx, frame, task, items)
    if items.settled:
        _roll_up(core, group, items)
    return None


def _item_error(core: Core, group: Node, items: Items, error: ChildError) -> None:
    """An item that could not be started is an Error of its own; the others go on."""
    name = error.child
    core.mark(core.state.nodes[name], NodePhase.ERROR, f"task '{name}' errored: {error}")
    core.link(group.name, name)
    items.open.discard(name)


def _settled(item: Item, node: Node) -> Visit:
    """Items have no hooks of their own but exit handlers, and those in order."""
    yield from ()
    return node if node.is_fulfilled else None


def _exits_in_order(cx: NodeContext, frame: DagFrame, task: Task, items: Items) -> Visit:
    """Run the items' exit handlers in order; one that is not done at once stops the walk for this
    pass. Argo: 4.5 TRAP."""
    for name in items.all:
        node = cx.core.state.nodes.get(name)
        if node is None:
            return None  # a limit keeps it back, and Argo's walk ends there
        if node.phase.is_completed and (yield from exit_of(cx, frame, task, node)) is None:
            return None
    return None


def _group_exit(cx: NodeContext, frame: DagFrame, task: Task, items: Items, group: Node) -> Visit:
    """The TaskGroup's own exit handler, if the dag is looked at again after the group's end."""
    if items.ended_pass == cx.core.pass_number:
        cx.core.revisit.add(group.name)
        return None
    done = yield from exit_of(cx, frame, task, group)
    note_open(frame, task, is_open=done is None)
    return done


def _roll_up(core: Core, group: Node, items: Items) -> None:
    items.ended_pass = core.pass_number
    phase = NodePhase.SUCCEEDED
    for name in items.all:
        child = core.state.nodes[name]
        if child.phase.is_bad:
            phase = child.phase
    core.mark(group, phase)
