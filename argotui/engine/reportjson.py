"""A report as the JSON that is kept with its node: facts for people, without large values."""

from __future__ import annotations

from typing import Any

from argotui.model.work import ContainerState, Report

_FIELDS = ("reason", "message", "exit_code", "started_at", "finished_at", "ready", "detail")


def report_json(report: Report) -> dict[str, Any]:
    """Return the facts of a report; empty ones are left out."""
    found: dict[str, Any] = {"state": str(report.state)}
    for name in ("message", "reason", "fault", "started_at", "finished_at"):
        value = getattr(report, name)
        if value:
            found[name] = value
    if report.containers:
        found["containers"] = [_container(each) for each in report.containers]
    return found


def _container(state: ContainerState) -> dict[str, Any]:
    found: dict[str, Any] = {"name": state.name, "kind": state.kind, "state": state.state}
    for name in _FIELDS:
        value = getattr(state, name)
        if value or (value == 0 and value is not False):
            found[name] = value
    return found
