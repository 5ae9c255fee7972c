"""The steps template: groups one after the other, the steps of a group at once. Argo: 1.6, 3.10."""

from __future__ import annotations

from dataclasses import dataclass, field

from argotui.engine.calls import Expanded, expand, invocation, is_loop, resolve_call
from argotui.engine.context import NodeContext, Visit
from argotui.engine.core import ROOT, ChildError, ChildTimeout, Core, HardError, new_node
from argotui.engine.daemons import end_daemons
from argotui.engine.invocation import find_template
from argotui.engine.links import last_attempt, outbound_of
from argotui.engine.outputs import template_outputs
from argotui.engine.producers import Layered, Producer, ProducerScope, values_of
from argotui.expr.scope import Scope
from argotui.model.bodies import Step, StepsBody
from argotui.model.manifest import Template
from argotui.model.status import Node, NodePhase, NodeType
from argotui.pods.capture import referred_results
from argotui.templates.items import (
    Item,
    Items,
    create_skipped,
    hook_place,
    settle_hooks,
    visit_items,
)
from argotui.templates.siblings import Siblings
from argotui.templates.stepdaemons import know_again, look_after, retried_daemons

EMPTY = "Skipped, empty params"


@dataclass(slots=True, kw_only=True)
class StepsFrame:
    """An open steps node. `index` is the group it is at, `items` that group's steps, `producers`
    what the groups before it offer, `daemons` what calls their daemons with retries."""

    template: Template
    groups: tuple[tuple[Step, ...], ...]
    captured: frozenset[str]
    index: int = 0
    items: Items | None = None
    producers: dict[str, Producer] = field(default_factory=dict)
    daemons: dict[str, Item] = field(default_factory=dict)

    def scope(self) -> ProducerScope:
        return ProducerScope("steps", self.producers.get, lambda: self.producers)


class StepsHandler:
    node_type = NodeType.STEPS

    def advance(self, cx: NodeContext) -> Visit:
        core = cx.core
        node = cx.node or cx.create(NodeType.STEPS, NodePhase.RUNNING)
        frame = _frame(cx)
        try:
            done = yield from _through_groups(cx, node, frame)
            if done is not None and not node.has_ended:
                outputs = template_outputs(core, cx.bound.template, _scope(cx, frame))
                _set_outbound(core, node, frame)
                cx.succeed(node, outputs)
        finally:
            if node.has_ended:
                end_daemons(core, node)
        return node


def _frame(cx: NodeContext) -> StepsFrame:
    frame: StepsFrame | None = cx.core.frames.get(cx.name)
    if frame is None:
        body = cx.bound.template.body
        assert isinstance(body, StepsBody)
        frame = cx.core.frames[cx.name] = StepsFrame(
            template=cx.bound.template,
            groups=body.groups,
            captured=referred_results(cx.bound.template, "steps"),
        )
    return frame


def _scope(cx: NodeContext, frame: StepsFrame) -> Layered:
    return Layered(frame.scope(), cx.bound.scope)


def _through_groups(cx: NodeContext, node: Node, frame: StepsFrame) -> Visit:
    """Go from group to group; returns the node once all have succeeded."""
    core = cx.core
    core.take_dirty(node.name)
    if (yield from look_after(cx, node, frame.groups, frame.daemons)) is None:
        return None
    while frame.index < len(frame.groups):
        group = _group_node(cx, node, frame)
        if not group.has_ended:
            yield from _visit_group(cx, group, frame)
        if not group.has_ended or node.has_ended:
            return None
        if group.phase.is_bad:
            _set_outbound(core, node, frame)
            core.mark(node, NodePhase.FAILED, group.message)
            return None
        _offer(cx, group, frame)
        if up := retried_daemons(core, group):
            items = frame.items or _expand_group(cx, group, frame)
            frame.daemons |= {name: items.all[name] for name in up}
        if frame.items is None:  # after a recovery
            know_again(core, group)
        frame.index += 1
        frame.items = None
    return node


def _group_node(cx: NodeContext, node: Node, frame: StepsFrame) -> Node:
    core = cx.core
    name = f"{node.name}[{frame.index}]"
    group = core.state.nodes.get(name)
    if group is None:
        made = new_node(
            core, name, node_type=NodeType.STEP_GROUP, phase=NodePhase.RUNNING,
            boundary=node.name, template_scope=core.scope_text(cx.bound.owner),
        )  # fmt: skip
        group = core.create(made, parent=node.name)
        _link_group(core, node, frame, name)
    core.parents.setdefault(name, node.name)
    return group


def _link_group(core: Core, node: Node, frame: StepsFrame, name: str) -> None:
    if frame.index == 0:
        core.link(node.name, name)
        return
    before = f"{node.name}[{frame.index - 1}]"
    children = core.children(before)
    if not children:
        core.link(before, name)
    for child in list(children):
        for outbound in outbound_of(core, child):
            core.link(outbound, name)


