"""Counts that the limits and the roll-ups ask for, kept per boundary so that nobody has to walk.

Fed by Core on every change of a node; a node counts the same wherever the change came from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from argotui.model.status import Node, NodePhase, NodeType

_ACTIVE = frozenset({NodePhase.PENDING, NodePhase.RUNNING})
_WORK = frozenset({NodeType.POD, NodeType.HTTP, NodeType.PLUGIN})
# the fields of a node, besides those that never change, which say what it counts for
COUNTED_BY = frozenset({"phase", "daemoned", "attempt", "waiting_lock"})
_COUNTED = frozenset({NodeType.POD, NodeType.STEPS, NodeType.DAG})  # Argo: 4.7


@dataclass(slots=True)
class Ledger:
    """`pods`: active pods of the run. The others are by boundary id: active pods, active
    children, failed children (types Pod, Steps, DAG only), and open nodes of every type.
    `awaited` are nodes that the world or a person will say more of; of a daemon that is up nobody
    waits for more; `suspends` are those among them. `freed` is set when a pod or a child stopped
    being active."""

    pods: int = 0
    boundary_pods: Counter[str] = field(default_factory=Counter)
    active: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    awaited: int = 0
    suspends: int = 0
    freed: bool = False

    def count(self, node: Node, by: int) -> None:
        """Count a node in (+1) or out (-1), as it stands now."""
        boundary = node.boundary_id
        if not node.is_fulfilled:
            self.open[boundary] += by
            if _is_awaited(node):
                self.awaited += by
                self.suspends += by if node.type is NodeType.SUSPEND else 0
        if node.type not in _COUNTED:
            return
        if node.phase in _ACTIVE:
            self.active[boundary] += by
            if node.type is NodeType.POD and node.attempt and not node.waiting_lock:
                self.pods += by
                self.boundary_pods[boundary] += by
            if by < 0:
                self.freed = True
        elif node.phase.is_bad:
            self.failed[boundary] += by


def _is_awaited(node: Node) -> bool:
    return node.type is NodeType.SUSPEND or (node.type in _WORK and node.attempt > 0)
