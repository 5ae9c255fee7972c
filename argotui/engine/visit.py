"""Evaluating one invocation, in the order of Argo's executeTemplate. Argo: 4.0.

Visits are generators driven by `drive` with an explicit stack: a tree of depth 100 is legal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from argotui.engine import gates, retry
from argotui.engine.configmaps import NotRead
from argotui.engine.context import DISPLAY_NAME, Handler, NodeContext, Visit, create_node
from argotui.engine.core import Core, HardError
from argotui.engine.invocation import MAX_DEPTH, Bound, Invocation, bind
from argotui.engine.memoize import Lookup, look_up
from argotui.model.status import Node, NodePhase, NodeType

_DISPLAY_RULE = r"^[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]$"
_TOO_DEEP = (
    "Maximum recursion depth exceeded. See "
    "https://argo-workflows.readthedocs.io/en/latest/scaling/#maximum-recursion-depth"
)


def drive(visit: Visit) -> Node | None:
    """Run a visit, and all the visits it asks for, to its end; return its node."""
    stack = [visit]
    value: Node | None = None
    error: HardError | None = None
    while stack:
        try:
            child = stack[-1].throw(error) if error is not None else stack[-1].send(value)
        except StopIteration as stop:
            stack.pop()
            value, error = stop.value, None
        except HardError as raised:
            stack.pop()
            value, error = None, raised
        else:
            stack.append(child)
            value, error = None, None
    if error is not None:
        raise error
    return value


def _is_lone_task(inv: Invocation) -> bool:
    """Say whether this is a task without loop: Argo's dag does not come to it once it ended."""
    return "tasks.name" in inv.caller and inv.parent == inv.boundary


class Visitor:
    """Evaluates invocations with a table of handlers by template kind."""

    def __init__(self, core: Core, handlers: Mapping[str, Handler]) -> None:
        self.core = core
        self.handlers = handlers

    def evaluate(self, inv: Invocation) -> Visit:
        """Bring the node of `inv` as far as it goes now.

        Returns the node, None where a limit keeps it from being made. Raises HardError after
        having made the node an Error.
        """
        core = self.core
        node = core.state.nodes.get(inv.name)
        core.parents.setdefault(inv.name, inv.parent)
        if node is not None and node.is_fulfilled:
            core.take_dirty(inv.name)
            if inv.name in core.unnamed and not _is_lone_task(inv):
                self._name(node, bind(core, inv))
            return node
        if node is None and inv.depth >= MAX_DEPTH - 1:
            core.count_too_deep(inv.template)
            self._fail(inv, _TOO_DEEP)  # to its caller a failed child like any other
            return core.state.nodes[inv.name]
        bound = self._bound(inv)
        if bound is None:
            return node
        if node is not None:
            self._name(node, bound)
        if gates.timed_out(core, node, bound.template, inv):
            return node
        if gates.held(core, node, bound.template, inv):
            return node
        try:
            waiting = gates.locked(core, node, bound, inv)
            known = look_up(core, node, bound, inv) if waiting is None else Lookup.MISS
        except HardError as error:
            self._fail(inv, str(error))
            raise
        if waiting is not None:
            return waiting if isinstance(waiting, Node) else node
        if known is not Lookup.MISS:
            return known if isinstance(known, Node) else node
        gates.begin(core, node)
        if not bound.is_composite:
            core.take_dirty(inv.name)
        strategy = retry.strategy_of(core, bound.template)
        if strategy is not None:
            return (yield from retry.visit(self, inv, bound, strategy))
        node = yield from self.advance(self.context(inv, bound, inv.name))
        if node is not None:
            gates.time_pending(core, node, bound.template)
        return node

    def context(self, inv: Invocation, bound: Bound, name: str) -> NodeContext:
        return NodeContext(core=self.core, inv=inv, bound=bound, name=name, evaluate=self.evaluate)

    def advance(self, cx: NodeContext) -> Visit:
        """Let the handler of the template's type work on the node. Raises HardError after having
        made the node an Error."""
        handler = self.handlers.get(cx.bound.template.kind)
        try:
            if handler is None:
                raise HardError(f"template '{cx.bound.template.name}' has no known type")
            more = handler.advance(cx)
            if more is not None:
                yield from more
        except HardError as error:
            self._fail(cx.inv, str(error), cx.name)
            raise
        return self.core.state.nodes.get(cx.name)

    def _bound(self, inv: Invocation) -> Bound | None:
        """Return the template with its inputs, None while one of them is being read. Raises
        HardError after having made the node an Error."""
        known: Bound | None = self.core.bound.get(inv.name)
        if known is not None:
            return known
        try:
            bound = self.core.bound[inv.name] = bind(self.core, inv)
        except NotRead:
            return None
        except HardError as error:
            self._fail(inv, str(error))
            raise
        return bound

    def _name(self, node: Node, bound: Bound) -> None:
        """Give the node the display name its template asks for; from its second pass on, also if it
        has ended. Raises HardError after having made the node an Error. Argo: 1.3, 4.0"""
        wanted = bound.template.annotations.get(DISPLAY_NAME)
        if not wanted or node.created_pass == self.core.pass_number:
            return
        self.core.unnamed.discard(node.name)
        if not re.match(_DISPLAY_RULE, wanted):
            why = f"displayName must match the regex {_DISPLAY_RULE}"
            self.core.mark(node, NodePhase.ERROR, why)
            raise HardError(why)
        self.core.patch(node, display_name=wanted)

    def _fail(self, inv: Invocation, message: str, name: str = "") -> None:
        """Make the node of `inv` an Error; one that does not exist yet is of type Skipped."""
        core = self.core
        node = core.state.nodes.get(name or inv.name)
        if node is not None:
            if not node.has_ended:
                core.mark(node, NodePhase.ERROR, message)
            return
        create_node(
            core,
            inv,
            None,
            name=name or inv.name,
            node_type=NodeType.SKIPPED,
            phase=NodePhase.ERROR,
            message=message,
            parent=inv.parent,
        )
