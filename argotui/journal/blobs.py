"""Long texts in files named by their hash. Called by journal.store and by clients of a driver."""

from __future__ import annotations

import hashlib
from pathlib import Path

from argotui.journal.files import write_whole
from argotui.model.errors import RuntimeFault


def keep_blob(folder: Path, text: str) -> str:
    """Store the text once and return its hash. Raises OSError."""
    data = text.encode("utf-8", "surrogatepass")
    name = hashlib.blake2s(data, digest_size=20).hexdigest()
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(path, data)
    return name


def fetch_blob(folder: Path, name: str) -> str:
    """Return the text with this hash. Raises RuntimeFault: it is missing or was altered."""
    if not name.isalnum():
        raise RuntimeFault("a journal record names a blob that cannot exist")
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise RuntimeFault(f"a value of the run is missing: {folder / name}") from error
    if hashlib.blake2s(data, digest_size=20).hexdigest() != name:
        raise RuntimeFault(f"a value of the run was altered on disk: {folder / name}")
    return data.decode("utf-8", "surrogatepass")
