"""What a run came to, apart from times, ids and the order of brothers; and what must hold of it.

Used by the checks of this room. Argo: 1.2 to 1.5, 8 (44).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from argotui.model.fold import RunState
from argotui.model.status import NodeType
from tests.probes.trees import normal_form

_COMPOSITE = (NodeType.STEPS, NodeType.DAG)
_WHY = "nothing is left that"  # the message of a run that would wait for ever


def tree_of(workflow: Mapping[str, Any]) -> dict[str, str]:
    """Return the run and every node as a text, by name: what the probes are held against, and
    flags, links, waits for locks, remembered results, outputs of the run."""
    form = normal_form(workflow)
    own = workflow["metadata"]["name"]
    rows = {"(run)": f"{form['phase']} {form['message']}"}
    for node in workflow["status"].get("nodes", {}).values():
        name = node["name"].replace(own, "$WF")
        row = dict(form["nodes"][name])
        for field in ("nodeFlag", "memoizationStatus", "synchronizationStatus", "daemoned"):
            row[field] = node.get(field)
        row["outbound"] = len(node.get("outboundNodes", ()))
        rows[name] = str({key: value for key, value in row.items() if value})
    return rows


def differing(want: Mapping[str, str], got: Mapping[str, str]) -> list[str]:
    """Return the rows that differ, the first few of them."""
    names = sorted(name for name in want.keys() | got.keys() if want.get(name) != got.get(name))
    return [f"{name}\n  - {want.get(name)}\n  + {got.get(name)}" for name in names[:8]]


def unsound(state: RunState) -> list[str]:
    """Return what is wrong with the state of an ended run."""
    return [*_open(state), *_links(state), *_boundaries(state)]


def _open(state: RunState) -> Iterator[str]:
    if not state.run.phase.is_completed or state.run.finished_at is None:
        yield f"the run is {state.run.phase}"
    for node in state.nodes.values():
        if node.has_ended:
            if node.finished_at is None or node.started_at is None:
                yield f"{node.name} has no times"
            elif node.finished_at < node.started_at:
                yield f"{node.name} ended before it began"
        elif not may_stay_open(state, node.name):
            yield f"{node.name} is {node.phase}: {node.message}"


def may_stay_open(state: RunState, name: str) -> bool:
    """Say whether a node is one that Argo, too, leaves open in an ended run: what hangs for ever
    and is ended by name here, and what stands beside a group that ended early."""
    run = state.run
    if _WHY in run.message or "never have a value" in run.message:
        return True
    return _beside_an_early_end(state, name)


def _beside_an_early_end(state: RunState, name: str) -> bool:
    boundary = state.nodes[name].boundary_id
    by_id = {node.id: node for node in state.nodes.values()}
    while boundary:
        above = by_id[boundary]
        if above.has_ended and above.phase.is_bad:
            return True
        boundary = above.boundary_id
    return False


def _links(state: RunState) -> Iterator[str]:
    for parent, children in state.children.items():
        if parent not in state.nodes:
            yield f"{parent} has children and does not exist"
        if len(set(children)) != len(children):
            yield f"{parent} has a child twice: {children}"
        yield from (f"{parent} has no child {each}" for each in children if each not in state.nodes)
    for node in state.nodes.values():
        for each in node.outbound:
            if each not in state.nodes:
                yield f"{node.name} ends in {each}, which does not exist"
        if node.name in _reached(state, state.children.get(node.name, ())):
            yield f"{node.name} is its own ancestor"
    reached = _reached(state, [state.run.name])
    cut = any(node.type in _COMPOSITE and not node.outbound for node in state.nodes.values())
    for name in state.nodes.keys() - reached:
        if not name.startswith(f"{state.run.name}.onExit") and not cut:
            yield f"nobody leads to {name}"


def _reached(state: RunState, start: Sequence[str]) -> set[str]:
    seen: set[str] = set()
    left = [name for name in start if name in state.nodes]
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left += state.children.get(name, ())
    return seen


def _boundaries(state: RunState) -> Iterator[str]:
    by_id = {node.id: node for node in state.nodes.values()}
    for node in state.nodes.values():
        if not node.boundary_id:
            continue
        above = by_id.get(node.boundary_id)
        if above is None:
            yield f"{node.name} is in {node.boundary_id}, which does not exist"
        elif above.type not in _COMPOSITE and node.type is not NodeType.CONTAINER:
            yield f"{node.name} is in {above.name}, which is a {above.type}"
        elif not node.name.startswith(above.name):
            yield f"{node.name} is in {above.name}"
