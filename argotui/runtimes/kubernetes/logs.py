"""Following the logs of the containers of a run into their spools, in threads of their own.

Called by runtime: `follow` when a container runs, `finish` when it has ended.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from argotui.logs.writer import SpoolWriter
from argotui.runtimes.kubernetes.client import Client, Request, Stream
from argotui.runtimes.kubernetes.cursor import Cursor
from argotui.runtimes.kubernetes.errors import ApiError

FOLLOWED = 400  # containers followed at a time; others wait, and are read at their end at least
_IDLE_SECONDS = 240.0  # without a byte a stream is opened again: rotation can leave it dumb
_AGAIN_SECONDS = 1.0
_FINISH_SECONDS = 60.0
_DRAIN_SECONDS = 2.0

OnMark = Callable[[str, str], None]


class LogFollower:
    """All logs of one run. `on_mark(container, words)` is called from a thread when a shim
    speaks. `tell` gets a sentence where a log cannot be had."""

    def __init__(self, client: Client, namespace: str, tell: Callable[[str], None]) -> None:
        self._client, self._namespace, self._tell = client, namespace, tell
        self._threads = ThreadPoolExecutor(FOLLOWED, thread_name_prefix="k8s-log")
        self._finishers = ThreadPoolExecutor(8, thread_name_prefix="k8s-log-end")
        self._following: dict[tuple[str, str], Following] = {}

    def follow(self, pod: str, container: str, path: Path, nonce: str, on_mark: OnMark) -> None:
        """Begin to follow; once is enough."""
        key = (pod, container)
        if key in self._following:
            return
        following = Following(self._client, self._place(pod), container, path, nonce, on_mark)
        self._following[key] = following
        self._threads.submit(following.run)

    async def finish(
        self, pod: str, container: str, path: Path, nonce: str, *, drain: bool = False
    ) -> str:
        """Read what is left of the log of a container that has ended. Returns when it is whole, or
        what is wrong with it.

        `drain` lets the stream come to its own end first: of a pod that is being deleted nothing
        more may be read afterwards.
        """
        key = (pod, container)
        following = self._following.get(key)
        if following is None:
            following = Following(
                self._client, self._place(pod), container, path, nonce, lambda name, words: None
            )
            self._following[key] = following
        loop = asyncio.get_running_loop()
        problem = await loop.run_in_executor(self._finishers, following.finish, drain)
        if problem:
            self._tell(f"the log of {pod}/{container}: {problem}")
        return problem

    def let_go(self, pod: str, container: str) -> None:
        """Follow a container no longer; one that nobody follows is no error."""
        following = self._following.pop((pod, container), None)
        if following is not None:
            following.cut()

    def close(self) -> None:
        for each in self._following.values():
            each.cut()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._finishers.shutdown(wait=False, cancel_futures=True)

    def _place(self, pod: str) -> str:
        return f"/api/v1/namespaces/{self._namespace}/pods/{pod}/log"


class Following:
    """One container's log: followed by one thread, finished by another, written by one at a time.

    A spool that an earlier driver left is written anew from the start of the log, which is the
    same for as long as the container is there.
    """

    def __init__(
        self, client: Client, where: str, container: str, path: Path, nonce: str, on_mark: OnMark
    ) -> None:
        self._client, self._where, self._container = client, where, container
        self._path, self._on_mark = path, on_mark
        self._cursor = Cursor(nonce)
        self._writer: SpoolWriter | None = None
        self._stream: Stream | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()  # no more following
        self._idle = threading.Event()  # the follower has left
        self._idle.set()
        self._finished = False

    def run(self) -> None:
        """Follow until told to stop; a stream that breaks is opened again."""
        self._idle.clear()
        try:
            while not self._ended.is_set():
                try:
                    came_to_end = self._read(follow=True)
                except ApiError as error:
                    if error.status == 404:
                        return
                    came_to_end = False
                if self._ended.wait(0.1 if came_to_end else _AGAIN_SECONDS):
                    return
        except Exception:  # the final read will say what is wrong
            return
        finally:
            self._idle.set()

    def finish(self, drain: bool) -> str:
        """Return what is wrong with the log, "" if it is whole."""
        if self._finished:
            return ""
        if drain:
            self._idle.wait(_DRAIN_SECONDS)
        self.cut()
        self._idle.wait(_FINISH_SECONDS)
        problem = self._read_rest()
        with self._lock:
            self._finished = True
            self._write(self._cursor.ended())
            if self._writer is not None:
                self._writer.close()
        return problem

    def cut(self) -> None:
        self._ended.set()
        stream = self._stream
        if stream is not None:
            stream.close()

    def _read_rest(self) -> str:
        deadline = time.monotonic() + _FINISH_SECONDS
        while True:
            try:
                self._read(follow=False)
                return ""
            except ApiError as error:
                if error.status == 404 and self._cursor.has_seen:
                    return ""
                if not error.may_pass or time.monotonic() > deadline:
                    return error.message
                time.sleep(min(error.retry_after or _AGAIN_SECONDS, _AGAIN_SECONDS))
            except OSError as error:
                return f"{error.strerror}: {self._path}"

    def _read(self, *, follow: bool) -> bool:
        """Read one stream to its end; return whether anything new came. Raises ApiError."""
        query = {
            "container": self._container,
            "timestamps": True,
            "follow": True if follow else None,
            "sinceTime": self._cursor.since,
        }
        seconds = _IDLE_SECONDS if follow else _FINISH_SECONDS
        stream = self._client.stream(Request(method="GET", path=self._where, query=query), seconds)
        self._stream = stream
        if follow and self._ended.is_set():
            stream.close()
        self._cursor.reopened()
        came = False
        try:
            for chunk in stream.chunks():
                came = True
                self._write(self._cursor.feed(chunk))
        finally:
            self._stream = None
            stream.release()
        return came

    def _write(self, pieces: Iterable[tuple[float, bytes]]) -> None:
        for at, data in pieces:
            if self._writer is None:
                self._writer = _fresh(self._path)
            self._writer.write(data, at=at)
        while self._cursor.marks:
            self._on_mark(self._container, self._cursor.marks.pop(0))


def _fresh(path: Path) -> SpoolWriter:
    for old in (path, path.with_suffix(".idx")):
        old.unlink(missing_ok=True)
    return SpoolWriter(path)
