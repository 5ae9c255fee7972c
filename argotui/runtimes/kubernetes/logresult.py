"""The result of a container that nobody wraps: the end of its log, of stdout if that can be told.

Called by pods when the log of such a container is whole.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from argotui.runtimes.kubernetes.client import Client, Request
from argotui.runtimes.kubernetes.errors import ApiError
from argotui.runtimes.kubernetes.script import RESULT_MAX
from argotui.runtimes.kubernetes.unwrapped import MIXED, RESULT

_STREAMS_SINCE = (1, 32)  # of Kubernetes: before, the option is overlooked
_NOT_OFFERED = frozenset({400, 422})
_PERHAPS_ROTATED = 8 << 20  # bytes: of a longer log the node may have the last piece only
_SECONDS = 60.0
_NUMBER = re.compile(r"\d+")


class LogResults:
    """Of one run: whether its cluster tells the streams of a log apart is asked once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._offered: bool | None = None

    def read(self, pod_path: str, spool: Path) -> dict[str, bytes]:
        """Return the result by its key; nothing where it cannot be had. `spool` is the whole log.
        Under the key MIXED it may be of both streams."""
        try:
            tail, size = _tail(spool)
        except OSError:
            return {}
        if not size:
            return {RESULT: b""}
        if size < _PERHAPS_ROTATED and self._offers_streams():
            try:
                return {RESULT: self._stdout(pod_path)}
            except ApiError as error:
                if error.status in _NOT_OFFERED:
                    self._offered = False
        return {MIXED: tail}

    def _offers_streams(self) -> bool:
        if self._offered is None:
            try:
                found = self._client.once(Request(method="GET", path="/version"))
            except ApiError:
                return False
            parts = [_NUMBER.match(str(found.get(key) or "")) for key in ("major", "minor")]
            version = tuple(int(each[0]) if each else 0 for each in parts)
            self._offered = version >= _STREAMS_SINCE
        return self._offered

    def _stdout(self, pod_path: str) -> bytes:
        query = {"container": "main", "stream": "Stdout"}
        request = Request(method="GET", path=f"{pod_path}/log", query=query)
        stream = self._client.stream(request, _SECONDS)
        found = b""
        try:
            for chunk in stream.chunks():
                found = (found + chunk)[-RESULT_MAX:]
        finally:
            stream.release()
        return found


def _tail(spool: Path) -> tuple[bytes, int]:
    """Return the end of a file and how long it is; a container that said nothing has none."""
    try:
        with spool.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - RESULT_MAX))
            return file.read(), size
    except FileNotFoundError:
        return b"", 0
