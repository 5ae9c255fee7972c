"""One connection to a driver, greeted and understood. Called by remote."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from argotui.driver.sockets import socket_path
from argotui.driver.wire import PROTOCOL, REQUEST_BYTES, message, read_message
from argotui.model.errors import RuntimeFault

_GREETING_SECONDS = 5.0


class Line:
    """One connection, greeted."""

    def __init__(
        self, run: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._run = run
        self._reader = reader
        self._writer = writer

    async def say(self, said: dict[str, Any]) -> None:
        try:
            self._writer.write(message(said))
            await self._writer.drain()
        except ConnectionError as error:
            raise self._lost() from error

    async def hear(self) -> tuple[dict[str, Any], bytes]:
        """Return the next message. Raises RuntimeFault: the driver has gone, or refused."""
        try:
            line = await self._reader.readline()
            if not line:
                raise self._lost()
            said = read_message(line)
            body = await self._reader.readexactly(said.get("bytes", 0))
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise self._lost() from error
        except ValueError as error:
            raise RuntimeFault(f"the driver of run {self._run} is not understood") from error
        if "error" in said:
            raise RuntimeFault(f"the driver of run {self._run} says: {said['error']}")
        return said, body

    async def close(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    def _lost(self) -> RuntimeFault:
        return RuntimeFault(
            f"the driver of run {self._run} is gone; go on with: argotui recover {self._run}"
        )


async def connect(folder: Path) -> Line:
    """Raises RuntimeFault: nobody listens, nobody answers, or somebody else does."""
    run = folder.name
    try:
        path = str(socket_path(folder))
        reader, writer = await asyncio.open_unix_connection(path, limit=REQUEST_BYTES)
    except OSError as error:
        raise RuntimeFault(
            f"no driver is running for {run}; start one with: argotui recover {run}"
        ) from error
    line = Line(run, reader, writer)
    try:
        said, _ = await asyncio.wait_for(line.hear(), _GREETING_SECONDS)
    except (TimeoutError, RuntimeFault) as error:
        await line.close()
        raise RuntimeFault(f"the driver of run {run} does not answer") from error
    if said.get("argotui") != PROTOCOL or said.get("run") != run:
        await line.close()
        raise RuntimeFault(
            f"the driver of run {run} belongs to argotui {said.get('version')}, which speaks "
            "another protocol; use that version to attach"
        )
    return line
