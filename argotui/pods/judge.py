"""From the facts of a pod to the phase of its node: the table of Argo: 1.6, written once.

Called by the template types that run pods.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from argotui.model.manifest import JsonObject, Template
from argotui.model.status import NodePhase
from argotui.model.work import ContainerState, PodState, PodWork, Report, ResourceWork
from argotui.pods.containers import MAIN
from argotui.pods.outputs import node_outputs

# The code with which a container ends that was not run because one it depends on failed, or
# because its command does not exist.
NOT_RUN = 64
_KILLED = frozenset({137, 143})  # how sidecars end, rightly
_DEADLINE = "Pod was active on the node longer than the specified deadline"
_DELETED = "pod deleted"
CONTAINER_DELETED = "container deleted"
CUT_SHORT = "Pod Failed whilst container running"
_NO_POD = PodWork(pod={}, mains=())
_EXIT_CODES = {PodState.SUCCEEDED: 0, PodState.FAILED: 1}
_RANK = {"init": 0, "main": 1, "sidecar": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerJudgement:
    """One container of a containerSet, a node of its own. Argo: 1.1."""

    name: str
    phase: NodePhase
    message: str = ""
    started_at: float | None = None
    finished_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the facts mean for the node. `outputs` is Argo's JSON, empty before the end."""

    phase: NodePhase
    message: str = ""
    outputs: JsonObject = field(default_factory=dict)
    daemoned: bool = False
    children: tuple[ContainerJudgement, ...] = ()


@dataclass(frozen=True, slots=True)
class _Verdict:
    phase: NodePhase
    message: str = ""


def judge(
    report: Report, *, work: PodWork | ResourceWork, template: Template, daemoned: bool = False
) -> Judgement:
    """Say what this report makes of the node. Argo: 1.6.

    `daemoned` tells that the node was up as a daemon before: it stays so while its pod runs,
    ready or not. Outputs are there even if a main failed. Children are judged for a containerSet
    only. Work on a resource is judged as if a container `main` had done it, as in Argo. Reasons of
    the engine's own (deadline of the run, shutdown) come before this table.
    """
    pod = work if isinstance(work, PodWork) else _NO_POD
    if pod is _NO_POD:
        report = _as_a_main(report)
    verdict = _verdict(report, daemon=pod.daemon)
    up = verdict.phase is NodePhase.RUNNING and pod.daemon and (daemoned or _all_ready(report))
    has_ended = verdict.phase.is_completed
    is_set = template.kind == "containerSet"
    return Judgement(
        phase=verdict.phase,
        message=verdict.message,
        outputs=node_outputs(report, template, captured=pod.capture_result) if has_ended else {},
        daemoned=up,
        children=_children(report, pod.mains, verdict) if is_set else (),
    )


def _as_a_main(report: Report) -> Report:
    """Argo performs resource templates in a container `main`; here nothing else has run."""
    if report.containers or report.fault or report.state not in _EXIT_CODES:
        return report
    code = _EXIT_CODES[report.state]
    main = ContainerState(name=MAIN, state="terminated", exit_code=code)
    return replace(report, containers=(main,))


def _verdict(report: Report, *, daemon: bool) -> _Verdict:
    if report.fault:
        return _Verdict(NodePhase.ERROR, report.fault)
    match report.state:
        case PodState.PENDING:
            return _Verdict(NodePhase.PENDING, _pending_reason(report))
        case PodState.RUNNING:
            return _Verdict(NodePhase.RUNNING)
        case PodState.GONE:
            return _Verdict(NodePhase.ERROR, _DELETED)
        case PodState.SUCCEEDED:
            return _helpers_verdict(report) or _ended_well(daemon=daemon)
        case PodState.FAILED:
            return _failed_verdict(report) or _ended_well(daemon=daemon)


def _ended_well(*, daemon: bool) -> _Verdict:
    """A daemon has no business to end, not even with 0. Argo: 4.8."""
    return _Verdict(NodePhase.FAILED if daemon else NodePhase.SUCCEEDED)


def _pending_reason(report: Report) -> str:
    if report.reason or report.message:
        return ": ".join(part for part in (report.reason, report.message) if part)
    for container in _scan_order(report.containers):
        if container.state == "waiting" and container.reason:
            return ": ".join(part for part in (container.reason, container.message) if part)
    return ""


