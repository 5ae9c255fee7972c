"""The one door to the API server: requests of plain JSON, made in threads, asked for in asyncio.

The official client gives kubeconfig, credentials and connections, and nothing else: its models
refuse what clusters accept. Used by every file of this folder that talks to a cluster.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.errors import ApiError, api_error
from argotui.runtimes.kubernetes.place import (
    ClusterPlace,
    find_place,
    kubeconfig_files,
    runs_in_a_pod,
)

JSON = "application/json"
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
STREAM_SECONDS = 330.0  # longer than a watch is asked to last
_FIRST_DELAY = 0.2
_LONGEST_DELAY = 10.0
_THREADS = 12
_POOL = 32  # connections kept
_NO_PACKAGE = "a cluster needs the package kubernetes: pip install 'argotui[kubernetes]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `query` holds plain values; `body` is JSON, or bytes as they are."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    content_type: str = JSON

    @property
    def target(self) -> str:
        pairs = [(key, _plain(value)) for key, value in self.query.items() if value is not None]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


class Transport:
    """One reading of the kubeconfig: where the server is, and the credentials for it."""

    def __init__(self, context: str | None, kubeconfig: str | None) -> None:
        try:
            from kubernetes.client.rest import RESTClientObject
        except ImportError as error:
            raise RuntimeFault(_NO_PACKAGE) from error
        self.settings = _settings(context, kubeconfig)
        self.settings.connection_pool_maxsize = _POOL
        self.settings.socket_options = _keepalive()
        self._lock = threading.Lock()
        self.pool: Any = RESTClientObject(self.settings).pool_manager

    @property
    def host(self) -> str:
        return str(self.settings.host).rstrip("/")

    def headers(self) -> dict[str, str]:
        """Credentials; an exec plugin whose token has run out is asked again in here."""
        with self._lock:
            found = self.settings.auth_settings().get("BearerToken") or {}
        value = found.get("value")
        return {"Authorization": str(value)} if value else {}


class Client:
    """`requests` counts what was sent. `context` None is the current one of the kubeconfig, or the
    cluster this process runs in; `namespace` None that of the context."""

    def __init__(
        self,
        *,
        context: str | None = None,
        namespace: str | None = None,
        kubeconfig: str | None = None,
    ) -> None:
        self._context, self._namespace, self._kubeconfig = context, namespace, kubeconfig
        self._place: ClusterPlace | None = None
        self._transport: Transport | None = None
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="k8s")
        self.requests = 0

    @property
    def place(self) -> ClusterPlace:
        """Where this leads to. Raises RuntimeFault where no cluster is to be found."""
        if self._place is None:
            self._place = find_place(self._context, self._namespace, self._kubeconfig)
        return self._place

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        content_type: str = JSON,
        patience: float | None = None,
        on_trouble: Callable[[ApiError], None] | None = None,
    ) -> Any:
        """Return the JSON of the answer. Raises ApiError.

        What may pass (no answer, 429, 5xx) is tried again for `patience` seconds, for ever if
        None; `on_trouble` hears of it.
        """
        request = Request(
            method=method, path=path, query=query or {}, body=body, content_type=content_type
        )
        loop = asyncio.get_running_loop()
        deadline = None if patience is None else loop.time() + patience
        delay = _FIRST_DELAY
        while True:
            try:
                return await loop.run_in_executor(self._threads, self.once, request)
            except ApiError as error:
                wait = error.retry_after if error.retry_after is not None else delay
                wait *= random.uniform(1.0, 1.2)
                late = deadline is not None and loop.time() + wait > deadline
                if not error.may_pass or late:
                    raise
                if on_trouble is not None:
                    on_trouble(error)
            await asyncio.sleep(wait)
            delay = min(delay * 2, _LONGEST_DELAY)

    def once(self, request: Request) -> Any:
        """Send one request from this thread; wait for its answer. Raises ApiError."""
        response = self._send(request, READ_SECONDS, stream=False)
        data = response.data
        if response.status >= 400:
            raise api_error(response.status, data, response.headers)
        return json.loads(data) if data else {}

    def stream(self, request: Request, read_seconds: float = STREAM_SECONDS) -> Stream:
        """Open an answer that goes on. Raises ApiError."""
        response = self._send(request, read_seconds, stream=True)
        if response.status >= 400:
            data = response.read(1 << 16)
            response.release_conn()
            raise api_error(response.status, data, response.headers)
        return Stream(response)

    def address(self) -> tuple[str, dict[str, str], Any]:
        """Return host, credentials and settings, for a websocket. Raises RuntimeFault."""
        transport = self.transport()
        return transport.host, transport.headers(), transport.settings

    def transport(self) -> Transport:
        """Return the way to the cluster, found on first use. Raises RuntimeFault."""
        with self._lock:
            if self._transport is None:
                self._transport = Transport(self._context, self._kubeconfig)
            return self._transport

    async def in_thread(self, call: Callable[..., Any], *args: Any) -> Any:
        """Run a blocking call in one of the threads kept for requests."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, call, *args)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            if self._transport is not None:
                self._transport.pool.clear()

    def _send(self, request: Request, read_seconds: float, *, stream: bool) -> Any:
        transport = self.transport()
        try:
            response = self._raw(transport, request, read_seconds, stream=stream)
            if response.status != 401:
                return response
            response.drain_conn()
        except ApiError as error:
            if "CERTIFICATE_VERIFY_FAILED" not in error.message:
                raise
        return self._raw(self._reloaded(transport), request, read_seconds, stream=stream)

    def _raw(
        self, transport: Transport, request: Request, read_seconds: float, *, stream: bool
    ) -> Any:
        import urllib3

        headers = {"Accept": "*/*" if stream else JSON, **transport.headers()}
        body = request.body
        if body is not None:
            headers["Content-Type"] = request.content_type
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        with self._lock:
            self.requests += 1
        try:
            return transport.pool.request(
                request.method,
                transport.host + request.target,
                body=body,
                headers=headers,
                preload_content=not stream,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=read_seconds),
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ApiError(0, _short(error)) from error

    def _reloaded(self, stale: Transport) -> Transport:
        """Credentials may have been renewed on disk: read them again, once for all who ask."""
        with self._lock:
            if self._transport is stale:
                self._transport = Transport(self._context, self._kubeconfig)
            assert self._transport is not None
            return self._transport


