"""Secrets that came by stdin, handed to a driver in another process: through a pipe, never a file.

Called by bootstrap on both sides. Secrets of files are simply read again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_NAME = "handover"


def offer(folder: Path, documents: Sequence[Mapping[str, Any]]) -> None:
    """Hold the documents ready for the driver that is about to start for this folder."""
    path = folder / _NAME
    os.mkfifo(path, 0o600)
    threading.Thread(target=_write, args=(path, json.dumps(list(documents))), daemon=True).start()


def take(folder: Path) -> list[Mapping[str, Any]] | None:
    """Return what was offered, once; None if nothing was."""
    path = folder / _NAME
    try:
        with path.open(encoding="utf-8") as pipe:
            path.unlink()
            found: list[Mapping[str, Any]] = json.load(pipe)
    except FileNotFoundError:
        return None
    return found


def withdraw(folder: Path) -> None:
    """Nobody came for it."""
    with suppress(FileNotFoundError):
        (folder / _NAME).unlink()


def _write(path: Path, text: str) -> None:
    with suppress(OSError), path.open("w", encoding="utf-8") as pipe:
        pipe.write(text)
