"""What was seen of work, noted on its node. The facts decide nothing here but the node's phase.

Called by the machine before the walk, as Argo reconciles pods before it evaluates templates.
"""

from __future__ import annotations

from typing import Any

from argotui.engine.core import Core, new_node
from argotui.engine.datawork import judge_data
from argotui.engine.httpwork import judge_http
from argotui.engine.reportjson import report_json
from argotui.engine.resources import judge_resource
from argotui.model.events import WorkReported
from argotui.model.manifest import Template
from argotui.model.resources import pod_resources
from argotui.model.status import Node, NodePhase, NodeType
from argotui.model.work import DataWork, HttpWork, PodWork, Report, ResourceWork, Work
from argotui.pods.judge import ContainerJudgement, Judgement, judge

_ACTIVE = (NodePhase.PENDING, NodePhase.RUNNING)


def reported(core: Core, event: WorkReported) -> None:
    """Take a report in. Reports of an earlier attempt, of a node that has ended, or of work that
    nobody asked for change nothing."""
    node = core.state.nodes.get(event.ref.node_name)
    asked = core.state.work.get(event.ref.node_name)
    if node is None or asked is None or event.ref.attempt != node.attempt or node.has_ended:
        return
    template = core.template_of(node)
    judgement = _judged(core, asked[1], event.report, template, node)
    _note_facts(core, node, event.report)
    if judgement.phase.is_completed and isinstance(asked[1], PodWork):
        used = pod_resources(asked[1].pod, event.report.containers)
        core.patch(node, resources_duration=used)
    _settle(core, node, judgement)
    if judgement.phase.is_completed:
        for text in event.report.notes:
            core.note(text, node.name)
    for child in judgement.children:
        _container_node(core, node, child)


def _judged(core: Core, work: Work, report: Report, template: Template, node: Node) -> Judgement:
    match work:
        case PodWork():
            return judge(report, work=work, template=template, daemoned=node.daemoned)
        case ResourceWork():
            return judge_resource(report, work, template)
        case HttpWork():
            return judge_http(report, work, template)
        case DataWork():
            return judge_data(report, template, core.now)


def _note_facts(core: Core, node: Node, report: Report) -> None:
    facts: dict[str, Any] = {"observed": report_json(report), "waits_for": report.waits_for}
    if report.pod_ip:
        facts["pod_ip"] = report.pod_ip
    if report.host_node_name:
        facts["host_node_name"] = report.host_node_name
    if report.progress:
        facts["progress"] = report.progress
    core.patch(node, **facts)


def _settle(core: Core, node: Node, judgement: Judgement) -> None:
    if judgement.phase is NodePhase.PENDING and node.phase is NodePhase.RUNNING:
        return  # a late report: a pod does not become pending again
    lost = node.daemoned and judgement.phase not in _ACTIVE
    if judgement.outputs:
        core.patch(node, outputs=judgement.outputs)
    if judgement.daemoned != node.daemoned:
        core.patch(node, daemoned=judgement.daemoned)
    message = judgement.message or ("" if node.message and not node.phase.is_bad else None)
    if judgement.phase is not node.phase or message is not None:
        core.mark(node, judgement.phase, message)
    if lost:
        core.lost_daemons.add(node.name)
        _try_again(core, node)


def _try_again(core: Core, node: Node) -> None:
    """A dag looks once more at the Retry node of a daemon that died; steps do not."""
    retry = core.state.nodes.get(core.parents.get(node.name, ""))
    boundary = core.state.nodes.get(core.name_of(node.boundary_id))
    if retry is None or retry.type is not NodeType.RETRY or retry.has_ended:
        return
    if boundary is not None and boundary.type is NodeType.DAG and not boundary.has_ended:
        core.patch(retry, daemoned=False)


def _container_node(core: Core, pod: Node, child: ContainerJudgement) -> None:
    """Keep the node of one container of a containerSet. Argo: 1.1."""
    name = f"{pod.name}.{child.name}"
    node = core.state.nodes.get(name)
    if node is None:
        made = new_node(
            core, name, node_type=NodeType.CONTAINER, phase=NodePhase.PENDING, boundary=pod.name,
            template_name=pod.template_name, template_ref=pod.template_ref,
            template_scope=pod.template_scope, started_at=child.started_at or core.now,
        )  # fmt: skip
        node = core.create(made, parent=pod.name)
        _link_container(core, pod, child.name, name)
    if node.phase is not child.phase and not node.has_ended:
        core.mark(node, child.phase, child.message or None)
        if child.finished_at is not None and node.has_ended:
            _take_times(core, node, child.started_at, child.finished_at)


def _take_times(core: Core, node: Node, began: float | None, ended: float) -> None:
    """Let a container have the times that its runtime tells, whole seconds perhaps: by those it
    may have ended before its node was made."""
    started = node.started_at if began is None else began
    core.patch(node, started_at=min(started or ended, ended), finished_at=ended)


def _link_container(core: Core, pod: Node, container: str, name: str) -> None:
    asked = core.state.work[pod.name][1]
    order = asked.order if isinstance(asked, PodWork) else {}
    needs = order.get(container, ())
    if not needs:
        core.link(pod.name, name)
    for need in needs:
        core.link(f"{pod.name}.{need}", name)