def _all_ready(report: Report) -> bool:
    lasting = [each for each in report.containers if each.kind != "init"]
    return bool(lasting) and all(each.state == "running" and each.ready for each in lasting)


def _helpers_verdict(report: Report) -> _Verdict | None:
    """Argo stages and collects in containers of its own, whose failure is an Error."""
    if report.stage_errors:
        return _Verdict(NodePhase.ERROR, _helper_message("init", report.stage_errors))
    if report.collect_errors:
        return _Verdict(NodePhase.ERROR, _helper_message("wait", report.collect_errors))
    return None


def _helper_message(name: str, errors: Iterable[str]) -> str:
    return f"{name}: Error (exit code {NOT_RUN}): {'; '.join(errors)}"


def _failed_verdict(report: Report) -> _Verdict | None:
    """Init containers, mains, collecting, sidecars: the first that went wrong is the reason."""
    if report.message:
        return _Verdict(NodePhase.FAILED, report.message)
    if report.reason == "DeadlineExceeded":
        return _Verdict(NodePhase.FAILED, _DEADLINE)
    if report.stage_errors:
        return _helpers_verdict(report)
    if not report.containers:
        return _Verdict(NodePhase.FAILED, report.reason)
    containers = _scan_order(report.containers)
    first = [_container_failure(each) for each in containers if each.kind != "sidecar"]
    last = [_container_failure(each) for each in containers if each.kind == "sidecar"]
    found = (*first, _helpers_verdict(report), *last)
    return next((verdict for verdict in found if verdict is not None), None)


def _scan_order(containers: Iterable[ContainerState]) -> list[ContainerState]:
    """Init containers as they ran; the others by name, as a kubelet lists them."""
    return sorted(
        containers,
        key=lambda each: (_RANK.get(each.kind, 1), "" if each.kind == "init" else each.name),
    )


def _container_failure(container: ContainerState) -> _Verdict | None:
    if container.state == "waiting":
        why = f"{container.reason}: {container.message}"
        started = f"Pod failed before {container.name} container starts due to {why}"
        return _Verdict(NodePhase.ERROR, started)
    if container.kind == "main" and container.exit_code is None:
        return _Verdict(NodePhase.FAILED, f"Pod failed before {container.name} container ended")
    if not container.exit_code:
        return None
    if container.kind == "sidecar" and container.exit_code in _KILLED:
        return None
    return _Verdict(NodePhase.FAILED, _exit_message(container))


def _exit_message(container: ContainerState) -> str:
    tail = f": {container.message}" if container.message else ""
    return _exit_text(container) + tail


def _exit_text(container: ContainerState) -> str:
    return f"{container.name}: {container.reason or 'Error'} (exit code {container.exit_code})"


def _children(
    report: Report, names: tuple[str, ...], pod: _Verdict
) -> tuple[ContainerJudgement, ...]:
    known = {each.name: each for each in report.containers if each.kind == "main"}
    return tuple(_child(name, known.get(name), report.state, pod) for name in names)


def _child(
    name: str, container: ContainerState | None, pod_state: PodState, pod: _Verdict
) -> ContainerJudgement:
    verdict = _child_verdict(container, pod_state, pod)
    return ContainerJudgement(
        name=name,
        phase=verdict.phase,
        message=verdict.message,
        started_at=container.started_at if container is not None else None,
        finished_at=container.finished_at if container is not None else None,
    )


def _child_verdict(
    container: ContainerState | None, pod_state: PodState, pod: _Verdict
) -> _Verdict:
    """A container of which nothing is known shares the fate of its pod."""
    if pod_state is PodState.GONE:
        return _Verdict(NodePhase.ERROR, CONTAINER_DELETED)
    match container:
        case None:
            return pod if pod.phase.is_completed else _Verdict(NodePhase.PENDING)
        case ContainerState(state="terminated") if not container.exit_code:
            return _Verdict(NodePhase.SUCCEEDED)
        case ContainerState(state="terminated"):
            phase = NodePhase.ERROR if container.exit_code == NOT_RUN else NodePhase.FAILED
            return _Verdict(phase, f"{_exit_text(container)}: {container.message}")
        case _ if pod_state is PodState.FAILED:
            return _Verdict(NodePhase.FAILED, CUT_SHORT)
        case _ if pod.phase.is_completed:
            return pod
        case ContainerState(state="running"):
            return _Verdict(NodePhase.RUNNING)
        case _:
            return _Verdict(NodePhase.PENDING)
