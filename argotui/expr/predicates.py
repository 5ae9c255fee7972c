"""Functions that take a predicate: all, any, filter, map, reduce, sortBy and their like.

Called by `evaluate` with the compiled arguments; the parser reads their shapes here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import reflect_kind, type_name
from argotui.expr.gotypes import Groups, Uint8
from argotui.expr.operators import add, less
from argotui.expr.run import Run

Code = Callable[[Run], Any]

_ONE = ("list", "predicate")
# what each argument is; `?` marks one that may be left out
PREDICATES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        [
            "all",
            "none",
            "any",
            "one",
            "filter",
            "map",
            "find",
            "findIndex",
            "findLast",
            "findLastIndex",
            "groupBy",
        ],
        _ONE,
    ),
    "count": ("list", "predicate?"),
    "sum": ("list", "predicate?"),
    "sortBy": ("list", "predicate", "order?"),
    "reduce": ("list", "predicate", "start?"),
}


def call_predicate(
    run: Run, name: str, arguments: Sequence[Code], how: tuple[int, Code | None, bool]
) -> Any:
    """Run one of PREDICATES; `how` is what looking at one item costs, what becomes of an item
    that is found, and whether to find nothing is an error."""
    if len(arguments) < sum(not part.endswith("?") for part in PREDICATES[name]):
        raise ExpressionError(f"not enough arguments to call {name}")
    items = arguments[0](run)
    items = _listed(items)
    body = arguments[1] if len(arguments) > 1 else _itself
    extra = arguments[2:]
    outer = run.item, run.index, run.total
    try:
        return run.made(_RULES[name](Loop(run, items, body, how), extra))
    finally:
        run.item, run.index, run.total = outer


def _listed(value: Any) -> Sequence[Any]:
    """Return what Go walks over where it did not know the type: a text is its bytes."""
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, str):
        return [Uint8(byte) for byte in value.encode()]
    if isinstance(value, Mapping) and not value:
        return []
    what = "Index on map" if isinstance(value, Mapping) else f"Len on {reflect_kind(value)}"
    raise ExpressionError(f"reflect: call of reflect.Value.{what} Value")


def _itself(run: Run) -> Any:
    return run.item


class Loop:
    """The items of one call, and the predicate over them."""

    __slots__ = ("body", "items", "mapped", "run", "throws", "weight")

    def __init__(
        self, run: Run, items: Sequence[Any], body: Code, how: tuple[int, Code | None, bool]
    ) -> None:
        self.run, self.items, self.body = run, items, body
        weight, self.mapped, self.throws = how
        self.weight = weight + 1

    def found(self, index: int) -> Any:
        """Return what becomes of the item at which the loop is."""
        return self.items[index] if self.mapped is None else self.mapped(self.run)

    def values(self, *, backwards: bool = False) -> Iterator[tuple[int, Any]]:
        """Yield index and predicate value of each item."""
        run = self.run
        numbers = range(len(self.items))
        for index in reversed(numbers) if backwards else numbers:
            run.spend(self.weight)
            run.item, run.index = self.items[index], index
            yield index, self.body(run)

    def truths(self, *, backwards: bool = False) -> Iterator[int]:
        """Yield the indices of the items for which the predicate is true."""
        for index, value in self.values(backwards=backwards):
            if _is_true(value):
                yield index


def _is_true(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    kind = "nil" if value is None else type_name(value)
    raise ExpressionError(f"interface conversion: interface {{}} is {kind}, not bool")


def _first(loop: Loop, *, backwards: bool = False) -> int:
    return next(loop.truths(backwards=backwards), -1)


def _find(loop: Loop, *, backwards: bool = False) -> Any:
    index = _first(loop, backwards=backwards)
    if index < 0 and loop.throws:
        raise ExpressionError("reflect: slice index out of range")
    return None if index < 0 else loop.found(index)


def _index(loop: Loop, *, backwards: bool = False) -> int | None:
    index = _first(loop, backwards=backwards)
    return None if index < 0 else index


def _all(loop: Loop) -> bool:
    return all(_is_true(value) for _, value in loop.values())


def _sum(loop: Loop) -> Any:
    total: Any = 0
    for _, value in loop.values():
        total = add(value, total)
    return total


def _group(loop: Loop) -> dict[Any, list[Any]]:
    groups = Groups()
    for index, value in loop.values():
        if isinstance(value, (list, dict)):
            raise ExpressionError(f"hash of unhashable type: {type_name(value)}")
        groups.setdefault(value, []).append(loop.items[index])
    return groups


def descending(order: Any) -> bool:
    if order not in ("asc", "desc"):
        raise ExpressionError(f"invalid order {order}, expected asc or desc")
    return bool(order == "desc")


def _backwards(order: Any) -> bool:
    if order not in ("asc", "desc"):
        raise ExpressionError("unknown order, use asc or desc")
    return bool(order == "desc")


def sorted_by(run: Run, pairs: list[tuple[Any, Any]], *, backwards: bool) -> list[Any]:
    """Return the second of each pair, in the order of the first."""

    def compare(left: tuple[Any, Any], right: tuple[Any, Any]) -> int:
        run.spend()
        if less(right[0], left[0]) if backwards else less(left[0], right[0]):
            return -1
        return less(left[0], right[0]) if backwards else less(right[0], left[0])

    return [item for _, item in sorted(pairs, key=cmp_to_key(compare))]


def _sort(loop: Loop, extra: Sequence[Code]) -> list[Any]:
    pairs = [(value, loop.items[index]) for index, value in loop.values()]
    backwards = bool(extra) and _backwards(extra[0](loop.run))
    return sorted_by(loop.run, pairs, backwards=backwards)


def _reduce(loop: Loop, extra: Sequence[Code]) -> Any:
    run, items = loop.run, loop.items
    if extra:
        run.total = extra[0](run)
    elif items:
        run.total, loop.items = items[0], items[1:]
    else:
        raise ExpressionError("reduce of empty array with no initial value")
    offset = len(items) - len(loop.items)
    for index in range(len(loop.items)):
        run.spend(loop.weight)
        run.item, run.index = loop.items[index], index + offset
        run.total = run.made(loop.body(run))
    return run.total


_RULES: Mapping[str, Callable[[Loop, Sequence[Code]], Any]] = {
    "all": lambda loop, _: _all(loop),
    "none": lambda loop, _: _first(loop) < 0,
    "any": lambda loop, _: _first(loop) >= 0,
    "one": lambda loop, _: len(list(loop.truths())) == 1,
    "filter": lambda loop, _: [loop.found(index) for index in loop.truths()],
    "map": lambda loop, _: [value for _, value in loop.values()],
    "find": lambda loop, _: _find(loop),
    "findIndex": lambda loop, _: _index(loop),
    "findLast": lambda loop, _: _find(loop, backwards=True),
    "findLastIndex": lambda loop, _: _index(loop, backwards=True),
    "count": lambda loop, _: len(list(loop.truths())),
    "sum": lambda loop, _: _sum(loop),
    "groupBy": lambda loop, _: _group(loop),
    "sortBy": _sort,
    "reduce": _reduce,
}
