"""Bounded waits that say what they waited for: instead of sleeping, in every test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

STEP = 0.005  # seconds between two looks
PATIENCE = 60.0  # seconds until a wait is given up: nothing that works takes so long under any load


async def until(predicate: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Return as soon as `predicate` holds; fail with `what` if it does not in time."""
    end = time.monotonic() + seconds
    while not predicate():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s for {what}")
        await asyncio.sleep(STEP)


def until_sync(predicate: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """The same outside of a loop."""
    end = time.monotonic() + seconds
    while not predicate():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s for {what}")
        time.sleep(STEP)
