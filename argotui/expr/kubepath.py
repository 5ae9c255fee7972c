"""kubectl's JSONPath templates filled with an object: `valueFrom.jsonPath` of resource templates.

Called by the kubernetes runtime, as `kubectl get -o jsonpath=...` would be. Argo: 3.6.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import compact_json, print_value, type_name
from argotui.expr.kubepath_parse import Kind, Node, Row, parse_template
from argotui.expr.meter import Budget, metered

_MAX_NESTING = 50
_BEGINS = (".", "[", "$", "@", "'", '"')
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
}


def render(template: str, value: Any) -> str:
    """Fill a template, whose braces may be left out around a single path.

    A key that is not there gives nothing, null the word; several values are joined by a blank;
    texts are raw, objects and lists JSON. Raises ExpressionError in client-go's words.
    """
    if "{" not in template:
        template = "{" + ("" if template[:1] in _BEGINS else ".") + template + "}"
    filler = _Filler(parse_template(template))
    parts: list[str] = []
    with metered(filler.budget):
        for found in filler.fill(0, value):
            parts.append(" ".join(map(_printed, found)))
            filler.budget.spend(1 + len(parts[-1]) // 16)
    return "".join(parts)


def _printed(value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        return compact_json(value)
    return "null" if value is None else print_value(value)


class _Nothing:
    """The value of a `range` over nothing: Go's reflection has no type for it."""

    def __str__(self) -> str:
        return "<no value>"


class _Stopped(ExpressionError):
    """A step that fails, and the values that it had: a filter without a sign goes by these."""

    def __init__(self, message: str, values: list[Any]) -> None:
        super().__init__(message)
        self.values = values


class _Filler:
    """One template over one object. What `range` and `end` are about is counted as client-go
    does it: an action has been walked before anyone asks whether it was one of them."""

    def __init__(self, rows: Row) -> None:
        self.rows = rows
        self.budget = Budget()
        self.begins = self.ends = self.inside = 0
        self.last_end = -1

    def fill(self, start: int, value: Any) -> Iterator[list[Any]]:
        index = start
        while index < len(self.rows):
            found = self.walk([_Nothing() if value is None else value], self.rows[index])
            if 0 < self.ends <= self.inside:
                self.ends -= 1
                self.last_end = index
                return
            if self.begins > 0:
                yield from self.range(index + 1, found)
                index = max(index, self.last_end)
            else:
                yield found
            index += 1

    def range(self, start: int, found: list[Any]) -> Iterator[list[Any]]:
        self.begins -= 1
        self.inside += 1
        if self.inside > _MAX_NESTING:
            raise ExpressionError("JSON path is nested too deeply")
        for item in found:
            if isinstance(item, _Nothing):
                raise ExpressionError("reflect: call of reflect.Value.Interface on zero Value")
            yield from self.fill(start, item)
        if not found:  # only the end is wanted
            for _ in self.fill(start, None):
                pass
        self.inside -= 1

    def row(self, values: list[Any], row: Row) -> list[Any]:
        for node in row:
            values = self.walk(values, node)
        return values

    def walk(self, values: list[Any], node: Node) -> list[Any]:
        self.budget.spend(1 + len(values))
        match node.kind:
            case Kind.ACTION:
                return self.row(values, node.value)
            case Kind.TEXT:
                return [node.value]
            case Kind.NUMBER:
                return [node.value] * len(values)
            case Kind.WORD:
                return self.word(values, node.value)
            case Kind.FIELD:
                found = [value for value in values if isinstance(value, Mapping)]
                return [value[node.value] for value in found if node.value in value]
            case Kind.SPAN:
                return self.spanned(values, node.value)
            case Kind.ALL:
                return [item for value in values for item in self.below(value)]
            case Kind.BELOW:
                return [item for value in values for item in self.all_below(value)]
            case Kind.UNION:
                try:
                    return [item for row in node.value for item in self.row(values, row)]
                except _Stopped as error:
                    raise _Stopped(error.message, values) from None
        return [item for value in values for item in self.filtered(value, node.value, values)]

    def word(self, values: list[Any], word: str) -> list[Any]:
        if word == "range":
            self.begins += 1
            return values
        if word != "end":
            raise _Stopped(f"unrecognized identifier {word}", values)
        if self.inside == 0:
            raise _Stopped("not in range, nothing to end", [])
        self.ends += 1
        return []

    def spanned(self, values: list[Any], span: tuple[Any, Any, Any, bool]) -> list[Any]:
        found: list[Any] = []
        for value in values:
            part = [] if value is None else _spanned(value, span, values)
            if part is None:
                break  # sic: no more of the others
            found += part
        return found

    def below(self, value: Any) -> list[Any]:
        """Return what is one level below a value; a text has its bytes."""
        match value:
            case Mapping():
                found = list(value.values())
            case str():
                found = list(value.encode())
            case list():
                found = value
            case _:
                return []
        self.budget.spend(len(found))
        return found

    def all_below(self, value: Any) -> Iterator[Any]:
        """Yield the value and all below it that has something below, parents first."""
        pending = [value]
        while pending:
            one = pending.pop()
            if found := self.below(one):
                yield one
                pending.extend(reversed(found))

    def filtered(self, value: Any, test: tuple[Row, str, Row], values: list[Any]) -> list[Any]:
        if not isinstance(value, list):
            nothing = isinstance(value, _Nothing)
            shown = "<invalid reflect.Value>" if nothing else print_value(value)
            raise _Stopped(f"{shown} is not array or slice and cannot be filtered", values)
        return [item for item in value if self.passes(item, test, values)]

    def passes(self, item: Any, test: tuple[Row, str, Row], values: list[Any]) -> bool:
        left, sign, right = test
        try:
            lefts = self.row([item], left)
        except _Stopped as error:
            if sign:
                raise _Stopped(error.message, values) from None
            lefts = error.values
        if not sign or not lefts:
            return bool(lefts)
        rights = self.row([item], right) if len(lefts) == 1 else []
        if max(len(lefts), len(rights)) > 1:
            raise _Stopped("can only compare one element at a time", values)
        return bool(rights) and _compared(lefts[0], sign, rights[0])


