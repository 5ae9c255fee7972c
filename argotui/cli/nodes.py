"""Nodes as people name them: paths for lines of text, and finding the node a user means.

Used by the headless twin and by every command that takes a NODE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from argotui.model.errors import UsageError
from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType
from argotui.tui import placing
from argotui.tui.rows import Kind

_MAX_DEPTH = 200
_SHOWN = 8  # nodes named in a message
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
    return any(calls(node, name, state) for calls in _WAYS)


def find_node(name: str, state: RunState, among: Iterable[Node] | None = None) -> Node:
    """Return the one node called `name`: by its name or id, its path, its place in the tree as
    that shows it, or by what stands in its row. Raises UsageError if there is none, or several."""
    nodes = list(state.nodes.values() if among is None else among)
    for calls in _WAYS:
        match [node for node in nodes if calls(node, name, state)]:
            case [node]:
                return node
            case [_, *_] as several:
                raise UsageError(f"'{name}' can be any of: {_candidates(several, state)}")
    raise UsageError(_no_such_node(name, nodes, state))


def _by_identity(node: Node, name: str, state: RunState) -> bool:
    return name in (node.name, node.id)


def _by_path(node: Node, name: str, state: RunState) -> bool:
    return name == path_of(node, state)


def _by_place(node: Node, name: str, state: RunState) -> bool:
    """A path of what the tree shows, with or without the entry, parted by / or dots."""
    shown = tree_path(node, state)
    paths = ("/".join(shown), "/".join(shown[1:]), path_of(node, state))
    return name.replace("/", ".") in [path.replace("/", ".") for path in paths if path]


def _by_row(node: Node, name: str, state: RunState) -> bool:
    if name in (node.display_name, node.pod_name or None):
        return True
    key, kind, label = _row_of(node, state)
    return name == label or (kind is Kind.LOOP and name == _loop_name(node, key, state))


# How a node can be called, the surest first: what one of them finds, the next is not asked.
_WAYS = (_by_identity, _by_path, _by_place, _by_row)


def tree_path(node: Node, state: RunState) -> list[str]:
    """Return what the tree shows on the way to a node, from the entry to its own row."""
    parts: list[str] = []
    at: Node | None = node
    while at is not None and len(parts) < _MAX_DEPTH:
        key, kind, label = _row_of(at, state)
        parts.append(label)
        if kind is Kind.LOOP and key not in state.nodes:
            parts.append(_loop_name(at, key, state))
            key = _boundary(at, state)
        at = state.nodes.get(key)
    return parts[::-1]


def _row_of(node: Node, state: RunState) -> tuple[str, Kind, str]:
    key, kind = placing.place(node, _boundary(node, state))
    return key, kind, placing.label_of(node, kind, key)


def _loop_name(item: Node, key: str, state: RunState) -> str:
    return placing.loop_label(key, _boundary(item, state))


def _boundary(node: Node, state: RunState) -> str:
    return state.ids.get(node.boundary_id, "") if node.boundary_id else ""


def _candidates(nodes: list[Node], state: RunState) -> str:
    """Name nodes so that each can be told from the others."""
    paths = [path_of(node, state) for node in nodes]
    names = [
        path if paths.count(path) == 1 else node.name
        for path, node in zip(paths, nodes, strict=True)
    ]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


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
    if near:
        return f"no node '{name}'; did you mean: {', '.join(near)}"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"no node '{name}'; there are: {', '.join(known[:_SHOWN])}{more}"
