"""No silent wait: a run with nothing left to wait for is ended, with the cause by name.

Called by the machine after every event.
"""

from __future__ import annotations

from collections import Counter

from argotui.engine.core import Core
from argotui.engine.locks import is_left
from argotui.engine.run import finish
from argotui.model.status import Node, NodePhase, NodeType, RunPhase

_LIMITED = frozenset({NodeType.STEPS, NodeType.DAG})


def check(core: Core) -> None:
    """End a run that would wait for ever."""
    run = core.state.run
    if run.phase.is_completed or run.suspended or run.parked or core.timers.at or run.waiting_lock:
        return
    if core.awaited_answers or _locks_wanted(core) or _somebody_answers(core):
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


def _somebody_answers(core: Core) -> bool:
    """Say whether the world, or a person, will say more. A suspend node whose time is over has
    been looked at for the last time."""
    ledger = core.ledger
    if ledger.awaited > ledger.suspends:
        return True
    return ledger.suspends > 0 and any(
        node.type is NodeType.SUSPEND
        and not node.has_ended
        and (node.wake_at is None or node.wake_at > core.now)
        for node in core.state.nodes.values()
    )


def _cause(core: Core) -> str:
    """Say which limit keeps everything back, and which daemons take its places; or which loop has
    ended before the exit handlers of its items. Argo: 4.5, 4.7, 4.8."""
    limit = core.spec.parallelism
    if limit is not None and core.ledger.pods >= limit:
        up = [node.display_name for node in core.state.nodes.values() if node.daemoned]
        return _limited("the workflow", limit, up)
    for name in sorted(core.held):
        for owner in _owners(core, name):
            limit = core.template_of(owner).parallelism
            if limit is not None:
                up = [node.display_name for node in core.daemons_of(owner.id)]
                return _limited(f"'{owner.display_name}'", limit, up)
    for node in core.state.nodes.values():
        group = core.state.nodes.get(core.parents.get(core.parents.get(node.name, ""), ""))
        if node.hooked and not node.is_fulfilled and group is not None and group.has_ended:
            return f": '{group.display_name}' has ended, and with it the handlers of its items"
    return ""


def _owners(core: Core, name: str) -> list[Node]:
    """Return the steps and dags that may keep back what stands at this node: itself, and where it
    belongs. A recovered engine has no frame of one that is not evaluated."""
    node = core.state.nodes.get(name)
    around = core.state.nodes.get(core.name_of(node.boundary_id)) if node is not None else None
    return [each for each in (node, around) if each is not None and each.type in _LIMITED]


def _limited(whose: str, limit: int, daemons: list[str]) -> str:
    taken = f", taken by the daemons {', '.join(daemons)}" if daemons else ""
    return f": the parallelism of {whose} is {limit}{taken}"


def _locks_wanted(core: Core) -> bool:
    """Say whether a lock is wanted by somebody who would go on with it, and may come free: not if
    all its places are held by nodes of this run, which nothing moves on."""
    locks = {k.removeprefix("lock/"): v for k, v in core.state.memory.items() if k[:5] == "lock/"}
    held = Counter(name for value in locks.values() if value["granted"] for name in value["locks"])
    for node, value in locks.items():
        lock, _, limit = value.get("waits") or ("", 0, 0)
        ours = bool(limit) and held[lock] >= limit
        if not value["granted"] and not ours and not is_left(core, node):
            return True
    return False
