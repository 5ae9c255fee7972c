"""Start a driver in a process of its own, which outlives whoever started it. Called by
bootstrap."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from argotui.driver.remote import is_driven
from argotui.driver.story import NAME, log_size, open_log, tail
from argotui.journal.summary import read_summary
from argotui.model.errors import RuntimeFault

_READY_SECONDS = 30.0
_LOOK_SECONDS = 0.02


async def launch(
    folder: Path,
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    seconds: float = _READY_SECONDS,
) -> int:
    """Start `argv` as the driver of the run in `folder`; return its process id once it answers.

    It has a session of its own, nothing to read, and writes to driver.log. One whose run ended
    before anybody could ask it counts as started. Raises RuntimeFault with the end of
    driver.log if it died or did not answer in time.
    """
    old = log_size(folder)
    process = _start(folder, argv, cwd=cwd, env=env)
    reaper = threading.Thread(target=process.wait, name="reaper", daemon=True)
    reaper.start()
    deadline = asyncio.get_running_loop().time() + seconds
    while not await is_driven(folder):
        if process.returncode is not None:
            if _has_ended(folder):
                return process.pid
            raise RuntimeFault(_with_tail(folder, f"the driver ended ({process.returncode})", old))
        if asyncio.get_running_loop().time() > deadline:
            process.terminate()  # it would hold the run's lock against the next try
            why = f"the driver did not answer in {seconds:g} s"
            raise RuntimeFault(_with_tail(folder, why, old))
        await asyncio.sleep(_LOOK_SECONDS)
    return process.pid


def _start(
    folder: Path, argv: Sequence[str], *, cwd: Path | None, env: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    try:
        log = open_log(folder)
    except OSError as error:
        raise RuntimeFault(f"cannot write {folder / NAME}: {error.strerror}") from error
    try:
        return subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cwd or folder,
            env=None if env is None else dict(env),
            start_new_session=True,
            close_fds=True,
        )
    except OSError as error:
        raise RuntimeFault(f"cannot start a driver: {argv[0]}: {error.strerror}") from error
    finally:
        os.close(log)


def _has_ended(folder: Path) -> bool:
    """Whether the run came to its end, or to a stop for want of an approval."""
    summary = read_summary(folder)
    return summary is not None and (summary.phase.is_completed or summary.parked)


def _with_tail(folder: Path, what: str, since: int) -> str:
    last = tail(folder, since=since)
    return f"{what}; {folder / NAME} ends with:\n{last}" if last else what
