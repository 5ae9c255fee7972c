"""What an HTTP response makes of its node. Argo: 3.7."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.programs import compile_expression
from argotui.model.bodies import HttpBody
from argotui.model.manifest import Template
from argotui.model.status import NodePhase
from argotui.model.work import HttpWork, PodState, Report
from argotui.pods.judge import Judgement


def judge_http(report: Report, work: HttpWork, template: Template) -> Judgement:
    """Say what a report of an HTTP request makes of the node; Pending while it is under way."""
    if not report.state.has_ended:
        return Judgement(phase=NodePhase.PENDING)
    if report.fault:
        return Judgement(phase=NodePhase.ERROR, message=report.fault)
    response = report.response
    if response is None:
        phase = NodePhase.ERROR if report.state is PodState.GONE else NodePhase.FAILED
        return Judgement(phase=phase, message=report.message or "no response")
    outputs = {"result": str(response.get("body", ""))}
    failure = _failure(response, work, template)
    if failure:
        return Judgement(phase=NodePhase.FAILED, message=failure, outputs=outputs)
    return Judgement(phase=NodePhase.SUCCEEDED, outputs=outputs)


def _failure(response: Any, work: HttpWork, template: Template) -> str:
    body = template.body
    condition = body.success_condition if isinstance(body, HttpBody) else ""
    code = int(response.get("statusCode", 0))
    if not condition:
        return "" if 200 <= code < 300 else f"received non-2xx response code: {code}"
    env = {
        "request": {
            "method": work.method,
            "url": work.url,
            "body": work.body.decode(errors="replace"),
            "bodyBytes": list(work.body),
            "headers": _told(work),
        },
        "response": {
            "statusCode": code,
            "body": response.get("body", ""),
            "headers": _canonical(response.get("headers", {})),
        },
    }
    try:
        if compile_expression(condition).evaluate(env) is True:
            return ""
    except ExpressionError as error:
        return str(error)
    return f"successCondition '{condition}' evaluated false"


def _told(work: HttpWork) -> dict[str, list[str]]:
    """Return the headers of a request as a condition sees them: without those of Secrets."""
    return {
        str(each["name"]): [str(each["value"])]
        for each in work.headers
        if each.get("value") and not each.get("valueFrom")
    }


def _canonical(headers: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return a response's headers by the names that Go gives them: `Content-Type`."""
    found: dict[str, list[str]] = {}
    for name, values in headers.items():
        words = name.split("-")
        found.setdefault("-".join(map(str.capitalize, words)), []).extend(values)
    return found
