"""A run driven in this process and told as lines or JSON: the headless twin of the screen.

Called by session; imported only where there is no screen.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from argotui import bootstrap
from argotui.cli import exits
from argotui.cli.approver import Approver
from argotui.cli.failure import say
from argotui.cli.jsonl import JsonLines
from argotui.cli.plain import Lines, Out
from argotui.cli.signals import Left, Signals
from argotui.cli.text import columns
from argotui.cli.watching import Watch
from argotui.driver.driven import DrivenRun
from argotui.driver.follow import Followed, Observer, follow
from argotui.journal.expiry import looked_at
from argotui.journal.header import RunHeader
from argotui.model.export import workflow_json
from argotui.submit.prepare import Prepared
from argotui.submit.request import Approvals, Showing
from argotui.tui import summary


async def headless(
    prepared: Prepared,
    place: bootstrap.Place,
    showing: Showing,
    approvals: Approvals,
    patience: float | None,
) -> int:
    """Run to the end, again for every change that is watched for; return the exit code."""
    watch = Watch(prepared, rerun=showing.rerun) if showing.watch else None

    async def run_once(prepared: Prepared) -> int:
        journal = bootstrap.create_run(prepared, place)
        driven = bootstrap.assemble(prepared, journal, approval_timeout=patience)
        if watch is not None:
            watch.at_work(driven)
        try:
            with looked_at(journal.folder):
                return await in_foreground(driven, journal.header, showing, approvals)
        finally:
            if watch is not None:
                watch.at_work(None)

    return await run_once(prepared) if watch is None else await watch.runs(run_once)


async def in_foreground(
    driven: DrivenRun, header: RunHeader, showing: Showing, approvals: Approvals
) -> int:
    """Drive a run in this process and print what happens."""
    driving = asyncio.create_task(bootstrap.drive_here(driven, header))
    signals = Signals(driven)
    signals.listen()
    observers = [*printers(showing), Approver(driven, approvals), signals]
    following = asyncio.create_task(follow(driven, observers))
    await asyncio.wait({driving, following}, return_when=asyncio.FIRST_COMPLETED)
    if driving.done() and driving.exception() is not None:
        following.cancel()  # nobody will tell it that there is nothing to come
        await asyncio.gather(following, return_exceptions=True)
        await driving
    try:
        run = await following
    except Left as left:
        return await _leave(driven, driving, str(left))
    end = await driving
    signals.forget()
    finish(run, showing)
    if signals.interrupted:
        return exits.INTERRUPTED
    if end.outcome == "parked":
        return exits.WAITING
    return exits.of_phase(end.phase)


def printers(showing: Showing) -> list[Observer]:
    """Return what prints: JSON owns stdout, lines for people then go to stderr."""
    lines = Lines(Out(sys.stderr if showing.output else sys.stdout), logs=showing.logs)
    if showing.output == "jsonl":
        return [lines, JsonLines(Out(sys.stdout))]
    return [lines]


def finish(run: Followed, showing: Showing) -> None:
    """Print the end: a summary for people, the Workflow for programs."""
    print_summary(run, Out(sys.stderr if showing.output else sys.stdout))
    if showing.output == "json":
        Out(sys.stdout).line(json.dumps(workflow_json(run.info.source, run.state), indent=2))


def print_summary(run: Followed, out: Out) -> None:
    """Print what is told of a run at its end, or when it is left."""
    room = columns(out.stream)
    for line in summary.lines(run.state, run.info, now=time.time(), width=room):
        out.line(line)


async def _leave(driven: DrivenRun, driving: asyncio.Task[object], why: str) -> int:
    driven.leave()
    await driving
    say(f"left on {why}; the run is not over:\n  argotui recover {driven.info.run_id}")
    return exits.INTERRUPTED
