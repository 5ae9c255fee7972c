"""No silent wait: a run with nothing left to wait for is ended, with the cause by name.

Called by the machine after every event (decision 4).
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
    if any(key.startswith("lock/") for key in core.state.memory) and _locks_wanted(core):
        return
    if core.ledger.awaited or core.awaited_answers:
        return
    open_nodes = [node for node in core.state.nodes.values() if not node.is_fulfilled]
    deepest = open_nodes[-1] if open_nodes else None
    what = f"'{deepest.display_name}'" if deepest is not None else "the entry template"
    message = (
        f"nothing is left that {what} could wait for "
        "(the Argo controller would keep this workflow Running for ever)"
    )
    if deepest is not None and not deepest.has_ended:
        core.mark(deepest, NodePhase.ERROR, message)
    finish(core, RunPhase.ERROR, message)


def _locks_wanted(core: Core) -> bool:
    memory = core.state.memory
    return any(not value["granted"] for key, value in memory.items() if key.startswith("lock/"))
