"""List and map functions of expr-lang: len, concat, flatten, sort, keys, fromPairs, get, ...

Listed in `functions`; those with a predicate are in `predicates`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import type_name
from argotui.expr.operators import equal, fetch
from argotui.expr.predicates import descending, sorted_by
from argotui.expr.run import Function, Run, Table, is_number, table
from argotui.expr.times import Duration, Location, Time


def length(value: Any) -> int:
    if isinstance(value, (str, list, tuple, Mapping)):
        return len(value)
    raise ExpressionError(f"invalid argument for len (type {type_name(value)})")


def kind(value: Any) -> str:
    match value:
        case None:
            return "nil"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str():
            return "string"
        case list() | tuple():
            return "array"
        case Mapping():
            return "map"
        case Time() | Duration() | Location():
            return value.go_type
        case _:
            return "func"


def first(items: Any) -> Any:
    return _get(items, 0)


def last(items: Any) -> Any:
    return _get(items, -1)


def _get(base: Any, key: Any) -> Any:
    """Return `base[key]`, nil where there is none."""
    if base is None or (isinstance(base, (list, tuple, str)) and not is_number(key)):
        return None
    try:
        return fetch(base, key)
    except ExpressionError:
        return None


def take(items: Any, count: Any) -> list[Any]:
    if not isinstance(items, (list, tuple)) or not is_number(count):
        raise ExpressionError(f"cannot take from {type_name(items)}")
    if count < 0:
        raise ExpressionError(f"cannot take {count} elements")
    return list(items[: int(count)])


def keys(value: Any) -> list[Any]:
    return list(_map("keys", value))


def values(value: Any) -> list[Any]:
    return list(_map("values", value).values())


def _map(name: str, value: Any) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    raise ExpressionError(f"cannot get {name} from {type_name(value)}")


def to_pairs(value: Any) -> list[Any]:
    if not isinstance(value, Mapping):
        raise ExpressionError(f"cannot transform {type_name(value)} to pairs")
    return [[key, item] for key, item in value.items()]


def from_pairs(pairs: Any) -> dict[Any, Any]:
    if not isinstance(pairs, list):
        raise ExpressionError(f"cannot transform {type_name(pairs)} from pairs")
    made: dict[Any, Any] = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or isinstance(pair[0], (list, dict)):
            raise ExpressionError(f"invalid pair {type_name(pair)}")
        made[pair[0]] = pair[1]
    return made


def concat(run: Run, *lists: Any) -> list[Any]:
    joined: list[Any] = []
    for items in lists:
        if not isinstance(items, (list, tuple)):
            raise ExpressionError(f"cannot concat {type_name(items)}")
        run.spend(len(items))
        joined.extend(items)
    return joined


def _leaves(items: Any) -> Iterator[Any]:
    for item in items:
        if isinstance(item, (list, tuple)):
            yield from _leaves(item)
        else:
            yield item


def flatten(run: Run, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in _leaves(items):
        run.spend()
        flat.append(item)
    return flat


def uniq(run: Run, items: list[Any]) -> list[Any]:
    """Drop repeated items, numbers and texts by a set, the rest by comparing."""
    seen: set[Any] = set()
    kept: list[Any] = []
    odd: list[Any] = []
    for item in items:
        run.spend()
        if isinstance(item, (str, int, float, bool)) or item is None:
            mark = (isinstance(item, bool), item)
            if mark not in seen:
                seen.add(mark)
                kept.append(item)
            continue
        run.spend(len(odd))
        if not any(equal(item, other) for other in odd):
            odd.append(item)
            kept.append(item)
    return kept


def sort(run: Run, items: list[Any], order: str = "asc") -> list[Any]:
    pairs = [(item, item) for item in items]
    return sorted_by(run, pairs, backwards=descending(order))


LIST: Table = table(
    Function("len", "x", length),
    Function("type", "x", kind),
    Function("first", "x", first),
    Function("last", "x", last),
    Function("get", "xx", _get),
    Function("take", "xx", take),
    Function("keys", "x", keys),
    Function("values", "x", values),
    Function("toPairs", "x", to_pairs),
    Function("fromPairs", "x", from_pairs),
    Function("reverse", "a", lambda items: items[::-1]),
    Function("uniq", "a", uniq, takes_run=True),
    Function("concat", "xx*", concat, takes_run=True),
    Function("flatten", "a", flatten, takes_run=True),
    Function("sort", "a?s", sort, takes_run=True),
)
