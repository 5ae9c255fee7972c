"""Items of loops as texts: what `{{item}}` and `{{item.k}}` give, and the node's description.

Called by the engine's loops. Argo: 1.4, 2.6, 4.3.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import compact_json, json_number, json_text, key_text
from argotui.expr.readjson import parse_json

_TARGET = "Go value of type []v1alpha1.Item"


class Number(float):
    """A number of a withParam list, which keeps the way it was written."""

    literal: str

    def __new__(cls, literal: str) -> Number:
        made = super().__new__(cls, literal)
        made.literal = literal
        return made


def _written(literal: str) -> int | float:
    """Return a number; a Number only where its own text would be another."""
    plain = literal.lstrip("-").isdecimal()
    value: int | float = int(literal) if plain else float(literal)
    finite = math.isfinite(value)
    return value if finite and _number(value) == literal else Number(literal)


def load_items(text: str) -> list[Any]:
    """Return the items of a `withParam` text; `null` has none.

    Raises ExpressionError with Argo's message for a text that is no JSON list.
    """
    prefix = f"withParam value could not be parsed as a JSON list: {text}: "
    try:
        value = parse_json(text.strip(), number=_written, decimal=_written)
    except ExpressionError as error:
        raise ExpressionError(prefix + error.message) from None
    if value is None:
        return []
    if not isinstance(value, list):
        raise ExpressionError(f"{prefix}json: cannot unmarshal {_kind(value)} into {_TARGET}")
    return value


def with_sorted_keys(value: Any) -> Any:
    """Return a value as YAML's way through Go leaves it: the keys of every map sorted."""
    if isinstance(value, Mapping):
        return {key: with_sorted_keys(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [with_sorted_keys(item) for item in value]
    return value


def _kind(value: Any) -> str:
    match value:
        case str():
            return "string"
        case bool():
            return "bool"
        case Mapping():
            return "object"
    return "number"


def _number(value: float) -> str:
    if isinstance(value, Number):
        return value.literal
    return f"{value:d}" if isinstance(value, int) else json_number(value)


def item_text(item: Any) -> str:
    """Return what `{{item}}` becomes: text as it is, else compact JSON. The keys of a map are
    sorted, those of maps inside it are as they came."""
    if isinstance(item, Mapping):
        item = dict(sorted(item.items()))
    return item if isinstance(item, str) else _json(item, html=True, sort=False)


def struct_json(value: Any) -> str:
    """Return JSON as encoding/json writes structs: the keys stay in the order they have."""
    return _json(value, html=True, sort=False)


def item_member_text(value: Any) -> str:
    """Return what `{{item.k}}` becomes: JSON without the outer quotes, so that a line break
    stays `\\n`."""
    encoded = _json(value, html=False, sort=False)
    return encoded[1:-1] if isinstance(value, str) else encoded


def item_description(item: Any) -> str:
    """Return what stands behind the index in the item's node name, without parentheses."""
    match item:
        case str():
            text = item_member_text(item)
        case None:
            text = "[]"
        case Mapping():
            pairs = sorted((key_text(key), item_member_text(value)) for key, value in item.items())
            text = ",".join(f"{key}:{value}" for key, value in pairs)
        case list() | tuple():
            text = "[" + " ".join(map(item_member_text, item)) + "]"
        case _:
            text = _json(item, html=False, sort=True)
    return text.replace("(", "").replace(")", "")


def _json(value: Any, *, html: bool, sort: bool) -> str:
    """Return compact JSON that keeps number literals, and the order of keys if asked."""
    match value:
        case bool() | None | str():
            return compact_json(value, html=html)
        case int() | float():
            return _number(value)
        case Mapping():
            keys = sorted(value) if sort else list(value)
            parts = [
                json_text(key, html=html) + ":" + _json(value[key], html=html, sort=sort)
                for key in keys
            ]
            return "{" + ",".join(parts) + "}"
        case list() | tuple():
            return "[" + ",".join(_json(part, html=html, sort=sort) for part in value) + "]"
    return json.dumps(value)
