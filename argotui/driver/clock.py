"""What time it is, and being called when it comes. The real clock, and one for tests that jumps
to the next alarm as soon as nothing else is to do."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol, TypeAlias

Cancel: TypeAlias = Callable[[], None]

_LONGEST = 30.0  # seconds slept at a stretch: the machine may be suspended, its clock set
_QUIET_ROUNDS = 25  # turns of the loop without an event before the virtual clock jumps


class Clock(Protocol):
    def now(self) -> float:
        """Return the time in unix seconds."""
        ...

    def call_at(self, at: float, call: Callable[[], None]) -> Cancel:
        """Call in the loop at that time or soon after; the returned function calls it off."""
        ...


class RealClock:
    def now(self) -> float:
        return time.time()

    def call_at(self, at: float, call: Callable[[], None]) -> Cancel:
        alarm = _Alarm(at, call)
        alarm.look()
        return alarm.cancel


class _Alarm:
    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self._at = at
        self._call = call
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.Handle | None = None

    def look(self) -> None:
        left = self._at - time.time()
        if left <= 0:
            self._handle = self._loop.call_soon(self._call)
        else:
            self._handle = self._loop.call_later(min(left, _LONGEST), self.look)

    def cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()


class VirtualClock:
    """Stands still while anything is going on, then jumps to the next alarm.

    `busy` holds questions; while one of them says yes the clock does not move.
    """

    def __init__(self, start: float = 0.0) -> None:
        self.busy: list[Callable[[], bool]] = []
        self._now = start
        self._alarms: list[tuple[float, int, Callable[[], None]]] = []
        self._off: set[int] = set()
        self._numbers = itertools.count()
        self._jumper: asyncio.Task[None] | None = None

    def now(self) -> float:
        return self._now

    def call_at(self, at: float, call: Callable[[], None]) -> Cancel:
        number = next(self._numbers)
        heapq.heappush(self._alarms, (at, number, call))
        if self._jumper is None or self._jumper.done():
            self._jumper = asyncio.get_running_loop().create_task(self._jump())
        return lambda: self._off.add(number)

    def after(self, seconds: float, call: Callable[[], None]) -> Cancel:
        """Call that much later; what a FakeRuntime takes for its own `after`."""
        return self.call_at(self._now + seconds, call)

    async def sleep_until(self, at: float) -> None:
        """Return when the time has come to `at`."""
        came = asyncio.get_running_loop().create_future()
        self.call_at(at, lambda: None if came.done() else came.set_result(None))
        await came

    async def _jump(self) -> None:
        while self._alarms:
            for _ in range(_QUIET_ROUNDS):
                await asyncio.sleep(0)
            if any(ask() for ask in self.busy):
                await asyncio.sleep(0.001)  # a thread is at work
                continue
            at, number, call = heapq.heappop(self._alarms)
            if number in self._off:
                self._off.discard(number)
                continue
            self._now = max(self._now, at)
            call()
