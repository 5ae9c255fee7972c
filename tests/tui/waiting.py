"""Bounded waits for pilot tests: a condition, polled, with a description for when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.pilot import Pilot

from tests.waiting import PATIENCE, STEP

SOON = 0.03  # seconds: a timer due by then belongs to what goes on, as that of the next repaint
ROUNDS = 5  # of such timers: one that is set again and again is a clock


async def nothing_to_do(min_sleep: float = 0.0, max_sleep: float = PATIENCE) -> None:
    """Return once the loop has nothing to run but us, and no timer is due soon.

    It stands in for Textual's own wait, which takes a process for idle that uses no processor: so
    does one that gets none. The parameters are Textual's.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + max_sleep
    for _ in range(ROUNDS):
        await _nothing_ready(loop, end)
        now = loop.time()
        due = [each.when() for each in loop._scheduled if not each.cancelled()]
        due = [when for when in due if when <= now + SOON]
        if not due:
            return
        await asyncio.sleep(max(max(due) - now, 0.0))
    await _nothing_ready(loop, end)


async def _nothing_ready(loop: asyncio.AbstractEventLoop, end: float) -> None:
    await asyncio.sleep(0)
    while loop._ready and loop.time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def until(
    pilot: Pilot, what: str, condition: Callable[[], object], seconds: float = PATIENCE
) -> None:
    """Return as soon as `condition` holds; fail with `what` if it does not in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not condition():
        if loop.time() > end:
            raise AssertionError(f"waited {seconds:g} s for {what}\n{text_of(pilot.app)}")
        await pilot.pause()
        await asyncio.sleep(STEP)
    await pilot.pause()


async def settled(pilot: Pilot, app) -> None:
    """Return once a tick of the app's clock changes nothing on the screen."""
    before = ""
    for _ in range(50):
        app._tick()
        await pilot.pause()
        now = text_of(app)
        if now == before:
            return
        before = now
    raise AssertionError("the screen never came to rest")


def text_of(app) -> str:
    """Return what is on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
