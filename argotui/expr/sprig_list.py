"""List, dict and default functions of sprig.

Listed in `sprig`. Values are never changed in place: `set` and `merge` return new dicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import print_value, reflect_kind, type_name
from argotui.expr.gotypes import NilList
from argotui.expr.operators import equal
from argotui.expr.run import Function, Run, Table, is_number, table
from argotui.expr.sprig_number import to_int

_NO_TYPE = "runtime error: invalid memory address or nil pointer dereference"
_PREPEND = "Cannot prepend on type {}"
_PUSH = "Cannot push on type {}"


def empty(value: Any) -> bool:
    """Say whether a value is nil, false, zero, or without content."""
    if value is None or value is False:
        return True
    if is_number(value):
        return bool(value == 0)
    return isinstance(value, (str, list, tuple, Mapping)) and not value


def default(fallback: Any, *given: Any) -> Any:
    return fallback if not given or empty(given[0]) else given[0]


def coalesce(*values: Any) -> Any:
    return next((value for value in values if not empty(value)), None)


def _items(words: str, value: Any) -> list[Any]:
    """Return a list's items; `words` are sprig's for anything else, `{}` being its kind."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if value is None:
        raise ExpressionError(_NO_TYPE)
    raise ExpressionError(words.format(reflect_kind(value)))


def _on_list(
    name: str, change: Callable[[list[Any]], Any], *, words: str = ""
) -> tuple[Function, Function]:
    words = words or f"Cannot find {name} on type {{}}"
    return _twins(name, "x", lambda value: change(_items(words, value)))


def _twins(
    name: str, spec: str, call: Callable[..., Any], *, takes_run: bool = False
) -> tuple[Function, Function]:
    """Return a function and its `must` twin, which differ only in Go."""
    must = "must" + name[0].upper() + name[1:]
    return (
        Function(name, spec, call, takes_run=takes_run),
        Function(must, spec, call, takes_run=takes_run),
    )


