"""Templates that run a pod: container, script, containerSet, resource, data. Argo: 3.1 to 3.6."""

from __future__ import annotations

from dataclasses import replace

from argotui.engine.containers import make_containers
from argotui.engine.context import NodeContext, Visit
from argotui.engine.core import HardError
from argotui.engine.retry import attempts_of, strategy_of
from argotui.engine.times import timeout_seconds
from argotui.expr.errors import ExpressionError, TagError
from argotui.model.manifest import Template
from argotui.model.status import Node, NodePhase, NodeType, Shutdown
from argotui.model.work import PodWork, Work
from argotui.pods.artifacts import missing_artifact
from argotui.pods.build import build_pod
from argotui.pods.judge import CUT_SHORT
from argotui.pods.request import PodError, PodRequest
from argotui.pods.requests import build_data, build_resource

_DEADLINE = "Step exceeded its deadline"
_NOT_SUPPLIED = "init: Error (exit code 64): required artifact '{}' not supplied"


class PodHandler:
    node_type = NodeType.POD

    def advance(self, cx: NodeContext) -> Visit | None:
        core = cx.core
        node = cx.node
        if node is not None and node.attempt:
            return None
        if node is None:
            node = cx.create(NodeType.POD, NodePhase.PENDING)
        run = core.state.run
        refused = run.shutdown is not Shutdown.NONE and not (
            cx.inv.on_exit and run.shutdown is Shutdown.STOP
        )
        body = cx.bound.template.body
        if refused:
            core.mark(node, NodePhase.FAILED, f"workflow shutdown with strategy: {run.shutdown}")
            make_containers(core, node, body)  # Argo leaves them so
            return None
        limit = _seconds_left(cx, node)
        if limit is not None and limit <= 0:
            core.mark(node, NodePhase.FAILED, _DEADLINE)
            make_containers(core, node, body, NodePhase.FAILED, _DEADLINE)
            return None
        if missing := missing_artifact(cx.bound.template):
            core.mark(node, NodePhase.ERROR, _NOT_SUPPLIED.format(missing))
            make_containers(core, node, body, NodePhase.FAILED, CUT_SHORT)
            return None
        name = core.pod_name(node.name, cx.bound.template.name)
        try:
            work = _build(cx, node, name, limit)
        except PodError as error:
            raise HardError(error.text) from None
        except (ExpressionError, TagError) as error:
            raise HardError(str(error)) from None
        cx.start(node, work, name)
        make_containers(core, node, body)
        for artifact in work.unkept if isinstance(work, PodWork) else ():
            text = f"output artifact '{artifact}' of {node.display_name} is not kept: argotui has"
            core.note(f"{text} no artifact store yet", node.name)
        return None


def _build(cx: NodeContext, node: Node, pod_name: str, limit: float | None) -> Work:
    """Make the work of a node. Spec and pod are filled in once more with globals and inputs: what
    came from the spec, and what a value brought in. Argo: 2.3 f to h."""
    core, template = cx.core, cx.bound.template
    run = core.state.run
    boundary = core.frames.get(cx.inv.boundary)
    scope = cx.bound.scope
    extra = core.fill(core.spec.extra, scope)
    request = PodRequest(
        template=template,
        spec=core.spec if extra is core.spec.extra else replace(core.spec, extra=extra),
        node_name=node.name,
        node_id=node.id,
        pod_name=pod_name,
        run_id=run.run_id,
        workflow_name=run.name,
        namespace=run.namespace,
        uid=run.uid,
        boundary=boundary.template if boundary is not None else None,
        on_exit=cx.inv.on_exit,
        deadline_seconds=limit,
        capture_result=cx.inv.capture_result,
        claims=_claims(cx),
        failed_hosts=_failed_hosts(cx),
    )
    if template.kind == "resource":
        return build_resource(request)
    if template.kind == "data":
        return build_data(request)
    work = build_pod(request)
    pod = core.fill(work.pod, scope)
    return work if pod is work.pod else replace(work, pod=pod)


def _seconds_left(cx: NodeContext, node: Node) -> float | None:
    """Return the least of the limits on a pod that starts now, in seconds. Argo: 3.1."""
    core, template = cx.core, cx.bound.template
    limits: list[float] = []
    if template.active_deadline_seconds is not None:
        limits.append(_whole(template))
    if core.state.run.deadline_at is not None and not cx.inv.on_exit:
        limits.append(core.state.run.deadline_at - core.now)
    if template.timeout:
        limits.append((node.started_at or core.now) + timeout_seconds(template.timeout) - core.now)
    if cx.deadline_at is not None:
        limits.append(cx.deadline_at - core.now)
    return min(limits) if limits else None


def _whole(template: Template) -> float:
    try:
        return float(int(template.active_deadline_seconds or 0))
    except ValueError:
        raise HardError(
            f"activeDeadlineSeconds '{template.active_deadline_seconds}' is no whole number"
        ) from None


def _claims(cx: NodeContext) -> dict[str, str]:
    """Return the claims of the run by the names of their templates. Argo: 4.13."""
    found: dict[str, str] = {}
    for claim in cx.core.spec.extra.get("volumeClaimTemplates") or ():
        name = str((claim.get("metadata") or {}).get("name", ""))
        found[name] = f"{cx.core.state.run.name}-{name}"
    return found


def _failed_hosts(cx: NodeContext) -> tuple[str, ...]:
    """Return the hosts that this attempt has to keep away from. Argo: 4.4."""
    strategy = strategy_of(cx.core, cx.bound.template)
    affinity = (strategy.affinity if strategy is not None else None) or {}
    if not cx.retried or affinity.get("nodeAntiAffinity") is None:  # it says nothing but `{}`
        return ()
    hosts = [each.host_node_name for each in attempts_of(cx.core, cx.inv.name) if each.phase.is_bad]
    return tuple(dict.fromkeys(host for host in hosts if host))
