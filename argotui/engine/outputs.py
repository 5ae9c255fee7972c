"""Outputs of steps and dag templates, and what a node exports to the whole run. Argo: 2.2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.engine.core import Core, HardError
from argotui.engine.references import output_artifacts
from argotui.expr.errors import AbsentReference, ExpressionError, TagError, Unresolved
from argotui.expr.golang import quote, to_text
from argotui.expr.programs import compile_expression
from argotui.expr.scope import Scope
from argotui.expr.template import CLOSE, OPEN
from argotui.model.manifest import Parameter, Template
from argotui.model.status import Node, NodeType


def template_outputs(core: Core, template: Template, scope: Scope) -> dict[str, Any] | None:
    """Return the declared outputs of a steps or dag template as Argo's JSON, None without any.

    Raises HardError for one that cannot be computed and has no default.
    """
    found: dict[str, Any] = {}
    if template.outputs.parameters:
        listed = [_parameter(core, each, scope) for each in template.outputs.parameters]
        found["parameters"] = listed
    if artifacts := output_artifacts(core, template, scope):
        found["artifacts"] = artifacts
    return found or None


def _parameter(core: Core, declared: Parameter, scope: Scope) -> dict[str, Any]:
    source = declared.value_from
    if source is None:
        raise HardError("output parameters must have a valueFrom specified")
    try:
        value = (
            _evaluate(core, source.expression, scope)
            if source.expression
            else _referred(core, source.parameter or "", scope)
        )
    except (Unresolved, AbsentReference, ExpressionError, TagError) as error:
        if source.default is None:
            raise HardError(str(error)) from None
        value = source.default
    found: dict[str, Any] = {"name": declared.name, "value": value}
    if declared.global_name:
        found["globalName"] = declared.global_name
    return found


def _referred(core: Core, text: str, scope: Scope) -> str:
    """Return what `valueFrom.parameter` refers to; Argo looks its one tag up as it stands."""
    try:
        return core.fill(text, scope, must=lambda _name: True)
    except Unresolved:
        tag = text.removeprefix(OPEN).removesuffix(CLOSE).strip()
        raise ExpressionError(f"Unable to resolve: {quote(tag)}") from None


def _evaluate(core: Core, expression: str, scope: Scope) -> str:
    result = compile_expression(expression).evaluate(scope.env(), at=core.now)
    if result is None:
        raise ExpressionError(f"failed to evaluate expression {quote(expression)}")
    return to_text(result)


def export_own(core: Core, node: Node) -> None:
    """Export the outputs of a node that has ended, but those of a dag: whose task it is has them
    exported at its own end, and of one that is no task nobody does. Argo: 2.2"""
    if node.type in _EXPORTED:
        export(core, node)


_EXPORTED = frozenset(NodeType) - {NodeType.DAG, NodeType.RETRY}  # attempts export for themselves


def export(core: Core, node: Node) -> None:
    """Make outputs with a globalName known to the whole run; later writers overwrite. Argo: 2.2"""
    for parameter in node.outputs.get("parameters", ()):
        if parameter.get("globalName") and parameter.get("value") is not None:
            _export(
                core, "parameters", {"name": parameter["globalName"], "value": parameter["value"]}
            )
    for artifact in node.outputs.get("artifacts", ()):
        if artifact.get("globalName"):
            kept = {key: artifact[key] for key in artifact if key not in ("globalName", "path")}
            _export(core, "artifacts", {**kept, "name": artifact["globalName"]})


def _export(core: Core, section: str, entry: Mapping[str, Any]) -> None:
    outputs = dict(core.state.run.outputs)
    others = [each for each in outputs.get(section, ()) if each["name"] != entry["name"]]
    outputs[section] = [*others, entry]
    core.patch_run(outputs=outputs)
