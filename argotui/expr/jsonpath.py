"""JSONPath: Argo's `jsonpath(json, '$.a.b')` and Kubernetes' templates `{.a[*].b}`.

Called by expressions and by the outputs of resource templates. Argo: 2.2, 2.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import compact_json, print_value
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
_MAX_NESTING = 50
_BLOCK = re.compile(r"\{((?:[^{}'\"]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")*)\}")
_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}

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


def render(template: str, value: Any) -> str:
    """Fill a Kubernetes JSONPath template; what is not there gives an empty text.

    Several values are joined by a blank; texts are raw, objects and lists JSON. Raises
    ExpressionError for a template that cannot be read.
    """
    text = template if "{" in template else "{" + template + "}"
    parts: list[str | list[str]] = []
    end = 0
    for block in _BLOCK.finditer(text):
        if block.start() > end:
            parts.append(text[end : block.start()])
        parts.append([block[1].strip()])
        end = block.end()
    if "{" in text[end:]:
        raise ExpressionError(f"unclosed action in JSON path '{template}'")
    parts.append(text[end:])
    out, stop = _Renderer(parts, value).render(0, value, 0)
    if stop < len(parts):
        raise ExpressionError(f"not in range, nothing to end in '{template}'")
    return "".join(out)


class _Renderer:
    """The parts of one template over one value; all ranges together have one budget."""

    def __init__(self, parts: list[str | list[str]], root: Any) -> None:
        self.parts = parts
        self.root = root
        self.fuel = _MAX_VALUES

    def render(self, start: int, item: Any, depth: int) -> tuple[list[str], int]:
        """Render from `start` to the next `{end}`; return the texts and where it stopped."""
        if depth > _MAX_NESTING:
            raise ExpressionError("JSON path is nested too deeply")
        out: list[str] = []
        index = start
        while index < len(self.parts):
            part = self.parts[index]
            self.spend(1)
            if isinstance(part, str):
                out.append(part)
            elif part[0] == "end":
                return out, index
            elif part[0].startswith("range"):
                texts, index = self.range(part[0], index, item, depth)
                out.extend(texts)
            else:
                out.append(_action(part[0], self.root, item))
            index += 1
        if depth:
            raise ExpressionError("unclosed range in JSON path")
        return out, index

    def spend(self, steps: int) -> None:
        self.fuel -= steps
        if self.fuel < 0:
            raise ExpressionError("memory budget exceeded")

    def range(self, head: str, index: int, item: Any, depth: int) -> tuple[list[str], int]:
        path = _parsed(head.removeprefix("range").strip())
        found = _find(path.steps, self.root if path.from_root else item, self.root)
        out: list[str] = []
        _, stop = self.render(index + 1, None, depth + 1)  # nothing but the end is wanted
        for value in found:
            texts, stop = self.render(index + 1, value, depth + 1)
            out.extend(texts)
        return out, stop


def _action(text: str, root: Any, item: Any) -> str:
    if quoted := _LITERAL.fullmatch(text):
        inner = quoted[1] if quoted[1] is not None else quoted[2]
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), inner)
    path = _parsed(text)
    found = _find(path.steps, root if path.from_root else item, root)
    return " ".join(map(_printed, found))


def _printed(value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        return compact_json(value, html=False)
    return "" if value is None else print_value(value)


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
