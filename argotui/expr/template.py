"""`{{tags}}` in texts and in whole manifest values: finding them and putting values in.

Called by the engine at each pass of Argo: 2.3. Substitution walks the object instead of its JSON
text, so a value can never break out of the string it is put into.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from dataclasses import replace as replace_fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from argotui.expr.errors import AbsentReference, ExpressionError, TagError, Unresolved
from argotui.expr.gotext import quote, to_text
from argotui.expr.programs import compile_expression
from argotui.expr.scope import Lack, Scope

if TYPE_CHECKING:
    from argotui.expr.evaluate import Program

OPEN, CLOSE = "{{", "}}"
_CACHED_LENGTH = 1 << 16  # longer texts are parsed anew: one may be a blob of 100 MB
# Only these wait for a later pass when they are missing, even if the rest evaluates. Argo: 2.4
_LATE = (
    "item",
    "retries",
    "lastRetry.exitCode",
    "lastRetry.status",
    "lastRetry.duration",
    "lastRetry.message",
    "workflow.status",
    "workflow.failures",
)

T = TypeVar("T")
Must = Callable[[str], bool]
_FIELDS: dict[type[Any], tuple[str, ...]] = {}  # grows by the dataclasses of the model only


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as written: `content` is what is between the braces, `start`/`end` enclose them."""

    content: str
    start: int
    end: int

    @property
    def is_expression(self) -> bool:
        return self.content.startswith("=")

    @property
    def name(self) -> str:
        """The variable's name, or the expression's text."""
        return self.content[1:] if self.is_expression else self.content.strip()

    @property
    def text(self) -> str:
        return f"{OPEN}{self.content}{CLOSE}"


def never(_name: str) -> bool:
    return False


def has_tag(value: object) -> bool:
    """Say whether any string inside `value` has a `{{`; it looks where `map_strings` does."""
    todo = [value]
    while todo:
        item: Any = todo.pop()
        if not item:
            continue
        kind = type(item)
        if kind is str:
            if OPEN in item:
                return True
        elif kind is tuple or kind is list:
            todo += item
        elif kind is dict or (kind not in _FIELDS and isinstance(item, Mapping)):
            todo += item
            todo += item.values()
        elif kind in _FIELDS or is_dataclass(kind):
            todo += [getattr(item, name) for name in _walked_fields(kind)]
        elif isinstance(item, str) and OPEN in item:
            return True
    return False


def tags(text: str) -> list[Tag]:
    """Return the tags of `text` in order; a tag ends at the first `}}`.

    Raises TagError for one that is never closed.
    """
    return [part for part in _parse(text) if isinstance(part, Tag)]


def substitute(
    value: T, scope: Scope, *, must: Must = never, expressions: bool = True, at: float = 0
) -> T:
    """Put the scope's values into every string (and key) of `value`; unchanged parts are shared.

    `expressions` False leaves `{{=...}}` alone; `at` is the time of `now()` in Unix seconds.

    What cannot be resolved stays in place, unless `must(name)` holds. Raises Unresolved,
    AbsentReference, TagError, and ExpressionError for an expression that fails although every
    name in it is known (a syntax error for instance). Argo: 2.3, 2.4.
    """
    if not has_tag(value):  # most parts of most workflows
        return value
    filling = _Filling(scope, must, expressions, at)

    def put(text: str) -> str:
        return text if OPEN not in text else _fill(text, filling)

    return map_strings(value, put)


@dataclass(frozen=True, slots=True)
class _Filling:
    """What one call of `substitute` was asked."""

    scope: Scope
    must: Must
    expressions: bool
    at: float


def _parts(text: str) -> tuple[str | Tag, ...]:
    parts: list[str | Tag] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        end = text.find(CLOSE, start + 2)
        if end < 0:
            where = f"template={quote(text)} starting from {quote(text[start + 2 :])}"
            raise TagError(f'Cannot find end tag="}}}}" in the {where}')
        if start > position:
            parts.append(text[position:start])
        parts.append(Tag(text[start + 2 : end], start, end + 2))
        position = end + 2
    if position < len(text):
        parts.append(text[position:])
    return tuple(parts)


_cached_parts = lru_cache(maxsize=4096)(_parts)


def _parse(text: str) -> tuple[str | Tag, ...]:
    return _cached_parts(text) if len(text) <= _CACHED_LENGTH else _parts(text)


def _fill(text: str, filling: _Filling) -> str:
    parts = _parse(text)
    whole = len(parts) == 1
    out: list[str] = []
    nested = False
    for part in parts:
        if isinstance(part, str):
            out.append(part)
            continue
        put = _put(part, filling, whole)
        nested = nested or (OPEN in part.content and put != part.text)
        out.append(put)
    filled = "".join(out)
    return _fill_outer(filled, filling) if nested else filled


