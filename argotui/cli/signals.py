"""What ctrl-c and a closing terminal mean to a headless run. Called by session.

First ctrl-c: the run is stopped, exit handlers run. Second: terminated. Third, and any SIGTERM or
SIGHUP: we leave, and the run can be recovered.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

from argotui.cli.failure import say
from argotui.driver.follow import Followed
from argotui.driver.port import RunPort
from argotui.model.changes import Batch
from argotui.model.events import ShutdownRequested
from argotui.model.status import Node, Shutdown
from argotui.submit.request import who

_LEAVING = (signal.SIGTERM, signal.SIGHUP)


class Left(Exception):
    """A signal asked us to go; the run is not at its end."""


class Signals:
    """An observer that watches for signals beside the run."""

    def __init__(self, port: RunPort) -> None:
        self._port = port
        self._count = 0
        self._leaving = ""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def interrupted(self) -> bool:
        """Whether ctrl-c was pressed."""
        return self._count > 0

    def listen(self) -> None:
        """Take the signals over; those that were ignored (nohup) stay ignored."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._pressed)
        for number in _LEAVING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._leave, signal.Signals(number).name)

    def forget(self) -> None:
        """Give the signals back."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, *_LEAVING):
            loop.remove_signal_handler(number)

    def begin(self, run: Followed) -> None:
        pass

    def batch(self, run: Followed, batch: Batch, touched: Sequence[Node]) -> None:
        pass

    def tick(self, run: Followed) -> None:
        if self._leaving:
            raise Left(self._leaving)

    def end(self, run: Followed) -> None:
        pass

    def _leave(self, name: str) -> None:
        self._leaving = name

    def _pressed(self) -> None:
        self._count += 1
        if self._count == 1:
            say("stopping: exit handlers still run (ctrl-c again: terminate)")
            self._ask(Shutdown.STOP)
        elif self._count == 2:
            say("terminating (ctrl-c again: leave it as it is)")
            self._ask(Shutdown.TERMINATE)
        else:
            self._leave("ctrl-c")

    def _ask(self, strategy: Shutdown) -> None:
        task = asyncio.create_task(self._submit(strategy))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _submit(self, strategy: Shutdown) -> None:
        verdict = await self._port.submit(ShutdownRequested(strategy=strategy, by=who()))
        if not verdict.accepted:
            say(f"not stopped: {verdict.why}")
