"""SetTimer -> TimerFired: every time asked for is kept, one alarm is set for the earliest."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from argotui.driver.clock import Cancel, Clock


class Timers:
    def __init__(self, clock: Clock, fire: Callable[[float], None]) -> None:
        self._clock = clock
        self._fire = fire
        self._times: list[float] = []
        self._cancel: Cancel | None = None

    def set(self, at: float) -> None:
        """Have `fire(at)` called then, or soon after. The same time twice is one time."""
        if at in self._times[:1]:
            return
        heapq.heappush(self._times, at)
        if self._times[0] == at:
            self._arm()

    def close(self) -> None:
        self._times.clear()
        self._arm()

    def _arm(self) -> None:
        if self._cancel is not None:
            self._cancel()
        self._cancel = self._clock.call_at(self._times[0], self._ring) if self._times else None

    def _ring(self) -> None:
        """Fire once for everything that is due: what a step asks for next comes on top."""
        due = self._times[0]
        now = max(self._clock.now(), due)
        while self._times and self._times[0] <= now:
            due = heapq.heappop(self._times)
        self._cancel = None
        self._arm()
        self._fire(due)