def _put(tag: Tag, filling: _Filling, whole: bool) -> str:
    if not tag.content.startswith("="):
        return _simple(tag, filling, whole)
    return _expression(tag, filling) if filling.expressions else tag.text


def _fill_outer(text: str, filling: _Filling) -> str:
    """Resolve what a nested tag has become: `{{a.{{b}}}}` is `{{a.x}}` now. Argo would do it in
    its next pass; here as there nothing of it has to resolve."""
    try:
        parts = _parse(text)
    except TagError:
        return text
    return "".join(part if isinstance(part, str) else _plain(part, filling) for part in parts)


def _plain(tag: Tag, filling: _Filling) -> str:
    value = Lack.MISSING if tag.is_expression else filling.scope.get(tag.name)
    return value if isinstance(value, str) else tag.text


def _simple(tag: Tag, filling: _Filling, whole: bool) -> str:
    name = tag.content.strip()
    value = filling.scope.get(name)
    if isinstance(value, str):
        return value
    if value is Lack.ABSENT:
        raise AbsentReference(tag, whole=whole)
    inner = tag.content.rfind(OPEN)
    if inner > 0:
        value = filling.scope.get(tag.content[inner + 2 :].strip())
        if isinstance(value, str):
            return OPEN + tag.content[:inner] + value
    if filling.must(name):
        raise Unresolved(tag, (name,), f"failed to resolve {tag.text}")
    return tag.text


def _expression(tag: Tag, filling: _Filling) -> str:
    program = compile_text(tag.content[1:])
    env = filling.scope.env()
    missing = program.missing(env)
    for name in missing:
        if filling.must(name):
            message = f"failed to evaluate expression: {name} is missing"
            raise Unresolved(tag, _full_names(program, missing), message)
    if any(name in _LATE for name in missing):
        return tag.text
    try:
        result = program.evaluate(env, at=filling.at)
        text = None if result is None else to_text(result)
    except ExpressionError as error:
        if missing:
            return tag.text
        raise _failed(error) from None
    if text is not None:
        return text
    if missing:
        return tag.text
    raise ExpressionError(f"failed to evaluate expression {quote(tag.content[1:])}")


def compile_text(expression: str) -> Program:
    """Compile what stands in `{{=...}}`; errors carry Argo's prefix."""
    try:
        return compile_expression(expression)
    except ExpressionError as error:
        raise _failed(error) from None


def _failed(error: ExpressionError) -> ExpressionError:
    return ExpressionError(f"failed to evaluate expression: {error}")


def _full_names(program: Program, missing: tuple[str, ...]) -> tuple[str, ...]:
    paths = sorted(".".join(path) for path in program.references)
    return tuple(
        path for path in paths if any((path + ".").startswith(name + ".") for name in missing)
    )


def map_strings(value: T, change: Callable[[str], str]) -> T:
    """Apply `change` to every string inside `value`: str, tuple, list, Mapping (keys too) and
    dataclasses. What does not change is returned as the same object."""
    return cast(T, _map(value, change))


def _map(value: Any, change: Callable[[str], str]) -> Any:
    if not value:
        return value
    kind = type(value)
    if kind is str:
        return change(value)
    if kind is tuple or kind is list:
        return _map_items(value, change)
    if kind is dict or isinstance(value, Mapping):
        return _map_pairs(value, change)
    if kind in _FIELDS or is_dataclass(kind):
        return _map_fields(value, change)
    return change(value) if isinstance(value, str) else value


def _map_items(
    value: tuple[Any, ...] | list[Any], change: Callable[[str], str]
) -> tuple[Any, ...] | list[Any]:
    items = [_map(item, change) for item in value]
    if all(new is old for new, old in zip(items, value, strict=True)):
        return value
    return items if isinstance(value, list) else tuple(items)


def _map_pairs(value: Mapping[str, Any], change: Callable[[str], str]) -> Mapping[str, Any]:
    changed = False
    pairs: dict[str, Any] = {}
    for key, old in value.items():
        new_key, new = _map(key, change), _map(old, change)
        changed = changed or new is not old or new_key is not key
        pairs[new_key] = new
    return pairs if changed else value


def _walked_fields(kind: type[Any]) -> tuple[str, ...]:
    """Names of the fields that hold text; never the source a dataclass was decoded from."""
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(
            field.name
            for field in fields(kind)
            if field.compare and (field.name == "body" or not field.metadata.get("skip"))
        )
    return names


def _map_fields(value: Any, change: Callable[[str], str]) -> Any:
    changes: dict[str, Any] = {}
    for name in _walked_fields(type(value)):
        old = getattr(value, name)
        if old:
            new = _map(old, change)
            if new is not old:
                changes[name] = new
    return replace_fields(value, **changes) if changes else value
