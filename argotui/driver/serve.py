"""A driver as a whole: the run, its socket, and the signals that ask it to leave. Called by
bootstrap, in the foreground and in a process of its own alike."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from argotui.driver.control import Control
from argotui.driver.driven import DriveEnd, DrivenRun
from argotui.driver.sockets import socket_path
from argotui.model.events import RunStarted


async def serve(run: DrivenRun, first: RunStarted, *, signals: bool = True) -> DriveEnd:
    """Drive the run and let other processes take part; return when it is over and told.

    With `signals`, SIGTERM has the driver leave while the work goes on, and SIGHUP is passed
    over: a lost terminal ends nothing. Raises what `DrivenRun.drive` raises.
    """
    control = Control(run, socket_path(run.info.folder))
    await control.start()
    try:
        with _signals(run) if signals else nullcontext():
            return await run.drive(first)
    finally:
        await control.finish()


@contextmanager
def _signals(run: DrivenRun) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, run.leave)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        loop.remove_signal_handler(signal.SIGHUP)