def _spanned(value: Any, span: tuple[Any, Any, Any, bool], values: list[Any]) -> list[Any] | None:
    """Return a part of a list, None for one from an index to the same."""
    if isinstance(value, _Nothing):
        raise _Stopped("reflect: call of reflect.Value.Type on zero Value", values)
    if not isinstance(value, list):
        raise _Stopped(f"{type_name(value)} is not array or slice", values)
    low, high, step, single = span
    low = low or 0
    if single:
        high = low + 1
    size = len(value)
    start = low + size if low < 0 else low
    end = size if high is None else high
    if end < 0 or (end == 0 and single):
        end += size
    if start == end:
        return None
    if not 0 <= start < size:
        raise _Stopped(f"array index out of bounds: index {start}, length {size}", values)
    if not 0 <= end <= size:
        raise _Stopped(f"array index out of bounds: index {end - 1}, length {size}", values)
    if start > end:
        raise _Stopped(f"starting index {start} is greater than ending index {end}", values)
    if step is not None and step <= 0:
        raise _Stopped("step must be > 0", values)
    return list(value[start : end : step or 1])


def _compared(left: Any, sign: str, right: Any) -> bool:
    if sign not in _SIGNS:
        raise _Stopped(f"unrecognized filter operator {sign}", [])
    for side in (left, right):
        if side is None or isinstance(side, (Mapping, list)):
            raise _Stopped("invalid type for comparison", [])
    if type(left) is not type(right):
        raise _Stopped("incompatible types for comparison", [])
    if isinstance(left, bool) and sign not in ("==", "!="):
        raise _Stopped("invalid type for comparison", [])
    if isinstance(left, str) and isinstance(right, str):
        left, right = left.encode(), right.encode()
    return _SIGNS[sign](left, right)
