"""Mutexes and semaphores: who holds what is kept in the run's memory, and asked of the driver.

Called by gates (templates) and by the run itself. Argo: 4.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.engine.core import Core, HardError
from argotui.model.commands import AcquireLock, ReleaseLock
from argotui.model.manifest import Synchronization

_HELD = "lock/"


def lock_names(core: Core, wanted: Synchronization) -> tuple[str, ...]:
    """Return Argo's names of the locks, with `#limit` behind a semaphore's. Raises HardError."""
    names = [f"{_space(core, mutex)}/Mutex/{mutex.get('name', '')}" for mutex in wanted.mutexes]
    for semaphore in wanted.semaphores:
        ref = semaphore.get("configMapKeyRef")
        ref = ref if isinstance(ref, Mapping) else {}
        name, key = str(ref.get("name", "")), str(ref.get("key", ""))
        data = (core.wf.config_maps.get(name) or {}).get("data") or {}
        if key not in data:
            raise HardError(f"semaphore: ConfigMap '{name}' with the key '{key}' was not given")
        names.append(f"{_space(core, semaphore)}/ConfigMap/{name}/{key}#{data[key]}")
    if len(set(names)) != len(names):
        raise HardError("synchronization asks for the same lock twice")
    return tuple(names)


def _space(core: Core, lock: Any) -> str:
    return str(lock.get("namespace") or core.state.run.namespace)


def acquire(core: Core, holder: str, wanted: Synchronization) -> str | None:
    """Return None if `holder` (a node name, "" for the run) has the locks, else why it waits."""
    held = core.state.memory.get(_HELD + holder)
    if held is not None and held.get("granted"):
        return None
    names = lock_names(core, wanted)
    if not names:  # `synchronization: {}`
        return None
    if held is None:
        _check_ancestors(core, holder, names)
        core.remember(_HELD + holder, {"locks": list(names), "granted": False})
        core.commands.append(AcquireLock(node_name=holder, locks=names))
    first, _, limit = names[0].partition("#")
    return f"Waiting for {first} lock. Lock status: 0/{limit or 1}"


def _check_ancestors(core: Core, holder: str, names: tuple[str, ...]) -> None:
    """A lock that an ancestor holds would never come free (decision 4). Argo: 4.10 TRAP."""
    wanted = set(names)
    above = holder
    while above:
        above = core.parents.get(above, "")
        held = core.state.memory.get(_HELD + above) or {}
        taken = wanted.intersection(held.get("locks", ()))
        if taken and held.get("granted"):
            lock = min(taken).partition("#")[0]
            raise HardError(
                f"{lock} is held by '{above or 'the workflow'}', which this is part of "
                "(the Argo controller would wait without end)"
            )


def granted(core: Core, holder: str) -> None:
    """The driver has the locks for `holder`."""
    held = core.state.memory.get(_HELD + holder)
    if held is not None:
        core.remember(_HELD + holder, {**held, "granted": True})
        if holder in core.state.nodes:
            core.touch(holder)


def release(core: Core, holder: str) -> None:
    """Give back what an ended node held or waited for."""
    held = core.state.memory.get(_HELD + holder)
    if held is not None:
        core.remember(_HELD + holder, None)
        core.commands.append(ReleaseLock(node_name=holder, locks=tuple(held["locks"])))


def outstanding(core: Core) -> list[AcquireLock]:
    """Return what a new driver has to ask for again."""
    return [
        AcquireLock(node_name=key.removeprefix(_HELD), locks=tuple(value["locks"]))
        for key, value in core.state.memory.items()
        if key.startswith(_HELD)
    ]
