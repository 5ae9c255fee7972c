"""What the report of an operation on an object makes of its node. Argo: 3.6."""

from __future__ import annotations

from typing import Any

from argotui.model.manifest import Template
from argotui.model.status import NodePhase
from argotui.model.work import PodState, Report, ResourceWork
from argotui.pods.judge import Judgement
from argotui.pods.outputs import parameter_output


def judge_resource(report: Report, work: ResourceWork, template: Template) -> Judgement:
    """Say what a report of resource work makes of the node. The runtime has waited for the
    conditions; the parameters come with the report that ends it."""
    match report.state:
        case PodState.PENDING:
            return Judgement(phase=NodePhase.PENDING, message=report.message)
        case PodState.RUNNING:
            return Judgement(phase=NodePhase.RUNNING)
        case PodState.GONE:
            return Judgement(phase=NodePhase.ERROR, message="pod deleted")
    if report.fault:
        return Judgement(phase=NodePhase.ERROR, message=report.fault)
    if report.state is PodState.FAILED:
        return Judgement(phase=NodePhase.FAILED, message=report.message)
    outputs: dict[str, object] = {"exitCode": "0"}
    if listed := _parameters(report, work, template):
        outputs["parameters"] = listed
    return Judgement(phase=NodePhase.SUCCEEDED, outputs=outputs)


def _parameters(report: Report, work: ResourceWork, template: Template) -> list[dict[str, Any]]:
    found = []
    for declared in template.outputs.parameters:
        query = work.outputs.get(declared.name)
        default = declared.value if query is None else query[2] or ""
        value = report.parameters.get(declared.name, default)
        if value is not None:
            found.append(parameter_output(declared, value))
    return found
