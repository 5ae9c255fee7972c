"""The nodes of the containers of a set: made with their pod, ended with it. Argo: 1.1.

Called by templates/pod and by reports.
"""

from __future__ import annotations

from argotui.engine.core import Core, new_node
from argotui.model.bodies import ContainerSetBody
from argotui.model.status import Node, NodePhase, NodeType
from argotui.pods.judge import CONTAINER_DELETED, ContainerJudgement


def make_containers(
    core: Core, pod: Node, body: object, phase: NodePhase = NodePhase.PENDING, message: str = ""
) -> None:
    """Make the nodes of the containers of a set, each below those it depends on. Any other body has
    none."""
    if not isinstance(body, ContainerSetBody):
        return
    for container in body.containers:
        made = new_node(
            core, f"{pod.name}.{container.name}", node_type=NodeType.CONTAINER, phase=phase,
            boundary=pod.name, message=message, template_name=pod.template_name,
            template_ref=pod.template_ref, template_scope=pod.template_scope,
        )  # fmt: skip
        core.create(made, parent=pod.name)
    for container in body.containers:
        for above in [f"{pod.name}.{need}" for need in container.dependencies] or [pod.name]:
            core.link(above, f"{pod.name}.{container.name}")


def container_judged(core: Core, pod: Node, child: ContainerJudgement) -> None:
    """Let a container's node be as its pod's report says. One that has ended stays as it is, unless
    the pod is gone."""
    node = core.state.nodes[f"{pod.name}.{child.name}"]
    if node.has_ended and child.message != CONTAINER_DELETED:
        return
    if node.phase is not child.phase:
        core.mark(node, child.phase, child.message or None)
        if child.finished_at is not None and node.has_ended:
            _take_times(core, node, child.started_at, child.finished_at)


def _take_times(core: Core, node: Node, began: float | None, ended: float) -> None:
    """Let a container have the times that its runtime tells, whole seconds perhaps: by those it
    may have ended before its node was made."""
    started = node.started_at if began is None else began
    core.patch(node, started_at=min(started or ended, ended), finished_at=ended)
