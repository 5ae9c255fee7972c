"""The driver's socket: other processes of the same user watch the run and make requests.

Called by serve. A client can hold up nobody but itself: each has a task of its own, and reads
from the feed at its own pace.
"""

from __future__ import annotations

import asyncio
import socket
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import argotui
from argotui.driver.driven import DrivenRun
from argotui.driver.feed import Reader
from argotui.driver.sockets import is_own_user, listening_socket
from argotui.driver.wire import (
    PROTOCOL,
    REQUEST_BYTES,
    message,
    read_message,
    read_request,
    write_body,
    write_outlook,
)
from argotui.model.errors import RuntimeFault

_CLIENTS = 64
_FAREWELL_SECONDS = 5.0  # for clients to take the last batch
_HANG_UP_SECONDS = 1.0


class Control:
    """Open from `start` to `finish`."""

    def __init__(self, run: DrivenRun, path: Path) -> None:
        self._run = run
        self._path = path
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._watching: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Raises RuntimeFault where the socket cannot be made."""
        try:
            sock = listening_socket(self._path)
        except OSError as error:
            raise RuntimeFault(f"cannot make the socket {self._path}: {error.strerror}") from error
        self._server = await asyncio.start_unix_server(self._meet, sock=sock, limit=REQUEST_BYTES)

    async def finish(self) -> None:
        """Give those who watch a moment to take what they have not had; then close."""
        if self._server is None:
            return
        self._server.close()
        if self._watching:
            await asyncio.wait(self._watching, timeout=_FAREWELL_SECONDS)
        for task in self._clients:
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        except Exception:
            self._run.tell(f"a client:\n{traceback.format_exc()}")
        finally:
            self._clients.discard(task)
            self._watching.discard(task)
            await _hang_up(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock: socket.socket = writer.get_extra_info("socket")
        if len(self._clients) > _CLIENTS or not is_own_user(sock):
            return
        await self._say(
            writer,
            {"argotui": PROTOCOL, "run": self._run.info.run_id, "version": argotui.__version__},
        )
        while True:
            try:
                line = await reader.readline()
                if not line:
                    return
                said = read_message(line)
            except ValueError as error:  # too long, or no JSON: nothing after it can be trusted
                await self._say(writer, {"error": f"not understood: {error}"})
                return
            if said.get("do") == "changes":
                await self._watch(said, reader, writer)
                return
            head, body = await self._answer(said)
            await self._say(writer, {"id": said.get("id"), **head}, body)

    async def _answer(self, said: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        match said.get("do"):
            case "snapshot":
                feed = self._run.feed
                head = {"seq": feed.seq, "where": self._run.info.where}
                return head, write_outlook(feed.outlook_now())
            case "submit":
                try:
                    request = read_request(said.get("request"))
                except ValueError as error:
                    return {"error": str(error)}, b""
                verdict = await self._run.submit(request)
                return {"accepted": verdict.accepted, "why": verdict.why}, b""
            case _:
                return {"error": "snapshot, changes or submit is wanted"}, b""

    async def _watch(
        self, said: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Send batches until the run's end, or until the client has gone."""
        feed = self._run.feed
        after = said.get("after")
        if type(after) is not int or not 0 <= after <= feed.seq:
            await self._say(writer, {"error": f"there are records 0 to {feed.seq}"})
            return
        task = asyncio.current_task()
        assert task is not None
        self._watching.add(task)
        gone = asyncio.create_task(_end_of(reader))
        gone.add_done_callback(lambda _: None if gone.cancelled() else task.cancel())
        place = Reader(seq=after)
        try:
            while (parcel := await feed.after(place)) is not None:
                head = {"seq": parcel.seq, "at": parcel.at}
                await self._say(writer, head, write_body(parcel.outlook, parcel.lines))
            await self._say(writer, {"end": feed.ended})
        finally:
            gone.cancel()

    async def _say(
        self, writer: asyncio.StreamWriter, head: dict[str, Any], body: bytes = b""
    ) -> None:
        writer.write(message(head, body))
        await writer.drain()


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    """Close, and drop what the client would not take within a moment."""
    writer.close()
    with suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(writer.wait_closed(), _HANG_UP_SECONDS)
    writer.transport.abort()


async def _end_of(reader: asyncio.StreamReader) -> None:
    """Return when the client has closed its end; what it says meanwhile is passed over."""
    with suppress(ConnectionError):
        while await reader.read(4096):
            pass
