"""What memoize remembers between the runs of this machine: one file an entry. Called by
dispatch. Argo: 4.11."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from argotui.journal.files import private_folder, read_json, write_json


class CacheStore:
    """`subject` is the ConfigMap's name + "/" + key; an entry is the text Argo keeps under it."""

    def __init__(self, folder: Path, namespace: str) -> None:
        self._folder = folder
        self._namespace = namespace

    def load(self, subject: str) -> Mapping[str, str] | None:
        """Return {key: entry}, None where nothing is remembered."""
        try:
            raw = read_json(self._path(subject))
        except (OSError, ValueError):
            return None
        entry = raw.get("entry")
        return {subject.partition("/")[2]: entry} if isinstance(entry, str) else None

    def save(self, subject: str, entry: str) -> None:
        """Remember, in place of what was there. Raises RuntimeFault or OSError."""
        private_folder(self._folder)
        write_json(self._path(subject), {"subject": subject, "entry": entry}, sync=False)

    def _path(self, subject: str) -> Path:
        name = f"{self._namespace}/{subject}".encode("utf-8", "surrogatepass")
        return self._folder / f"{hashlib.blake2s(name, digest_size=16).hexdigest()}.json"
