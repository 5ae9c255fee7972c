"""Daemons of steps whose group is over: one that dies is tried again, or fails all. Argo: 4.8.

Used by steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from argotui.engine.context import NodeContext, Visit
from argotui.engine.core import ROOT, Core, HardError
from argotui.model.bodies import Step
from argotui.model.status import Node, NodePhase, NodeType
from argotui.templates.items import Item

Groups = Sequence[Sequence[Step]]


def retried_daemons(core: Core, group: Node) -> list[str]:
    """Return the Retry nodes of a group that is over whose daemons are up, or coming up again."""
    nodes = [core.state.nodes[name] for name in core.children(group.name)]
    return [node.name for node in nodes if node.type is NodeType.RETRY and not node.has_ended]


def know_again(core: Core, group: Node) -> None:
    """Note who is below a group that is over, so that news of a daemon find their way up."""
    for name in core.children(group.name):
        core.parents.setdefault(name, group.name)


def look_after(cx: NodeContext, node: Node, groups: Groups, daemons: Mapping[str, Item]) -> Visit:
    """Look at the daemons of earlier groups; returns the steps node, None if one failed it."""
    core = cx.core
    if _lost(core, node, groups):
        return None
    for name, item in daemons.items():
        retry = core.state.nodes[name]
        if not retry.is_fulfilled:
            core.take_dirty(item.inv.parent)
            try:
                yield cx.evaluate(item.inv)
            except HardError as error:
                text = f"step group deemed errored due to child {name} error: {error}"
                _fail(core, node, item.inv.parent, NodePhase.ERROR, text)
                return None
        if retry.phase.is_bad and _fails(core, node, groups, retry, item.inv.parent):
            return None
    return node


def _lost(core: Core, node: Node, groups: Groups) -> bool:
    """A daemon that died after its group succeeded fails the steps at once."""
    for name in sorted(core.lost_daemons):
        group = core.parents.get(name, ROOT)
        if core.parents.get(group) != node.name:
            continue
        core.lost_daemons.discard(name)
        if _fails(core, node, groups, core.state.nodes[name], group):
            return True
    return False


def _fails(core: Core, node: Node, groups: Groups, child: Node, group: str) -> bool:
    succeeded = core.state.nodes[group].phase is NodePhase.SUCCEEDED
    if not succeeded or _tolerated(groups, group, child):
        return False
    _fail(core, node, group, NodePhase.FAILED, f"child '{child.id}' failed")
    return True


def _fail(core: Core, node: Node, group: str, phase: NodePhase, message: str) -> None:
    core.mark(core.state.nodes[group], phase, message)
    core.mark(node, NodePhase.FAILED, message)


def _tolerated(groups: Groups, group: str, child: Node) -> bool:
    index = int(group[group.rindex("[") + 1 : -1])
    step_name = child.name.removeprefix(f"{group}.").split("(")[0]
    step = next((each for each in groups[index] if each.name == step_name), None)
    if step is None or step.continue_on is None:
        return False
    tolerated = step.continue_on
    return tolerated.failed if child.phase is NodePhase.FAILED else tolerated.error
