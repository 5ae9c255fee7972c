"""Private files and folders, written whole or not at all. Called by the rest of journal/."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from argotui.journal.codec import plain
from argotui.model.errors import RuntimeFault


def private_folder(path: Path) -> Path:
    """Make the folder (0700) if it is not there. Raises RuntimeFault: it cannot be made, or
    belongs to somebody else."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        owner = path.stat().st_uid
    except OSError as error:
        raise RuntimeFault(f"cannot make {path}: {error.strerror}") from error
    if owner != os.getuid():
        raise RuntimeFault(f"{path} belongs to another user (uid {owner}); remove or rename it")
    return path


def write_whole(path: Path, data: bytes, *, sync: bool = True, mode: int = 0o600) -> None:
    """Put `data` at `path`: readers see the old content or the new. Raises OSError."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        write_all(handle, data)
        if sync:
            os.fsync(handle)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    fresh.replace(path)
    if sync:
        sync_folder(path.parent)


def write_all(handle: int, data: bytes) -> None:
    """Write every byte, however few the system takes at once. Raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut, where the file system can."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some network file systems refuse it for folders
    finally:
        os.close(handle)


def write_json(path: Path, value: Mapping[str, Any], *, sync: bool = True) -> None:
    text = json.dumps(value, default=plain, separators=(",", ":"))
    write_whole(path, text.encode(), sync=sync)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file. Raises OSError, or ValueError for what is no JSON object."""
    value = json.loads(path.read_bytes())
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} holds no object")
    return value
