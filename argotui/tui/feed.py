"""Brings what the driver says to the screen: merged, at most ten messages a second.

Run by the app as a worker. The only place of the terminal UI that awaits the port's changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message import Message

from argotui.driver.port import RunPort, Snapshot
from argotui.model.changes import Batch, Change, Planned
from argotui.model.errors import RuntimeFault
from argotui.tui.show import Connect

PAUSE = 0.1  # seconds between two messages, at least


class Connected(Message):
    def __init__(self, port: RunPort, snapshot: Snapshot) -> None:
        super().__init__()
        self.port = port
        self.snapshot = snapshot


class News(Message):
    """All that came since the last one. `taken` is set by whoever has shown it: no more is sent
    before, so that a slow screen never lags behind a queue."""

    def __init__(self, batches: list[Batch]) -> None:
        super().__init__()
        self.changes: tuple[Change, ...] = tuple(
            change for batch in batches for change in batch.changes
        )
        self.outlook: dict[str, tuple[Planned, ...]] = {}
        for batch in batches:
            self.outlook.update(batch.outlook)
        self.taken = asyncio.Event()


class Gone(Message):
    """The driver cannot be reached, or does not say anything any more."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


async def feed(connect: Connect, post: Callable[[Message], object], pause: float = PAUSE) -> None:
    """Connect, post the snapshot, then the news, then that there is no more."""
    why = ""
    try:
        port = await connect()
        snapshot = await port.snapshot()
        post(Connected(port, snapshot))
        await _follow(port, snapshot.seq, post, pause)
    except (RuntimeFault, OSError) as fault:
        why = str(fault) or type(fault).__name__
    post(Gone(why))


async def _follow(
    port: RunPort, after: int, post: Callable[[Message], object], pause: float
) -> None:
    unread: list[Batch] = []
    some = asyncio.Event()

    async def read() -> None:
        try:
            async for batch in port.changes(after):
                unread.append(batch)
                some.set()
        finally:
            some.set()

    reader = asyncio.create_task(read())
    try:
        while not reader.done() or unread:
            await some.wait()
            some.clear()
            if unread:
                news = News(unread[:])
                unread.clear()
                post(news)
                await news.taken.wait()
                await asyncio.sleep(pause)
            if reader.done() and not unread:
                break
        await reader
    finally:
        reader.cancel()
