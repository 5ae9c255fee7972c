"""The user's settings: `config.toml` in the platform's configuration folder, or $ARGOTUI_CONFIG.

Read by the commands that run something; remembered choices are the only thing written.

    parallel = 8                # containers at once on the local runtime (default: twice the cores)

    keep_runs = "30d"           # delete ended runs after that time, "forever": none by itself

    library = ["~/argo"]        # folders whose templates are there to be referred to

    [images."registry.corp/node:*"]   # what stands in for such images on the local runtime
    path = "/opt/node/bin"            # first on the PATH: a folder, or a list of them
    command = ["node"]                # what the image runs by itself
    env = { NODE_ENV = "production" } # set by the image

    [remember]
    no-sandbox = true           # run without isolation where bubblewrap does not work
    "cluster prod/builds" = "kubernetes"  # where to run with this context and namespace
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argotui.cli.text import parse_duration
from argotui.journal.keeping import Keeping
from argotui.model.errors import UsageError
from argotui.model.ttl import LONGEST

_KNOWN: Mapping[str, type] = {
    "parallel": int,
    "library": list,
    "keep_runs": str,
    "images": dict,
    "remember": dict,
}
_REMEMBERED: Mapping[str, type] = {"no-sandbox": bool}
CLUSTER = "cluster "  # + context/namespace: a remembered choice between it and this machine
_RUNTIMES = ("local", "kubernetes")
FOREVER = "forever"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`images` maps a pattern of image names to what stands in for them on the local runtime;
    `library` are folders, relative ones beside the file made absolute. `keeping`: which ended runs
    go by themselves, and when."""

    path: Path
    parallel: int | None = None
    images: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    library: tuple[str, ...] = ()
    keeping: Keeping = field(default_factory=Keeping)
    no_sandbox: bool = False
    clusters: Mapping[str, str] = field(default_factory=dict)  # context/namespace -> runtime


def config_path() -> Path:
    """Return where the settings are, whether or not the file exists."""
    named = os.environ.get("ARGOTUI_CONFIG")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_config_path("argotui") / "config.toml"


def load_config() -> Config:
    """Return the settings. Raises UsageError, as file:line: what, for a file that is wrong."""
    path = config_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if os.environ.get("ARGOTUI_CONFIG"):
            raise UsageError(f"{path}: no such file (named by ARGOTUI_CONFIG)") from None
        return Config(path=path)  # most have none: only who has one waits for its parser
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}:{_line_of_error(error, text)}: {_reason(error)}") from None
    return _checked(path, text, table)


def remember(name: str, value: bool | str) -> None:
    """Keep a choice under [remember]; the rest of the file stays as the user wrote it."""
    path = config_path()
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    shown = str(value).lower() if isinstance(value, bool) else f'"{value}"'
    key = name if re.fullmatch(r"[\w-]+", name) else json.dumps(name)
    line = f"{key} = {shown}\n"
    old = re.compile(rf"^{re.escape(key)}\s*=.*\n?", re.MULTILINE)
    head, mark, tail = text.partition("[remember]\n")
    if mark:
        text = head + mark + line + old.sub("", tail)
    else:
        text = f"{text.rstrip()}\n\n[remember]\n{line}".lstrip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(text, encoding="utf-8")


def _checked(path: Path, text: str, table: Mapping[str, Any]) -> Config:
    def wrong(key: str, what: str) -> UsageError:
        return UsageError(f"{path}:{_line_of(text, key)}: {what}")

    for key, value in table.items():
        if key not in _KNOWN:
            raise wrong(key, f"unknown setting '{key}' (known: {', '.join(sorted(_KNOWN))})")
        if type(value) is not _KNOWN[key]:
            raise wrong(key, f"'{key}' must be {_a(_KNOWN[key])}")
    if "parallel" in table and table["parallel"] < 1:
        raise wrong("parallel", "'parallel' must be at least 1")
    for name, entry in table.get("images", {}).items():
        if problem := _wrong_image(entry):
            raise wrong(name, f"images: '{name}': {problem}")
    folders = [_folder(path, name) for name in table.get("library", [])]
    if not all(folders):
        raise wrong("library", "'library' must be a list of folders that are there")
    keeping = _keeping(table.get("keep_runs"))
    if keeping is None:
        raise wrong("keep_runs", '\'keep_runs\' must be a time such as "30d", or "forever"')
    kept = table.get("remember", {})
    clusters = {n.removeprefix(CLUSTER): v for n, v in kept.items() if n.startswith(CLUSTER)}
    for name, value in kept.items():
        if name.startswith(CLUSTER):
            if value not in _RUNTIMES:
                raise wrong(name, f"'{name}' must be one of {', '.join(_RUNTIMES)}")
        elif type(value) is not _REMEMBERED.get(name):
            raise wrong(name, f"'{name}' is nothing that argotui remembers, or of the wrong type")
    return Config(
        path=path,
        parallel=table.get("parallel"),
        images=table.get("images", {}),
        library=tuple(folders),
        keeping=keeping,
        no_sandbox=kept.get("no-sandbox", False),
        clusters=clusters,
    )


def _keeping(text: str | None) -> Keeping | None:
    """Return how long ended runs are kept, None for what is no time."""
    if text is None:
        return Keeping()
    if text == FOREVER:
        return Keeping(forever=True)
    try:
        return Keeping(default=min(parse_duration(text), LONGEST))
    except ValueError:
        return None


def _folder(config: Path, name: Any) -> str:
    """Return a library's folder, nothing if there is no such folder."""
    if not isinstance(name, str) or not name:
        return ""
    folder = config.parent / Path(name).expanduser()
    return str(folder) if folder.is_dir() else ""


def _wrong_image(entry: Any) -> str:
    """Return what is wrong with a stand-in, nothing if all is well."""
    if not isinstance(entry, dict):
        return "must be a table with path, command, env"
    for key, value in entry.items():
        match key:
            case "path" | "command":
                words = [value] if isinstance(value, str) else value
                if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
                    return f"'{key}' must be a text or a list of texts"
            case "env":
                if not isinstance(value, dict):
                    return "'env' must be a table"
            case _:
                return f"unknown setting '{key}' (known: command, env, path)"
    return ""


def _a(kind: type) -> str:
    words = {int: "a whole number", dict: "a table", list: "a list", str: "a text"}
    return words.get(kind, "true or false")


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"^\s*\[?\s*(images\.)?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.match(line):
            return number
    return 1


def _line_of_error(error: ValueError, text: str) -> int:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else max(1, len(text.splitlines()))


def _reason(error: ValueError) -> str:
    return re.sub(r" \(at (line \d+, column \d+|end of document)\)", "", str(error))
