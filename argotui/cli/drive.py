"""`argotui _drive`: the process of a detached driver. Started by bootstrap, never by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def drive(folder: Annotated[Path, typer.Argument()]) -> int:
    """Drive the run in this folder to its end."""
    from argotui.bootstrap import drive_folder

    return drive_folder(folder)
