"""Apps over a scripted run, with a clock that stands still."""

from __future__ import annotations

from typing import Any

from argotui.tui.app import ArgotuiApp
from argotui.tui.show import Hint, Options
from tests.tui.fake_run import Clock, FakeRun


def app_for(run: FakeRun, clock: Clock | None = None, **options: Any) -> ArgotuiApp:
    """Return the app that shows `run`."""

    async def connect() -> FakeRun:
        return run

    chosen = Options(**{"by": "jan", "now": clock or Clock(), "ascii_only": False, **options})
    hint = Hint(name=run.name, where=run.info.where, manifest=run.info.manifest)
    return ArgotuiApp(connect, hint=hint, options=chosen)
