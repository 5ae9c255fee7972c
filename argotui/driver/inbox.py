"""The one way in: facts from runtimes, timers, people. Filled from any thread, emptied by
DrivenRun."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from argotui.driver.port import Verdict
from argotui.model.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`answer` is set for a client's request: it waits for the engine's word."""

    event: Event
    answer: asyncio.Future[Verdict] | None = None


class Inbox:
    """Unbounded: an observation is never refused. Clients are held back before they get here."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, event: Event, answer: asyncio.Future[Verdict] | None = None) -> None:
        """Add an event, behind all that were put before it."""
        self._items.append(Item(event=event, answer=answer))
        if threading.get_ident() == self._thread:
            self._news.set()
        else:
            with suppress(RuntimeError):  # the loop has gone: nobody is left to be told
                self._loop.call_soon_threadsafe(self._news.set)

    async def take(self, limit: int) -> list[Item]:
        """Wait for something and return what there is, `limit` items at most."""
        while not self._items:
            self._news.clear()
            if not self._items:
                await self._news.wait()
        return self.drain(limit)

    def drain(self, limit: int) -> list[Item]:
        """Return what there is now, `limit` items at most."""
        return [self._items.popleft() for _ in range(min(limit, len(self._items)))]
