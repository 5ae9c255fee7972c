"""Expressions of `{{=...}}`, hooks and retries: compile once, evaluate often.

Called by `template` and the engine. The language is expr-lang 1.17 with Argo's functions; a
program is a tree of closures, no text is ever run as Python. Argo: 2.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from argotui.expr import syntax
from argotui.expr.check import check
from argotui.expr.errors import ExpressionError, MissingName
from argotui.expr.functions import BUILTINS, ROOT
from argotui.expr.gotext import to_text, type_name
from argotui.expr.gotypes import is_nil
from argotui.expr.meter import metered
from argotui.expr.natures import of_value
from argotui.expr.operators import BINARY, END, UNARY, contained, cut, fetch, span, truth
from argotui.expr.optimize import filtered, is_any, needless, optimized, settled
from argotui.expr.parser import parse
from argotui.expr.predicates import call_predicate
from argotui.expr.references import lost, names, paths, static_path
from argotui.expr.run import Function, Run
from argotui.expr.syntax import Node

__all__ = ["ExpressionError", "MissingName", "Program", "compile_expression", "to_text"]

Code = Callable[[Run], Any]
_MAX_SOURCE = 1 << 20
_TOO_DEEP = "expression is nested too deeply"


class _NilChain(Exception):
    """A `?.` met nil: the rest of its chain is nil."""


class Program:
    """A compiled expression."""

    __slots__ = ("_checked", "_code", "_names", "_node", "_paths", "references", "source")

    def __init__(self, source: str, node: Node) -> None:
        self.source = source
        self._node = node
        self._code = _compile(node)
        self._names = tuple(sorted(names(node)))
        self._checked: tuple[tuple[str, str], ...] | None = None
        self._paths = tuple(dict.fromkeys(paths(node, ROOT, frozenset())))
        # static member paths, the longest only: ('steps', 'a', 'outputs', 'result')
        self.references: frozenset[tuple[str, ...]] = frozenset(self._paths)

    def evaluate(self, env: Mapping[str, Any], *, at: float = 0) -> Any:
        """Return the value: None, bool, int, float, str, list, Mapping, date or duration.

        `at` is the time of `now()` in Unix seconds. Raises ExpressionError, and its kind
        MissingName for a name or a part of one that is not there.
        """
        try:
            self._check(env)
            run = Run(env, at)
            with metered(run):
                return self._code(run)
        except ExpressionError as error:
            raise error.at(-1, self.source) from None
        except RecursionError:
            raise ExpressionError(_TOO_DEEP) from None

    def _check(self, env: Mapping[str, Any]) -> None:
        """Look for mistakes of types, unless the variables have those of the last time."""
        natures = {name: of_value(env[name]) for name in self._names if name in env}
        seen = tuple((name, nature.name) for name, nature in natures.items())
        if seen != self._checked:
            check(self._node, natures, BUILTINS)
            self._checked = seen

    def missing(self, env: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the referenced names that `env` has not, as dotted text, the shortest first:
        for `item.a.b` with `item` alone `item.a` and `item.a.b`."""
        return tuple(dict.fromkeys(name for path in self._paths for name in lost(path, env)))


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Program:
    """Return the program of `text`; raises ExpressionError."""
    if len(text) > _MAX_SOURCE:
        raise ExpressionError("expression is longer than 1 MiB")
    try:
        return Program(text, parse(text))
    except RecursionError:
        raise ExpressionError(_TOO_DEEP) from None


def _compile(node: Node) -> Code:
    node = optimized(filtered(node) or node)
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
            return lambda run: run.made(_mapped(run, compiled, node.position))
    raise AssertionError(node)


def _mapped(run: Run, pairs: list[tuple[Code, Code]], position: int) -> dict[str, Any]:
    values = [(key(run), value(run)) for key, value in pairs]
    for key, _ in values:
        if not isinstance(key, str):
            kind = "nil" if key is None else type_name(key)
            raise ExpressionError(
                f"interface conversion: interface {{}} is {kind}, not string", position
            )
    made: dict[str, Any] = {}
    for key, value in values:
        made.setdefault(key, value)  # of two of a kind the first stays
    return made


