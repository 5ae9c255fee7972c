"""Which programs of this machine stand in for an image, and what the image runs by itself.

Called by plan; the user's own table comes first. A table of patterns, the first that fits holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from argotui.model.errors import UsageError

SHELL = ("/bin/sh",)
_REGISTRY = re.compile(r"(?:localhost|[^/]*[.:][^/]*)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """`tools` name sets of programs (layout.TOOLS) that come first on PATH.

    `entrypoint` and `command` are the image's own; `program` is what the image is there for: a
    fault says so where the machine lacks it. `known` is False for an image of no table.
    """

    tools: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    program: str = ""
    path: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    known: bool = True


_TABLE: tuple[tuple[str, StandIn], ...] = (
    ("alpine busybox", StandIn(tools=("busybox",), command=SHELL)),
    (
        "curlimages/curl alpine/curl",
        StandIn(tools=("busybox",), command=("curl",), program="curl"),
    ),
    ("alpine/git bitnami/git", StandIn(tools=("busybox",), entrypoint=("git",), program="git")),
    ("python */python", StandIn(tools=("python",), command=("python3",), program="python3")),
    ("docker/whalesay argoproj/argosay:v1", StandIn(tools=("whale", "python"), command=SHELL)),
    ("argoproj/argosay", StandIn(tools=("whale", "python"), entrypoint=("/argosay",))),
    ("argoproj/argoexec argoproj/argocli", StandIn(tools=("python",), command=SHELL)),
    ("bash", StandIn(command=("bash",), program="bash")),
    (
        "debian ubuntu fedora centos rockylinux almalinux amazonlinux opensuse/* archlinux "
        "buildpack-deps",
        StandIn(tools=("python",), command=SHELL),
    ),
    ("node", StandIn(command=("node",), program="node")),
    ("nginx", StandIn(command=("nginx", "-g", "daemon off;"), program="nginx")),
    ("stedolan/jq jqlang/jq", StandIn(entrypoint=("jq",), program="jq")),
    ("mikefarah/yq", StandIn(entrypoint=("yq",), program="yq")),
    ("golang", StandIn(command=("bash",), program="go")),
    ("perl", StandIn(command=("perl",), program="perl")),
    ("ruby", StandIn(command=("ruby",), program="ruby")),
    ("redis", StandIn(command=("redis-server",), program="redis-server")),
    ("influxdb", StandIn(command=("influxd",), program="influxd")),
    ("*/kubectl", StandIn(entrypoint=("kubectl",), program="kubectl")),
)


def stand_in(image: str, own: Mapping[str, Mapping[str, Any]]) -> StandIn:
    """Return what stands in for an image. `own` is the user's table.

    An entry there: `path` (a folder or a list, first on PATH), `command` (the image's own), `env`.
    Raises UsageError for an entry of another shape.
    """
    name, tagged = plain_name(image)
    for pattern, entry in own.items():
        if any(fnmatchcase(each, pattern) for each in (image, tagged, name)):
            return _own_entry(pattern, entry)
    for patterns, found in _TABLE:
        if any(
            fnmatchcase(each, pattern) for pattern in patterns.split() for each in (tagged, name)
        ):
            return found
    return StandIn(tools=("python",), known=False)


def plain_name(image: str) -> tuple[str, str]:
    """Return the name without registry, tag and digest, and the name with its tag."""
    text = image.partition("@")[0]
    if match := _REGISTRY.match(text):
        text = text[match.end() :]
    text = text.removeprefix("library/")
    folder, slash, last = text.rpartition("/")
    name, _, tag = last.partition(":")
    return f"{folder}{slash}{name}", f"{folder}{slash}{name}:{tag or 'latest'}"


def _own_entry(pattern: str, entry: Mapping[str, Any]) -> StandIn:
    strange = set(entry) - {"path", "command", "env"}
    path, command, env = entry.get("path", ()), entry.get("command", ()), entry.get("env", {})
    if strange or not isinstance(env, Mapping):
        what = ", ".join(sorted(strange)) or "env"
        raise UsageError(f"images: {pattern}: {what}: an entry has path, command and env")
    return StandIn(
        path=_words(path),
        command=_words(command),
        env={str(key): str(value) for key, value in env.items()},
    )


def _words(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value)
