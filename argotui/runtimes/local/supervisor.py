"""The process that is parent of all processes of a run, and outlives a killed driver.

Started by the driver: `python -m argotui.runtimes.local.supervisor FOLDER`; standard library only.
It ends when told to, or when nothing runs and nobody listens.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import sys
import threading
from typing import Any

from argotui.runtimes.local import folder as folders
from argotui.runtimes.local import orphans, wire
from argotui.runtimes.local.loop import Loop
from argotui.runtimes.local.pod import Pod

FIRST_CLIENT = 0  # the descriptor by which the driver that starts us talks: our stdin
_LINGER = 1.0  # seconds without work and without a driver
_CHUNK = 1 << 16


class Client:
    """A driver at the other end of a socket. What cannot be sent at once waits."""

    def __init__(self, loop: Loop, connection: socket.socket, supervisor: Supervisor) -> None:
        self._loop, self._connection, self._supervisor = loop, connection, supervisor
        self._framer = wire.Framer()
        self._out = bytearray()
        self._blocked = False
        connection.setblocking(False)
        loop.on_read(connection.fileno(), self._read)

    def send(self, message: bytes) -> None:
        self._out += message
        if not self._blocked:
            self._flush()

    def close(self) -> None:
        if self._connection.fileno() >= 0:
            self._loop.forget(self._connection.fileno())
            self._connection.close()

    def drain(self, patience: float) -> None:
        """Send what is left, waiting for the driver to take it."""
        with contextlib.suppress(OSError):
            self._connection.settimeout(patience)
            self._connection.sendall(self._out)

    def _flush(self) -> None:
        try:
            sent = self._connection.send(self._out)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._supervisor.lost(self)
            return
        del self._out[:sent]
        if bool(self._out) != self._blocked:
            self._blocked = bool(self._out)
            writing = self._flush if self._blocked else None
            self._loop.also_on_write(self._connection.fileno(), writing)

    def _read(self) -> None:
        try:
            data = self._connection.recv(_CHUNK)
            messages = self._framer.feed(data)
        except BlockingIOError:
            return
        except (OSError, ValueError):
            data, messages = b"", []
        for message in messages:
            self._supervisor.take(message)
        if not data:
            self._supervisor.lost(self)


class Supervisor:
    """Runs pods, no more at a time than there are places, and tells every driver of each change."""

    def __init__(self, loop: Loop, folder: str) -> None:
        self._loop, self._folder = loop, folder
        self._around: dict[str, Any] | None = None
        self._places = 1
        self._pods: dict[str, Pod] = {}  # those that have not ended
        self._said: dict[str, bytes] = {}
        self._clients: list[Client] = []
        self._closing = False

    def meet(self, connection: socket.socket) -> None:
        """Talk to a driver from now on."""
        self._clients.append(Client(self._loop, connection, self))

    def lost(self, client: Client) -> None:
        """A driver is gone: its work goes on."""
        client.close()
        if client in self._clients:
            self._clients.remove(client)
        self._loop.after(_LINGER, self._leave_if_idle)

    def take(self, message: wire.Message) -> None:
        """Do what a driver asks for."""
        match message:
            case {"do": "configure", "around": around, "places": int(places)}:
                self._around, self._places = around, places
                self._broadcast({"here": os.getpid()})
            case {"do": "start", "plan": {"key": str(key)} as plan}:
                self._start(key, plan)
            case {"do": "stop", "key": str(key), "grace": grace}:
                if pod := self._pods.get(key):
                    pod.stop(float(grace))
                    self._fill_places()
            case {"do": "release", "key": str(key), "keep": bool(keep)}:
                self._release(key, keep)
            case {"do": "close", "grace": grace}:
                self._close(float(grace))

    def _start(self, key: str, plan: dict[str, Any]) -> None:
        if self._closing:
            return
        if os.path.exists(wire.status_path(self._folder, key)):
            self._repeat(key)
            return
        pod = Pod(self._loop, self._around, plan, self._say)
        self._pods[key] = pod
        self._fill_places()
        if pod.waits:
            pod.wait(f"waits for one of {self._places} places on this machine")

    def _fill_places(self) -> None:
        taken = sum(pod.takes_a_place for pod in self._pods.values())
        for pod in [pod for pod in self._pods.values() if pod.waits]:
            if taken >= self._places:
                return
            pod.begin()
            taken += pod.takes_a_place

    def _repeat(self, key: str) -> None:
        if self._said.get(key):
            self._broadcast({"saw": key, "status": self._pods[key].status})
        else:
            self._broadcast({"saw": key, "read": True})

    def _say(self, pod: Pod) -> None:
        body = wire.frame(pod.status)
        with contextlib.suppress(OSError):  # a full disk: those who listen still hear of it
            body = wire.write_status(self._folder, pod.key, pod.status)
        if body != self._said.get(pod.key):
            self._said[pod.key] = body
            large = len(body) > wire.LARGE
            self._broadcast(
                {"saw": pod.key, **({"read": True} if large else {"status": pod.status})}
            )
        if pod.ended:
            self._pods.pop(pod.key, None)
            self._said.pop(pod.key, None)
            self._tidy(pod)
            self._loop.after(0, self._after_end)
        elif not pod.takes_a_place:
            self._loop.after(0, self._fill_places)

    def _tidy(self, pod: Pod) -> None:
        """What succeeded needs its files no more; what failed keeps them to be looked at."""
        if pod.status["state"] == "Succeeded":
            self._remove(pod.plan["folder"])

    def _remove(self, path: str) -> None:
        threading.Thread(target=folders.remove, args=(path,)).start()

    def _after_end(self) -> None:
        self._fill_places()
        self._leave_if_idle()

    def _release(self, key: str, keep: bool) -> None:
        if key in self._pods:
            return
        with contextlib.suppress(OSError):
            os.unlink(wire.status_path(self._folder, key))
        if not keep:
            self._remove(os.path.join(self._folder, "pods", key))

    def _broadcast(self, message: wire.Message) -> None:
        if self._clients:
            sent = wire.frame(message)
            for client in list(self._clients):
                client.send(sent)

    def _close(self, grace: float) -> None:
        self._closing = True
        for pod in list(self._pods.values()):
            pod.stop(grace)
        self._leave_if_idle()

    def _leave_if_idle(self) -> None:
        if not self._pods and (self._closing or not self._clients):
            for client in self._clients:
                client.drain(2.0)
            self._loop.stop()


def listen(folder: str) -> socket.socket:
    """Return the socket by which a later driver finds us; its path is short as we stand in it."""
    os.chdir(folder)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(wire.SOCKET)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(wire.SOCKET)
    os.chmod(wire.SOCKET, 0o600)
    listener.listen(8)
    return listener


def main(folder: str) -> None:
    """Serve until there is nothing left to do."""
    os.umask(0o022)
    # What the driver itself inherited must not reach what we start. The lock takes descriptor 3,
    # for good: it is the one number that a sandbox's options arrive by.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    lock = os.open(os.path.join(folder, "supervisor.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    loop = Loop()
    orphans.adopt_orphans()
    supervisor = Supervisor(loop, folder)
    loop.on_term(lambda: supervisor.take({"do": "close", "grace": 1.0}))
    listener = listen(folder)
    loop.on_read(listener.fileno(), lambda: supervisor.meet(listener.accept()[0]))
    first = socket.socket(fileno=os.dup(FIRST_CLIENT))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, FIRST_CLIENT)
    supervisor.meet(first)
    loop.run()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(wire.SOCKET)
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()
    loop.reap()


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
