"""From a pod as the API server has it to the facts that the engine judges; pure.

Called by watching code for every change of a pod.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from argotui.model.work import ContainerState, PodState, Report
from argotui.runtimes.kubernetes.draft import Plan
from argotui.runtimes.kubernetes.message import (
    LastWords,
    Outputs,
    damaged,
    is_ours,
    last_words,
    outputs_of,
)
from argotui.runtimes.kubernetes.unwrapped import unwrapped

_PHASES = {
    "Pending": PodState.PENDING,
    "Running": PodState.RUNNING,
    "Succeeded": PodState.SUCCEEDED,
    "Failed": PodState.FAILED,
}
_DULL = frozenset({"", "ContainerCreating", "PodInitializing"})
_EXEC = re.compile(r'exec: "(?P<name>(?:[^"\\]|\\.)*)": (?P<why>[^"]*?)(?:: unknown)?\s*$')
_WHYS = ("executable file not found in $PATH", "no such file or directory", "permission denied")
_KILLED = frozenset({137, 143})
NOT_RUN = 64


def report_of(
    pod: Mapping[str, Any], plan: Plan, read: Mapping[str, bytes] | None = None
) -> Report:
    """Return the facts. `read` holds the outputs that were read from a held container, by key."""
    status = pod.get("status") or {}
    state = _PHASES.get(str(status.get("phase") or "Pending"), PodState.PENDING)
    words = _words(status, plan)
    containers = _containers(pod, plan, words)
    if state.has_ended and (plan.beside or plan.result_is_log):
        words = unwrapped(status, plan, words, read or {})
    outputs = outputs_of(words.get("main"), plan, read or {}) if state.has_ended else Outputs()
    if state.has_ended and _lost_words(status, plan, words):
        outputs = damaged(plan)
    is_over = state.has_ended
    if outputs.errors or (is_over and _a_sidecar_failed(containers, plan)):
        state = PodState.FAILED  # Argo's executor, or its plain sidecars, would have failed the pod
    return Report(
        state=state,
        containers=containers,
        message=str(status.get("message") or ""),
        reason=str(status.get("reason") or ""),
        pod_ip=str(status.get("podIP") or ""),
        host_node_name=str((pod.get("spec") or {}).get("nodeName") or ""),
        started_at=seconds(status.get("startTime")),
        finished_at=_finished(containers) if is_over else None,
        parameters=outputs.parameters,
        result=outputs.result,
        collect_errors=outputs.errors,
        waits_for=waits_for(pod) if state is PodState.PENDING else "",
        progress=_progress(words, plan),
    )


def as_running(report: Report) -> Report:
    """Return the report of a pod that has ended as it was just before."""
    return replace(
        report,
        state=PodState.RUNNING,
        finished_at=None,
        parameters={},
        result=None,
        collect_errors=(),
        message="",
        reason="",
    )


def waits_for(pod: Mapping[str, Any]) -> str:
    """Return why a pod is pending, in the words of scheduler and kubelet; "" for nothing odd."""
    status = pod.get("status") or {}
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            reason, message = condition.get("reason") or "", condition.get("message") or ""
            return ": ".join(part for part in (reason, message) if part)
    for each in _statuses(status):
        waiting = (each.get("state") or {}).get("waiting") or {}
        if waiting.get("reason", "") not in _DULL:
            words = [str(waiting["reason"]), str(waiting.get("message") or "")]
            return ": ".join(part for part in words if part)
    return ""


def started(pod: Mapping[str, Any]) -> dict[str, bool]:
    """Return the containers that have begun to run, and whether each of them has ended."""
    found = {}
    for each in _statuses(pod.get("status") or {}):
        state = each.get("state") or {}
        ended = state.get("terminated")
        if "running" in state:
            found[str(each["name"])] = False
        elif ended and ended.get("containerID", "") and ended.get("startedAt"):
            found[str(each["name"])] = True
        elif (each.get("lastState") or {}).get("terminated"):
            found[str(each["name"])] = False  # a sidecar between two lives
    return found


def settled(pod: Mapping[str, Any], *, gone: bool = False) -> Mapping[str, Any] | None:
    """Return the pod as it has ended, None for one that goes on.

    A kubelet says that the pod as a whole has ended up to a second after its last container has.
    What that will be is known at once, unless somebody ended the containers from outside: then
    only the pod knows why. Of a pod that is `gone` its containers are all that will ever be known.
    """
    status = pod.get("status") or {}
    if _PHASES.get(str(status.get("phase"))) in (PodState.SUCCEEDED, PodState.FAILED):
        return pod
    spec = pod.get("spec") or {}
    count = sum(len(spec.get(key) or ()) for key in ("containers", "initContainers"))
    ends = [(each.get("state") or {}).get("terminated") for each in _statuses(status)]
    mains = [each.get("state") or {} for each in status.get("containerStatuses") or ()]
    if gone:
        if not any("terminated" in each for each in mains):
            return None
    elif not mains or len(ends) < count or not all(ends) or _is_disturbed(pod, ends):
        return None
    codes = [(each.get("terminated") or {}).get("exitCode", 1) for each in mains]
    phase = "Failed" if any(codes) else "Succeeded"
    return {**pod, "status": {**status, "phase": phase}}


def _is_disturbed(pod: Mapping[str, Any], ends: list[Any]) -> bool:
    """Whether containers were, or may have been, ended from outside."""
    if pod["metadata"].get("deletionTimestamp"):
        return True
    return any(each["exitCode"] in _KILLED and each.get("reason") != "OOMKilled" for each in ends)


def has_lost_a_main(pod: Mapping[str, Any], plan: Plan) -> bool:
    """Whether a main failed while others go on. They are to be ended, as in Argo: one that was
    killed as a whole told nobody, and who depends on it would wait for ever. Argo: 3.4."""
    if len(plan.mains) < 2 or pod["metadata"].get("deletionTimestamp"):
        return False
    states = {
        str(each["name"]): each.get("state") or {}
        for each in (pod.get("status") or {}).get("containerStatuses") or ()
    }
    mains = [(states.get(name) or {}).get("terminated") for name in plan.mains]
    return not all(mains) and any(each and each.get("exitCode") for each in mains)


def seconds(text: Any) -> float | None:
    """Return a time of the API as unix seconds."""
    return datetime.fromisoformat(str(text)).timestamp() if text else None


def _statuses(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    keys = ("initContainerStatuses", "containerStatuses")
    return [each for key in keys for each in status.get(key) or ()]


def _words(status: Mapping[str, Any], plan: Plan) -> dict[str, LastWords]:
    found = {}
    for each in _statuses(status):
        ended = (each.get("state") or {}).get("terminated") or {}
        words = last_words(str(ended.get("message") or ""))
        if words is not None and each["name"] in plan.shimmed:
            found[str(each["name"])] = words
    return found


def _a_sidecar_failed(containers: tuple[ContainerState, ...], plan: Plan) -> bool:
    """A kubelet does not mind how native sidecars end; Argo does. Argo: 1.6."""
    return any(
        each.name in plan.sidecars and each.exit_code and each.exit_code not in _KILLED
        for each in containers
    )


def _lost_words(status: Mapping[str, Any], plan: Plan, words: Mapping[str, LastWords]) -> bool:
    """Whether main ran to an end of its own, and yet nothing came back of it."""
    if (plan.beside or "main") not in plan.shimmed or "main" in words:
        return False
    for each in _statuses(status):
        ended = (each.get("state") or {}).get("terminated")
        if each["name"] == "main" and ended:
            return bool(ended.get("exitCode") == 0)
    return False


def _containers(
    pod: Mapping[str, Any], plan: Plan, words: Mapping[str, LastWords]
) -> tuple[ContainerState, ...]:
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    known = {each["name"]: each for each in _statuses(status)}
    found = []
    for key in ("initContainers", "containers"):
        for container in spec.get(key) or ():
            name = container["name"]
            if name not in plan.own:
                kind = _kind(container, key, plan)
                found.append(_container(name, kind, known.get(name) or {}, words.get(name)))
    return tuple(found)


def _kind(container: Mapping[str, Any], key: str, plan: Plan) -> str:
    if key == "initContainers":
        return "sidecar" if container.get("restartPolicy") == "Always" else "init"
    return "main" if container["name"] in plan.mains else "sidecar"


def _container(
    name: str, kind: str, status: Mapping[str, Any], words: LastWords | None
) -> ContainerState:
    state = status.get("state") or {}
    ready, detail = bool(status.get("ready")), str(status.get("imageID") or "")
    if ended := state.get("terminated"):
        return _terminated(name, kind, ended, words, detail)
    if running := state.get("running"):
        return ContainerState(
            name=name,
            kind=kind,
            state="running",
            started_at=seconds(running.get("startedAt")),
            ready=ready,
            detail=detail,
        )
    waiting = state.get("waiting") or {}
    return ContainerState(
        name=name,
        kind=kind,
        reason=str(waiting.get("reason") or ""),
        message=str(waiting.get("message") or ""),
        detail=detail,
    )


def _terminated(
    name: str, kind: str, ended: Mapping[str, Any], words: LastWords | None, detail: str
) -> ContainerState:
    code = int(ended.get("exitCode") or 0)
    reason, message = str(ended.get("reason") or ""), str(ended.get("message") or "")
    if words is not None:
        own = words.values.get("t", words.values.get("m", b""))
        message = own.decode("utf-8", "replace") if isinstance(own, bytes) else ""
    elif is_ours(message):
        message = ""
    elif code and (words_of_argo := _not_found(reason, message)):
        code, reason, message = NOT_RUN, "Error", words_of_argo
    return ContainerState(
        name=name,
        kind=kind,
        state="terminated",
        exit_code=code,
        reason=reason or ("Error" if code else "Completed"),
        message=message,
        started_at=seconds(ended.get("startedAt")),
        finished_at=seconds(ended.get("finishedAt")),
        detail=detail,
    )


def _not_found(reason: str, message: str) -> str:
    """A command that does not exist, in Argo's words. Argo: 1.6."""
    if reason not in ("StartError", "ContainerCannotRun", "RunContainerError"):
        return ""
    match = _EXEC.search(message)
    if match is None or not match["why"].endswith(_WHYS):
        return ""
    return f'failed to find name in PATH: exec: "{match["name"]}": {match["why"]}'


def _finished(containers: tuple[ContainerState, ...]) -> float | None:
    return max((each.finished_at for each in containers if each.finished_at), default=None)


def _progress(words: Mapping[str, LastWords], plan: Plan) -> str:
    for name in plan.mains:
        value = words[name].values.get("p") if name in words else None
        if isinstance(value, bytes):
            return (
                value.decode("utf-8", "replace").strip().splitlines()[-1] if value.strip() else ""
            )
    return ""
