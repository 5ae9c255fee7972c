"""Functions that take a predicate: all, any, filter, map, reduce, sortBy and their like.

Called by `evaluate` with the compiled arguments; the parser reads their shapes here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import type_name
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


def call_predicate(run: Run, name: str, arguments: Sequence[Code], weight: int) -> Any:
    """Run one of PREDICATES; `weight` is what looking at one item costs."""
    shape = PREDICATES[name]
    if len(arguments) < sum(not part.endswith("?") for part in shape):
        raise ExpressionError(f"not enough arguments to call {name}")
    items = arguments[0](run)
    if not isinstance(items, (list, tuple)):
        raise ExpressionError(f"builtin {name} takes only array (got {type_name(items)})")
    body = arguments[1] if len(arguments) > 1 else _itself
    extra = arguments[2:]
    outer = run.item, run.index, run.total
    try:
        return run.made(_RULES[name](Loop(run, name, items, body, weight), extra))
    finally:
        run.item, run.index, run.total = outer


def _itself(run: Run) -> Any:
    return run.item


class Loop:
    """The items of one call, and the predicate over them."""

    __slots__ = ("body", "items", "name", "run", "weight")

    def __init__(self, run: Run, name: str, items: Sequence[Any], body: Code, weight: int) -> None:
        self.run, self.name, self.items, self.body = run, name, items, body
        self.weight = weight + 1

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
            if not isinstance(value, bool):
                raise ExpressionError(f"predicate should return boolean (got {type_name(value)})")
            if value:
                yield index


def _first(loop: Loop, *, backwards: bool = False) -> int:
    return next(loop.truths(backwards=backwards), -1)


def _find(loop: Loop, *, backwards: bool = False) -> Any:
    index = _first(loop, backwards=backwards)
    return None if index < 0 else loop.items[index]


def _index(loop: Loop, *, backwards: bool = False) -> int | None:
    index = _first(loop, backwards=backwards)
    return None if index < 0 else index


def _all(loop: Loop) -> bool:
    count = 0
    for count, index in enumerate(loop.truths(), 1):
        if index != count - 1:
            return False
    return count == len(loop.items)


def _sum(loop: Loop) -> Any:
    total: Any = 0
    for _, value in loop.values():
        total = add(total, value)
    return total


def _group(loop: Loop) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for index, value in loop.values():
        if isinstance(value, (list, dict)):
            raise ExpressionError(f"cannot group by {type_name(value)}")
        groups.setdefault(value, []).append(loop.items[index])
    return groups


def descending(order: Any) -> bool:
    if order not in ("asc", "desc"):
        raise ExpressionError(f"invalid order {order}, expected asc or desc")
    return bool(order == "desc")


def sorted_by(run: Run, pairs: list[tuple[Any, Any]], *, backwards: bool) -> list[Any]:
    """Return the second of each pair, in the order of the first."""

    def compare(left: tuple[Any, Any], right: tuple[Any, Any]) -> int:
        run.spend()
        return less(right[0], left[0]) - less(left[0], right[0])

    return [item for _, item in sorted(pairs, key=cmp_to_key(compare), reverse=backwards)]


def _sort(loop: Loop, extra: Sequence[Code]) -> list[Any]:
    pairs = [(value, loop.items[index]) for index, value in loop.values()]
    backwards = bool(extra) and descending(extra[0](loop.run))
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
    "filter": lambda loop, _: [loop.items[index] for index in loop.truths()],
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
