"""Templates and ConfigMaps that manifests only refer to: from `--library` folders, from those of
the settings, and beside the manifests. Called by prepare and `lint`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from argotui.manifest.library import missing, with_library
from argotui.manifest.load import Loaded, load
from argotui.manifest.report import one_line
from argotui.model.errors import UsageError
from argotui.model.workflow import LibraryKey
from argotui.submit.sources import MAX_BYTES, SUFFIXES, read_manifests

_KIND = {"namespaced": "WorkflowTemplate", "cluster": "ClusterWorkflowTemplate"}
_MOST_NEIGHBOURS = 5000  # files of one folder that are looked into


def read_library(folders: Iterable[str]) -> dict[str, bytes]:
    """Return the manifests of library folders. Raises UsageError for one that cannot be read."""
    contents: dict[str, bytes] = {}
    for folder in folders:
        if not Path(folder).is_dir():
            raise UsageError(f"--library {folder}: no such folder")
        if any(name.endswith(SUFFIXES) for _, _, names in os.walk(folder) for name in names):
            contents |= read_manifests([folder])
    return contents


def completed(
    loaded: Loaded,
    library: Mapping[str, bytes],
    files: Sequence[str],
    *,
    strict: bool,
    folder: str = "",
) -> tuple[Loaded, tuple[str, ...]]:
    """Return what was given with all that it refers to, and a line about each file of which nobody
    has spoken. `files` are the manifests' names, relative to `folder`."""
    given = _paths(files, folder)
    others = {name: raw for name, raw in library.items() if _path(name, folder) not in given}
    notes: list[str] = []
    if others:
        found = load(others.items(), strict=strict)
        notes += [f"library: {one_line(each)}" for each in found.errors if not each.subject]
        loaded = with_library(loaded, found)
    looked: set[str] = set()
    while wanted := missing(loaded):
        beside, told = _beside(wanted, given, folder, looked, strict=strict)
        if beside is None:
            break
        loaded = with_library(loaded, beside)
        notes += told
    return loaded, tuple(notes)


def _beside(
    wanted: frozenset[LibraryKey],
    given: frozenset[Path],
    folder: str,
    looked: set[str],
    *,
    strict: bool,
) -> tuple[Loaded | None, list[str]]:
    """Return the documents of files beside the given ones that define what is wanted."""
    contents: dict[str, bytes] = {}
    notes = []
    for path in _neighbours(given):
        name = _shown(path, folder)
        if name in looked or not (raw := _mentioning(path, wanted)):
            continue
        defined = sorted(_defined(load([(name, raw)]), wanted), key=str)
        if not defined:
            continue
        looked.add(name)
        contents[name] = raw
        notes += [f"{_KIND[key.scope]} '{key.name}' is taken from {name}" for key in defined]
    if not contents:
        return None, []
    return load(contents.items(), strict=strict), notes


def _neighbours(given: Iterable[Path]) -> Iterator[Path]:
    for folder in sorted({path.parent for path in given}):
        try:
            found = sorted(folder.iterdir())
        except OSError:
            continue
        yield from (
            path
            for path in found[:_MOST_NEIGHBOURS]
            if path.suffix in SUFFIXES and path not in given and path.is_file()
        )


def _mentioning(path: Path, wanted: Iterable[LibraryKey]) -> bytes:
    """Return a file's content if it may define something that is wanted, else nothing."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return b""
        raw = path.read_bytes()
    except OSError:
        return b""
    if b"WorkflowTemplate" not in raw:
        return b""
    return raw if any(key.name.encode() in raw for key in wanted) else b""


def _defined(loaded: Loaded, wanted: Iterable[LibraryKey]) -> list[LibraryKey]:
    shelves = {
        "namespaced": loaded.workflow_templates,
        "cluster": loaded.cluster_workflow_templates,
    }
    return [key for key in wanted if key.name in shelves[key.scope]]


def _paths(files: Iterable[str], folder: str) -> frozenset[Path]:
    return frozenset(_path(name, folder) for name in files if not name.startswith("<"))


def _path(name: str, folder: str) -> Path:
    return Path(os.path.abspath(Path(folder, name)))


def _shown(path: Path, folder: str) -> str:
    """Return the path as people would write it from the folder they are in."""
    base = Path(os.path.abspath(folder or "."))
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)
