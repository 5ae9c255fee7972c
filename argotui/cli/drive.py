"""`argotui _drive FOLDER [SECONDS]`: the process of a driver. Started by bootstrap, never by hand.

Called by __main__ past the command line's machinery, which a driver would load for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from argotui.cli import exits, failure
from argotui.model.errors import UsageError


def drive(arguments: Sequence[str]) -> int:
    """Drive the run in a folder to its end, parking it after so many seconds of waiting for
    people; return the exit code. Nothing is raised."""
    with failure.catching() as failed:
        folder, patience = _read(arguments)
        from argotui.bootstrap import drive_folder

        drive_folder(folder, patience)
        return exits.SUCCEEDED
    return failed[0]


def _read(arguments: Sequence[str]) -> tuple[Path, float | None]:
    match arguments:
        case [folder]:
            return Path(folder), None
        case [folder, seconds] if seconds.replace(".", "", 1).isdecimal():
            return Path(folder), float(seconds)
    raise UsageError("_drive takes the folder of a run, and seconds to wait for people")
