"""Calls of known functions: how many arguments, of which types; predicates and their pointers.

Called by `check`. From expr-lang 1.17's checker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from argotui.expr import syntax
from argotui.expr.errors import ExpressionError
from argotui.expr.natures import (
    BOOL,
    INT,
    LIST,
    UNKNOWN,
    Nature,
    Signature,
    assignable,
    is_integer,
    list_of,
    of_type,
)
from argotui.expr.predicates import PREDICATES
from argotui.expr.signatures import OVERLOADS, judged
from argotui.expr.syntax import Node

_TESTS = frozenset({"all", "none", "any", "one", "filter", "find", "findLast", "findIndex",
                    "findLastIndex", "count"})  # fmt: skip
_POINTERS: Mapping[str, Mapping[str, Nature]] = {
    "map": {"index": INT},
    "reduce": {"index": INT, "acc": UNKNOWN},
}


class Calls:
    """The calls of one tree; `visit` judges an argument."""

    def __init__(self, visit: Callable[[Node], Nature]) -> None:
        self.visit = visit
        self.scopes: list[tuple[Nature, Mapping[str, Nature]]] = []

    def builtin(self, node: syntax.Builtin, variables: Mapping[str, Nature]) -> Nature:
        if node.name in PREDICATES:
            return self.predicate(node)
        if node.name == "get":
            return self.get(node, variables)
        if node.name in OVERLOADS:
            return self.checked(node.name, OVERLOADS[node.name], node, node.arguments)
        given = [self.visit(argument) for argument in node.arguments]
        try:
            return judged(node.name, given)
        except ExpressionError as error:
            raise error.at(node.position, "") from None

    def checked(
        self, name: str, overloads: Sequence[Signature], node: Node, arguments: Sequence[Node]
    ) -> Nature:
        """Return what the first overload that takes the arguments gives."""
        last: ExpressionError | None = None
        for overload in overloads:
            if overload.results > 2:
                raise ExpressionError(f"func {name} returns more then two values", node.position)
            last = self.refusal(name, overload, node, arguments)
            if last is None:
                return of_type(overload.result)
        assert last is not None
        raise last

    def refusal(
        self, name: str, overload: Signature, node: Node, arguments: Sequence[Node]
    ) -> ExpressionError | None:
        given = [self.visit(argument) for argument in arguments]
        wanted = len(overload.parameters)
        if len(arguments) != wanted:
            word = "too many" if len(arguments) > wanted else "not enough"
            return ExpressionError(f"{word} arguments to call {name}", node.position)
        for argument, nature, text in zip(arguments, given, overload.parameters, strict=True):
            into = of_type(text)
            if into.name == "float64" and is_integer(nature):
                continue
            if nature.nil and into.name != "interface {}" and into.name[0] != "*":
                return ExpressionError(
                    f"cannot use nil as argument (type {into}) to call {name}", argument.position
                )
            if not nature.unknown and not nature.nil and not assignable(nature, into):
                return ExpressionError(
                    f"cannot use {nature} as argument (type {into}) to call {name} ",
                    argument.position,
                )
        return None

    def get(self, node: syntax.Builtin, variables: Mapping[str, Nature]) -> Nature:
        if len(node.arguments) != 2:
            raise ExpressionError(
                f"invalid number of arguments (expected 2, got {len(node.arguments)})",
                node.position,
            )
        base, key = map(self.visit, node.arguments)
        first, second = node.arguments
        if isinstance(first, syntax.Name) and first.name == "$env":
            name = second.value if isinstance(second, syntax.Literal) else None
            return variables.get(name, UNKNOWN) if isinstance(name, str) else UNKNOWN
        if base.unknown:
            return UNKNOWN
        if base.is_list:
            if not is_integer(key) and not key.unknown:
                raise ExpressionError(f"non-integer slice index {key}", second.position)
            return base.element
        if not base.is_map:
            raise ExpressionError(f"type {base} does not support indexing", first.position)
        if not assignable(key, base.key) and not key.unknown:
            raise ExpressionError(
                f"cannot use {key} to get an element from {base}", second.position
            )
        return base.element

    def pointer(self, node: syntax.Pointer) -> Nature:
        if not self.scopes:
            raise ExpressionError("cannot use pointer accessor outside predicate", node.position)
        items, names = self.scopes[-1]
        if not node.name:
            return UNKNOWN if items.unknown else items.element
        if node.name not in names:
            raise ExpressionError(f"unknown pointer #{node.name}", node.position)
        return names[node.name]

    def predicate(self, node: syntax.Builtin) -> Nature:
        name, arguments = node.name, node.arguments
        items = self.visit(arguments[0])
        if not items.is_list and not items.unknown:
            raise ExpressionError(
                f"builtin {name} takes only array (got {items})", arguments[0].position
            )
        if len(arguments) == 1:
            return INT if name == "count" else UNKNOWN if items.unknown else items.element
        self.scopes.append((items, _POINTERS.get(name, {})))
        result = self.visit(arguments[1])
        self.scopes.pop()
        for extra in arguments[2:]:
            self.order(name, extra)
        if result.nil:
            count = "two input" if name == "reduce" else "one input"
            raise ExpressionError(
                f"predicate should has {count} and one output param", arguments[1].position
            )
        if name in _TESTS and result.name != "bool" and not result.unknown:
            raise ExpressionError(
                f"predicate should return boolean (got {result})", arguments[1].position
            )
        return _made(name, items, result)

    def order(self, name: str, extra: Node) -> None:
        nature = self.visit(extra)
        if name == "sortBy" and nature.name != "string" and not nature.unknown:
            raise ExpressionError(
                f"sortBy order argument must be a string (got {nature})", extra.position
            )


def _made(name: str, items: Nature, result: Nature) -> Nature:
    item = UNKNOWN if items.unknown else items.element
    match name:
        case "all" | "none" | "any" | "one":
            return BOOL
        case "count" | "findIndex" | "findLastIndex":
            return INT
        case "find" | "findLast":
            return item
        case "filter":
            return LIST if items.unknown else list_of(item)
        case "map":
            return list_of(result)
        case "sortBy":
            return items
        case "groupBy":
            return Nature("map[interface {}][]interface {}", list_of(item))
    return result
