"""What memoize remembers between runs: the port, and the files in which this machine keeps it.
Called by dispatch. Argo: 4.11."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from argotui.journal.files import private_folder, read_json, write_json


class Caches(Protocol):
    """`subject` is the ConfigMap's name + "/" + key; an entry is the text Argo keeps under it."""

    async def load(self, subject: str) -> Mapping[str, str] | None:
        """Return {key: entry}, None where nothing is remembered, and note when it was asked for.

        Raises RuntimeFault: there is a cache that may not be used.
        """
        ...

    async def save(self, subject: str, entry: str) -> None:
        """Remember, in place of what was there. Raises RuntimeFault or OSError."""
        ...


class CacheStore:
    """One file an entry, in a folder that the runs of this machine share."""

    def __init__(self, folder: Path, namespace: str) -> None:
        self._folder = folder
        self._namespace = namespace

    async def load(self, subject: str) -> Mapping[str, str] | None:
        try:
            entry = read_json(self._path(subject)).get("entry")
        except (OSError, ValueError):
            return None
        if not isinstance(entry, str):
            return None
        await self.save(subject, hit(entry, now))
        return {subject.partition("/")[2]: entry}

    async def save(self, subject: str, entry: str) -> None:
        private_folder(self._folder)
        write_json(self._path(subject), {"subject": subject, "entry": entry}, sync=False)

    def _path(self, subject: str) -> Path:
        name = f"{self._namespace}/{subject}".encode("utf-8", "surrogatepass")
        return self._folder / f"{hashlib.blake2s(name, digest_size=16).hexdigest()}.json"


def now() -> str:
    """Return the time as Argo's entries have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hit(entry: str, at: Callable[[], str]) -> str:
    """Return the entry as of having been asked for; one that is no JSON object as it is."""
    try:
        found = json.loads(entry)
    except ValueError:
        return entry
    if not isinstance(found, dict):
        return entry
    return json.dumps({**found, "lastHitTimestamp": at()}, separators=(",", ":"))
