"""A run as figures: the nodes inside every Steps or DAG node, with how they stand.

Called by cli/graph. Items of a loop and attempts of a retry are one box.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from argotui.graph.figure import Box, Figure, figure
from argotui.model.changes import Planned
from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType

_INSIDE = re.compile(r"(?:\[(?P<group>\d+)\]|)\.?(?P<name>[^.(\[]*)")
_WORST = ("Error", "Failed", "Waiting", "Running", "Pending", "Succeeded", "Skipped", "Omitted")
_LOOPS = frozenset({NodeType.TASK_GROUP, NodeType.STEP_GROUP})


def run_figures(
    state: RunState, outlook: Mapping[str, tuple[Planned, ...]] | None = None
) -> list[Figure]:
    """Return a figure for every Steps and DAG node, in the order in which they came to be."""
    found = [
        _inside(state, node, (outlook or {}).get(node.name, ()))
        for node in state.nodes.values()
        if node.type in (NodeType.STEPS, NodeType.DAG)
    ]
    if not found:
        root = state.nodes.get(state.run.name)
        boxes = [_box(root.name, root.display_name, [root], {})] if root is not None else []
        found = [figure(state.run.name, "", boxes, [])]
    return found


def _inside(state: RunState, node: Node, planned: tuple[Planned, ...]) -> Figure:
    members: dict[str, list[Node]] = {}
    for other in state.nodes.values():
        if other.boundary_id == node.id and other.type is not NodeType.STEP_GROUP:
            members.setdefault(_key(node, other.name), []).append(other)
    inner = {each.name: each.name for each in state.nodes.values() if each.type in
             (NodeType.STEPS, NodeType.DAG)}  # fmt: skip
    boxes = [_box(key, _name(key), nodes, inner) for key, nodes in members.items()]
    arrows = _arrows(state, node, members)
    for row in planned:
        boxes.append(Box(key=_key(node, row.name), text=row.display_name + " ○"))
        arrows += _planned_arrows(row, boxes)
    return figure(node.name, str(node.type), boxes, arrows)


def _key(boundary: Node, name: str) -> str:
    """Return `group.step` or the task's name: what all nodes of one call share."""
    found = _INSIDE.match(name.removeprefix(boundary.name))
    assert found is not None
    return f"{found['group']}.{found['name']}" if found["group"] is not None else found["name"]


def _name(key: str) -> str:
    return key.partition(".")[2] or key


def _box(key: str, text: str, nodes: list[Node], inner: Mapping[str, str]) -> Box:
    """Return one box for a call; of a loop it counts how the items stand."""
    own = [node for node in nodes if not node.hooked and not node.retried] or nodes
    items = [node for node in own if "(" in node.name.rpartition(".")[2]]
    words = [_word(node) for node in (items or own) if node.type not in _LOOPS]
    words = words or [_word(node) for node in own]
    worst = min(words, key=_WORST.index)
    calls = next((inner[node.name] for node in nodes if node.name in inner), "")
    if not items:
        return Box(key=key, text=f"{text} {{{worst}}}", phase=worst, calls=calls)
    counted = " ".join(f"{{{word}}}{count}" for word, count in Counter(words).items())
    return Box(key=key, text=f"{text} ×{len(items):,} {counted}", phase=worst, calls=calls)


def _word(node: Node) -> str:
    return "Waiting" if node.waits_for_person else str(node.phase)


def _arrows(
    state: RunState, node: Node, members: Mapping[str, list[Node]]
) -> list[tuple[str, str]]:
    if node.type is NodeType.STEPS:
        return _between_groups(list(members))
    known = {other.name for nodes in members.values() for other in nodes}
    found: list[tuple[str, str]] = []
    for parent, children in state.children.items():
        if not parent.startswith(f"{node.name}."):
            continue
        start = _key(node, parent)
        found += [(start, _key(node, child)) for child in children if child in known]
    return found


def _between_groups(keys: list[str]) -> list[tuple[str, str]]:
    groups: dict[int, list[str]] = {}
    for key in keys:
        groups.setdefault(int(key.partition(".")[0]), []).append(key)
    ordered = [groups[number] for number in sorted(groups)]
    return [
        (start, end) for before, after in pairwise(ordered) for start in before for end in after
    ]


def _planned_arrows(row: Planned, boxes: list[Box]) -> list[tuple[str, str]]:
    end = boxes[-1].key
    names = {_name(box.key): box.key for box in boxes}
    return [(names[need], end) for need in row.after if need in names]
