"""The user's settings: `config.toml` in the platform's configuration folder, or $ARGOTUI_CONFIG.

Read by the commands that run something; remembered choices are the only thing written.

    parallel = 8                # containers at once on the local runtime (default: twice the cores)

    [images]                    # what an image stands for on the local runtime
    "registry.corp/tools:*" = "host"           # run its commands with this machine's programs
    "registry.corp/node:*" = "/opt/node/bin"   # ... with this folder first on the PATH

    [remember]
    no-sandbox = true           # run without isolation where bubblewrap does not work
    runtime = "local"           # where to run although there is a kubeconfig
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from argotui.model.errors import UsageError

_KNOWN: Mapping[str, type] = {"parallel": int, "images": dict, "remember": dict}
_REMEMBERED: Mapping[str, type] = {"no-sandbox": bool, "runtime": str}
_RUNTIMES = ("local", "kubernetes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`images` maps a pattern of image names to what stands for it on the local runtime."""

    path: Path
    parallel: int | None = None
    images: Mapping[str, str] = field(default_factory=dict)
    no_sandbox: bool = False
    runtime: str = ""


def config_path() -> Path:
    """Return where the settings are, whether or not the file exists."""
    named = os.environ.get("ARGOTUI_CONFIG")
    if named:
        return Path(named)
    return platformdirs.user_config_path("argotui") / "config.toml"


def load_config() -> Config:
    """Return the settings. Raises UsageError, as file:line: what, for a file that is wrong."""
    path = config_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if os.environ.get("ARGOTUI_CONFIG"):
            raise UsageError(f"{path}: no such file (named by ARGOTUI_CONFIG)") from None
        return Config(path=path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
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
    line = f"{name} = {shown}\n"
    old = re.compile(rf"^{re.escape(name)}\s*=.*\n?", re.MULTILINE)
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
    images = table.get("images", {})
    for name, value in images.items():
        if not isinstance(value, str) or not value:
            raise wrong(name, f"the stand-in of image '{name}' must be a text")
    kept = table.get("remember", {})
    for name, value in kept.items():
        if type(value) is not _REMEMBERED.get(name):
            raise wrong(name, f"'{name}' is nothing that argotui remembers, or of the wrong type")
    if kept.get("runtime", "local") not in _RUNTIMES:
        raise wrong("runtime", f"'runtime' must be one of {', '.join(_RUNTIMES)}")
    return Config(
        path=path,
        parallel=table.get("parallel"),
        images=images,
        no_sandbox=kept.get("no-sandbox", False),
        runtime=kept.get("runtime", ""),
    )


def _a(kind: type) -> str:
    return {int: "a whole number", dict: "a table", str: "a text", bool: "true or false"}[kind]


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"^\s*\[?\s*[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.match(line):
            return number
    return 1


def _line_of_error(error: tomllib.TOMLDecodeError, text: str) -> int:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else max(1, len(text.splitlines()))


def _reason(error: tomllib.TOMLDecodeError) -> str:
    return re.sub(r" \(at (line \d+, column \d+|end of document)\)", "", str(error))
