"""The driver's end of the line to a run's supervisor: find it, start it, talk to it.

Called by runtime.LocalRuntime.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import argotui
from argotui.model.errors import RuntimeFault
from argotui.runtimes.local import wire

_LONGEST = 100  # bytes of a socket's path
_CHUNK = 1 << 18


class Link:
    """A connection. `on_message` gets what the supervisor says, `on_lost` is called at its end."""

    def __init__(
        self,
        connection: socket.socket,
        *,
        pid: int,
        on_message: Callable[[wire.Message], None],
        on_lost: Callable[[], None],
    ) -> None:
        connection.setblocking(False)
        self._connection, self._pid = connection, pid
        self._on_message, self._on_lost = on_message, on_lost
        self._turn = asyncio.Lock()
        self._said_pid = 0
        self._closed = False
        self._greeted = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def send(self, message: wire.Message) -> None:
        """Raises RuntimeFault if nobody is there."""
        async with self._turn:
            try:
                loop = asyncio.get_running_loop()
                await loop.sock_sendall(self._connection, wire.frame(message))
            except OSError as error:
                raise RuntimeFault(f"the supervisor of the run is gone: {error}") from error

    async def greeted(self, patience: float) -> bool:
        """Wait for the supervisor's first word; False if it has none, or is gone."""
        waiting = asyncio.create_task(self._greeted.wait())
        both = {waiting, self._reader}
        await asyncio.wait(both, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        return self._greeted.is_set()

    async def close(self) -> None:
        """Hang up; the supervisor goes on while it has work."""
        self._closed = True
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader
        self._connection.close()

    async def gone(self, patience: float) -> bool:
        """Wait until the supervisor has ended; False if it has not by then."""
        try:
            await asyncio.wait_for(asyncio.shield(self._reader), patience)
        except TimeoutError:
            return False
        return True

    def kill(self) -> None:
        """End a supervisor that does not answer; what is in sandboxes dies with it."""
        if pid := self._pid or self._said_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _read(self) -> None:
        framer = wire.Framer()
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError, ValueError):
            while data := await loop.sock_recv(self._connection, _CHUNK):
                for message in framer.feed(data):
                    if "here" in message:
                        self._said_pid = int(message["here"])
                        self._greeted.set()
                    else:
                        self._on_message(message)
        self._connection.close()
        if not self._closed:
            self._on_lost()
        if self._pid:
            with contextlib.suppress(ChildProcessError):
                await asyncio.to_thread(os.waitpid, self._pid, 0)


def connect(folder: Path) -> socket.socket | None:
    """Return a connection to the supervisor that serves this folder; None if there is none."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        with _short_path(folder) as path:
            connection.connect(path)
    except OSError:
        connection.close()
        return None
    return connection


def launch(folder: Path) -> tuple[socket.socket, int]:
    """Start a supervisor in a session of its own; return the connection and its process id.

    Raises RuntimeFault.
    """
    mine, its = socket.socketpair()
    package = str(Path(argotui.__file__).parent.parent)
    command = [sys.executable, "-S", "-m", "argotui.runtimes.local.supervisor", str(folder)]
    env = {
        "PYTHONPATH": package,
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
    }
    log = str(folder / "supervisor.log")
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    actions = [
        (os.POSIX_SPAWN_DUP2, its.fileno(), 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, log, append, 0o600),
    ]
    try:
        pid = os.posix_spawn(sys.executable, command, env, file_actions=actions, setsid=True)
    except OSError as error:
        mine.close()
        raise RuntimeFault(f"cannot start the supervisor of the run: {error}") from error
    finally:
        its.close()
    return mine, pid


@contextlib.contextmanager
def _short_path(folder: Path):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """A socket's path is limited to about a hundred bytes; a deep folder gets a short name."""
    path = folder / wire.SOCKET
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="argotui-") as place:
        short = Path(place) / "s"
        short.symlink_to(folder)
        yield str(short / wire.SOCKET)
