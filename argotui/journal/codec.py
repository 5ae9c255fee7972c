"""Values of the model <-> plain JSON, field by field; what is at its default is left out.

Called for every change, for headers and summaries, and by the driver's socket. Reading tolerates
fields it does not know, so that journals of a newer version with the same schema number open.
"""

from __future__ import annotations

import base64
import dataclasses
import enum
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

SCHEMA = 1  # raised only when old readers would misread; written into every header
TAG = "is"  # the key that says which of several types a JSON object is

Convert: TypeAlias = Callable[[Any], Any]


def encode(value: Any) -> dict[str, Any]:
    """Return a dataclass of the model as JSON, fields at their default left out."""
    raw = {}
    kind: type = type(value)
    for name, default, write in _writers(kind):
        item = getattr(value, name)
        if item is default or item == default:
            continue
        raw[name] = item if write is None else write(item)
    return raw


def decode(kind: type, raw: Mapping[str, Any]) -> Any:
    """Return a `kind` read from JSON; keys that it does not have are passed over."""
    return kind(**read_fields(kind, raw))


def plain(value: Any) -> Any:
    """What the JSON encoder asks for values that are no JSON of their own."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written to a journal")


def read_fields(kind: type, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return those values of a `kind` that the JSON has."""
    readers = _readers(kind)
    fields = {}
    for name, item in raw.items():
        if name in readers:
            read = readers[name]
            fields[name] = item if read is None else read(item)
    return fields


@cache
def _writers(kind: type) -> tuple[tuple[str, Any, Convert | None], ...]:
    hints = get_type_hints(kind)
    return tuple(
        (field.name, _default(field), _converter(hints[field.name], _WRITE))
        for field in dataclasses.fields(kind)
    )


@cache
def _readers(kind: type) -> dict[str, Convert | None]:
    hints = get_type_hints(kind)
    return {field.name: _converter(hints[field.name], _READ) for field in dataclasses.fields(kind)}


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default  # MISSING equals nothing: a field without default is always written


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Direction:
    """How leaves and objects are turned, one way."""

    of_bytes: Convert
    of_enum: Callable[[type], Convert | None]
    of_dataclass: Callable[[type], Convert]
    of_tagged: Callable[[tuple[type, ...]], Convert]
    of_items: type  # what a sequence becomes


def _converter(hint: Any, way: _Direction) -> Convert | None:
    """Return how values of this type are turned; None: as they are."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _of_union(parts, way)
    if origin is tuple:
        return _of_tuple(parts, way)
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(parts) == 2:
        return _of_mapping(_converter(parts[1], way))
    if hint is bytes:
        return way.of_bytes
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return way.of_enum(hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return way.of_dataclass(hint)
    return None


def _of_union(parts: tuple[Any, ...], way: _Direction) -> Convert | None:
    kinds = tuple(part for part in parts if part is not type(None))
    if len(kinds) > 1:
        return way.of_tagged(kinds) if all(map(dataclasses.is_dataclass, kinds)) else None
    turn = _converter(kinds[0], way)
    if turn is None:
        return None
    return lambda value: None if value is None else turn(value)


def _of_tuple(parts: tuple[Any, ...], way: _Direction) -> Convert:
    items = way.of_items
    if len(parts) == 2 and parts[1] is ...:
        turn = _converter(parts[0], way)
        return items if turn is None else lambda value: items(map(turn, value))
    turns = [_converter(part, way) or _same for part in parts]
    return lambda value: items(turn(item) for turn, item in zip(turns, value, strict=True))


def _of_mapping(turn: Convert | None) -> Convert | None:
    if turn is None:
        return None
    return lambda value: {key: turn(item) for key, item in value.items()}


def _of_tagged_reading(kinds: tuple[type, ...]) -> Convert:
    by_name = {kind.__name__: kind for kind in kinds}
    return lambda raw: decode(by_name[raw[TAG]], raw)


def _same(value: Any) -> Any:
    return value


_WRITE = _Direction(
    of_bytes=lambda value: base64.b64encode(value).decode(),
    of_enum=lambda kind: None,  # string enums are strings to the JSON encoder
    of_dataclass=lambda kind: encode,
    of_tagged=lambda kinds: lambda value: {TAG: type(value).__name__, **encode(value)},
    of_items=list,
)
_READ = _Direction(
    of_bytes=base64.b64decode,
    of_enum=lambda kind: kind,
    of_dataclass=lambda kind: lambda raw: decode(kind, raw),
    of_tagged=_of_tagged_reading,
    of_items=tuple,
)
