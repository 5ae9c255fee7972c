"""Expressions of `{{=...}}`, hooks and retries: compile once, evaluate often.

Called by `template` and the engine. The language is expr-lang 1.17 with Argo's functions; a
program is a tree of closures, no text is ever run as Python. Argo: 2.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from argotui.expr import syntax
from argotui.expr.errors import ExpressionError, MissingName
from argotui.expr.functions import BUILTINS, ROOT
from argotui.expr.gotext import to_text, type_name
from argotui.expr.operators import BINARY, UNARY, cut, fetch, span, truth
from argotui.expr.parser import parse
from argotui.expr.predicates import call_predicate
from argotui.expr.run import Function, Run
from argotui.expr.syntax import Node
from argotui.expr.typed import ARITHMETIC, is_typed, typed

__all__ = ["ExpressionError", "MissingName", "Program", "compile_expression", "to_text"]

Code = Callable[[Run], Any]
_MAX_SOURCE = 1 << 20
_TOO_DEEP = "expression is nested too deeply"


class _NilChain(Exception):
    """A `?.` met nil: the rest of its chain is nil."""


class Program:
    """A compiled expression."""

    __slots__ = ("_code", "_paths", "references", "source")

    def __init__(self, source: str, node: Node) -> None:
        self.source = source
        self._code = _compile(node)
        self._paths = tuple(dict.fromkeys(_paths(node, frozenset())))
        # static member paths, the longest only: ('steps', 'a', 'outputs', 'result')
        self.references: frozenset[tuple[str, ...]] = frozenset(self._paths)

    def evaluate(self, env: Mapping[str, Any], *, at: float = 0) -> Any:
        """Return the value: None, bool, int, float, str, list, Mapping, date or duration.

        `at` is the time of `now()` in Unix seconds. Raises ExpressionError, and its kind
        MissingName for a name or a part of one that is not there.
        """
        try:
            return self._code(Run(env, at))
        except ExpressionError as error:
            raise error.at(-1, self.source) from None
        except RecursionError:
            raise ExpressionError(_TOO_DEEP) from None

    def missing(self, env: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the referenced names that `env` has not, as dotted text, the shortest first:
        for `item.a.b` with `item` alone `item.a` and `item.a.b`."""
        return tuple(dict.fromkeys(name for path in self._paths for name in _lost(path, env)))


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Program:
    """Return the program of `text`; raises ExpressionError."""
    if len(text) > _MAX_SOURCE:
        raise ExpressionError("expression is longer than 1 MiB")
    try:
        return Program(text, parse(text))
    except RecursionError:
        raise ExpressionError(_TOO_DEEP) from None


def _lost(path: tuple[str, ...], env: Mapping[str, Any]) -> list[str]:
    value: Any = env
    for index, part in enumerate(path):
        if not isinstance(value, Mapping) or part not in value:
            return [".".join(path[: end + 1]) for end in range(index, len(path))]
        value = value[part]
    return []


def _static_path(node: Node) -> tuple[str, ...]:
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


def _paths(node: Node, bound: frozenset[str]) -> list[tuple[str, ...]]:
    path = _static_path(node)
    if path:
        return [] if path[0] in bound or path[0] in ROOT or path[0] == "$env" else [path]
    if isinstance(node, syntax.Let):
        return _paths(node.value, bound) + _paths(node.body, bound | {node.name})
    return [path for child in syntax.children(node) for path in _paths(child, bound)]


def _compile(node: Node) -> Code:
    match node:
        case syntax.Literal(value=value):
            return lambda run: value
        case syntax.Name():
            return _name(node)
        case syntax.Member():
            return _member(node)
        case syntax.Chain(node=inner):
            return _chain(_compile(inner))
        case syntax.Slice():
            return _slice(node)
        case syntax.Call():
            return _call(node)
        case syntax.Builtin():
            return _builtin(node)
        case syntax.Predicate(body=body):
            return _compile(body)
        case syntax.Pointer():
            return _pointer(node)
        case syntax.Unary():
            return _unary(node)
        case syntax.Binary():
            return _binary(node)
        case _:
            return _compile_composite(node)


def _compile_composite(node: Node) -> Code:
    match node:
        case syntax.Conditional():
            return _conditional(node)
        case syntax.Let():
            return _let(node)
        case syntax.Sequence(nodes=nodes):
            codes = [_compile(part) for part in nodes]
            return lambda run: [code(run) for code in codes][-1]
        case syntax.ListOf(nodes=nodes):
            items = [_compile(part) for part in nodes]
            return lambda run: run.made([code(run) for code in items])
        case syntax.MapOf(pairs=pairs):
            compiled = [(_compile(key), _compile(value)) for key, value in pairs]
            return lambda run: run.made({_key(key(run)): value(run) for key, value in compiled})
    raise AssertionError(node)


