"""Type mistakes that expr-lang finds before it evaluates: `1 == '1'` is an error, not false.

Called by `evaluate`, once for each set of types of the variables. What is inside a map has no
known type, so the same test on it is just false. From expr-lang 1.17's checker.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from argotui.expr import syntax
from argotui.expr.check_calls import Calls
from argotui.expr.check_operators import binary, unary
from argotui.expr.errors import ExpressionError, MissingName
from argotui.expr.natures import (
    ANY,
    LIST,
    MAP,
    UNKNOWN,
    Nature,
    Signature,
    assignable,
    is_integer,
    list_of,
    of_value,
)
from argotui.expr.signatures import METHODS
from argotui.expr.syntax import Node

# the functions that are variables
_FUNCTIONS: Mapping[str, Nature] = {
    "asInt": Nature("func(interface {}) interface {}", call=Signature((ANY.name,), ANY.name)),
    "asFloat": Nature("func(interface {}) interface {}", call=Signature((ANY.name,), ANY.name)),
    "toJson": Nature("func(interface {}) string", call=Signature((ANY.name,), "string")),
    "jsonpath": Nature(
        "func(string, string) interface {}", call=Signature(("string", "string"), ANY.name)
    ),
    "sprig": MAP,
}


def check(node: Node, variables: Mapping[str, Nature], builtins: Collection[str]) -> Nature:
    """Return what is known of the value; raises ExpressionError at the first mistake."""
    return Checker({**_FUNCTIONS, **variables}, builtins).visit(node)


class Checker:
    """One walk over one tree."""

    def __init__(self, variables: Mapping[str, Nature], builtins: Collection[str]) -> None:
        self.variables = variables
        self.builtins = builtins
        self.names: list[tuple[str, Nature]] = []
        self.calls = Calls(self.visit)

    def visit(self, node: Node) -> Nature:
        match node:
            case syntax.Literal(value=value):
                return of_value(value)
            case syntax.Name():
                return self.name(node)
            case syntax.Unary():
                return unary(node, self.visit(node.node))
            case syntax.Binary():
                return self.row(node)
            case syntax.Chain(node=inner):
                return self.visit(inner)
            case syntax.Member():
                return self.member(node)
            case syntax.Slice():
                return self.slice(node)
            case syntax.Call():
                return self.call(node)
            case syntax.Builtin():
                return self.calls.builtin(node, self.variables)
            case syntax.Pointer():
                return self.calls.pointer(node)
        return self.composite(node)

    def composite(self, node: Node) -> Nature:
        match node:
            case syntax.Let():
                return self.let(node)
            case syntax.Conditional():
                return self.conditional(node)
            case syntax.ListOf(nodes=nodes):
                return self.list(nodes)
            case syntax.MapOf(pairs=pairs):
                for key, value in pairs:
                    self.visit(key)
                    self.visit(value)
                return MAP
            case syntax.Sequence(nodes=nodes):
                return [self.visit(part) for part in nodes][-1]
            case syntax.Predicate(body=body):
                return self.visit(body)
        raise AssertionError(node)

    def name(self, node: syntax.Name) -> Nature:
        for name, nature in reversed(self.names):
            if name == node.name:
                return nature
        if node.name == "$env":
            return UNKNOWN
        return self.variable(node.name, node)

    def variable(self, name: str, node: Node, *, optional: bool = False) -> Nature:
        if name in self.variables:
            return self.variables[name]
        if isinstance(node, syntax.Name) and name in self.builtins:
            return Nature("func(...)")
        if optional:
            return UNKNOWN
        raise MissingName((name,), f"unknown name {name}", node.position)

    def row(self, node: syntax.Binary) -> Nature:
        pairs = syntax.pairs(node)
        left = self.visit(pairs[0].left)
        for pair in pairs:
            left = binary(pair, left, self.visit(pair.right))
        return left

    def member(self, node: syntax.Member) -> Nature:
        key = node.key.value if isinstance(node.key, syntax.Literal) else None
        text = key if isinstance(key, str) else None
        if isinstance(node.base, syntax.Name) and node.base.name == "$env":
            if text is None:
                return UNKNOWN
            return self.variable(text, node, optional=node.optional)
        base, of = self.visit(node.base), self.visit(node.key)
        if base.unknown:
            return UNKNOWN
        if text is not None:
            if base.nil:
                raise _mistake(node, f"type nil has no field {text}")
            if base.name in METHODS and text in METHODS[base.name]:
                return Nature("func()", call=METHODS[base.name][text][0])
        return _inside(node, base, of, text)

    def slice(self, node: syntax.Slice) -> Nature:
        base = self.visit(node.base)
        if base.unknown:
            return UNKNOWN
        if not base.is_list and base.name != "string":
            raise _mistake(node, f"cannot slice {base}")
        for end in (node.low, node.high):
            if end is not None:
                nature = self.visit(end)
                if not nature.unknown and not is_integer(nature):
                    raise _mistake(end, f"non-integer slice index {nature}")
        return base

    def call(self, node: syntax.Call) -> Nature:
        if isinstance(node.callee, syntax.Name) and node.callee.name == "$env":
            raise _mistake(node, "map[string]interface {} is not callable")
        callee = self.visit(node.callee)
        if callee.unknown:
            return UNKNOWN  # nothing is known of the arguments then, not even their names
        name = _called(node.callee)
        if callee.nil:
            raise _mistake(node, f"{name} is nil; cannot call nil as function")
        if callee.call is None:
            raise _mistake(node, f"{callee} is not callable")
        return self.calls.checked(name, [callee.call], node, node.arguments)

    def let(self, node: syntax.Let) -> Nature:
        if node.name in self.variables:
            raise _mistake(node, f"cannot redeclare {node.name}")
        if node.name in self.builtins:
            raise _mistake(node, f"cannot redeclare builtin {node.name}")
        if any(name == node.name for name, _ in self.names):
            raise _mistake(node, f"cannot redeclare variable {node.name}")
        self.names.append((node.name, self.visit(node.value)))
        result = self.visit(node.body)
        self.names.pop()
        return result

    def conditional(self, node: syntax.Conditional) -> Nature:
        test = self.visit(node.condition)
        if test.name != "bool" and not test.unknown:
            raise _mistake(node.condition, f"non-bool expression (type {test}) used as condition")
        then, other = self.visit(node.then), self.visit(node.otherwise)
        if then.nil or other.nil:
            return other if then.nil else then
        if not assignable(then, other):
            return UNKNOWN
        if then.is_list and other.is_list:
            one, two = then.element, other.element
            if not (assignable(one, two) and assignable(two, one)):
                return LIST
        return then

    def list(self, nodes: Sequence[Node]) -> Nature:
        natures = [self.visit(part) for part in nodes]
        if not natures:
            return list_of(UNKNOWN)
        kinds = {_kind(nature) for nature in natures}
        return list_of(natures[-1]) if len(kinds) == 1 else LIST


def _kind(nature: Nature) -> str:
    """Go's kind of a type: all lists are of one, all maps of another."""
    if nature.is_list:
        return "list"
    if nature.name in ("nil", "unknown"):
        return "none"
    return {"time.Duration": "int64", "time.Month": "int", "time.Weekday": "int"}.get(
        nature.name, "map" if nature.is_map else nature.name
    )


def _called(callee: Node) -> str:
    match callee:
        case syntax.Name(name=name):
            return name
        case syntax.Member(key=syntax.Literal(value=str(name))):
            return name
    return "function"


def _inside(node: syntax.Member, base: Nature, of: Nature, text: str | None) -> Nature:
    if base.is_map:
        if not assignable(of, base.key) and not of.unknown:
            raise _mistake(node.key, f"cannot use {of} to get an element from {base}")
        return base.element
    if base.is_list:
        if not is_integer(of) and not of.unknown:
            raise _mistake(
                node.key, f"array elements can only be selected using an integer (got {of})"
            )
        return base.element
    if text is not None:
        word = "method" if node.called else "field"
        raise _mistake(node, f"type {base} has no {word} {text}")
    raise _mistake(node, f"type {base}[{of}] is undefined")


def _mistake(node: Node, message: str) -> ExpressionError:
    return ExpressionError(message, node.position)
