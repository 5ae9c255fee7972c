"""Reading the outputs of a container that its shim holds open, over an exec.

Called by runtime from a thread when a shim says that its outputs are too large for the status.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from argotui.runtimes.kubernetes.beside_script import BUSYBOX
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.draft import HOME, Plan
from argotui.runtimes.kubernetes.errors import ApiError, api_error
from argotui.runtimes.kubernetes.script import FILE_MAX, hold_text

_STDIN, _STDOUT, _ERROR = 0, 1, 3
_PATIENCE = 60.0  # seconds without a byte
_ALL_MAX = 10 * FILE_MAX  # bytes of all outputs of a container together


def read_held(
    client: Client,
    pod_path: str,
    container: str,
    plan: Plan,
    keep: Callable[[dict[str, bytes]], None],
) -> dict[str, bytes]:
    """Return what is held by key; `keep` gets it before the container is let go.

    Raises ApiError, also where what came is not what was announced.
    """
    tools = BUSYBOX if container == plan.beside else plan.tools
    words = [*([tools, "sh"] if tools else [plan.shell]), "-c"]
    words.append(hold_text(HOME, container, tools))
    query = [("container", container), ("stdin", "true"), ("stdout", "true")]
    query += [("command", word) for word in words]
    line = _connect(client, f"{pod_path}/exec?{urlencode(query)}")
    try:
        found = _read(line)
        keep(found)
        line.send_binary(bytes([_STDIN]) + b"ok\n")
        _wait_for_end(line)
        return found
    except (OSError, ValueError) as error:
        raise ApiError(0, f"{type(error).__name__}: {error}") from error
    finally:
        line.close()


def _connect(client: Client, target: str) -> Any:
    import websocket

    host, headers, settings = client.address()
    options: dict[str, Any] = {}
    if host.startswith("https"):
        options["sslopt"] = _tls(settings)
    client.requests += 1
    try:
        return websocket.create_connection(
            "ws" + host.removeprefix("http") + target,
            header=[f"{name}: {value}" for name, value in headers.items()],
            subprotocols=["v4.channel.k8s.io"],
            timeout=_PATIENCE,
            enable_multithread=False,
            skip_utf8_validation=True,
            **options,
        )
    except websocket.WebSocketBadStatusException as error:
        body = error.resp_body or b""
        raise api_error(error.status_code, body, error.resp_headers or {}) from error
    except (OSError, websocket.WebSocketException) as error:
        raise ApiError(0, f"{type(error).__name__}: {error}") from error


def _tls(settings: Any) -> Mapping[str, Any]:
    """The way the client itself checks the server and shows its own certificate."""
    context = ssl.create_default_context(cafile=settings.ssl_ca_cert or None)
    data = getattr(settings, "ca_cert_data", None)
    if data:
        context.load_verify_locations(cadata=data)
    if not settings.verify_ssl:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    elif settings.assert_hostname is False:
        context.check_hostname = False
    if settings.cert_file:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    return {"context": context}


def _read(line: Any) -> dict[str, bytes]:
    """Take `KEY SIZE` and SIZE bytes, again and again, up to `end 0`."""
    found: dict[str, bytes] = {}
    buffer = _Buffer(line, _ALL_MAX)
    while True:
        key, _, size = buffer.until_newline().decode("ascii", "replace").partition(" ")
        if key == "end":
            return found
        if not size.isdigit() or int(size) > FILE_MAX:
            raise ValueError(f"an output of {size!r} bytes was announced")
        found[key] = buffer.exactly(int(size))


class _Buffer:
    """What has come of stdout and is not used yet."""

    def __init__(self, line: Any, limit: int) -> None:
        self._line = line
        self._data = bytearray()
        self._left = limit

    def until_newline(self) -> bytes:
        while (end := self._data.find(b"\n")) < 0:
            self._more()
        found = bytes(self._data[:end])
        del self._data[: end + 1]
        return found

    def exactly(self, size: int) -> bytes:
        while len(self._data) < size:
            self._more()
        found = bytes(self._data[:size])
        del self._data[:size]
        return found

    def _more(self) -> None:
        frame = _frame(self._line)
        if frame is None:
            raise ValueError("the connection ended before the outputs were whole")
        channel, data = frame
        if channel == _ERROR:
            raise ValueError(_status(data))
        if channel == _STDOUT:
            self._left -= len(data)
            if self._left < 0:
                raise ValueError("more came than was announced")
            self._data += data


def _frame(line: Any) -> tuple[int, bytes] | None:
    import websocket

    try:
        data = line.recv()
    except websocket.WebSocketConnectionClosedException:
        return None
    except websocket.WebSocketException as error:
        raise ValueError(str(error)) from error
    if not data:
        return None
    raw = data.encode() if isinstance(data, str) else bytes(data)
    return raw[0], raw[1:]


def _wait_for_end(line: Any) -> None:
    """The container may be gone faster than the exec can say that it ended."""
    try:
        while (frame := _frame(line)) is not None:
            if frame[0] == _ERROR:
                return
    except (ValueError, OSError):
        return


def _status(data: bytes) -> str:
    try:
        return str(json.loads(data).get("message") or "the exec ended")
    except ValueError:
        return "the exec ended"
