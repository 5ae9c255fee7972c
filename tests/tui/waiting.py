"""Bounded waits for pilot tests: a condition, polled, with a description for when it fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual.pilot import Pilot


async def until(
    pilot: Pilot, what: str, condition: Callable[[], object], seconds: float = 5.0
) -> None:
    """Return as soon as `condition` holds; fail with `what` if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds}s for: {what}")
        await pilot.pause()
        await asyncio.sleep(0.005)
    await pilot.pause()


async def settled(pilot: Pilot, app) -> None:
    """Return once the screen reads the same twice in a row."""
    before = ""
    for _ in range(50):
        await pilot.pause(0.02)
        now = text_of(app)
        if now == before:
            return
        before = now
    raise AssertionError("the screen never came to rest")


def text_of(app) -> str:
    """Return what is on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
