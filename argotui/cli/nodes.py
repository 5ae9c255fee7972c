"""Nodes as people name them: paths for lines of text, and finding the node a user means.

Used by the headless twin and by every command that takes a NODE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from argotui.model.errors import UsageError
from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType

_MAX_DEPTH = 200
_STRUCTURE = (NodeType.STEP_GROUP,)


def path_of(node: Node, state: RunState) -> str:
    """Return where a node is, without the workflow's own name: `tests/unit(0:linux)`."""
    if not node.boundary_id:
        return node.display_name
    parts = [node.display_name]
    above = state.ids.get(node.boundary_id)
    while above is not None and len(parts) < _MAX_DEPTH:
        parent = state.nodes[above]
        if not parent.boundary_id:
            break
        parts.append(parent.display_name)
        above = state.ids.get(parent.boundary_id)
    return "/".join(reversed(parts))


def is_structure(node: Node) -> bool:
    """A node that says nothing to people: the group around parallel steps."""
    return node.type in _STRUCTURE


def waiting_nodes(state: RunState) -> list[Node]:
    """Return the nodes that wait for a person, in order of creation."""
    return [node for node in state.nodes.values() if node.waits_for_person]


def is_called(node: Node, name: str, state: RunState) -> bool:
    """Whether a user who types `name` may mean this node."""
    return name in (
        node.name,
        node.id,
        node.display_name,
        node.pod_name or None,
        path_of(node, state),
    )


def find_node(name: str, state: RunState, among: Iterable[Node] | None = None) -> Node:
    """Return the one node called `name`. Raises UsageError if there is none, or several."""
    nodes = list(state.nodes.values() if among is None else among)
    found = [node for node in nodes if is_called(node, name, state)]
    exact = [node for node in found if name in (node.name, node.id, path_of(node, state))]
    match exact or found:
        case [node]:
            return node
        case []:
            raise UsageError(_no_such_node(name, nodes, state))
        case several:
            paths = ", ".join(path_of(node, state) for node in several[:8])
            raise UsageError(f"'{name}' can be any of: {paths}")


def supplied_parameters(node: Node) -> list[Mapping[str, object]]:
    """Return the parameters a person is to supply when approving (Argo: 3.5)."""
    parameters = node.outputs.get("parameters") or ()
    return [
        parameter
        for parameter in parameters
        if isinstance(parameter.get("valueFrom"), Mapping) and "supplied" in parameter["valueFrom"]
    ]


def _no_such_node(name: str, nodes: list[Node], state: RunState) -> str:
    if not nodes:
        return f"no node '{name}': nothing has started yet"
    known = sorted({path_of(node, state) for node in nodes if not is_structure(node)})
    near = get_close_matches(name, known, n=3)
    shown = ", ".join(near or known[:8])
    more = "" if near or len(known) <= 8 else f" and {len(known) - 8} more"
    return (
        f"no node '{name}'; did you mean: {shown}{more}"
        if near
        else (f"no node '{name}'; there are: {shown}{more}")
    )
