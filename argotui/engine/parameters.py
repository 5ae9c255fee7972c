"""Parameters as Argo's JSON has them, its fields in Argo's order.

Called where node inputs and the variables `inputs.parameters` and `workflow.parameters` are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from argotui.expr.golang import struct_json
from argotui.model.manifest import Parameter, ValueFrom


def parameters_text(parameters: Sequence[Parameter]) -> str:
    """Return the list as JSON text; without any it is `null`. Argo: 2.5."""
    return struct_json([parameter_json(each) for each in parameters]) if parameters else "null"


def parameter_json(parameter: Parameter) -> dict[str, Any]:
    """Return a parameter as Argo's JSON has it."""
    given = {
        "name": parameter.name,
        "default": parameter.default,
        "value": parameter.value,
        "valueFrom": _value_from(parameter.value_from),
        "globalName": parameter.global_name or None,
        "enum": list(parameter.enum) if parameter.enum else None,
        "description": parameter.description or None,
    }
    return {key: value for key, value in given.items() if value is not None}


def _value_from(source: ValueFrom | None) -> dict[str, Any] | None:
    if source is None:
        return None
    given = {
        "path": source.path,
        "jsonPath": source.json_path,
        "jqFilter": source.jq_filter,
        "event": source.event,
        "parameter": source.parameter,
        "supplied": source.supplied,
        "configMapKeyRef": source.config_map_key_ref,
        "default": source.default,
        "expression": source.expression,
    }
    return {key: value for key, value in given.items() if value is not None}
