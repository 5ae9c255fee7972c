"""Reading what was named on the command line: manifests from files, folders and stdin, and
parameters. Called by `run` and `lint`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from argotui.model.errors import ManifestError, Problem, UsageError

SUFFIXES = (".yaml", ".yml", ".json")
MAX_BYTES = 16 << 20  # larger manifests are refused unparsed
STDIN = "-"
STDIN_NAME = "<stdin>"  # what it is called in messages
_SKIPPED_FOLDERS = ("node_modules", "__pycache__")


def read_manifests(names: Sequence[str]) -> dict[str, bytes]:
    """Return file name -> content for everything named; `-` is stdin, a folder all its manifests.

    Raises UsageError naming the file that cannot be read.
    """
    contents: dict[str, bytes] = {}
    for name in names:
        if name == STDIN:
            contents[STDIN_NAME] = _read_stdin()
            continue
        for path in _expand(name):
            if str(path) not in contents:
                contents[str(path)] = _read(path)
    return contents


def read_parameters(pairs: Sequence[str]) -> dict[str, str]:
    """Return the parameters given with -p. Raises UsageError for what is no NAME=VALUE, or given
    twice. Argo: 7."""
    given: dict[str, str] = {}
    for pair in pairs:
        name, value = split_pair(pair)
        if name in given:
            raise UsageError(f"-p {name}: given twice")
        given[name] = value
    return given


def read_parameter_files(names: Sequence[str]) -> dict[str, Any]:
    """Return the parameters given with -f, as they stand in the files. Argo: 7."""
    given: dict[str, Any] = {}
    for name in names:
        for parameter, value in _parameter_file(name).items():
            if parameter in given:
                raise UsageError(f"{name}: parameter '{parameter}' is in another -f file too")
            given[parameter] = value
    return given


def split_pair(text: str, option: str = "-p") -> tuple[str, str]:
    """Return name and value of NAME=VALUE, split at the first `=`."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{option}: expected parameter of the form: NAME=VALUE. Received: {text}")
    return name, value


def _parameter_file(name: str) -> dict[str, Any]:
    from argotui.manifest.yaml import compose, decode_text

    label = STDIN_NAME if name == STDIN else name
    text = decode_text(_read_stdin() if name == STDIN else _read(_existing(name)), label)
    if isinstance(text, Problem):
        raise ManifestError((text,))
    documents, problems = compose(text, label)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise ManifestError(errors)
    data = documents[0].data if documents else None
    if len(documents) > 1 or not isinstance(data, dict):
        raise UsageError(f"{label}: a parameter file is one map of names to values")
    return data


def _existing(name: str) -> Path:
    path = Path(name)
    if not path.exists():
        raise UsageError(f"{name}: no such file or folder")
    return path


def _expand(name: str) -> list[Path]:
    path = _existing(name)
    if not path.is_dir():
        return [path]
    found = sorted(_walk(path))
    if not found:
        raise UsageError(f"{name}: no {', '.join(SUFFIXES)} files in this folder")
    return found


def _walk(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror}") from None
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _SKIPPED_FOLDERS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif entry.suffix in SUFFIXES and entry.is_file():
            yield entry


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    return _limited(str(path), raw)


def _read_stdin() -> bytes:
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError(f"{STDIN_NAME}: there is nothing to read")
    return _limited(STDIN_NAME, sys.stdin.buffer.read(MAX_BYTES + 1))


def _limited(name: str, raw: bytes) -> bytes:
    if len(raw) > MAX_BYTES:
        raise UsageError(f"{name}: larger than {MAX_BYTES >> 20} MiB, which no manifest is")
    return raw
