"""How much of a run is done, as Argo counts it: `n/m` over the nodes that do something.

Pure; derived from the state, never part of it. Called by model.export and whoever shows a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from argotui.model.fold import RunState
from argotui.model.status import Node, NodePhase, NodeType

_COUNTED = frozenset(
    (NodeType.POD, NodeType.CONTAINER, NodeType.HTTP, NodeType.PLUGIN, NodeType.SUSPEND)
)
_COMPLETE = (NodePhase.SUCCEEDED, NodePhase.SKIPPED, NodePhase.OMITTED)
_SHAPE = re.compile(r"(\d+)/(\d+)")


def run_progress(state: RunState) -> str:
    """Return the run's progress, `0/0` while it has no node."""
    return _text(_counts(state).values())


def node_progress(state: RunState) -> dict[str, str]:
    """Return node name -> progress. What only holds others has the sum of all that follows it
    in Argo's tree, each node once."""
    counts = _counts(state)
    order = {name: number for number, name in enumerate(counts)}
    below = reachable(state, order)
    plain = sum(1 << order[name] for name, (_, all_) in counts.items() if all_ == 1)
    done = sum(1 << order[name] for name, (ready, all_) in counts.items() if ready == all_ == 1)
    odd = {order[name]: count for name, count in counts.items() if count[1] != 1}
    found = {}
    for name in state.nodes:
        if name in counts:
            found[name] = _text([counts[name]])
            continue
        mask = below[name]
        extra = [count for number, count in odd.items() if mask >> number & 1]
        simple = ((mask & done).bit_count(), (mask & plain).bit_count())
        found[name] = _text([simple, *extra])
    return found


def _text(counts: Iterable[tuple[int, int]]) -> str:
    ready, everything = 0, 0
    for done, of in counts:
        ready, everything = ready + done, everything + of
    return f"{ready}/{everything}"


def _counts(state: RunState) -> dict[str, tuple[int, int]]:
    return {node.name: _count(node) for node in state.nodes.values() if node.type in _COUNTED}


def _count(node: Node) -> tuple[int, int]:
    """A node's own progress: what it reported, `0/1` by default, complete once it succeeded."""
    said = _SHAPE.fullmatch(node.progress)
    ready, all_ = (int(said[1]), int(said[2])) if said else (0, 1)
    return (all_, all_) if node.phase in _COMPLETE else (min(ready, all_), all_)


def reachable(state: RunState, order: Mapping[str, int]) -> dict[str, int]:
    """Return node name -> the nodes of `order` below it, as a set of bits: diamonds count once, and
    ten thousand nodes cost megabytes, not minutes."""
    below: dict[str, int] = {}
    entered: set[str] = set()  # a child that is its own ancestor is not followed
    for root in state.nodes:
        stack = [root]
        while stack:
            name = stack[-1]
            children = [child for child in state.children.get(name, ()) if child in state.nodes]
            missing = [child for child in children if child not in below and child not in entered]
            entered.add(name)
            if name in below or not missing:
                stack.pop()
                if name not in below:
                    below[name] = _joined(children, below, order)
                continue
            stack += missing
    return below


def _joined(children: list[str], below: Mapping[str, int], order: Mapping[str, int]) -> int:
    mask = 0
    for child in children:
        mask |= below.get(child, 0)
        if child in order:
            mask |= 1 << order[child]
    return mask
