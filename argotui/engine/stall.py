"""No silent wait: a run with nothing left to wait for is ended, with the cause by name.

Called by the machine after every event.
"""

from __future__ import annotations

from argotui.engine.core import Core
from argotui.engine.run import finish
from argotui.model.status import NodePhase, RunPhase


def check(core: Core) -> None:
    """End a run that would wait for ever."""
    run = core.state.run
    if run.phase.is_completed or run.suspended or run.parked or core.timers.at or run.waiting_lock:
        return
    if core.ledger.awaited or core.awaited_answers or _locks_wanted(core):
        return
    open_nodes = [node for node in core.state.nodes.values() if not node.is_fulfilled]
    deepest = open_nodes[-1] if open_nodes else None
    what = f"'{deepest.display_name}'" if deepest is not None else "the entry template"
    message = (
        f"nothing is left that {what} could wait for{_cause(core)} "
        "(the Argo controller would keep this workflow Running for ever)"
    )
    if deepest is not None and not deepest.has_ended:
        core.mark(deepest, NodePhase.ERROR, message)
    finish(core, RunPhase.ERROR, message)


def _cause(core: Core) -> str:
    """Say which limit keeps everything back, and which daemons take its places."""
    limit = core.spec.parallelism
    if limit is not None and core.ledger.pods >= limit:
        up = [node.display_name for node in core.state.nodes.values() if node.daemoned]
        return _limited("the workflow", limit, up)
    for name in sorted(core.held):
        node = core.state.nodes.get(name)
        boundary = name if name in core.frames or node is None else core.name_of(node.boundary_id)
        frame = core.frames.get(boundary)
        owner = core.state.nodes.get(boundary)
        if frame is not None and owner is not None and frame.template.parallelism is not None:
            up = [node.display_name for node in core.daemons_of(owner.id)]
            return _limited(f"'{owner.display_name}'", frame.template.parallelism, up)
    return ""


def _limited(whose: str, limit: int, daemons: list[str]) -> str:
    taken = f", taken by the daemons {', '.join(daemons)}" if daemons else ""
    return f": the parallelism of {whose} is {limit}{taken}"


def _locks_wanted(core: Core) -> bool:
    memory = core.state.memory
    return any(not value["granted"] for key, value in memory.items() if key.startswith("lock/"))
