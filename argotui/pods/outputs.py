"""The outputs of a node whose pod has ended, in Argo's JSON.

Called by pods.judge.
"""

from __future__ import annotations

from typing import Any

from argotui.model.manifest import Parameter, Template, ValueFrom
from argotui.model.work import Report
from argotui.pods.containers import MAIN

_SOURCES = {"path": "path", "default": "default", "jsonPath": "json_path", "jqFilter": "jq_filter"}


def node_outputs(report: Report, template: Template, *, captured: bool) -> dict[str, Any]:
    """Return `parameters`, `result` and `exitCode`, as far as there are any.

    A parameter that has no value, since its file was missing, is left out. Argo: 1.6
    """
    outputs: dict[str, Any] = {}
    if parameters := parameter_outputs(report, template):
        outputs["parameters"] = parameters
    if captured and report.result is not None:
        outputs["result"] = report.result
    for container in report.containers:
        if container.name == MAIN and container.kind == "main" and container.exit_code is not None:
            outputs["exitCode"] = str(container.exit_code)
    return outputs


def parameter_outputs(report: Report, template: Template) -> list[dict[str, Any]]:
    """Return the declared output parameters that have a value: reported, or literal.

    Argo writes literal ones only after a main has ended, since it does so in the pod.
    """
    ended = any(each.kind == "main" and each.state == "terminated" for each in report.containers)
    found = []
    for parameter in template.outputs.parameters:
        value = report.parameters.get(parameter.name, parameter.value if ended else None)
        if value is not None:
            found.append(parameter_output(parameter, value))
    return found


def parameter_output(parameter: Parameter, value: str) -> dict[str, Any]:
    """Return an output parameter with its value, as Argo's JSON has it."""
    entry: dict[str, Any] = {"name": parameter.name, "value": value}
    if parameter.value_from is not None:
        entry["valueFrom"] = _source(parameter.value_from)
    if parameter.global_name:
        entry["globalName"] = parameter.global_name
    if parameter.description:
        entry["description"] = parameter.description
    return entry


def _source(value_from: ValueFrom) -> dict[str, Any]:
    given = {key: getattr(value_from, name) for key, name in _SOURCES.items()}
    return {key: value for key, value in given.items() if value is not None}
