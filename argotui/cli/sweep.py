"""Runs whose time is over go when somebody lists or starts runs. Called by `runs` and session."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from argotui.driver.sockets import socket_path
from argotui.journal.expiry import sweep
from argotui.journal.keeping import Keeping
from argotui.journal.places import runs_folder
from argotui.model.errors import RuntimeFault


def sweep_runs(keeping: Keeping) -> None:
    """Take away what has expired, unless the user keeps everything."""
    if not keeping.forever:
        sweep(runs_folder(), keeping, now=time.time(), forget=forget)


def forget(folder: Path) -> None:
    """Remove what is kept of a run outside its folder. Only for who holds its lock."""
    with suppress(OSError, RuntimeFault):
        socket_path(folder).unlink(missing_ok=True)