def _visit_group(cx: NodeContext, group: Node, frame: StepsFrame) -> Visit:
    core = cx.core
    try:
        if frame.items is None:
            frame.items = _expand_group(cx, group, frame)
    except HardError as error:
        core.mark(group, NodePhase.ERROR, str(error))
        return None
    items = frame.items

    def settle(item: Item, node: Node) -> Visit:
        before = Siblings(core=core, group=group.name, items=items, own=item.inv.name)
        scope = Layered(before, frame.scope())
        return settle_hooks(hook_place(cx, item, "steps", scope), item, node)

    try:
        yield from visit_items(
            cx, group.name, items, settle, lambda child: core.link(group.name, child)
        )
    except ChildTimeout:
        core.mark(group, NodePhase.FAILED, "timeout")
        return None
    except HardError as error:
        _group_error(core, group, error)
        return None
    if items.settled and not group.has_ended:
        _roll_up(core, group, items)
    return None


def _group_error(core: Core, group: Node, error: HardError) -> None:
    """A child that could not be started, or a hook that cannot be evaluated. Argo: 1.6."""
    text = str(error)
    if isinstance(error, ChildError):
        core.link(group.name, error.child)
        text = f"step group deemed errored due to child {error.child} error: {error}"
    core.mark(group, NodePhase.ERROR, text)


def _expand_group(cx: NodeContext, group: Node, frame: StepsFrame) -> Items:
    """Resolve and expand every step of the group before any of it is started."""
    items = Items()
    scope = frame.scope()
    try:
        resolved = [
            resolve_call(cx.core, step, cx.bound, scope) for step in frame.groups[frame.index]
        ]
    except HardError as error:
        raise HardError(f"failed to resolve references: {error}") from None
    for call, ready in resolved:
        absent = ready.absent if ready is not None else frozenset()
        if ready is not None and ready.skip is not None and not is_loop(call):
            listed = [ready]
        else:
            listed = _items_of(cx, call, scope, ready, absent)
        for one in listed:
            items.add(_item(cx, group, frame, one, call.name))
        if not listed:
            _skip_empty(cx, group, frame, call)
    return items


def _items_of(
    cx: NodeContext, call: Step, scope: Scope, ready: Expanded | None, absent: frozenset[str]
) -> list[Expanded]:
    """Expand a call; a loop that is not made anyway may have items that cannot be read."""
    try:
        return expand(cx.core, call, cx.bound, scope, absent)
    except HardError:
        if ready is None or ready.skip is None:
            raise
        return []


def _item(cx: NodeContext, group: Node, frame: StepsFrame, one: Expanded, step: str) -> Item:
    inv = invocation(
        one,
        bound=cx.bound,
        name=f"{group.name}.{one.call.name}",
        parent=group.name,
        boundary=cx.name,
        depth=cx.inv.depth + 1,
        kind="steps",
        capture_result=step in frame.captured,
        on_exit=cx.inv.on_exit,
    )
    return Item(ready=one, inv=inv)


def _skip_empty(cx: NodeContext, group: Node, frame: StepsFrame, call: Step) -> None:
    name = f"{group.name}.{call.name}"
    if name not in cx.core.state.nodes:
        item = _item(cx, group, frame, Expanded(call=call), call.name)
        create_skipped(cx.core, item.inv, EMPTY)
        cx.core.link(group.name, name)


def _roll_up(core: Core, group: Node, items: Items) -> None:
    """Argo: 1.6 StepGroup: the first child, in their order, that is not tolerated."""
    for name in core.children(group.name):
        child = core.state.nodes[name]
        item = items.all.get(name)
        if child.phase.is_bad and not (item is not None and _continues(item, child)):
            core.mark(group, NodePhase.FAILED, f"child '{child.id}' failed")
            return
    core.mark(group, NodePhase.SUCCEEDED)


def _continues(item: Item, child: Node) -> bool:
    tolerated = item.ready.call.continue_on
    if tolerated is None:
        return False
    return tolerated.failed if child.phase is NodePhase.FAILED else tolerated.error


def _offer(cx: NodeContext, group: Node, frame: StepsFrame) -> None:
    """Let later groups see this one's steps."""
    core = cx.core
    nodes = core.state.nodes
    children = [nodes[name] for name in core.children(group.name)]
    for step in frame.groups[frame.index]:
        own = nodes.get(f"{group.name}.{step.name}")
        template = _template_of(cx, step, frame)
        if own is not None:
            node = last_attempt(core, own)
            frame.producers[step.name] = Producer(node=node, template=template, is_step=True)
            continue
        prefix = f"{group.name}.{step.name}("
        items = tuple(node for node in children if node.name.startswith(prefix))
        looped = Producer(node=group, items=items, template=template, lenient=core.wf.lenient)
        values_of(looped)  # results that cannot be aggregated are an error of the steps, at once
        frame.producers[step.name] = looped


def _template_of(cx: NodeContext, step: Step, frame: StepsFrame) -> Template | None:
    ready = Expanded(call=step)
    inv = invocation(
        ready, bound=cx.bound, name="", parent=ROOT, boundary="", depth=0, kind="steps",
        capture_result=False, on_exit=False,
    )  # fmt: skip
    try:
        return find_template(cx.core, inv)[0]
    except HardError:
        return None


def _set_outbound(core: Core, node: Node, frame: StepsFrame) -> None:
    last = f"{node.name}[{min(frame.index, len(frame.groups) - 1)}]"
    found = [out for child in core.children(last) for out in outbound_of(core, child)]
    core.patch(node, outbound=tuple(dict.fromkeys(found)))
