"""One step of the engine <-> one line of the journal: JSON that ends in its own checksum.

Called by journal.store to write and to fold; the driver sends the same lines to its clients.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from argotui.journal.changes import decode_change, encode_change
from argotui.journal.codec import plain
from argotui.model.changes import Change, Step
from argotui.model.errors import RuntimeFault

BLOB_FROM = 64 * 1024  # characters: a longer text is kept in a file of its own
_BLOB, _LITERAL = "$blob", "$literal"
_TAIL = len(',"crc":"00000000"}\n')
_encode = json.JSONEncoder(separators=(",", ":"), default=plain).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A step as journalled: number `seq`, and the line as it stands in the file."""

    seq: int
    at: float
    cause: str
    changes: tuple[Change, ...]
    line: bytes


def write_record(step: Step, *, seq: int, keep: Callable[[str], str]) -> Record:
    """Return the record of a step. `keep` stores a long text and returns its hash."""
    raw: dict[str, Any] = {"n": seq, "at": step.at, "cause": step.cause}
    raw["changes"] = [encode_change(change) for change in step.changes]
    text = _encode(raw)
    if len(text) > BLOB_FROM:
        raw["blobs"] = 1
        raw["changes"] = _outside(raw["changes"], keep)
        text = _encode(raw)
    return Record(
        seq=seq, at=step.at, cause=step.cause, changes=step.changes, line=_seal(text[:-1].encode())
    )


def read_record(line: bytes, *, fetch: Callable[[str], str]) -> Record:
    """Return the record in a whole line. `fetch` returns a long text by its hash.

    Raises ValueError where the checksum does not hold, RuntimeFault where the line is sound but
    says what this version does not know.
    """
    if not is_sound(line):
        raise ValueError("the checksum does not hold")
    try:
        raw = json.loads(line)
        changes = raw["changes"]
        if raw.get("blobs"):
            changes = _inside(changes, fetch)
        return Record(
            seq=raw["n"],
            at=raw["at"],
            cause=raw["cause"],
            changes=tuple([decode_change(change) for change in changes]),
            line=line,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RuntimeFault(
            f"a journal record is not understood ({error}); it was written by another version"
        ) from error


def is_sound(line: bytes) -> bool:
    """Whether the line is whole and its checksum holds."""
    return line == _seal(line[:-_TAIL])


def _seal(body: bytes) -> bytes:
    return b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))


def _outside(value: Any, keep: Callable[[str], str]) -> Any:
    """Replace long texts by references to blobs."""
    if isinstance(value, str):
        return {_BLOB: keep(value)} if len(value) > BLOB_FROM else value
    if isinstance(value, list | tuple):
        return [_outside(item, keep) for item in value]
    if hasattr(value, "items"):
        inner = {key: _outside(item, keep) for key, item in value.items()}
        return {_LITERAL: inner} if _BLOB in inner or _LITERAL in inner else inner
    return value


def _inside(value: Any, fetch: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_inside(item, fetch) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and _BLOB in value:
        return fetch(value[_BLOB])
    if len(value) == 1 and _LITERAL in value:
        value = value[_LITERAL]
    return {key: _inside(item, fetch) for key, item in value.items()}
