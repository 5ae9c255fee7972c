"""Mutexes and semaphores: who holds what is kept in the run's memory, and asked of the driver.

Called by gates (templates) and by the run itself. Argo: 4.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argotui.engine.core import Core, HardError
from argotui.model.commands import AcquireLock, ReleaseLock
from argotui.model.events import LockWaits
from argotui.model.manifest import JsonObject, Synchronization

_HELD = "lock/"
_INVALID = "requested configuration is invalid: "


def lock_names(core: Core, wanted: Synchronization) -> tuple[str, ...]:
    """Return Argo's names of the locks, in the order in which they are tried. Raises HardError."""
    for kind in (wanted.semaphores, wanted.mutexes):
        if any(each in kind[:number] for number, each in enumerate(kind)):
            raise HardError(f"{_INVALID}Duplicate synchronization item found")
    names = [_semaphore(core, semaphore) for semaphore in wanted.semaphores]
    names += [_mutex(core, mutex) for mutex in wanted.mutexes]
    return tuple(dict.fromkeys(names))


def _semaphore(core: Core, semaphore: JsonObject) -> str:
    ref = semaphore.get("configMapKeyRef")
    if semaphore.get("database"):
        raise HardError("synchronization database session is not available")
    if not isinstance(ref, Mapping):
        why = "cannot get LockName for a Semaphore without a ConfigMapRef or Database"
        raise HardError(f"{_INVALID}{why}")
    return f"{_space(core, semaphore)}/ConfigMap/{ref.get('name', '')}/{ref.get('key', '')}"


def _mutex(core: Core, mutex: JsonObject) -> str:
    if mutex.get("database"):
        raise HardError("synchronization database session is not available")
    return f"{_space(core, mutex)}/Mutex/{mutex.get('name', '')}"


