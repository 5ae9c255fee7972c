"""JSON as plain dicts and lists of our own, so that nothing of the manifest is ever written to.

Called by every builder of this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from argotui.model.manifest import Json
from argotui.pods.request import PodError


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


def items(value: Json, what: str) -> list[Any]:
    """Return a list of JSON as a new plain list; none counts as empty. Raises PodError."""
    if not isinstance(value, list | tuple | None):
        raise PodError(f"{what} must be a list")
    return [plain(item) for item in value or ()]


def objects(value: Json, what: str, *, key: str = "name") -> list[dict[str, Any]]:
    """Return a list of objects, each known by the text at `key`. Raises PodError naming `what`."""
    found = items(value, what)
    for item in found:
        if not isinstance(item, dict) or not isinstance(item.get(key), str):
            raise PodError(f"{what} must be a list of objects with a {key}")
    return found


def an_object(value: Json, what: str) -> dict[str, Any]:
    """Return a copy of a JSON object; none counts as empty. Raises PodError naming `what`."""
    if not isinstance(value, Mapping | None):
        raise PodError(f"{what} must be an object")
    return {str(key): plain(item) for key, item in (value or {}).items()}


def first_given(values: Iterable[Json]) -> Any:
    """Return a copy of the first value that is neither missing nor empty, else None."""
    for value in values:
        if value is not None and value not in ("", (), [], {}):
            return plain(value)
    return None
