"""Notices that a manifest changed on disk: for people and the UI, never for a running engine.
Called by bootstrap for `run --watch`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from watchfiles import awatch

_SUFFIXES = (".yaml", ".yml", ".json")
_DEBOUNCE_MS = 200  # an editor that saves writes, renames and touches


async def watch_manifests(
    paths: Iterable[Path],
    *,
    stop: asyncio.Event | None = None,
    force_polling: bool | None = None,
    debounce_ms: int = _DEBOUNCE_MS,
) -> AsyncIterator[frozenset[Path]]:
    """Yield the manifests that changed, each time some did, until `stop` is set.

    A path is a file, or a folder with all manifests below it. Folders are watched, not files:
    editors put a new file in the place of the old. `force_polling` for network file systems;
    None lets watchfiles decide.
    """
    files, folders = await asyncio.to_thread(_sorted_out, tuple(paths))
    stop = stop or asyncio.Event()
    found: asyncio.Queue[frozenset[Path]] = asyncio.Queue()

    async def watch(tops: set[Path], recursive: bool) -> None:
        async for changes in awatch(
            *tops,
            watch_filter=lambda _change, name: _concerns(Path(name), files, folders),
            debounce=debounce_ms,
            step=min(50, debounce_ms),
            stop_event=stop,
            recursive=recursive,
            force_polling=force_polling,
        ):
            found.put_nowait(frozenset(Path(name) for _, name in changes))

    # A file may lie in /home: only folders that were asked for are watched to their depths.
    parents = {path.parent for path in files}
    parts = [(parents, False)] * bool(parents) + [(folders, True)] * bool(folders)
    watches: asyncio.Future[list[None]] = asyncio.gather(*(watch(*part) for part in parts))
    try:
        while True:
            news = asyncio.ensure_future(found.get())
            waited: set[asyncio.Future[Any]] = {news, watches}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if not news.done():
                news.cancel()
                await watches  # raises what ended them
                return
            yield news.result()
    finally:
        stop.set()
        await asyncio.gather(watches, return_exceptions=True)


def _sorted_out(paths: tuple[Path, ...]) -> tuple[set[Path], set[Path]]:
    whole = {Path(path).resolve() for path in paths}
    folders = {path for path in whole if path.is_dir()}
    return whole - folders, folders


def _concerns(path: Path, files: set[Path], folders: set[Path]) -> bool:
    if path in files:
        return True
    return path.suffix in _SUFFIXES and any(path.is_relative_to(top) for top in folders)