def chunk(run: Run, size: int, value: Any) -> list[Any]:
    items = _items("Cannot chunk type {}", value)
    if size <= 0:
        raise ExpressionError("chunk: the size must be positive")
    run.spend(len(items) + 3 * (len(items) // size))
    return [items[start : start + size] for start in range(0, len(items), size)]


def without(run: Run, value: Any, *omitted: Any) -> list[Any]:
    items = _items("Cannot find without on type {}", value)
    run.spend(len(items) * (len(omitted) + 1))
    return [item for item in items if not any(_same(item, other) for other in omitted)]


def _same(left: Any, right: Any) -> bool:
    """Go's DeepEqual: an integer is never a float."""
    if is_number(left) and is_number(right) and type(left) is not type(right):
        return False
    return equal(left, right)


def distinct(run: Run, value: Any) -> list[Any]:
    kept: list[Any] = []
    for item in _items("Cannot find uniq on type {}", value):
        run.spend(len(kept) + 1)
        if not any(_same(item, other) for other in kept):
            kept.append(item)
    return kept


def joined(run: Run, *lists: Any) -> list[Any]:
    made: list[Any] = []
    for items in lists:
        made += _items("Cannot concat type {} as list", items)
        run.spend(len(made))
    return made or NilList()


def _copied(value: Any) -> Any:
    if value is None:
        raise ExpressionError("reflect: call of reflect.Value.Type on zero Value")
    return value


def has(run: Run, needle: Any, value: Any) -> bool:
    if value is None:
        return False
    items = _items("Cannot find has on type {}", value)
    run.spend(len(items))
    return any(_same(item, needle) for item in items)


def cut(value: Any, *bounds: Any) -> Any:
    items = _items("list should be type of slice or array but {}", value)
    if not items:
        return None
    low = to_int(bounds[0]) if bounds else 0
    high = to_int(bounds[1]) if len(bounds) > 1 else len(items)
    if not 0 <= low <= high <= len(items):
        raise ExpressionError("reflect.Value.Slice: slice index out of bounds")
    return items[low:high]


def dictionary(*values: Any) -> dict[str, Any]:
    keys = [print_value(value) for value in values[::2]]
    return dict(zip(keys, [*values[1::2], ""], strict=False))


def keys(*dicts: Mapping[str, Any]) -> list[str]:
    return sorted(key for one in dicts for key in one)


def values_of(value: Mapping[str, Any]) -> list[Any]:
    return [value[key] for key in sorted(value)]


def pick(value: Mapping[str, Any], *names: Any) -> dict[str, Any]:
    return {key: value[key] for key in names if key in value}


def omit(value: Mapping[str, Any], *names: Any) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in names}


def pluck(name: str, *dicts: Any) -> list[Any]:
    return [one[name] for one in dicts if isinstance(one, Mapping) and name in one]


def dig(*path: Any) -> Any:
    """`dig("a", "b", default, dict)`."""
    if len(path) < 3:
        raise ExpressionError("dig needs at least three arguments")
    *names, fallback, place = path
    for name in names:
        for part, kind, wanted in (
            (place, Mapping, "map[string]interface {}"),
            (name, str, "string"),
        ):
            if not isinstance(part, kind):
                shown = "nil" if part is None else type_name(part)
                raise ExpressionError(
                    f"interface conversion: interface {{}} is {shown}, not {wanted}"
                )
        if name not in place:
            return fallback
        place = place[name]
    return place


def _merged(
    run: Run, target: Mapping[str, Any], source: Mapping[str, Any], *, overwrite: bool
) -> dict[str, Any]:
    run.spend(len(target) + len(source))
    made = dict(target)
    for key, value in source.items():
        old = made.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            made[key] = _merged(run, old, value, overwrite=overwrite)
        elif overwrite or (value is not None and empty(old)):
            made[key] = value
    return made


def merge(run: Run, target: Mapping[str, Any], *sources: Mapping[str, Any]) -> Any:
    for source in sources:
        target = _merged(run, target, source, overwrite=False)
    return target


def merge_overwrite(run: Run, target: Mapping[str, Any], *sources: Mapping[str, Any]) -> Any:
    for source in sources:
        target = _merged(run, target, source, overwrite=True)
    return target


SPRIG_LIST: Table = table(
    Function("default", "xx*", default),
    Function("empty", "x", empty),
    Function("coalesce", "x*", coalesce),
    Function("all", "x*", lambda *values: not any(map(empty, values))),
    Function("any", "x*", lambda *values: not all(map(empty, values))),
    Function("ternary", "xxb", lambda yes, no, test: yes if test else no),
    Function("list", "x*", lambda *values: list(values)),
    Function("tuple", "x*", lambda *values: list(values)),
    *_twins("push", "xx", lambda items, item: [*_items(_PUSH, items), item]),
    *_twins("append", "xx", lambda items, item: [*_items(_PUSH, items), item]),
    *_twins("prepend", "xx", lambda items, item: [item, *_items(_PREPEND, items)]),
    *_on_list("first", lambda items: items[0] if items else None),
    *_on_list("last", lambda items: items[-1] if items else None),
    *_on_list("rest", lambda items: items[1:] if items else NilList()),
    *_on_list("initial", lambda items: items[:-1] if items else NilList()),
    *_on_list("reverse", lambda items: items[::-1]),
    *_on_list(
        "compact",
        lambda items: [item for item in items if not empty(item)],
        words="Cannot compact on type {}",
    ),
    *_twins("uniq", "x", distinct, takes_run=True),
    *_twins("without", "xx*", without, takes_run=True),
    *_twins("has", "xx", has, takes_run=True),
    *_twins("slice", "xx*", cut),
    *_twins("chunk", "ix", chunk, takes_run=True),
    Function("concat", "x*", joined, takes_run=True),
    Function("dict", "x*", dictionary),
    Function("get", "ms", lambda value, key: value.get(key, "")),
    Function("set", "msx", lambda value, key, item: {**value, key: item}),
    Function("unset", "ms", lambda value, key: omit(value, key)),
    Function("hasKey", "ms", lambda value, key: key in value),
    Function("pluck", "sm*", pluck),
    Function("keys", "m*", keys),
    Function("values", "m", values_of),
    Function("pick", "ms*", pick),
    Function("omit", "ms*", omit),
    *_twins("merge", "mm*", merge, takes_run=True),
    *_twins("mergeOverwrite", "mm*", merge_overwrite, takes_run=True),
    Function("dig", "x*", dig),
    Function("deepCopy", "x", lambda value: _copied(value)),
    Function("mustDeepCopy", "x", lambda value: _copied(value)),
)
