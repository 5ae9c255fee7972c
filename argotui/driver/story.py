"""The driver's own log, `driver.log` in the run folder: what no client may be there to hear.
Called by DrivenRun and launch."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

NAME = "driver.log"
_TAIL_BYTES = 4096


def tell(folder: Path, text: str) -> None:
    """Add a line with the time. A disk that takes no more must not make things worse."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime())
    with suppress(OSError):
        handle = open_log(folder)
        try:
            os.write(handle, f"{stamp} {text}\n".encode("utf-8", "backslashreplace"))
        finally:
            os.close(handle)


def open_log(folder: Path) -> int:
    """Return a handle (0600, appending) on the log. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    return os.open(folder / NAME, flags, 0o600)


def log_size(folder: Path) -> int:
    try:
        return (folder / NAME).stat().st_size
    except OSError:
        return 0


def tail(folder: Path, *, since: int = 0, lines: int = 8) -> str:
    """Return the last lines behind byte `since`, made harmless for a terminal; empty where there
    are none."""
    try:
        with open(folder / NAME, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(since, file.tell() - _TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    last = text.strip().splitlines()[-lines:]
    return "\n".join("".join(c if c.isprintable() else "\ufffd" for c in line) for line in last)
