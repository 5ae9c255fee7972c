"""`argotui attach`: come back to a run, on the screen or as lines, whoever drives it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.failure import say


def attach(
    run: o.RunName,
    plain: o.Plain = False,
    no_logs: o.NoLogs = False,
    exit_on_success: o.ExitOnSuccess = False,
) -> int:
    """Show a run live; one whose driver died is recovered first. Leaving does not end it.

    Exit code as for `run`; 0 if the run goes on.
    """
    from argotui.journal.expiry import looked_at
    from argotui.journal.index import find_run
    from argotui.journal.places import runs_folder
    from argotui.submit.request import is_terminal

    known = find_run(runs_folder(), run)
    run_id = known.summary.run_id
    if not known.driven and not known.summary.phase.is_completed:
        say(f"{run_id} has no driver: recovering it")
    with looked_at(known.folder):
        if not plain and is_terminal():
            from argotui.cli.screen import attach_screen

            return attach_screen(known, exit_on_success=exit_on_success)
        return asyncio.run(_as_lines(known.folder, logs=not no_logs))


async def _as_lines(folder: Path, *, logs: bool) -> int:
    from argotui import bootstrap
    from argotui.cli.foreground import print_summary
    from argotui.cli.plain import Lines, Out
    from argotui.driver.follow import follow

    port = await bootstrap.reach(folder)
    out = Out(sys.stdout)
    try:
        run = await follow(port, [Lines(out, logs=logs)])
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("left; the run goes on")
        return exits.SUCCEEDED
    finally:
        await port.close()
    print_summary(run, out)
    status = run.state.run
    if status.parked:
        return exits.WAITING
    return exits.of_phase(status.phase) if status.phase.is_completed else exits.SUCCEEDED
