"""Outbound nodes: where what comes next is linked to. Argo: 1.5."""

from __future__ import annotations

from argotui.engine.core import Core
from argotui.model.status import Node, NodeType


def outbound_of(core: Core, name: str) -> list[str]:
    """Return the names of the nodes that the next node becomes a child of."""
    found: list[str] = []
    stack = [name]
    while stack:
        node = core.state.nodes.get(stack.pop())
        if node is not None:
            inner = _inner(core, node)
            if inner is None:
                found.append(node.name)
            elif node.type is NodeType.RETRY:
                found += inner  # as they are, whatever is in them
            else:
                stack += reversed(inner)
    return list(dict.fromkeys(found))


def attempts_among(name: str, children: list[str]) -> list[str]:
    """Return the attempts among the children of the Retry node `name`; the others are its hooks.
    Told by their names: the attempts of a hook are hooked themselves."""
    return [child for child in children if child.startswith("(", len(name))]


def last_attempt(core: Core, node: Node) -> Node:
    """Return the node whose values `steps.X.*` are: of a Retry node its last attempt. Argo: 2.5"""
    if node.type is not NodeType.RETRY or _is_hit(node):
        return node
    attempts = attempts_among(node.name, core.children(node.name))
    return core.state.nodes[attempts[-1]] if attempts else node


def _is_hit(node: Node) -> bool:
    return node.memoization is not None and bool(node.memoization.get("hit"))


def _inner(core: Core, node: Node) -> list[str] | None:
    """Return the nodes that stand for this one, None if it stands for itself."""
    if _is_hit(node):
        return None
    if node.type in (NodeType.STEPS, NodeType.DAG):
        return [name for name in node.outbound if name != node.name]
    children = core.children(node.name)
    if node.type is NodeType.CONTAINER:  # what comes behind its pod is linked to it, too
        return [c for c in children if core.state.nodes[c].boundary_id == node.boundary_id] or None
    if node.type is NodeType.RETRY:  # the youngest child, be it a hook
        return children[-1:] or None
    if node.type is NodeType.TASK_GROUP:
        return list(children) or None
    if node.type is NodeType.POD:
        containers = [
            child for child in children if core.state.nodes[child].type is NodeType.CONTAINER
        ]
        return containers or None
    return None
