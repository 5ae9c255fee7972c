"""JSON as plain dicts and lists of our own, so that nothing of the manifest is ever written to.

Called by every builder of this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from argotui.model.manifest import Json


def plain(value: Json) -> Any:
    """Return a deep copy of `value` made of dict, list and scalars only."""
    match value:
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case None | str() | bool() | int() | float():
            return value
        case _:  # a date that YAML saw in a plain scalar
            return str(value)


def items(value: Json) -> list[Any]:
    """Return a list of JSON as a new plain list; what is no list counts as empty."""
    return [plain(item) for item in value] if isinstance(value, list | tuple) else []


def first_given(values: Iterable[Json]) -> Any:
    """Return a copy of the first value that is neither missing nor empty, else None."""
    for value in values:
        if value is not None and value not in ("", (), [], {}):
            return plain(value)
    return None
