"""The supervisor's event loop: file descriptors, timers and children, in one thread.

asyncio would do, but its import alone takes longer than everything else the supervisor does.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from itertools import count


class Timer:
    """A call to come; `cancel` makes it nothing."""

    __slots__ = ("call",)

    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call

    def cancel(self) -> None:
        self.call = None


class Loop:
    """Calls back when something can be read or written, time has come, or a child has ended."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Timer]] = []
        self._ties = count()
        self._children: dict[int, Callable[[int], None]] = {}
        self._running = False
        self._asked_to_end: Callable[[], None] | None = None
        self._termed = False
        self._wake, wakened = socket.socketpair()
        self._wake.setblocking(False)
        wakened.setblocking(False)
        self._wakened = wakened
        signal.set_wakeup_fd(wakened.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.on_read(self._wake.fileno(), self._woken)

    def on_read(self, handle: int, call: Callable[[], None]) -> None:
        """Call whenever `handle` can be read."""
        self._selector.register(handle, selectors.EVENT_READ, (call, None))

    def also_on_write(self, handle: int, call: Callable[[], None] | None) -> None:
        """Call as well whenever `handle`, which is being read, can be written; None: no more."""
        reading = self._selector.get_key(handle).data[0]
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if call else 0)
        self._selector.modify(handle, events, (reading, call))

    def forget(self, handle: int) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(handle)

    def after(self, seconds: float, call: Callable[[], None]) -> Timer:
        timer = Timer(call)
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._ties), timer))
        return timer

    def on_exit(self, pid: int, call: Callable[[int], None]) -> None:
        """Call with the wait status once the child has ended."""
        self._children[pid] = call

    def on_term(self, call: Callable[[], None]) -> None:
        """Call on SIGTERM."""
        self._asked_to_end = call
        signal.signal(signal.SIGTERM, self._note_term)

    def knows(self, pid: int) -> bool:
        """Say whether somebody waits for this child."""
        return pid in self._children

    def stop(self) -> None:
        self._running = False

    def run(self) -> None:
        """Go on until `stop`."""
        self._running = True
        while self._running:
            for key, events in self._selector.select(self._patience()):
                reading, writing = key.data
                if events & selectors.EVENT_READ:
                    reading()
                if events & selectors.EVENT_WRITE and writing:
                    writing()
            self._fire()

    def reap(self) -> None:
        """Take the status of every child that has ended, also of orphans that became ours."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if call := self._children.pop(pid, None):
                call(status)

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wake.recv(4096)
        self.reap()
        if self._termed and self._asked_to_end:
            self._termed = False
            self._asked_to_end()

    def _note_term(self, *_: object) -> None:
        self._termed = True

    def _patience(self) -> float | None:
        while self._timers and self._timers[0][2].call is None:
            heapq.heappop(self._timers)
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None

    def _fire(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            timer = heapq.heappop(self._timers)[2]
            if timer.call:
                timer.call()
