"""List and map functions of expr-lang: len, concat, flatten, sort, keys, fromPairs, get, ...

Listed in `functions`; those with a predicate are in `predicates`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import print_value, reflect_kind, type_name
from argotui.expr.gotypes import AnyMap, NilList, Pair, Pairs, Uint8, Uint64, is_nil
from argotui.expr.operators import equal, fetch, whole
from argotui.expr.predicates import descending, sorted_by
from argotui.expr.run import Function, Library, Run, Table, is_int, table
from argotui.expr.times import Duration, Location, Time, method


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
        case Uint8() | Uint64():
            return "uint"
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
    return _quiet(items, 0)


def last(items: Any) -> Any:
    return _quiet(items, -1)


def _quiet(items: Any, index: int) -> Any:
    try:
        return _get(items, index)
    except ExpressionError:
        return None


def _get(base: Any, key: Any) -> Any:
    """Return `base[key]`, nil where there is none."""
    if is_nil(base):
        return None
    if isinstance(base, (list, tuple, str)):
        items = base.encode() if isinstance(base, str) else base
        number = whole(key)
        index = number + (len(items) if number < 0 else 0)
        found = items[index] if 0 <= index < len(items) else None
        return Uint8(found) if isinstance(items, bytes) and found is not None else found
    if isinstance(base, (Mapping, Library)):
        return fetch(base, key)
    return method(base, key)


def take(items: Any, count: Any) -> list[Any]:
    if not isinstance(items, (list, tuple)):
        raise ExpressionError(f"cannot take from {_kind(items)}")
    if isinstance(count, Duration):
        count = count.nanoseconds
    if not is_int(count):
        raise ExpressionError(f"cannot take {_kind(count)} elements")
    if count < 0:
        raise ExpressionError("reflect.Value.Slice: slice index out of bounds")
    kept = items[: int(count)]
    return type(items)(kept) if isinstance(items, list) else list(kept)


def keys(value: Any) -> list[Any]:
    return list(_map("keys", value))


def values(value: Any) -> list[Any]:
    return list(_map("values", value).values())


def _map(name: str, value: Any) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    raise ExpressionError(f"cannot get {name} from {_kind(value)}")


def to_pairs(value: Any) -> Pairs:
    if not isinstance(value, Mapping):
        raise ExpressionError(f"cannot transform {_kind(value)} to pairs")
    return Pairs(Pair(pair) for pair in value.items())


def _kind(value: Any) -> str:
    return "invalid" if value is None else reflect_kind(value)


def from_pairs(pairs: Any) -> dict[Any, Any]:
    if not isinstance(pairs, list):
        raise ExpressionError(f"cannot transform {print_value(pairs)} from pairs")
    made = AnyMap()
    for pair in pairs:
        if not isinstance(pair, list):
            raise ExpressionError(f"invalid pair {print_value(pair)}")
        if len(pair) != 2:
            raise ExpressionError(f"invalid pair length {print_value(pair)}")
        if isinstance(pair[0], (list, dict)):
            raise ExpressionError(f"runtime error: hash of unhashable type {type_name(pair[0])}")
        made[pair[0]] = pair[1]
    return made


def concat(run: Run, *lists: Any) -> list[Any]:
    joined: list[Any] = []
    for items in lists:
        if not isinstance(items, (list, tuple)):
            raise ExpressionError(f"cannot concat {_kind(items)}")
        run.spend(len(items))
        joined.extend(items)
    return joined or NilList()


def _a_list(name: str, value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    raise ExpressionError(f"cannot {name} {_kind(value)}")


def _leaves(items: Any) -> Iterator[Any]:
    for item in items:
        if isinstance(item, (list, tuple)):
            yield from _leaves(item)
        else:
            yield item


def flatten(run: Run, items: list[Any]) -> list[Any]:
    _a_list("flatten", items)
    flat: list[Any] = []
    for item in _leaves(items):
        run.spend()
        flat.append(item)
    return flat


def uniq(run: Run, items: list[Any]) -> list[Any]:
    """Drop repeated items, numbers and texts by a set, the rest by comparing."""
    _a_list("uniq", items)
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
    backwards = descending(order)
    if not isinstance(items, list) or isinstance(items, (Pair, Pairs)):
        return NilList()  # sic: what is no list counts as one that was never made
    pairs = [(item, item) for item in items]
    return sorted_by(run, pairs, backwards=backwards)


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
    Function("reverse", "x", lambda items: _a_list("reverse", items)[::-1]),
    Function("uniq", "x", uniq, takes_run=True),
    Function("concat", "xx*", concat, takes_run=True),
    Function("flatten", "x", flatten, takes_run=True),
    Function("sort", "x?s", sort, takes_run=True),
)
