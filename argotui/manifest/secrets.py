"""Secrets as an API server stores them, and their values. Called by load.py and bootstrap."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from argotui.manifest.decoding import Decoding
from argotui.manifest.shapes import mapping
from argotui.manifest.source import Path
from argotui.model.manifest import JsonObject


def folded_secret(data: dict[str, Any], at: Decoding, path: Path) -> dict[str, Any]:
    """Return the Secret with stringData folded into `data`, everything there in base64."""
    values = {}
    for key, value in _texts(data.get("data")).items():
        if _decoded(value) is None:
            where = (*path, "data", key)
            at.report(where, f"data.{key} is not base64", "put plain text under stringData")
        else:
            values[key] = value
    for key, value in _texts(data.get("stringData")).items():
        values[key] = base64.b64encode(value.encode()).decode()
    return {**{key: part for key, part in data.items() if key != "stringData"}, "data": values}


def secret_value(secret: JsonObject, key: str) -> bytes | None:
    """Return one value of a loaded Secret, None if it has no such key."""
    value = _texts(secret.get("data")).get(key)
    return None if value is None else _decoded(value)


def _texts(values: Any) -> dict[str, str]:
    return {key: value for key, value in mapping(values).items() if isinstance(value, str)}


def _decoded(value: str) -> bytes | None:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
