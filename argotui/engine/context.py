"""What a template's handler sees of the engine: its node, its template, and what it may do.

The ports Handler and Visit; called by engine/visit, implemented in templates/.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from argotui.engine import metrics
from argotui.engine.core import Core, new_node
from argotui.engine.invocation import Bound, Invocation
from argotui.engine.locks import release
from argotui.model.changes import WorkRequested
from argotui.model.commands import StartWork
from argotui.model.manifest import Memoize
from argotui.model.status import Node, NodePhase, NodeType
from argotui.model.work import Work, WorkRef

DISPLAY_NAME = "workflows.argoproj.io/display-name"
# A visit is a generator that yields the visits of other nodes and receives their outcome: the node,
# or None where a limit keeps it back. The engine drives it with a stack of its own; parts of one
# visit are joined by `yield from`.
Visit: TypeAlias = Generator["Visit", Node | None, Node | None]


class Handler(Protocol):
    """One per template type. `node_type` is that of the node it makes."""

    node_type: NodeType

    def advance(self, cx: NodeContext) -> Visit | None:
        """Bring the node as far as it goes now. Decides from the state, never from the event;
        doing it twice is the same as once. Raises HardError."""
        ...


@dataclass(slots=True, kw_only=True)
class NodeContext:
    """`name` is that of the node to work on: for a retry the attempt's, not the Retry node's.
    `evaluate` makes a visit of an invocation."""

    core: Core
    inv: Invocation
    bound: Bound
    name: str
    evaluate: Callable[[Invocation], Visit]
    retried: bool = False
    parent: str = ""
    deadline_at: float | None = None  # a limit of the retry strategy on this attempt

    @property
    def node(self) -> Node | None:
        return self.core.state.nodes.get(self.name)

    def create(
        self, node_type: NodeType, phase: NodePhase, message: str = "", **fields: Any
    ) -> Node:
        """Make the node of this invocation."""
        node = create_node(
            self.core,
            self.inv,
            self.bound,
            name=self.name,
            node_type=node_type,
            phase=phase,
            message=message,
            retried=self.retried,
            parent=self.parent or self.inv.parent,
            **fields,
        )
        metrics.node_made(self.core, node, self.bound.template)
        return node

    def start(self, node: Node, work: Work, pod_name: str) -> None:
        """Ask for the node's work, once more than before."""
        ref = WorkRef(
            run_id=self.core.state.run.run_id,
            node_name=node.name,
            node_id=node.id,
            attempt=node.attempt + 1,
            pod_name=pod_name,
        )
        self.core.patch(node, attempt=ref.attempt, pod_name=pod_name)
        self.core.emit(WorkRequested(ref=ref, work=work))
        self.core.commands.append(StartWork(ref=ref, work=work))

    def succeed(self, node: Node, outputs: Mapping[str, Any] | None = None) -> None:
        if outputs is not None:
            self.core.patch(node, outputs=outputs)
        self.core.mark(node, NodePhase.SUCCEEDED)


def create_node(
    core: Core,
    inv: Invocation,
    bound: Bound | None,
    *,
    name: str,
    node_type: NodeType,
    phase: NodePhase,
    message: str = "",
    retried: bool = False,
    parent: str,
    **fields: Any,
) -> Node:
    """Add the node of an invocation with what Argo notes of its template. Argo: 1.3."""
    ref = inv.template_ref
    node = new_node(
        core,
        name,
        node_type=node_type,
        phase=phase,
        boundary=inv.boundary,
        message=message,
        hooked=inv.hooked,
        retried=retried,
        template_name="" if ref else inv.template,
        template_ref=ref_json(inv) if ref else None,
        template_scope=core.scope_text(inv.owner),
        inputs=bound.inputs if bound is not None else {},
        **fields,
    )
    if bound is not None and bound.template.memoize is not None and not node.memoization:
        node.memoization = memo_status(bound.template.memoize, hit=False)
    if bound is not None and DISPLAY_NAME in bound.template.annotations:
        core.revisit.add(name)  # it applies from the node's second visit on
        core.unnamed.add(name)
    made = core.create(node, parent=parent)
    if made.has_ended:  # with its lock, when what is remembered, or an error, came after it
        release(core, name)
    return made


def memo_status(memo: Memoize, *, hit: bool) -> dict[str, Any]:
    """Return a node's memoizationStatus."""
    cache = (memo.cache or {}).get("configMap")
    name = cache.get("name", "") if isinstance(cache, Mapping) else ""
    return {"hit": hit, "key": memo.key, "cacheName": str(name)}


def ref_json(inv: Invocation) -> dict[str, Any] | None:
    """Return the templateRef of a call as Argo's JSON has it."""
    if inv.template_ref is None:
        return None
    found: dict[str, Any] = {
        "name": inv.template_ref.name,
        "template": inv.template_ref.template,
    }
    if inv.template_ref.cluster_scope:
        found["clusterScope"] = True
    return found
