"""Seeing the pods of a run, or one object: listed, then watched, listed again if the trace is lost.

One thread a watch. Called by runtime; what it sees goes to `seen`, from the thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any

from argotui.runtimes.kubernetes.client import STREAM_SECONDS, Client, Request, Stream
from argotui.runtimes.kubernetes.errors import ApiError, explained

WATCH_SECONDS = 300  # what the server is asked to let a watch last
_LONGEST_WAIT = 10.0

Pod = Mapping[str, Any]


def in_loop(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: object) -> None:
    """Have the loop make a call, from another thread."""
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
        loop.call_soon_threadsafe(call, *args)


class Watcher:
    """`seen(kind, pod)` gets ADDED, MODIFIED and DELETED, `listed(pods)` all there are after a
    fresh list, `troubled(text)` why nothing is seen for now ("" when it goes on), `refused(text)`
    what the server will not do later either: then it is listed again and again."""

    def __init__(
        self,
        client: Client,
        path: str,
        selection: Mapping[str, str],
        *,
        seen: Callable[[str, Pod], None],
        listed: Callable[[list[Pod]], None],
        troubled: Callable[[str], None] = lambda text: None,
        refused: Callable[[str], None] = lambda text: None,
        read_seconds: float = STREAM_SECONDS,
    ) -> None:
        self._what = f"cannot watch {path.rpartition('/')[2]}"
        self._client, self._path, self._selection = client, path, selection
        self._seen, self._listed, self._troubled = seen, listed, troubled
        self._refused = refused
        self._read_seconds = read_seconds
        self._ended = threading.Event()
        self._stream: Stream | None = None
        self._version = ""
        self._thread = threading.Thread(target=self._run, name="k8s-watch", daemon=True)

    def list_now(self) -> list[Pod]:
        """List, and remember where to watch from. Raises ApiError."""
        answer = self._client.once(Request(method="GET", path=self._path, query=self._selection))
        self._version = str((answer.get("metadata") or {}).get("resourceVersion") or "")
        pods: list[Pod] = answer.get("items") or []
        return pods

    def start(self, version: str = "") -> None:
        """Begin to watch: from `version` on, or from what `list_now` saw."""
        self._version = version or self._version
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        stream = self._stream
        if stream is not None:
            stream.close()

    def _run(self) -> None:
        """Only this loop waits; everything it calls either returns or raises ApiError."""
        wait = 0.0
        while not self._ended.wait(wait):
            try:
                if not self._version:
                    self._listed(self.list_now())
                self._watch()
                wait = 0.0
            except ApiError as error:
                if error.status == 410:
                    self._version, wait = "", 0.0
                    continue
                self._troubled(error.message)
                if not error.may_pass:  # no right to watch, perhaps: then lists have to do
                    self._version = ""
                    self._refused(explained(error, self._what))
                longer = min(max(wait * 2, 0.2), _LONGEST_WAIT)
                wait = error.retry_after if error.retry_after is not None else longer
                wait *= random.uniform(1.0, 1.2)

    def _watch(self) -> None:
        query = {
            **self._selection,
            "watch": True,
            "allowWatchBookmarks": True,
            "resourceVersion": self._version,
            "timeoutSeconds": WATCH_SECONDS,
        }
        request = Request(method="GET", path=self._path, query=query)
        stream = self._stream = self._client.stream(request, self._read_seconds)
        if self._ended.is_set():
            stream.close()
        self._troubled("")
        try:
            for line in stream.lines():
                if line.strip():
                    self._take(line)
        finally:
            self._stream = None
            stream.release()

    def _take(self, line: bytes) -> None:
        try:
            event = json.loads(line)
            kind, found = event["type"], event["object"]
        except (ValueError, KeyError, TypeError):
            raise ApiError(0, "a watch was cut in the middle of an event") from None
        if kind == "ERROR":
            code = int(found.get("code") or 500)
            raise ApiError(code, str(found.get("message") or "the watch ended with an error"))
        self._version = str(found["metadata"]["resourceVersion"])
        if kind != "BOOKMARK":
            self._seen(kind, found)
