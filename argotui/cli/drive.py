"""`argotui _drive`: the process of a detached driver. Started by bootstrap, never by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from argotui.cli import exits


def drive(
    folder: Annotated[Path, typer.Argument()],
    approval_timeout: Annotated[float | None, typer.Option(min=0)] = None,
) -> int:
    """Drive the run in this folder to its end."""
    from argotui.bootstrap import drive_folder

    drive_folder(folder, approval_timeout)
    return exits.SUCCEEDED
