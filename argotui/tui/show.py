"""The way in: shows one run until the person leaves, and says how they left.

Called by bootstrap and cli, which hand in how to reach the driver. Imports Textual only when used.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from argotui.driver.port import RunInfo, RunPort
from argotui.model.changes import Planned
from argotui.model.errors import Problem
from argotui.model.fold import RunState

Connect = Callable[[], Awaitable[RunPort]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What is known of the run before its driver answers."""

    name: str = ""
    where: str = ""
    manifest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something about the manifest's file: one line, the problems it has now, and whether `R`
    may run it anew."""

    text: str
    problems: tuple[Problem, ...] = ()
    can_rerun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`by` is who approves. `rerun_by_itself` leaves for a rerun as soon as a notice allows it."""

    by: str = ""
    exit_on_success: bool = False
    ascii_only: bool = False
    mouse: bool = True
    rerun_by_itself: bool = False
    now: Callable[[], float] = time.time
    notices: AsyncIterator[Notice] | None = None


class Way(StrEnum):
    DETACHED = "detached"  # the run goes on
    ENDED = "ended"  # the run had ended
    RERUN = "rerun"  # the person wants the changed manifest run
    LOST = "lost"  # the driver could not be reached, or is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How the person left, and the run as it was last seen (None: never), with its outlook."""

    way: Way
    state: RunState | None = None
    info: RunInfo | None = None
    outlook: Mapping[str, tuple[Planned, ...]] = field(default_factory=dict)
    why: str = ""


async def show(connect: Connect, *, info_hint: Hint, options: Options | None = None) -> Left:
    """Show a run. The first frame is painted before `connect` is awaited; its port is closed
    here. Raises nothing for a driver that cannot be reached: the screen says so, and `Left`."""
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")  # read when Textual is imported
    from argotui.tui.app import ArgotuiApp

    chosen = options or Options()
    app = ArgotuiApp(connect, hint=info_hint, options=chosen)
    left = await app.run_async(mouse=chosen.mouse)
    return left if left is not None else app.left(Way.DETACHED)
