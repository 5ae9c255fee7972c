"""The children of a step group or a loop: made in order as limits allow, visited when dirty.

Used by steps and dag.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from argotui.engine.calls import Expanded
from argotui.engine.context import NodeContext, Visit, create_node
from argotui.engine.core import ChildError, ChildTimeout, Core, HardError, WhenError
from argotui.engine.hooks import HookPlace, has_hooks, run_exit, run_hooks
from argotui.engine.invocation import Invocation
from argotui.expr.scope import Scope
from argotui.model.status import Node, NodePhase, NodeType


@dataclass(slots=True, kw_only=True)
class Item:
    """One child to be: what is called, and the hooks that go with it."""

    ready: Expanded
    inv: Invocation


@dataclass(slots=True)
class Items:
    """`waiting` are not made yet, `open` not settled: running, or with hooks still running."""

    all: dict[str, Item] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    waiting: deque[str] = field(default_factory=deque)
    open: set[str] = field(default_factory=set)
    ended_pass: int = 0
    fresh: bool = True

    def add(self, item: Item) -> None:
        name = item.inv.name
        self.order[name] = len(self.order)
        self.all[name] = item
        self.waiting.append(name)

    @property
    def settled(self) -> bool:
        return not self.waiting and not self.open


def create_skipped(
    core: Core,
    inv: Invocation,
    message: str,
    phase: NodePhase = NodePhase.SKIPPED,
    *,
    node_type: NodeType = NodeType.SKIPPED,
) -> Node:
    """Make the placeholder of a call that is not made. Argo: 1.1."""
    core.parents[inv.name] = inv.parent
    return create_node(
        core, inv, None, name=inv.name, node_type=node_type, phase=phase, message=message,
        parent=inv.parent,
    )  # fmt: skip


Settle = Callable[[Item, Node], Visit]


def visit_items(
    cx: NodeContext, container: str, items: Items, settle: Settle, link: Callable[[str], None]
) -> Visit:
    """Visit the dirty items of `container` and make the waiting ones, in their order.

    The first time Argo comes to every one of them: a limit that keeps some back does not keep back
    the placeholders of what is not called, an error does. `settle` runs an item's hooks and returns
    None while they are not done. Raises HardError.
    """
    core = cx.core
    dirty = core.take_dirty(container)
    first, items.fresh = items.fresh, False
    if first:
        dirty = dirty | _known(core, items)
    todo = deque(sorted(dirty & items.all.keys(), key=items.order.__getitem__))
    try:
        while todo:
            name = todo.popleft()
            if name in core.state.nodes and name not in core.unsynced:
                yield from _visit_item(cx, items, name, settle, link)
    finally:
        for name in todo:  # one raised: the others are looked at again
            core.touch(name)
    held: list[str] = []
    try:
        while items.waiting and (first or not held):
            name = items.waiting.popleft()
            if _is_not_made(core, items.all[name], link):
                continue
            node = None if held else (yield from _visit_item(cx, items, name, settle, link))
            if node is None:
                held.append(name)
    finally:
        items.waiting.extendleft(reversed(held))
    return None


def _known(core: Core, items: Items) -> set[str]:
    """Return who exists already, after a recovery; nobody makes them again."""
    known = {name for name in items.waiting if name in core.state.nodes}
    items.waiting = deque(name for name in items.waiting if name not in known)
    return known


def _is_not_made(core: Core, item: Item, link: Callable[[str], None]) -> bool:
    """Make the placeholder of an item that is not called. Raises WhenError."""
    ready = item.ready
    if ready.skip is None and ready.wrong is None:
        return False
    phase = NodePhase.SKIPPED if ready.wrong is None else NodePhase.ERROR
    create_skipped(core, item.inv, ready.wrong or ready.skip or "", phase)
    link(item.inv.name)
    if ready.wrong is not None:
        raise WhenError(ready.wrong)
    return True


def _visit_item(
    cx: NodeContext, items: Items, name: str, settle: Settle, link: Callable[[str], None]
) -> Visit:
    core = cx.core
    item = items.all[name]
    items.open.add(name)
    try:
        node = yield cx.evaluate(item.inv)
    except ChildTimeout:
        raise
    except HardError as error:
        raise ChildError(name, error) from None
    if node is None:
        if name not in core.state.nodes:
            items.open.discard(name)
        return None
    link(name)
    settled: Node | None = node if node.is_fulfilled else None
    if has_hooks(item.ready.call):
        hooked = yield from settle(item, node)
        settled = hooked if settled is not None else None
    if settled is not None:
        items.open.discard(name)
    return node


def hook_place(cx: NodeContext, item: Item, prefix: str, scope: Scope) -> HookPlace:
    """Return where the hooks of an item run: evaluated through the item, in its boundary."""
    return HookPlace(
        core=cx.core,
        evaluate=cx.evaluate,
        parent=item.inv.name,
        boundary=item.inv.boundary,
        owner=item.inv.owner,
        depth=item.inv.depth,
        prefix=f"{prefix}.{item.ready.call.name}",
        scope=scope,
    )


def settle_hooks(place: HookPlace, item: Item, node: Node) -> Visit:
    """Run the hooks of a step and, once it completed, its exit handler. Argo: 4.5."""
    if node.is_fulfilled:
        place.core.take_dirty(node.name)
    if node.phase in (NodePhase.SKIPPED, NodePhase.OMITTED):
        return node
    done = yield from run_hooks(place, item.ready.call, node)
    if done is None or not node.phase.is_completed:
        return done if node.is_fulfilled and not node.phase.is_completed else None
    return (yield from run_exit(place, item.ready.call, node))
