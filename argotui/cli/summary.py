"""What is left on the terminal when a run is over, or left: a few plain lines."""

from __future__ import annotations

from collections.abc import Iterator

from argotui.cli.nodes import is_structure, path_of, waiting_nodes
from argotui.cli.text import duration, glyph, is_bad, run_word, safe
from argotui.driver.port import RunInfo
from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType

_MOST = 5  # failures told of
_SHELLS = (NodeType.STEPS, NodeType.DAG, NodeType.TASK_GROUP, NodeType.RETRY, NodeType.STEP_GROUP)


def summary_lines(state: RunState, info: RunInfo) -> Iterator[str]:
    """Yield the summary of a run as it stands."""
    run = state.run
    word = run_word(run.phase, parked=run.parked)
    took = duration((run.finished_at or run.started_at or 0) - (run.started_at or 0))
    after = f" after {took}" if run.finished_at else ""
    nodes = [node for node in state.nodes.values() if not is_structure(node)]
    ended = sum(node.has_ended for node in nodes)
    yield (
        f"{glyph(word)} {safe(info.workflow_name)} {word.lower()}{after}   "
        f"({ended} of {len(nodes)} nodes, {safe(info.where)})"
    )
    if run.message and is_bad(run.phase):
        yield f"  {safe(run.message)}"
    culprits = failed_leaves(state)
    for node in culprits[:_MOST]:
        yield f"  {safe(path_of(node, state))}  {safe(node.message)}"
    if len(culprits) > _MOST:
        yield f"  and {len(culprits) - _MOST} more"
    for text in info.deviations:
        yield f"  {safe(text)}"
    yield from _what_next(state, info, culprits)


def failed_leaves(state: RunState) -> list[Node]:
    """Return the nodes that failed by themselves, in order of time."""
    found = [
        node for node in state.nodes.values() if is_bad(node.phase) and node.type not in _SHELLS
    ]
    return sorted(found, key=lambda node: node.finished_at or 0.0)


def _what_next(state: RunState, info: RunInfo, culprits: list[Node]) -> Iterator[str]:
    waiting = waiting_nodes(state)
    if state.run.phase.is_completed:
        if culprits:
            yield f"  argotui logs {info.run_id} {safe(path_of(culprits[0], state))}"
        return
    for node in waiting[:_MOST]:
        yield f"  argotui approve {info.run_id} {safe(path_of(node, state))}"
    yield f"  argotui attach {info.run_id}"
