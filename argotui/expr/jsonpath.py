"""JSONPath of Argo's function: `jsonpath(json, '$.a.b')`; kubectl's is in `kubepath`. Argo: 2.4.

Called by expressions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.jsonpath_parse import (
    Child,
    Compare,
    Condition,
    Constant,
    Descend,
    Every,
    Filter,
    Index,
    Logic,
    Path,
    Span,
    Step,
    parse_path,
)
from argotui.expr.regex import matches

_MAX_VALUES = 1_000_000

_parsed = lru_cache(maxsize=512)(parse_path)


def query(value: Any, path: str) -> Any:
    """Return what a `$` path finds in a JSON value: the value itself, or a list for a path that
    may find several (`*`, `..`, slices, filters). Raises ExpressionError for what is not there."""
    parsed = _parsed(path)
    several = any(
        isinstance(step, (Every, Descend, Span, Filter))
        or (isinstance(step, Child) and len(step.names) > 1)
        or (isinstance(step, Index) and len(step.numbers) > 1)
        for step in parsed.steps
    )
    found = _find(parsed.steps, value, value)
    if several:
        return found
    if not found:
        raise ExpressionError(f"key: invalid token, nothing found at '{path}'")
    return found[0]


def _find(steps: Iterable[Step], value: Any, root: Any) -> list[Any]:
    found = [value]
    for step in steps:
        following: list[Any] = []
        for one in found:
            for below in _apply(step, one, root):
                following.append(below)
                if len(following) > _MAX_VALUES:
                    raise ExpressionError("memory budget exceeded")
        found = following
    return found


def _apply(step: Step, value: Any, root: Any) -> Iterator[Any]:
    match step:
        case Child(names=names):
            if isinstance(value, Mapping):
                yield from (value[name] for name in names if name in value)
        case Index(numbers=numbers):
            if isinstance(value, list):
                size = len(value)
                yield from (value[n] for n in numbers if -size <= n < size)
        case Span(low=low, high=high, step=by):
            if isinstance(value, list) and by != 0:
                yield from value[low:high:by]
        case Every():
            yield from _below(value)
        case Descend():
            yield from _all(value)
        case Filter(condition=condition):
            yield from (item for item in _below(value) if _holds(condition, item, root))


def _below(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _all(value: Any) -> Iterator[Any]:
    """Yield the value and all below it, parents first, without recursion."""
    pending = [value]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(reversed(list(_below(one))))


def _holds(condition: Condition, item: Any, root: Any) -> bool:
    match condition:
        case Logic(sign="!", parts=(inner,)):
            return not _holds(inner, item, root)
        case Logic(sign="&&", parts=parts):
            return all(_holds(part, item, root) for part in parts)
        case Logic(parts=parts):
            return any(_holds(part, item, root) for part in parts)
        case Compare(left=left, sign=sign, right=right):
            values = _operand(left, item, root)
            if not sign or right is None:
                return bool(values)
            others = _operand(right, item, root)
            return bool(values and others) and _compared(sign, values[0], others[0])
    return False


def _operand(side: Path | Constant, item: Any, root: Any) -> list[Any]:
    if isinstance(side, Constant):
        return [side.value]
    return _find(side.steps, root if side.from_root else item, root)


def _compared(sign: str, left: Any, right: Any) -> bool:
    numbers = _is_number(left) and _is_number(right)
    same = numbers or type(left) is type(right)
    match sign:
        case "==":
            return same and bool(left == right)
        case "!=":
            return not (same and left == right)
        case "=~":
            return isinstance(left, str) and isinstance(right, str) and matches(right, left)
    if not (numbers or (isinstance(left, str) and isinstance(right, str))):
        return False
    match sign:
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
    return bool(left >= right)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