def _name(node: syntax.Name) -> Code:
    name = node.name

    def code(run: Run) -> Any:
        if name in run.names:
            return run.names[name]
        if name in ROOT:
            return ROOT[name]
        if name == "$env":
            return run.env
        return run.env.get(name)  # what is not there at all is found by `check`, where Go looks

    return code


def _member(node: syntax.Member) -> Code:
    base, optional, position = _compile(node.base), node.optional, node.position
    path = static_path(node)
    key_code = _compile(node.key)
    fixed = node.key.value if isinstance(node.key, syntax.Literal) else None

    def code(run: Run) -> Any:
        value = base(run)
        if optional and is_nil(value):
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
            value = base(run)
            end = high(run) if high is not None else END
            return run.made(cut(value, low(run) if low is not None else 0, end))
        except ExpressionError as error:
            raise error.at(node.position, "") from None

    return code


def _nothing_to_call(callee: Node) -> str:
    path = static_path(callee)
    if path[:1] == ("sprig",) and len(path) == 2:
        return f"sprig has no function {path[1]}"  # Go: cannot call nil
    return "invalid operation: cannot call nil"


def _call(node: syntax.Call) -> Code:
    callee = _compile(node.callee)
    arguments = [_compile(argument) for argument in node.arguments]

    def code(run: Run) -> Any:
        values = [argument(run) for argument in arguments]  # sic: before what is called
        function = callee(run)
        try:
            if function is None:
                raise ExpressionError(_nothing_to_call(node.callee))
            if not isinstance(function, Function):
                raise ExpressionError(
                    "invalid operation: cannot call non-function of type " + type_name(function)
                )
            return function.reflected(run, values)
        except ExpressionError as error:
            raise error.at(node.position, "") from None

    return code


def _builtin(node: syntax.Builtin) -> Code:
    arguments = [_compile(argument) for argument in node.arguments]
    function = BUILTINS.get(node.name)
    weight = _weight(node)
    mapped = _compile(node.mapped) if node.mapped is not None else None

    def code(run: Run) -> Any:
        try:
            if function is None:
                shape = (weight, mapped, node.throws)
                return call_predicate(run, node.name, arguments, shape)
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
    raise ExpressionError(f"unknown pointer #{node.name}", node.position)


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
    known = [index for index, pair in enumerate(pairs) if settled(pair) is not None]
    start = known[-1] + 1 if known else 0
    value = settled(pairs[known[-1]]) if known else None
    first = (lambda run: value) if known else _compile(pairs[0].left)
    if not known and is_any(pairs[0]) and isinstance(pairs[0].left, syntax.Builtin):
        count = pairs[0].left
        first, start = _compile(syntax.Builtin(count.position, "any", count.arguments)), 1
    row = [_operation(pair) for pair in pairs[start:] if not needless(pair)]

    def code(run: Run) -> Any:
        result = first(run)
        for operation in row:
            result = operation(run, result)
        return result

    return code


def _operation(node: syntax.Binary) -> Callable[[Run, Any], Any]:
    right, operator, position = _compile(node.right), node.operator, node.position
    apply = _short_circuit(operator, right) or _strict(node, right)

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
            return lambda run, left: right(run) if is_nil(left) else left
    return None


def _is_texts(node: Node) -> bool:
    """A list of texts is a set to expr-lang, where nothing but a text can be looked up."""
    return (
        isinstance(node, syntax.ListOf)
        and bool(node.nodes)
        and all(
            isinstance(part, syntax.Literal) and isinstance(part.value, str) for part in node.nodes
        )
    )


def _strict(node: syntax.Binary, right: Code) -> Callable[[Run, Any], Any]:
    operator = node.operator
    if operator == "in" and _is_texts(node.right):
        return lambda run, left: contained(left, dict.fromkeys(right(run)))
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
            kind = "nil" if value is None else type_name(value)
            raise ExpressionError(
                f"interface conversion: interface {{}} is {kind}, not bool", node.position
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
