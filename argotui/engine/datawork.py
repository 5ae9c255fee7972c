"""What a listing of keys makes of its node: the transformations of a data template. Argo: 3.9."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.golang import compact_json
from argotui.expr.programs import compile_expression
from argotui.model.bodies import DataBody
from argotui.model.manifest import JsonObject, Template
from argotui.model.status import NodePhase
from argotui.model.work import PodState, Report
from argotui.pods.judge import Judgement

_FAILED = "main: Error (exit code 64): unable to process data template: "


def judge_data(report: Report, template: Template, at: float) -> Judgement:
    """Say what a report of a listing makes of the node; `at` is the time of `now()`."""
    match report.state:
        case PodState.PENDING:
            return Judgement(phase=NodePhase.PENDING, message=report.message)
        case PodState.RUNNING:
            return Judgement(phase=NodePhase.RUNNING)
        case PodState.GONE:
            return Judgement(phase=NodePhase.ERROR, message="pod deleted")
    if report.fault:
        return Judgement(phase=NodePhase.ERROR, message=report.fault)
    if report.state is PodState.FAILED or report.response is None:
        return _failed(f"unable to process data source: {report.message}")
    body = template.body
    steps = body.transformation if isinstance(body, DataBody) else ()
    try:
        result = compact_json(_transformed(list(report.response.get("keys") or ()), steps, at))
    except ExpressionError as error:
        return _failed(f"unable to process data transformation: {error}")
    return Judgement(phase=NodePhase.SUCCEEDED, outputs={"result": result, "exitCode": "0"})


def _failed(why: str) -> Judgement:
    return Judgement(phase=NodePhase.FAILED, message=f"{_FAILED}{why}", outputs={"exitCode": "64"})


def _transformed(data: Any, steps: Sequence[JsonObject], at: float) -> Any:
    for number, step in enumerate(steps):
        text = str(step.get("expression") or "")
        if not text:
            continue
        try:
            data = compile_expression(text).evaluate({"data": data}, at=at)
        except ExpressionError as error:
            why = f"error processing data step {number}: failed to evaluate expression: {error}"
            raise ExpressionError(why) from None
    return data
