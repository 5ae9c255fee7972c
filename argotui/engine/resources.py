"""What the report of an operation on an object makes of its node. Argo: 3.6."""

from __future__ import annotations

from argotui.model.status import NodePhase
from argotui.model.work import PodState, Report, ResourceWork
from argotui.pods.judge import Judgement


def judge_resource(report: Report, work: ResourceWork) -> Judgement:
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
    if work.outputs:
        outputs["parameters"] = [
            {"name": name, "value": report.parameters.get(name, query[2] or "")}
            for name, query in work.outputs.items()
        ]
    return Judgement(phase=NodePhase.SUCCEEDED, outputs=outputs)
