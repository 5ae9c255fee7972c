"""What was seen of work, noted on its node. The facts decide nothing here but the node's phase.

Called by the machine before the walk, as Argo reconciles pods before it evaluates templates.
"""

from __future__ import annotations

from typing import Any

from argotui.engine.containers import container_judged
from argotui.engine.core import Core
from argotui.engine.datawork import judge_data
from argotui.engine.httpwork import judge_http
from argotui.engine.reportjson import report_json
from argotui.engine.resources import judge_resource
from argotui.model.events import WorkReported
from argotui.model.manifest import Template
from argotui.model.resources import pod_resources
from argotui.model.status import Node, NodePhase, NodeType
from argotui.model.work import DataWork, HttpWork, PodWork, Report, ResourceWork, Work
from argotui.pods.judge import Judgement, judge

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
        container_judged(core, node, child)


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
    if lost and not _try_again(core, node):
        core.lost_daemons.add(node.name)


def _try_again(core: Core, node: Node) -> bool:
    """Have the Retry node of a daemon that died looked at once more; says whether there is one."""
    retry = core.state.nodes.get(core.parents.get(node.name, ""))
    boundary = core.state.nodes.get(core.name_of(node.boundary_id))
    if retry is None or retry.type is not NodeType.RETRY or retry.has_ended:
        return False
    if boundary is not None and not boundary.has_ended:
        core.patch(retry, daemoned=False)
    return True
