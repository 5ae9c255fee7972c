"""The rewritings of expr-lang that show: what is never evaluated there can never fail here.

Called by `evaluate` for each node before it is compiled. From expr-lang 1.17's optimizer.
"""

from __future__ import annotations

from dataclasses import replace

from argotui.expr import syntax
from argotui.expr.syntax import Node

_FIRST = {"first": "find", "last": "findLast"}
_MOST = 50
_AT = {0: "find", -1: "findLast"}


def optimized(node: Node) -> Node:
    """Return the node, or one that looks at no more items than expr-lang does."""
    while (other := _rewritten(node)) is not node:
        node = other
    return node


def _rewritten(node: Node) -> Node:
    match node:
        case syntax.Member(base=base, key=key, optional=False):
            found = filtered(base)
            name = _AT.get(index) if (index := _integer(key)) is not None else None
            if name and found:
                return replace(found, position=node.position, name=name, throws=True)
        case syntax.Builtin(name="first" | "last" as name, arguments=(inner,)):
            if found := filtered(inner):
                return replace(found, position=node.position, name=_FIRST[name])
        case syntax.Builtin(name="len", arguments=(inner,)):
            if found := filtered(inner):
                return syntax.Builtin(node.position, "count", found.arguments)
        case syntax.Builtin(name="filter", arguments=(inner, syntax.Predicate(body=body))):
            found = filtered(inner)
            if found and found.mapped is None and isinstance(found.arguments[1], syntax.Predicate):
                both = syntax.Binary(node.position, "&&", found.arguments[1].body, body)
                test = syntax.Predicate(node.position, both)
                return replace(node, arguments=(found.arguments[0], test))
        case syntax.Builtin(name="sum", arguments=(syntax.ListOf(nodes=nodes),)) if _folds(nodes):
            return _added(nodes, node.position)
    return node


def filtered(node: Node) -> syntax.Builtin | None:
    """Return the filter that a node is, `map(filter(...), ...)` as one that maps what it finds."""
    match node:
        case syntax.Builtin(name="filter", arguments=(_, _)):
            return node
        case syntax.Builtin(name="map", arguments=(syntax.Builtin() as inner, body)):
            found = filtered(inner)
            if found and found.mapped is None and not _knows_index(body):
                return replace(found, position=node.position, mapped=body)
    return None


def _knows_index(node: Node) -> bool:
    if isinstance(node, syntax.Pointer):
        return node.name == "index"
    return any(map(_knows_index, syntax.children(node)))


def _folds(nodes: tuple[Node, ...]) -> bool:
    """A list of literals alone is a constant to expr-lang; long ones would nest too deeply."""
    return 1 < len(nodes) < _MOST and not all(isinstance(node, syntax.Literal) for node in nodes)


def _added(nodes: tuple[Node, ...], position: int) -> Node:
    """`sum([a, b])` is `a + b`, so that texts have a sum too."""
    total = nodes[-1]
    for part in reversed(nodes[:-1]):
        total = syntax.Binary(position, "+", part, total)
    return total


def _integer(key: Node) -> int | None:
    match key:
        case syntax.Literal(value=bool()):
            return None
        case syntax.Literal(value=int(value)):
            return value
        case syntax.Unary(operator="-", node=syntax.Literal(value=int(value))):
            return -value
    return None


def needless(pair: syntax.Binary) -> bool:
    """Say whether `x and true`, `x or false` is x, whatever that is."""
    right = _known(pair.right)
    return (right is True and _is_and(pair)) or (right is False and _is_or(pair))


def settled(pair: syntax.Binary) -> bool | None:
    """Return what `x and false`, `x or true` are worth without a look at x."""
    right = _known(pair.right)
    if (right is False and _is_and(pair)) or (right is True and _is_or(pair)):
        return right
    return None


def _is_and(pair: syntax.Binary) -> bool:
    return pair.operator in ("and", "&&")


def _is_or(pair: syntax.Binary) -> bool:
    return pair.operator in ("or", "||")


def _known(node: Node) -> bool | None:
    """Return the truth of what is made of literals alone."""
    match node:
        case syntax.Literal(value=bool(value)):
            return value
        case syntax.Unary(operator="!" | "not", node=inner):
            return None if (known := _known(inner)) is None else not known
        case syntax.Binary(
            operator="==", left=syntax.Literal(value=a), right=syntax.Literal(value=b)
        ):
            same = type(a) is type(b) and isinstance(a, (bool, int, str))
            return a == b if same else None
    return None


def is_any(pair: syntax.Binary) -> bool:
    """Say whether this is `count(items, test) > 0`, which ends with the first that holds."""
    left, least = pair.left, _integer(pair.right)
    counted = isinstance(left, syntax.Builtin) and left.name == "count" and len(left.arguments) == 2
    return counted and (pair.operator, least) in ((">", 0), (">=", 1))
