"""The terminal UI around a run: starts its driver, which gets ready while the screen does, reruns a
changed manifest, leaves a summary in the scrollback. Called by `run` and `attach`."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from argotui import bootstrap
from argotui.bootstrap import Place
from argotui.cli import exits
from argotui.cli.failure import complain, say
from argotui.cli.text import columns, fit
from argotui.cli.watching import notices, reread, stop_run
from argotui.driver.port import RunPort
from argotui.journal.expiry import looked_at
from argotui.journal.index import Listed
from argotui.submit.prepare import Prepared, prepare
from argotui.submit.request import Approvals, Showing, who
from argotui.tui import summary
from argotui.tui.show import Hint, Left, Options, Way, show

Launch = Callable[[], Coroutine[Any, Any, None]]
_LAST_WAIT = 2.0  # seconds for a driver to answer whose screen has been left already


def run_screen(
    prepared: Prepared,
    place: Place,
    showing: Showing,
    approvals: Approvals,
    patience: float | None,
) -> int:
    """Run on the screen, again for as long as the person asks for the changed manifest."""
    while True:
        journal = bootstrap.create_run(prepared, place, approvals)
        folder, where = journal.folder, journal.header.where
        journal.close()
        hint = Hint(name=prepared.name, where=where, manifest=prepared.source.label)
        launch = partial(bootstrap.launch_run, prepared, folder, patience)
        with looked_at(folder):
            left = asyncio.run(_show_new(prepared, launch, folder, hint, showing))
        if left.way is not Way.RERUN:
            return farewell(left, folder)
        asyncio.run(_stop(folder))
        prepared = prepare(reread(prepared.source), prepared.choices)


def attach_screen(known: Listed, *, exit_on_success: bool) -> int:
    """Show a run that exists, recovering it if it has no driver."""
    run = known.summary
    hint = Hint(name=run.workflow_name, where=run.where, manifest=run.manifest)

    async def connect() -> RunPort:
        return await bootstrap.reach(known.folder)

    options = Options(by=who(), exit_on_success=exit_on_success)
    left = asyncio.run(show(connect, info_hint=hint, options=options))
    return farewell(left, known.folder)


def farewell(left: Left, folder: Path) -> int:
    """Print what stays in the scrollback; return the exit code."""
    if left.state is None or left.info is None:
        complain(left.why or "the run was never seen")
        say(f"  argotui attach {folder.name}")
        return exits.INFRASTRUCTURE
    gone, room = left.way is Way.LOST, columns(sys.stdout)
    for line in summary.lines(left.state, left.info, now=time.time(), gone=gone, width=room):
        print(fit(line, sys.stdout))
    phase = left.state.run.phase
    if phase.is_completed:
        return exits.of_phase(phase)
    if left.way is Way.LOST:
        complain(left.why or "the driver is gone")
        return exits.INFRASTRUCTURE
    return exits.SUCCEEDED


async def _show_new(
    prepared: Prepared, launch: Launch, folder: Path, hint: Hint, showing: Showing
) -> Left:
    """Start the driver, then the screen: the first frame does not wait for the driver, and the
    driver loads what it needs while this process loads Textual."""
    launching = asyncio.create_task(launch())
    await asyncio.sleep(0)  # as far as the start of the process

    first = True

    async def connect() -> RunPort:
        nonlocal first
        was_first, first = first, False
        if was_first or not launching.done():
            await asyncio.shield(launching)
        return await bootstrap.reach(folder)

    options = Options(
        by=who(),
        exit_on_success=showing.exit_on_success,
        rerun_by_itself=showing.rerun,
        notices=notices(prepared) if showing.watch else None,
    )
    try:
        return await show(connect, info_hint=hint, options=options)
    finally:  # who left at once leaves a driver that is just starting
        await asyncio.wait({launching}, timeout=_LAST_WAIT)
        launching.cancel()
        await asyncio.gather(launching, return_exceptions=True)


async def _stop(folder: Path) -> None:
    """The run before gives way to the rerun."""
    port = await bootstrap.reach(folder)
    try:
        await stop_run(port)
    finally:
        await port.close()
