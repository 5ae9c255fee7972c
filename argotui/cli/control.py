"""Commands that steer a whole run from another terminal: stop, terminate, suspend, resume,
recover."""

from __future__ import annotations

import asyncio

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.failure import say
from argotui.cli.nodes import path_of, waiting_nodes
from argotui.model.errors import RuntimeFault, UsageError
from argotui.model.events import Request, RunSuspendToggled, ShutdownRequested
from argotui.model.fold import RunState
from argotui.model.status import Shutdown
from argotui.submit.request import who


def stop(run: o.RunName) -> int:
    """Stop a run: what runs is ended, exit handlers still run."""
    request = ShutdownRequested(strategy=Shutdown.STOP, by=who())
    return asyncio.run(_tell(run, request, "stopping"))


def terminate(run: o.RunName) -> int:
    """End a run at once: exit handlers do not run."""
    request = ShutdownRequested(strategy=Shutdown.TERMINATE, by=who())
    return asyncio.run(_tell(run, request, "terminating"))


def suspend(run: o.RunName) -> int:
    """Let nothing new start; what runs goes on."""
    return asyncio.run(_tell(run, RunSuspendToggled(suspended=True, by=who()), "suspended"))


def resume(run: o.RunName) -> int:
    """Lift `suspend`. Nodes that wait for approval go on waiting; they are named."""
    return asyncio.run(_tell(run, RunSuspendToggled(suspended=False, by=who()), "resumed"))


def recover(run: o.RunName) -> int:
    """Start the driver of a run anew whose driver died or left. Releases nothing by itself."""
    from argotui.bootstrap import is_left_open, launch_driver
    from argotui.journal.index import find_run, once_left
    from argotui.journal.places import runs_folder

    known = once_left(find_run(runs_folder(), run))
    run_id = known.summary.run_id
    if known.driven:
        raise UsageError(f"{run_id} is driven already: argotui attach {run_id}")
    if known.summary.phase.is_completed:
        if not is_left_open(known.folder):
            raise UsageError(f"{run_id} has ended: {known.summary.phase}")
        asyncio.run(launch_driver(known.folder))
        say(f"{run_id} has ended: what it left in the cluster is removed")
        return exits.SUCCEEDED
    asyncio.run(launch_driver(known.folder))
    say(f"{run_id} goes on in the background")
    say(f"  argotui attach {run_id}")
    return exits.SUCCEEDED


async def _tell(run: str, request: Request, done: str) -> int:
    from argotui.bootstrap import port_of
    from argotui.journal.index import find_run
    from argotui.journal.places import runs_folder

    known = find_run(runs_folder(), run)
    run_id = known.summary.run_id
    port = port_of(known)
    try:
        verdict = await port.submit(request)
        if not verdict.accepted:
            raise RuntimeFault(verdict.why)
        say(f"{done} {run_id}")
        state = (await port.snapshot()).state
        if isinstance(request, RunSuspendToggled) and not request.suspended:
            _name_what_waits(run_id, state)
    finally:
        await port.close()
    return exits.SUCCEEDED


def _name_what_waits(run_id: str, state: RunState) -> None:
    for node in waiting_nodes(state):
        path = path_of(node, state)
        say(f"  {path} still waits: argotui approve {run_id} {path}")
