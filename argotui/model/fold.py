"""State as the fold of changes: the one place that writes a Node or a RunStatus.

Used by the engine, by recovery, and by every client that keeps a copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, assert_never

from argotui.model.changes import (
    Change,
    Linked,
    NodeCreated,
    NodePatched,
    NodesRemoved,
    Noted,
    Rejected,
    Remembered,
    RunPatched,
    WorkRequested,
)
from argotui.model.metrics import Family, Measured, measure
from argotui.model.status import Node, RunStatus
from argotui.model.work import Work, WorkRef


@dataclass(slots=True)
class RunState:
    """A run: its status, its nodes by name in order of creation, children by node name.

    `work` holds what was asked for, by node name (the latest attempt).
    """

    run: RunStatus = field(default_factory=RunStatus)
    nodes: dict[str, Node] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    work: dict[str, tuple[WorkRef, Work]] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  # node id -> node name
    metrics: dict[str, Family] = field(default_factory=dict)  # by the manifest's names


def apply(state: RunState, change: Change) -> None:
    """Write one change into `state`."""
    match change:
        case NodePatched():
            node = state.nodes[change.name]
            for name, value in change.fields.items():
                setattr(node, name, value)
        case NodeCreated():
            state.nodes[change.node.name] = change.node
            state.ids[change.node.id] = change.node.name
        case Linked():
            state.children.setdefault(change.parent, []).append(change.child)
        case RunPatched():
            for name, value in change.fields.items():
                setattr(state.run, name, value)
        case WorkRequested():
            state.work[change.ref.node_name] = (change.ref, change.work)
        case Remembered():
            if change.value is None:
                state.memory.pop(change.key, None)
            else:
                state.memory[change.key] = change.value
        case NodesRemoved():
            _remove(state, set(change.names))
        case Measured():
            measure(state.metrics, change)
        case Rejected() | Noted():
            pass
        case _:
            assert_never(change)


def _remove(state: RunState, names: set[str]) -> None:
    for name in names:
        node = state.nodes.pop(name, None)
        if node is not None:
            state.ids.pop(node.id, None)
        state.children.pop(name, None)
        state.work.pop(name, None)
    for parent, children in state.children.items():
        if not names.isdisjoint(children):
            state.children[parent] = [child for child in children if child not in names]


def fold(changes: Iterable[Change]) -> RunState:
    """Return the state that these changes lead to, from nothing."""
    state = RunState()
    for change in changes:
        apply(state, change)
    return state
