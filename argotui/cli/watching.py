"""`run --watch`: a manifest that changes on disk is looked at, told of, and run again if so asked.

Used by the screen, and by the headless twin through `watched`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from argotui.cli.failure import say
from argotui.driver.port import RunPort
from argotui.model.errors import ManifestError, RuntimeFault, UsageError
from argotui.model.events import ShutdownRequested
from argotui.model.status import Shutdown
from argotui.submit.library import read_library
from argotui.submit.prepare import Prepared, prepare
from argotui.submit.request import Source, who
from argotui.submit.sources import STDIN, read_manifests
from argotui.tui.show import Notice

RunOnce = Callable[[Prepared], Awaitable[int]]


def reread(source: Source) -> Source:
    """Read the manifests anew; what came by stdin stays as it was."""
    names = [name for name in source.names if name != STDIN and not name.startswith("<")]
    kept = {name: raw for name, raw in source.contents.items() if name.startswith("<")}
    return replace(
        source,
        contents={**kept, **read_manifests(names)},
        library=read_library(source.libraries),
    )


async def notices(prepared: Prepared) -> AsyncIterator[Notice]:
    """Yield what a changed manifest is like, each time it is saved."""
    from argotui.driver.filewatch import watch_manifests

    paths = [Path(name) for name in prepared.source.names if name != STDIN]
    async for changed in watch_manifests(paths):
        names = ", ".join(sorted(path.name for path in changed))
        try:
            prepare(reread(prepared.source), prepared.choices)
        except ManifestError as error:
            count = len(error.problems)
            text = f"{names} changed: {count} problem{'s' if count > 1 else ''}"
            yield Notice(text=text, problems=error.problems)
        except (UsageError, RuntimeFault) as error:
            yield Notice(text=f"{names} changed: {error}")
        else:
            yield Notice(text=f"{names} changed", can_rerun=True)


async def stop_run(port: RunPort) -> None:
    """Ask a run to stop: it gives way to the one that follows."""
    await port.submit(ShutdownRequested(strategy=Shutdown.STOP, by=who()))


class Watch:
    """Tells of changes while a run goes on; with `rerun` it stops the run for the next one."""

    def __init__(self, prepared: Prepared, *, rerun: bool) -> None:
        self._prepared = prepared
        self._rerun = rerun
        self._due = asyncio.Event()
        self._port: RunPort | None = None

    async def runs(self, run_once: RunOnce) -> int:
        """Run, and run again for every good change; return the last run's exit code."""
        looking = asyncio.create_task(self._look())
        try:
            code = await run_once(self._prepared)
            while self._rerun:
                say("waiting for a change of the manifest (ctrl-c: leave)")
                await self._due.wait()
                self._due.clear()
                try:
                    self._prepared = prepare(reread(self._prepared.source), self._prepared.choices)
                except (ManifestError, RuntimeFault, UsageError):
                    continue  # changed once more, for the worse: told as such
                code = await run_once(self._prepared)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        return code

    def at_work(self, port: RunPort | None) -> None:
        """Say which run goes on now, None for none."""
        self._port = port

    async def _look(self) -> None:
        async for notice in notices(self._prepared):
            say(f"! {notice.text}")
            for problem in notice.problems:
                say(f"    {problem}")
            if notice.can_rerun and self._rerun:
                self._due.set()
                if self._port is not None:
                    await stop_run(self._port)
