"""Which container surely has a shell, told from its command and the name of its image; pure.

Called by shim: a container without one gets a busybox of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHELLS = frozenset({"sh", "bash", "ash", "dash", "ksh"})
# The last part of repositories whose images are built on a distribution with a shell.
_WITH_SHELL = frozenset(
    (
        *("alpine", "busybox", "debian", "ubuntu", "fedora", "centos", "rockylinux", "almalinux"),
        *("amazonlinux", "ubi8", "ubi9", "ubi-minimal", "buildpack-deps", "bash", "whalesay"),
        *("python", "node", "golang", "ruby", "perl", "php", "openjdk", "eclipse-temurin", "rust"),
        *("maven", "gradle", "nginx", "httpd", "redis", "postgres", "mysql", "mariadb", "mongo"),
        *("curl", "git", "docker", "cowsay", "influxdb", "argosay"),
    )
)
_WITHOUT = ("distroless", "scratch", "chainguard", "nonroot", "static")


def shell_of(container: Mapping[str, Any]) -> str | None:
    """Return the shell that can run the shim in this container, None if none is sure to be."""
    command = container.get("command") or []
    first = str(command[0]) if command else ""
    if first.rpartition("/")[2] in SHELLS:
        return first
    image = str(container.get("image") or "")
    if any(word in image for word in _WITHOUT):
        return None
    repository = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return "sh" if repository in _WITH_SHELL else None
