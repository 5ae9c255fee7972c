"""The tasks of a runtime that works in the driver's own process: one for each piece of work.

Held by data.py and http.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from argotui.model.work import WorkRef


class UnderWay:
    """Each piece of work is begun once, however often it is asked for, until it is forgotten."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self, ref: WorkRef, perform: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if ref.key not in self._tasks:
            self._tasks[ref.key] = asyncio.create_task(perform())

    def stop(self, ref: WorkRef) -> bool:
        """Cancel the work; say whether there was some that had not ended."""
        task = self._tasks.get(ref.key)
        return task is not None and task.cancel()

    def forget(self, ref: WorkRef) -> None:
        self._tasks.pop(ref.key, None)

    async def close(self) -> None:
        """Cancel everything and wait until it has ended."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
