"""What a command line asks for: what to run, how, and how to show it. Made by `run`, understood
by session and bootstrap."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from argotui.model.sought import Elsewhere

CI_TIMEOUT = 3600.0  # seconds; what --approval-timeout is under CI=true


class Where(StrEnum):
    """Values of --runtime."""

    AUTO = "auto"
    LOCAL = "local"
    FAKE = "fake"
    KUBERNETES = "kubernetes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The manifests: names as given, their contents, and the folder the names are relative to.

    `library` are files whose templates and ConfigMaps are only referred to, read from the folders
    `libraries`. `elsewhere` is asked for what no file has, None where nobody is to be asked.
    """

    names: tuple[str, ...]
    contents: Mapping[str, bytes] = field(repr=False)
    folder: str = ""
    libraries: tuple[str, ...] = ()
    library: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    elsewhere: Elsewhere | None = field(default=None, repr=False, compare=False)

    @property
    def label(self) -> str:
        """How the manifest is called for people."""
        return self.names[0] if len(self.names) == 1 else ", ".join(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How to run it. None and empty mean: as the manifest or the settings say.

    `parameters` are those of -p, `parameter_file` those of -f as they stand there.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    parameter_file: Mapping[str, Any] = field(default_factory=dict)
    entrypoint: str | None = None
    name: str | None = None
    generate_name: str | None = None
    workflow: str | None = None
    origin: str | None = None  # KIND/NAME of --from
    strict: bool = False
    runtime: Where = Where.AUTO
    context: str | None = None
    namespace: str | None = None
    pending_timeout: float | None = None
    no_sandbox: bool = False
    parallel: int | None = None
    object_store: bool = False
    images: Mapping[str, str] = field(default_factory=dict)
    metrics_file: str | None = None  # absolute
    transient_errors: str = ""  # a pattern of messages, beside those that Argo knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How the run is shown: a screen, lines, or JSON on stdout (`output`: json or jsonl)."""

    output: str | None = None
    plain: bool = False
    logs: bool = True
    detach: bool = False
    watch: bool = False
    rerun: bool = False
    exit_on_success: bool = False

    @property
    def has_screen(self) -> bool:
        """Whether a person sits before a terminal that can show the screen."""
        if self.plain or self.output or self.detach:
            return False
        return is_terminal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """What may go on without asking: nodes by name, or all; values for supplied parameters."""

    everything: bool = False
    nodes: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Approvals:
        """Return what `dataclasses.asdict` and JSON made of some."""
        return cls(
            everything=bool(kept.get("everything")),
            nodes=tuple(kept.get("nodes") or ()),
            values=kept.get("values") or {},
        )

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.nodes or self.values)

    def names(self) -> list[str]:
        return list(dict.fromkeys((*self.nodes, *self.values)))


def who() -> str:
    """Return the name under which this user's approvals are recorded."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid {os.getuid()}"


def is_terminal() -> bool:
    """Whether both ends are a terminal that knows more than lines."""
    for stream in (sys.stdin, sys.stdout):
        if stream is None or stream.closed or not stream.isatty():
            return False
    return os.environ.get("TERM", "") not in ("", "dumb")
