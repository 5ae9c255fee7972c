"""Values that people supply to suspend nodes. Argo: 3.5, 4.14.

Used by templates/suspend and by engine/requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def defaults(outputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the outputs with defaults for what was not supplied, and the names that have none."""
    missing: list[str] = []
    listed: list[dict[str, Any]] = []
    for parameter in outputs.get("parameters", ()):
        source = parameter.get("valueFrom") or {}
        if parameter.get("value") is None and "supplied" in source:
            if source.get("default") is None:
                missing.append(parameter["name"])
            else:
                parameter = {**parameter, "value": source["default"]}
                parameter.pop("valueFrom")
        listed.append(parameter)
    return ({**outputs, "parameters": listed} if listed else dict(outputs)), missing


def supply(outputs: Mapping[str, Any], values: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """Put people's values into the outputs. The text says why not, "" if all went in."""
    known = {parameter["name"]: parameter for parameter in outputs.get("parameters", ())}
    for name in values:
        parameter = known.get(name)
        if parameter is None:
            return dict(outputs), f"node is not expecting output parameter '{name}'"
        if parameter.get("value") is not None or "supplied" not in parameter.get("valueFrom", {}):
            return dict(outputs), (
                f"cannot set output parameter '{name}' because it does not use "
                "valueFrom.supplied or it was already set"
            )
    listed = []
    for name, parameter in known.items():
        if name in values:
            parameter = {**parameter, "value": values[name]}
            parameter.pop("valueFrom", None)
        listed.append(parameter)
    return ({**outputs, "parameters": listed} if listed else dict(outputs)), ""


def refused_choice(inputs: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """Return why a value is none of the choices offered, "" if all are."""
    for parameter in inputs.get("parameters", ()):
        choices = parameter.get("enum")
        value = values.get(parameter["name"])
        if choices and value is not None and value not in choices:
            return (
                f"{parameter['name']} must be one of {', '.join(map(str, choices))}, not '{value}'"
            )
    return ""
