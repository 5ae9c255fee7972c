"""`argotui _drive FOLDER [SECONDS]`: the process of a driver. Started by bootstrap, never by hand.

Called by __main__ past the command line's machinery, which a driver would load for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from argotui.cli import exits, failure
from argotui.model.errors import UsageError
from argotui.submit.request import Approvals

if TYPE_CHECKING:
    from argotui.driver.driven import DrivenRun


def drive(arguments: Sequence[str]) -> int:
    """Drive the run in a folder to its end, parking it after so many seconds of waiting for
    people; return the exit code. Nothing is raised."""
    with failure.catching() as failed:
        folder, patience = _read(arguments)
        from argotui.bootstrap import drive_folder

        drive_folder(folder, patience, approve=_approve)
        return exits.SUCCEEDED
    return failed[0]


async def _approve(run: DrivenRun, approvals: Approvals) -> None:
    from argotui.cli.approver import Approver
    from argotui.driver.follow import follow

    if not approvals.is_empty:
        await follow(run, [Approver(run, approvals, tell=run.tell)])


def _read(arguments: Sequence[str]) -> tuple[Path, float | None]:
    match arguments:
        case [folder]:
            return Path(folder), None
        case [folder, seconds] if seconds.replace(".", "", 1).isdecimal():
            return Path(folder), float(seconds)
    raise UsageError("_drive takes the folder of a run, and seconds to wait for people")
