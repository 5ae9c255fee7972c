"""The rewritings of expr-lang that show: what is never evaluated there can never fail here.

Called by `evaluate` for each node before it is compiled. From expr-lang 1.17's optimizer.
"""

from __future__ import annotations

from argotui.expr import syntax
from argotui.expr.syntax import Node

_FIRST = {"first": "find", "last": "findLast"}
_MOST = 50
_AT = {0: "find", -1: "findLast"}


def optimized(node: Node) -> Node:
    """Return the node, or one that looks at no more items than expr-lang does."""
    match node:
        case syntax.Member(base=base, key=key, optional=False) if is_filter(base):
            found = _AT.get(_integer(key) or 0) if _integer(key) is not None else None
            if found and isinstance(base, syntax.Builtin):
                return syntax.Builtin(node.position, found, base.arguments, throws=True)
        case syntax.Builtin(name="first" | "last" as name, arguments=(inner,)) if is_filter(inner):
            assert isinstance(inner, syntax.Builtin)
            return syntax.Builtin(node.position, _FIRST[name], inner.arguments)
        case syntax.Builtin(name="sum", arguments=(syntax.ListOf(nodes=nodes),)) if _folds(nodes):
            return _added(nodes, node.position)
    return node


def _folds(nodes: tuple[Node, ...]) -> bool:
    """A list of literals alone is a constant to expr-lang; long ones would nest too deeply."""
    return 1 < len(nodes) < _MOST and not all(isinstance(node, syntax.Literal) for node in nodes)


def _added(nodes: tuple[Node, ...], position: int) -> Node:
    """`sum([a, b])` is `a + b`, so that texts have a sum too."""
    total = nodes[-1]
    for part in reversed(nodes[:-1]):
        total = syntax.Binary(position, "+", part, total)
    return total


def is_filter(node: Node) -> bool:
    return isinstance(node, syntax.Builtin) and node.name == "filter" and len(node.arguments) == 2


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
    match pair.right:
        case syntax.Literal(value=True):
            return pair.operator in ("and", "&&")
        case syntax.Literal(value=False):
            return pair.operator in ("or", "||")
    return False


def settled(pair: syntax.Binary) -> bool | None:
    """Return what `x and false`, `x or true` are worth without a look at x."""
    match pair.right:
        case syntax.Literal(value=False) if pair.operator in ("and", "&&"):
            return False
        case syntax.Literal(value=True) if pair.operator in ("or", "||"):
            return True
    return None


def is_any(pair: syntax.Binary) -> bool:
    """Say whether this is `count(items, test) > 0`, which ends with the first that holds."""
    left, least = pair.left, _integer(pair.right)
    counted = isinstance(left, syntax.Builtin) and left.name == "count" and len(left.arguments) == 2
    return counted and (pair.operator, least) in ((">", 0), (">=", 1))
