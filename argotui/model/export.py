"""A run as the Workflow object that Argo would have left behind: JSON for `-o json` and `get`.

Pure; called by cli/. Field names, their order and what is left out are Go's (Argo: 1.3, 9.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from argotui.model.fold import RunState
from argotui.model.progress import node_progress, run_progress
from argotui.model.resources import run_resources, tree_resources
from argotui.model.status import Node, NodePhase, NodeType, RunPhase, RunStatus, Shutdown
from argotui.model.values import JsonObject

_LABEL = "workflows.argoproj.io/"
_API = "argoproj.io/v1alpha1"


def workflow_json(source: JsonObject, state: RunState) -> dict[str, Any]:
    """Return the Workflow. `source` is the document that was run (a Workflow, or a template or
    cron workflow run once), `state` the run as it stands."""
    return {
        "apiVersion": _API,
        "kind": "Workflow",
        "metadata": _metadata(source.get("metadata") or {}, state.run),
        "spec": _spec(source, state.run),
        "status": status_json(state),
    }


def status_json(state: RunState) -> dict[str, Any]:
    """Return what Argo keeps under `status`."""
    progress = node_progress(state)
    used = tree_resources(state)
    nodes = {
        node.id: node_json(node, state, progress[node.name], used.get(node.name))
        for node in state.nodes.values()
    }
    return {**run_json(state), **_filled(nodes=nodes)}


def run_json(state: RunState) -> dict[str, Any]:
    """Return `status` without its nodes."""
    run = state.run
    return {
        **_filled(phase=str(run.phase), message=run.message),
        "startedAt": rfc3339(run.started_at),
        "finishedAt": rfc3339(run.finished_at),
        **_filled(
            progress=run.progress or (run_progress(state) if run.phase else ""),
            outputs=_arguments(run.outputs),
            conditions=_conditions(state),
            persistentVolumeClaims=list(run.extra.get("claims") or ()),
            resourcesDuration=run_resources(state),
        ),
    }


def node_json(
    node: Node,
    state: RunState,
    progress: str = "",
    resources: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Return one node as Argo's NodeStatus. Times still to come are null, as Go prints them."""
    return {
        "id": node.id,
        "name": node.name,
        "displayName": node.display_name,
        "type": str(node.type),
        **_filled(
            templateName=node.template_name,
            templateRef=_filled(**(node.template_ref or {})),
            templateScope=node.template_scope,
            phase=str(node.phase),
            boundaryID=node.boundary_id,
            message=node.message,
        ),
        "startedAt": rfc3339(node.started_at),
        "finishedAt": rfc3339(node.finished_at),
        **_filled(
            progress=progress or node.progress,
            resourcesDuration=dict(node.resources_duration if resources is None else resources),
            podIP=node.pod_ip,
            daemoned=node.daemoned,
            nodeFlag=_filled(hooked=node.hooked, retried=node.retried),
            inputs=_arguments(node.inputs),
            outputs=_arguments(node.outputs),
            children=_ids(state.children.get(node.name, ()), state),
            outboundNodes=_ids(node.outbound, state),
            hostNodeName=node.host_node_name,
            memoizationStatus=dict(node.memoization or {}),
            synchronizationStatus=_filled(waiting=node.waiting_lock),
        ),
    }


def rfc3339(at: float | None) -> str | None:
    """Return a unix time as Go's metav1.Time prints it: UTC, whole seconds."""
    if at is None:
        return None
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _filled(**fields: Any) -> dict[str, Any]:
    """Return the fields that Go's `omitempty` would print."""
    return {name: value for name, value in fields.items() if value not in ("", None, False, {}, [])}


def _ids(names: Any, state: RunState) -> list[str]:
    return [state.nodes[name].id for name in names if name in state.nodes]


def _arguments(section: JsonObject) -> dict[str, Any]:
    """Inputs and outputs: lists and texts that are empty are left out, an empty result is not
    one of them (a pointer in Go)."""
    return {
        name: value
        for name, value in section.items()
        if value is not None and not (name != "result" and value in ("", [], (), {}))
    }


def _metadata(written: JsonObject, run: RunStatus) -> dict[str, Any]:
    labels = {**(written.get("labels") or {}), **run.labels}
    if run.phase is not RunPhase.NEW:
        labels[f"{_LABEL}phase"] = str(run.phase)
    if run.phase.is_completed:
        labels[f"{_LABEL}completed"] = "true"
    return _filled(
        name=run.name,
        generateName=written.get("generateName"),
        namespace=run.namespace or written.get("namespace"),
        uid=run.uid,
        creationTimestamp=rfc3339(run.created_at or run.started_at),
        labels={name: labels[name] for name in sorted(labels)},
        annotations={**(written.get("annotations") or {}), **run.annotations},
    )


def _spec(source: JsonObject, run: RunStatus) -> dict[str, Any]:
    spec = dict(source.get("spec") or {})
    if source.get("kind") == "CronWorkflow":
        spec = dict(spec.get("workflowSpec") or {})
    if run.parameters:
        spec["arguments"] = _arguments_given(spec.get("arguments") or {}, run.parameters)
    if run.shutdown is not Shutdown.NONE:
        spec["shutdown"] = str(run.shutdown)
    spec.pop("suspend", None)
    if run.suspended:
        spec["suspend"] = True
    return spec


def _arguments_given(arguments: JsonObject, given: Mapping[str, str]) -> dict[str, Any]:
    """The workflow's arguments with the values it ran with; what was only given is added."""
    written = [dict(parameter) for parameter in arguments.get("parameters") or ()]
    for parameter in written:
        name = str(parameter.get("name"))
        if name in given and "valueFrom" not in parameter:
            parameter["value"] = given[name]
    known = {parameter.get("name") for parameter in written}
    added = [{"name": name, "value": given[name]} for name in given if name not in known]
    return {**arguments, "parameters": written + added}


def _conditions(state: RunState) -> list[dict[str, str]]:
    return [*_progress_conditions(state), *_metrics_errors(state.run)]


def _metrics_errors(run: RunStatus) -> list[dict[str, str]]:
    if not run.metrics_error:
        return []
    return [{"type": "MetricsError", "status": "True", "message": run.metrics_error}]


def _progress_conditions(state: RunState) -> list[dict[str, str]]:
    run = state.run
    if run.phase.is_completed:
        return [
            {"type": "PodRunning", "status": "False"},
            {"type": "Completed", "status": "True"},
        ]
    runs = any(
        node.type is NodeType.POD and node.phase is NodePhase.RUNNING
        for node in state.nodes.values()
    )
    return [{"type": "PodRunning", "status": "True" if runs else "False"}] if state.nodes else []
