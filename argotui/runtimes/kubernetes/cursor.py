"""Where reading a container's log stands, so that a new stream goes on without loss or doubling.

Pure. The API takes whole seconds: a stream opened again repeats the lines of the last second seen,
as many as were seen of it; those are left out. Called by logs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from argotui.runtimes.kubernetes.script import MARK

_SECOND = 19  # characters of 2026-11-23T19:09:35
_SPAN = 0.01  # seconds of lines that share one time in the spool


class Cursor:
    """Feed it chunks of a log with timestamps; it yields (unix time, bytes) to be kept.

    `marks` gets the words of our shim, which are no part of the log. A stream that does not
    begin where it should (the log was rotated) is taken up after the last time seen.
    """

    def __init__(self, nonce: str = "") -> None:
        self.marks: list[str] = []
        self._mark = f"{MARK} {nonce} ".encode() if nonce else b""
        self._second = b""  # of the last line seen
        self._first = b""  # the whole time of the first line of that second
        self._seen = 0  # lines seen of that second
        self._last = b""
        self._rest = b""
        self._skip = 0
        self._after = b""
        self._checks = False
        self._epoch = (b"", 0.0)

    @property
    def since(self) -> str | None:
        """What to ask the API for; None for all there is."""
        return f"{self._second.decode()}Z" if self._second else None

    @property
    def has_seen(self) -> bool:
        return bool(self._second)

    def reopened(self) -> None:
        """A new stream begins, asked for from `since` on."""
        self._rest, self._after = b"", b""
        self._skip = self._seen
        self._checks = bool(self._second)

    def feed(self, chunk: bytes) -> Iterator[tuple[float, bytes]]:
        """Take bytes as they came from the API."""
        *lines, self._rest = (self._rest + chunk).split(b"\n") if self._rest else chunk.split(b"\n")
        yield from self._kept(lines, b"\n")

    def ended(self) -> Iterator[tuple[float, bytes]]:
        """The container has ended, and so has its log: what is left has no newline."""
        rest, self._rest = self._rest, b""
        if rest:
            yield from self._kept([rest], b"")

    def _kept(self, lines: list[bytes], newline: bytes) -> Iterator[tuple[float, bytes]]:
        group: list[bytes] = []
        began = 0.0
        for line in lines:
            stamp, space, text = line.partition(b" ")
            if not space and not stamp:
                continue
            if not self._is_new(stamp):
                continue
            if self._mark and self._mark in text:
                text, found = self._without_mark(text)
                if not found:
                    continue
            else:
                text += newline
            at = self._unix(stamp)
            if group and not 0 <= at - began < _SPAN:
                yield began, b"".join(group)
                group = []
            if not group:
                began = at
            group.append(text)
        if group:
            yield began, b"".join(group)

    def _without_mark(self, text: bytes) -> tuple[bytes, bool]:
        text, _, words = text.partition(self._mark)
        self.marks.append(words.decode("utf-8", "replace").strip())
        return text, bool(text)

    def _is_new(self, stamp: bytes) -> bool:
        if self._checks:
            self._checks = False
            if stamp != self._first:
                self._skip, self._after = 0, self._last
        if self._skip:
            self._skip -= 1
            return False
        if self._after and stamp <= self._after:
            return False
        second = stamp[:_SECOND]
        if second > self._second:
            self._second, self._first, self._seen = second, stamp, 0
        if second == self._second:
            self._seen += 1
        self._last = max(self._last, stamp)
        return True

    def _unix(self, stamp: bytes) -> float:
        second, rest = stamp[:_SECOND], stamp[_SECOND:]
        if second != self._epoch[0]:
            self._epoch = (second, _whole(second))
        fraction = rest.rstrip(b"Z")
        try:
            return self._epoch[1] + (float(b"0" + fraction) if fraction.startswith(b".") else 0.0)
        except ValueError:
            return self._epoch[1]


def _whole(second: bytes) -> float:
    try:
        return datetime.fromisoformat(second.decode("ascii")).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