class Stream:
    """An answer that goes on; `close` may be called from another thread and frees the reader."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self._closed = False

    def chunks(self) -> Iterator[bytes]:
        """Yield bytes as they come, until the server or `close` ends it. Raises ApiError."""
        import urllib3

        try:
            yield from self._response.stream(1 << 16)
        except (urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as error:
            if not self._closed:
                raise ApiError(0, _short(error)) from error

    def lines(self) -> Iterator[bytes]:
        """Yield whole lines, without their newline. Raises ApiError."""
        rest = b""
        for chunk in self.chunks():
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def close(self) -> None:
        self._closed = True
        wire = _socket_of(self._response)
        if wire is not None:
            # Not SSLSocket's own: it takes the session away beneath a thread that reads.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(wire, socket.SHUT_RDWR)

    def release(self) -> None:
        """Let go of the connection, after the last read."""
        self._response.close()


def _socket_of(response: Any) -> Any:
    connection = getattr(response, "_connection", None) or getattr(response, "connection", None)
    return getattr(connection, "sock", None)


def _settings(context: str | None, kubeconfig: str | None) -> Any:
    from kubernetes import config as package
    from kubernetes.client import Configuration

    config: Any = package  # parts of it have no types
    settings = Configuration()
    try:
        if kubeconfig_files(kubeconfig) or not runs_in_a_pod():
            config.load_kube_config(
                config_file=kubeconfig, context=context, client_configuration=settings
            )
        else:
            config.load_incluster_config(client_configuration=settings)
    except (config.ConfigException, OSError, ValueError) as error:
        raise RuntimeFault(f"the kubeconfig gives no way to a cluster: {error}") from error
    return settings


def _keepalive() -> list[tuple[int, int, int]]:
    """A connection whose other end is gone is noticed within a minute."""
    options = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    ]
    for name, value in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or error
    return f"{type(reason).__name__}: {str(reason)[:300]}"