def _space(core: Core, lock: Any) -> str:
    return str(lock.get("namespace") or core.state.run.namespace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The first lock that cannot be had, and Argo's message; empty until the driver tells."""

    lock: str = ""
    message: str = ""


def acquire(core: Core, holder: str, wanted: Synchronization) -> Wait | None:
    """Return None if `holder` (a node name, "" for the run) has the locks, else what it waits
    for. Raises HardError."""
    held = core.state.memory.get(_HELD + holder)
    if held is not None and held.get("granted"):
        return None
    if held is not None and held.get("refused"):
        why = str(held["refused"])
        core.remember(_HELD + holder, None)
        raise HardError(why)
    names = tuple(held["locks"]) if held is not None else lock_names(core, wanted)
    if not names:  # `synchronization: {}`
        return None
    if held is None:
        _check_ancestors(core, holder, names)
        core.remember(_HELD + holder, {"locks": list(names), "granted": False})
        core.commands.append(AcquireLock(node_name=holder, locks=names))
    told = held.get("waits") if held is not None else None
    return Wait(lock=told[0], message=_waiting(*told)) if told else Wait()


def _waiting(lock: str, free: int, limit: int) -> str:
    if limit == 0:
        return f"Failed to get semaphore limit for {lock}"
    return f"Waiting for {lock} lock. Lock status: {free}/{limit}"


def _check_ancestors(core: Core, holder: str, names: tuple[str, ...]) -> None:
    """A mutex that an ancestor holds would never come free. Argo: 4.10 TRAP."""
    for name in names:
        above = _holders_above(core, holder, name) if _is_mutex(name) else []
        if above:
            raise HardError(_own(name, above[0]))


def _held_above(core: Core, news: LockWaits) -> str:
    """Return what is wrong if all the places of a lock are taken by what the node is part of."""
    above = _holders_above(core, news.node_name, news.lock)
    return _own(news.lock, above[0]) if news.limit and len(above) >= news.limit else ""


def _holders_above(core: Core, node: str, lock: str) -> list[str]:
    found = []
    above = node
    while above:
        above = core.parents.get(above, "")
        held = core.state.memory.get(_HELD + above) or {}
        if held.get("granted") and lock in held["locks"]:
            found.append(above)
    return found


def _is_mutex(name: str) -> bool:
    return name.split("/", 2)[1:2] == ["Mutex"]


def _own(lock: str, holder: str) -> str:
    return (
        f"{lock} is held by '{holder or 'the workflow'}', which this is part of "
        "(the Argo controller would wait without end)"
    )


def granted(core: Core, holder: str) -> None:
    """The driver has the locks for `holder`."""
    held = core.state.memory.get(_HELD + holder)
    if held is None:
        return
    node = core.state.nodes.get(holder)
    if not held.get("granted"):
        if is_left(core, holder):
            release(core, holder)
            return
        _touch(core, holder)
    elif node is not None and held.get("waits"):
        core.patch(node, waits_for="")
    core.remember(_HELD + holder, {"locks": held["locks"], "granted": True})


def waits(core: Core, news: LockWaits) -> None:
    """The locks cannot be had yet. A holder that a run before its recovery had them for goes on
    as far as it can without new work; it says what it waits for."""
    held = core.state.memory.get(_HELD + news.node_name)
    if held is None:
        return
    core.remember(_HELD + news.node_name, {**held, "waits": [news.lock, news.free, news.limit]})
    node = core.state.nodes.get(news.node_name)
    above = _held_above(core, news)
    if not held.get("granted"):
        _touch(core, news.node_name)
        if above:
            refused(core, news.node_name, above)
    elif node is not None:
        core.patch(node, waits_for=_waiting(news.lock, news.free, news.limit))


def refused(core: Core, holder: str, why: str) -> None:
    """The locks will never be had: whoever wants them is an error."""
    held = core.state.memory.get(_HELD + holder)
    if held is not None and not held.get("granted"):
        core.remember(_HELD + holder, {**held, "refused": why})
        _touch(core, holder)


def is_left(core: Core, holder: str) -> bool:
    """Say whether nobody evaluates a node any more: something that it is in has ended, and left it
    open. Hooks are not in what they hang on. Argo: 1.6, failFast of the template."""
    nodes = core.state.nodes
    node = nodes.get(holder)
    above = nodes.get(core.parents.get(holder, "")) if node is None else None
    if above is None or holder.startswith((f"{above.name}.onExit", f"{above.name}.hooks.")):
        inside = node or above
        above = nodes.get(core.name_of(inside.boundary_id)) if inside is not None else None
    while above is not None and not above.has_ended:
        above = nodes.get(core.name_of(above.boundary_id))
    return above is not None


def _touch(core: Core, holder: str) -> None:
    """Have a holder looked at; it may be no node yet."""
    if holder:
        core.touch(holder)


def release(core: Core, holder: str) -> None:
    """Give back what an ended node held or waited for."""
    held = core.state.memory.get(_HELD + holder)
    if held is not None:
        core.remember(_HELD + holder, None)
        core.commands.append(ReleaseLock(node_name=holder, locks=tuple(held["locks"])))


def is_asked(core: Core, holder: str) -> bool:
    """Say whether the driver has not told yet how the locks that `holder` wants stand: in Argo the
    node would be there by now, with them or pending."""
    held = core.state.memory.get(_HELD + holder)
    return held is not None and holder not in core.state.nodes


def give_back(core: Core, holder: str) -> None:
    """Let others have the locks of who was granted them, but has not begun and is kept back by
    another limit: Argo asks for locks behind that. Argo: 4.0."""
    held = core.state.memory.get(_HELD + holder)
    if held is not None and held.get("granted"):
        release(core, holder)


def outstanding(core: Core) -> list[AcquireLock]:
    """Return what a new driver has to ask for again."""
    return [
        AcquireLock(
            node_name=key.removeprefix(_HELD),
            locks=tuple(value["locks"]),
            held=bool(value.get("granted")),
        )
        for key, value in core.state.memory.items()
        if key.startswith(_HELD)
    ]