def _key(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ExpressionError(f"interface conversion: interface {{}} is {type_name(value)}, not string")


def _name(node: syntax.Name) -> Code:
    name, position = node.name, node.position

    def code(run: Run) -> Any:
        if name in run.names:
            return run.names[name]
        if name in ROOT:
            return ROOT[name]
        try:
            return run.env[name]
        except KeyError:
            if name == "$env":
                return run.env
            raise MissingName((name,), f"unknown name {name}", position) from None

    return code


def _member(node: syntax.Member) -> Code:
    base, optional, position = _compile(node.base), node.optional, node.position
    path = _static_path(node)
    key_code = _compile(node.key)
    fixed = node.key.value if isinstance(node.key, syntax.Literal) else None

    def code(run: Run) -> Any:
        value = base(run)
        if value is None and optional:
            raise _NilChain
        key = fixed if fixed is not None else key_code(run)
        try:
            return fetch(value, key, path)
        except ExpressionError as error:
            raise error.at(position, "") from None

    return code


def _chain(inner: Code) -> Code:
    def code(run: Run) -> Any:
        try:
            return inner(run)
        except _NilChain:
            return None

    return code


def _slice(node: syntax.Slice) -> Code:
    base = _compile(node.base)
    low = _compile(node.low) if node.low is not None else None
    high = _compile(node.high) if node.high is not None else None

    def code(run: Run) -> Any:
        try:
            ends = [end(run) if end is not None else None for end in (low, high)]
            return run.made(cut(base(run), *ends))
        except ExpressionError as error:
            raise error.at(node.position, "") from None

    return code


def _call(node: syntax.Call) -> Code:
    callee = _compile(node.callee)
    arguments = [_compile(argument) for argument in node.arguments]

    def code(run: Run) -> Any:
        function = callee(run)
        values = [argument(run) for argument in arguments]
        try:
            if not isinstance(function, Function):
                raise ExpressionError(f"{type_name(function)} is not callable")
            return function(run, values)
        except ExpressionError as error:
            raise error.at(node.position, "") from None

    return code


def _builtin(node: syntax.Builtin) -> Code:
    arguments = [_compile(argument) for argument in node.arguments]
    function = BUILTINS.get(node.name)
    weight = _weight(node)

    def code(run: Run) -> Any:
        try:
            if function is None:
                return call_predicate(run, node.name, arguments, weight)
            return function(run, [argument(run) for argument in arguments])
        except ExpressionError as error:
            raise error.at(node.position, "") from None

    return code


def _weight(node: syntax.Builtin) -> int:
    """Return the size of the predicates: what one item costs."""
    return sum(_size(part) for part in node.arguments if isinstance(part, syntax.Predicate))


def _size(node: Node) -> int:
    return 1 + sum(_size(child) for child in syntax.children(node))


def _pointer(node: syntax.Pointer) -> Code:
    match node.name:
        case "":
            return lambda run: run.item
        case "index":
            return lambda run: run.index
        case "acc":
            return lambda run: run.total
    raise ExpressionError(f"unknown pointer {node.name}", node.position)


def _unary(node: syntax.Unary) -> Code:
    inner, apply = _compile(node.node), UNARY[node.operator]

    def code(run: Run) -> Any:
        try:
            return apply(inner(run))
        except ExpressionError as error:
            raise error.at(node.position, "") from None

    return code


def _binary(node: syntax.Binary) -> Code:
    """Compile a row of operators of one side, `a + b + c`, into a loop instead of a recursion."""
    pairs = syntax.pairs(node)
    left = pairs[0].left
    first = _compile(left)
    known = is_typed(left)
    row: list[Callable[[Run, Any], Any]] = []
    for pair in pairs:
        known = known and is_typed(pair.right)
        row.append(_operation(pair, known))
        known = known and pair.operator in ARITHMETIC

    def code(run: Run) -> Any:
        value = first(run)
        for operation in row:
            value = operation(run, value)
        return value

    return code


def _operation(node: syntax.Binary, known: bool) -> Callable[[Run, Any], Any]:
    """Compile one operator; `known` says that expr-lang knows the types of both its sides."""
    right, operator, position = _compile(node.right), node.operator, node.position
    apply = _short_circuit(operator, right) or _strict(operator, right)
    if known:
        apply = typed(operator, apply, right)

    def code(run: Run, left: Any) -> Any:
        try:
            return apply(run, left)
        except ExpressionError as error:
            raise error.at(position, "") from None

    return code


def _short_circuit(operator: str, right: Code) -> Callable[[Run, Any], Any] | None:
    match operator:
        case "and" | "&&":
            return lambda run, left: truth(left) and truth(right(run))
        case "or" | "||":
            return lambda run, left: truth(left) or truth(right(run))
        case "??":
            return lambda run, left: right(run) if left is None else left
    return None


def _strict(operator: str, right: Code) -> Callable[[Run, Any], Any]:
    if operator == "..":
        return lambda run, left: span(run, left, right(run))
    apply = BINARY[operator]
    if operator == "+":
        return lambda run, left: run.made(apply(left, right(run)))
    return lambda run, left: apply(left, right(run))


def _conditional(node: syntax.Conditional) -> Code:
    condition = _compile(node.condition)
    then, otherwise = _compile(node.then), _compile(node.otherwise)

    def code(run: Run) -> Any:
        value = condition(run)
        if not isinstance(value, bool):
            raise ExpressionError(
                f"non-bool expression (type {type_name(value)}) used as condition",
                node.condition.position,
            )
        return then(run) if value else otherwise(run)

    return code


def _let(node: syntax.Let) -> Code:
    value, body = _compile(node.value), _compile(node.body)

    def code(run: Run) -> Any:
        outer = run.names
        run.names = {**outer, node.name: value(run)}
        try:
            return body(run)
        finally:
            run.names = outer

    return code
