"""Labels and annotations of the run itself, from spec.workflowMetadata. Argo: 4.13."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from argotui.engine.core import Core, HardError
from argotui.expr.errors import ExpressionError
from argotui.expr.programs import compile_expression
from argotui.model.manifest import JsonObject

_LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_LONGEST = 63
_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',"
    "  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def declared(core: Core, kind: str) -> dict[str, str]:
    """Return the labels or annotations that are written down; `kind` is the key."""
    section: JsonObject = core.wf.spec.workflow_metadata or {}
    filled: Mapping[str, Any] = core.fill(section.get(kind) or {}, core.globals)
    return {str(name): str(value) for name, value in filled.items()}


def computed(core: Core) -> dict[str, str]:
    """Return the labels of labelsFrom. Raises HardError for one that is no legal value."""
    found = (core.wf.spec.workflow_metadata or {}).get("labelsFrom")
    section: JsonObject = found if isinstance(found, Mapping) else {}
    return {
        name: _label(core, name, str(source.get("expression", "")))
        for name, source in section.items()
        if isinstance(source, Mapping)
    }


def _label(core: Core, name: str, expression: str) -> str:
    try:
        value = compile_expression(expression).evaluate(core.globals.env(), at=core.now)
    except ExpressionError as error:
        raise HardError(
            f"failed to evaluate label {name} expression {expression}: {error}"
        ) from None
    if not isinstance(value, str):
        raise HardError(
            f'failed to evaluate label "{name}" expression "{expression}": not a string'
        )
    if not _LABEL.fullmatch(value) or len(value) > _LONGEST:
        raise HardError(
            f'invalid label value "{value}" for label "{name}" and expression "{expression}": '
            f"{_RULE}"
        )
    return value
