"""What is said over a run's socket. Called by control and remote only.

Both sides speak lines of JSON. A line of the driver may say `bytes`: so many follow it, being one
line of JSON (the rows to come) and then journal lines as they stand in the file. The driver
greets first: {"argotui": PROTOCOL, "run": ..., "version": ...}.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from argotui.journal.codec import TAG, decode, encode, plain
from argotui.model.changes import Planned
from argotui.model.events import (
    NodeSetRequested,
    Request,
    ResumeRequested,
    RunSuspendToggled,
    ShutdownRequested,
)

PROTOCOL = 1
REQUEST_BYTES = 1 << 20  # the longest line of a client
_encode = json.JSONEncoder(separators=(",", ":"), default=plain).encode
_REQUESTS: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (ResumeRequested, NodeSetRequested, ShutdownRequested, RunSuspendToggled)
}
_KINDS: Mapping[str, type] = {  # of the fields of requests, as they are in JSON
    "node_name": str,
    "values": dict,
    "by": str,
    "message": str,
    "phase": str,
    "strategy": str,
    "suspended": bool,
}


def message(head: Mapping[str, Any], body: bytes = b"") -> bytes:
    """Return a line, and the bytes that go with it."""
    said = {**head, "bytes": len(body)} if body else head
    return _encode(said).encode() + b"\n" + body


def read_message(line: bytes) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object."""
    try:
        said = json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(said, dict):
        raise ValueError("a JSON object is wanted")
    return said


def write_outlook(outlook: Mapping[str, tuple[Planned, ...]]) -> bytes:
    rows = {name: [encode(row) for row in planned] for name, planned in outlook.items()}
    return _encode(rows).encode() + b"\n"


def read_outlook(line: bytes) -> dict[str, tuple[Planned, ...]]:
    return {
        name: tuple([decode(Planned, row) for row in rows])
        for name, rows in json.loads(line).items()
    }


def write_body(outlook: Mapping[str, tuple[Planned, ...]], lines: Sequence[bytes]) -> bytes:
    return write_outlook(outlook) + b"".join(lines)


def write_request(request: Request) -> dict[str, Any]:
    return {TAG: type(request).__name__, **encode(request)}


def read_request(raw: Any) -> Request:
    """Raises ValueError for anything that is not a request a client may make."""
    kind = raw.get(TAG) if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in _REQUESTS:
        raise ValueError("not a request that a driver takes")
    fields = {name: value for name, value in raw.items() if name in _KINDS}
    for name, value in fields.items():
        if not isinstance(value, _KINDS[name]):
            raise ValueError(f"{name} is not a {_KINDS[name].__name__}")
    if not all(isinstance(value, str) for value in fields.get("values", {}).values()):
        raise ValueError("values are texts")
    try:
        request: Request = decode(_REQUESTS[kind], fields)
    except TypeError as error:
        raise ValueError("the request is not complete") from error
    return request
