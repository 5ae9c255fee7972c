"""Messages between driver and supervisor: JSON objects, each behind its length; status files.

Used by both sides.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
from typing import Any

HEADER = struct.Struct("<Q")
SOCKET = "supervisor.sock"
STATUS = "status"
LIMIT = 1 << 30  # bytes of one message
LARGE = 1 << 16  # bytes of a status above which the driver reads the file instead

Message = dict[str, Any]


def frame(message: Message) -> bytes:
    """Return a message as it goes over the socket."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return HEADER.pack(len(body)) + body


class Framer:
    """Takes bytes as they come and gives back the messages that are complete."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Raises ValueError for what cannot be a message."""
        self._bytes += data
        found = []
        while len(self._bytes) >= HEADER.size:
            (size,) = HEADER.unpack_from(self._bytes)
            if size > LIMIT:
                raise ValueError(f"a message of {size} bytes")
            end = HEADER.size + size
            if len(self._bytes) < end:
                break
            found.append(json.loads(self._bytes[HEADER.size : end]))
            del self._bytes[:end]
        return found


def status_path(folder: str, key: str) -> str:
    """Return where the status of a piece of work is kept."""
    return os.path.join(folder, STATUS, f"{key}.json")


def write_status(folder: str, key: str, status: Message) -> bytes:
    """Write a status so that a reader sees the old one or the new one; return its bytes."""
    path = status_path(folder, key)
    body = json.dumps(status, separators=(",", ":")).encode()
    handle = os.open(f"{path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(body)
        while view:
            view = view[os.write(handle, view) :]
    finally:
        os.close(handle)
    os.replace(f"{path}.new", path)
    return body


def read_status(folder: str, key: str) -> Message | None:
    """Return a status, None if there is none that can be read."""
    with contextlib.suppress(OSError, ValueError), open(status_path(folder, key), "rb") as file:
        found = json.load(file)
        return found if isinstance(found, dict) else None
    return None


def known_keys(folder: str) -> list[str]:
    """Return the keys of all work that has a status, in order of their names."""
    try:
        names = os.listdir(os.path.join(folder, STATUS))
    except FileNotFoundError:
        return []
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))
