"""Templates and ConfigMaps that manifests only refer to: from `--library` folders, from those of
the settings, beside the manifests, and from a cluster. Called by prepare and `lint`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from argotui.manifest.effective import Options
from argotui.manifest.library import missing, with_library
from argotui.manifest.load import Loaded, load
from argotui.manifest.needs import key_of, needs
from argotui.manifest.report import one_line
from argotui.model.errors import UsageError
from argotui.model.sought import Answer, Elsewhere, Sought
from argotui.model.values import JsonObject
from argotui.model.workflow import LibraryKey, Workflow
from argotui.submit.sources import MAX_BYTES, SUFFIXES, read_manifests

_KIND = {"namespaced": "WorkflowTemplate", "cluster": "ClusterWorkflowTemplate"}
_NO_OPTIONS = Options()
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


def from_elsewhere(
    loaded: Loaded,
    roots: Sequence[Workflow],
    elsewhere: Elsewhere | None,
    *,
    namespace: str = "",
    options: Options = _NO_OPTIONS,
) -> tuple[Loaded, tuple[str, ...]]:
    """Return what was given with what the cluster has of all that the documents `roots` still
    lack, however far it leads, and a line about each. Raises RuntimeFault."""
    asked: set[Sought] = set()
    notes: list[str] = []
    while elsewhere is not None:
        lacking = {sought for root in roots for sought in needs(root, loaded, options)} - asked
        answers = elsewhere.look(sorted(lacking), namespace) if lacking else {}
        if not answers:
            break
        asked |= lacking
        loaded = _with_answers(loaded, answers)
        notes += [
            f"{sought.kind} '{sought.name}' is read from {answer.place}"
            for sought, answer in answers.items()
            if answer.document is not None
        ]
    return loaded, tuple(notes)


def document_text(document: JsonObject) -> bytes:
    """Return an object as the manifest that it would be."""
    return json.dumps(document, indent=1).encode()


def _with_answers(loaded: Loaded, answers: Mapping[Sought, Answer]) -> Loaded:
    texts = {
        f"{answer.place} {sought.kind}/{sought.name}": document_text(answer.document)
        for sought, answer in answers.items()
        if answer.document is not None
    }
    absent = {
        key: answer.why
        for sought, answer in answers.items()
        if answer.document is None and answer.why and (key := key_of(sought)) is not None
    }
    # Not strict: what a controller runs from is read as leniently there.
    found = with_library(loaded, load(texts.items()))
    return replace(found, absent={**found.absent, **absent})


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
