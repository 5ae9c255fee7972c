"""A driver: in this process, for a run's folder, or started in a process of its own."""

from __future__ import annotations

import asyncio
import os
import site
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import argotui
from argotui.bootstrap.starting import assemble, first_event, prepared_again
from argotui.driver.launch import launch
from argotui.journal.header import RunHeader
from argotui.journal.store import open_run
from argotui.submit import handover
from argotui.submit.request import Approvals
from argotui.submit.sources import STDIN_NAME

if TYPE_CHECKING:
    from argotui.driver.driven import DriveEnd, DrivenRun
    from argotui.submit.prepare import Prepared

    Approve: TypeAlias = Callable[[DrivenRun, Approvals], Coroutine[Any, Any, None]]


async def drive_here(driven: DrivenRun, header: RunHeader) -> DriveEnd:
    """Drive in this process to the end; others can take part over the run's socket."""
    from argotui.driver.serve import serve

    return await serve(driven, first_event(header), signals=False)


def drive_folder(
    folder: Path, approval_timeout: float | None = None, *, approve: Approve
) -> DriveEnd:
    """Be the driver of the run in this folder: begin it, or take it over. `approve` gives the
    approvals that the run was started with."""
    from argotui.driver.serve import serve

    journal, state = open_run(folder)
    try:
        prepared = prepared_again(folder, handover.take(folder))
    except BaseException:
        journal.close()
        raise

    async def drive() -> DriveEnd:
        driven = assemble(prepared, journal, state=state, approval_timeout=approval_timeout)
        given = Approvals.from_json(journal.header.options.get("approvals") or {})
        approving = asyncio.create_task(approve(driven, given))
        try:
            return await serve(driven, first_event(journal.header))
        finally:
            approving.cancel()
            await asyncio.gather(approving, return_exceptions=True)

    return asyncio.run(drive())


async def launch_driver(folder: Path, approval_timeout: float | None = None) -> None:
    """Start a driver for this folder in a process of its own. Raises RuntimeFault."""
    argv = [sys.executable, "-P", "-m", "argotui", "_drive", str(folder)]
    if approval_timeout is not None:
        argv.append(f"{approval_timeout:f}")
    await launch(folder, argv, env=_driver_environment())


async def launch_run(
    prepared: Prepared, folder: Path, approval_timeout: float | None = None
) -> None:
    """Start the driver of a new run; it gets the Secrets that it cannot read by itself."""
    if prepared.loaded.secrets and STDIN_NAME in prepared.source.contents:
        handover.offer(folder, list(prepared.loaded.secrets.values()))
    try:
        await launch_driver(folder, approval_timeout)
    finally:
        handover.withdraw(folder)


def _driver_environment() -> dict[str, str]:
    """The driver finds the package that this process found, also where it is not installed."""
    environment = dict(os.environ)
    root = str(Path(argotui.__file__).parent.parent)
    if root not in (*site.getsitepackages(), site.getusersitepackages()):
        old = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = f"{root}{os.pathsep}{old}" if old else root
    return environment
