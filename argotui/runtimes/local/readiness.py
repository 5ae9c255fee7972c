"""readinessProbe of one container: asked again and again while it runs.

Used by container.Container. Network probes wait in a thread of their own, for a server may be slow.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

from argotui.runtimes.local.loop import Loop, Timer
from argotui.runtimes.local.process import Ending, Process


class Readiness:
    """Calls `on_change` when the container becomes ready, or is no longer. Times in seconds."""

    def __init__(
        self,
        loop: Loop,
        around: dict[str, Any] | None,
        spec: dict[str, Any],
        probe: dict[str, Any],
        on_change: Callable[[bool], None],
    ) -> None:
        self._loop, self._around, self._spec, self._probe = loop, around, spec, probe
        self._on_change = on_change
        self._good = self._bad = 0
        self._process: Process | None = None
        self._answer: bool | None = None
        self._closed = False
        self._timer: Timer = loop.after(probe["delay"], self._ask)

    def close(self) -> None:
        self._closed = True
        self._timer.cancel()
        if self._process:
            self._process.kill()

    def _ask(self) -> None:
        if self._probe["command"]:
            self._run()
            return
        self._answer = None
        threading.Thread(target=self._call, daemon=True).start()
        self._timer = self._loop.after(0.02, self._listen)

    def _run(self) -> None:
        self._process = Process(self._loop, self._around, self._spec, self._ran)
        try:
            self._process.start(self._probe["command"])
        except OSError:
            self._judge(False)
            return
        self._timer = self._loop.after(self._probe["timeout"], self._process.kill)

    def _ran(self, ending: Ending) -> None:
        self._timer.cancel()
        self._process = None
        self._judge(ending.code == 0 and not ending.fault)

    def _call(self) -> None:
        self._answer = _answers(self._probe)

    def _listen(self) -> None:
        if self._answer is None:
            self._timer = self._loop.after(0.05, self._listen)
        else:
            self._judge(self._answer)

    def _judge(self, fine: bool) -> None:
        if self._closed:
            return
        self._good, self._bad = (self._good + 1, 0) if fine else (0, self._bad + 1)
        if self._good == self._probe["successes"]:
            self._on_change(True)
        elif self._bad == self._probe["failures"]:
            self._on_change(False)
        self._timer = self._loop.after(self._probe["period"], self._ask)


def _answers(probe: dict[str, Any]) -> bool:
    """Connect, and where a path is given ask for it: a status from 200 to 399 is good."""
    try:
        address = (probe["host"], probe["port"])
        with contextlib.closing(socket.create_connection(address, probe["timeout"])) as found:
            if not probe["path"]:
                return True
            return _is_good(found, probe)
    except (OSError, ValueError):
        return False


def _is_good(connection: socket.socket, probe: dict[str, Any]) -> bool:
    connection.settimeout(probe["timeout"])
    if probe["tls"]:
        import ssl

        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = context.wrap_socket(connection, server_hostname=probe["host"])
    lines = [f"GET {probe['path']} HTTP/1.1", f"Host: {probe['host']}:{probe['port']}"]
    lines += [f"{name}: {value}" for name, value in probe["headers"].items()]
    connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
    head = b""
    while b"\r\n" not in head and len(head) < 4096:
        more = connection.recv(4096)
        if not more:
            break
        head += more
    words = head.split(b"\r\n")[0].split()
    return len(words) > 1 and words[1].isdigit() and 200 <= int(words[1]) < 400
