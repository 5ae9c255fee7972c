"""Reading one value of the Secrets that were given with a run."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from argotui.model.manifest import JsonObject


def secret_value(secrets: Mapping[str, JsonObject], ref: JsonObject) -> str:
    """Return the text a secretKeyRef points to. Raises KeyError with a sentence."""
    name, key = str(ref.get("name", "")), str(ref.get("key", ""))
    data = (secrets.get(name) or {}).get("data") or {}
    if key not in data:
        raise KeyError(f"there is no Secret '{name}' with the key '{key}' among the given files")
    return base64.b64decode(data[key]).decode("utf-8", "replace")
