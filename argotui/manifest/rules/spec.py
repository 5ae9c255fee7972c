"""The workflow itself, apart from its templates. Argo: 6, O1-O12, C1."""

from __future__ import annotations

import re
from typing import Any

from argotui.manifest.cron import is_zone, schedule_error
from argotui.manifest.rules.arguments import check_names
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.limits import check_spec_limits
from argotui.manifest.rules.pods import check_pod_resources
from argotui.manifest.shapes import items, mapping, mappings
from argotui.manifest.source import Path
from argotui.model.manifest import JsonObject
from argotui.model.workflow import Workflow, WorkflowSpec

_NAME_LIMITS = {
    "Workflow": ("workflow", 63),
    "WorkflowTemplate": ("workflow template", 63),
    "ClusterWorkflowTemplate": ("cluster workflow template", 63),
    "CronWorkflow": ("cron workflow", 52),
}
_POD_GC = ("OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_CONCURRENCY = ("", "Allow", "Forbid", "Replace")
_DNS_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?\Z")


def check_metadata(cx: Context, site: Site, workflow: Workflow) -> None:
    """Argo: O1-O3, and the rule of the API server."""
    name = workflow.metadata.name
    word, limit = _NAME_LIMITS[workflow.kind]
    if len(name) > limit:
        what = (
            f'{word} name "{name}" must not be more than {limit} characters long '
            f"(currently {len(name)})"
        )
        cx.error(site, ("metadata", "name"), what)
    if name and not _DNS_NAME.match(name):
        what = f'metadata.name "{name}" is invalid: only lower case letters, digits, "-" and "."'
        cx.error(site, ("metadata", "name"), what)


def check_spec(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> None:
    """Argo: O6, O7, O10-O12, X1."""
    check_spec_limits(cx, site, path, spec)
    check_names(cx, site, (*path, "templates"), "spec.templates", spec.templates, parameters=False)
    _check_pod_gc(cx, site, (*path, "podGC"), spec.extra.get("podGC"))
    where = (*path, "podResources")
    check_pod_resources(cx, site, where, "spec.podResources", spec.extra.get("podResources"))


def _check_pod_gc(cx: Context, site: Site, path: Path, pod_gc: Any) -> None:
    if not isinstance(pod_gc, dict):
        return
    strategy = pod_gc.get("strategy")
    if strategy and strategy not in _POD_GC:
        what = f"podGC.strategy unknown strategy '{strategy}'"
        cx.error(site, (*path, "strategy"), what, cx.near(str(strategy), _POD_GC))
    selector = mapping(pod_gc.get("labelSelector"))
    for i, part in enumerate(mappings(selector.get("matchExpressions"))):
        if broken := _selector_error(part):
            where = (*path, "labelSelector", "matchExpressions", i, "operator")
            cx.error(site, where, f"podGC.labelSelector invalid: {broken}")


def _selector_error(part: JsonObject) -> str:
    operator, values = part.get("operator"), items(part.get("values"))
    if operator not in _OPERATORS:
        return f'"{operator}" is not a valid label selector operator'
    if operator in ("In", "NotIn") and not values:
        return "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"
    if operator in ("Exists", "DoesNotExist") and values:
        shown = ", ".join(f'"{value}"' for value in values)
        rule = "values set must be empty for exists and does not exist"
        return f"values: Invalid value: [{shown}]: {rule}"
    return ""


def check_cron(cx: Context, site: Site, workflow: Workflow) -> None:
    """Argo: C1."""
    spec = mapping(workflow.source.get("spec"))
    schedules = items(spec.get("schedules"))
    if not schedules:
        cx.error(site, ("spec",), "cron workflow must have at least one schedule")
    for i, schedule in enumerate(schedules):
        if broken := schedule_error(str(schedule)):
            what = f"cron schedule {schedule} is malformed: {broken}"
            cx.error(site, ("spec", "schedules", i), what)
    _check_zone(cx, site, spec.get("timezone"))
    policy = spec.get("concurrencyPolicy") or ""
    if policy not in _CONCURRENCY:
        what = f"'{policy}' is not a valid concurrencyPolicy"
        hint = cx.near(str(policy), _CONCURRENCY)
        cx.error(site, ("spec", "concurrencyPolicy"), what, hint)
    deadline = spec.get("startingDeadlineSeconds")
    if isinstance(deadline, int) and deadline < 0:
        where = ("spec", "startingDeadlineSeconds")
        cx.error(site, where, "startingDeadlineSeconds must be positive")


def _check_zone(cx: Context, site: Site, zone: Any) -> None:
    if zone and not is_zone(str(zone)):
        what = f'invalid timezone "{zone}": unknown time zone {zone}'
        cx.error(site, ("spec", "timezone"), what)
