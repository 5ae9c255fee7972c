"""Which variables an expression speaks of, read off its tree.

Called by `evaluate` for `Program.references` and `missing`, and for the check of types.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from argotui.expr import syntax
from argotui.expr.syntax import Node


def lost(path: tuple[str, ...], env: Mapping[str, Any]) -> list[str]:
    """Return the part of a path that `env` has not, and all that is under it."""
    value: Any = env
    for index, part in enumerate(path):
        if not isinstance(value, Mapping) or part not in value:
            return [".".join(path[: end + 1]) for end in range(index, len(path))]
        value = value[part]
    return []


def static_path(node: Node) -> tuple[str, ...]:
    """Return `a.b['c']` as its parts, () for what is no such row of members."""
    parts: list[str] = []
    while True:
        match node:
            case syntax.Member(base=base, key=syntax.Literal(value=str(key))):
                parts.append(key)
                node = base
            case syntax.Chain(node=inner):
                node = inner
            case syntax.Name(name=name):
                return (name, *reversed(parts))
            case _:
                return ()


def paths(node: Node, known: Container[str], bound: frozenset[str]) -> list[tuple[str, ...]]:
    """Return the longest member paths on variables that are not `known` or `bound` by a let."""
    path = static_path(node)
    if path:
        return [] if path[0] in bound or path[0] in known or path[0] == "$env" else [path]
    if isinstance(node, syntax.Let):
        inner = bound | {node.name}
        return paths(node.value, known, bound) + paths(node.body, known, inner)
    return [path for child in syntax.children(node) for path in paths(child, known, bound)]


def names(node: Node) -> set[str]:
    """Return the variables whose types matter, and the names that `let` gives."""
    found: set[str] = set()
    open_nodes = [node]
    while open_nodes:
        current = open_nodes.pop()
        if isinstance(current, (syntax.Name, syntax.Let)):
            found.add(current.name)
        parts = syntax.children(current)
        if any(isinstance(part, syntax.Name) and part.name == "$env" for part in parts):
            for part in parts:
                if isinstance(part, syntax.Literal) and isinstance(part.value, str):
                    found.add(part.value)
        open_nodes += parts
    return found
