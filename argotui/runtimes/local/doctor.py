"""What of the local runtime works on this machine, found out by trying it.

Called by runtime.LocalRuntime, and by `argotui doctor` for the whole picture.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec

from argotui.runtimes.local.layout import interpreter, is_system

_PATIENCE = 10.0  # seconds for a program that should need a few milliseconds
_INSTALL = {"apt": "install", "dnf": "install", "zypper": "install", "pacman": "-S", "apk": "add"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """`program` is bubblewrap where it works, else empty, and `problem` says why."""

    program: str = ""
    version: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was found. `warnings` are sentences: what is missing and what it means."""

    sandbox: Sandbox
    python: str
    busybox: str
    cowsay: bool
    places: int
    warnings: tuple[str, ...] = ()


@functools.cache
def find_sandbox() -> Sandbox:
    """Try bubblewrap once; the answer holds for the life of the process."""
    if sys.platform != "linux":
        return Sandbox(problem=f"{sys.platform} has no bubblewrap")
    program = shutil.which("bwrap")
    if program is None:
        return Sandbox(problem=f"bubblewrap (bwrap) is not installed ({_how_to_get_it()})")
    version = _said([program, "--version"])[1].rpartition(" ")[2]
    with tempfile.TemporaryDirectory(prefix="argotui-") as root:
        code, said = _said([program, *_trial(root), "--", "/usr/bin/env", "true"])
    if code:
        return Sandbox(version=version, problem=f"bubblewrap does not work here: {said}")
    return Sandbox(program=program, version=version)


def look_around() -> Health:
    """Find out everything; takes some ten milliseconds."""
    sandbox, busybox = find_sandbox(), shutil.which("busybox") or ""
    warnings = []
    if not sandbox.program:
        warnings.append(f"{sandbox.problem}: steps run only with --no-sandbox")
    if not busybox:
        warnings.append("busybox is not installed: sh stands in for alpine and busybox images")
    elif not is_system(busybox):
        warnings.append(f"{busybox} is outside of the system folders and is not used")
    if find_spec("cowsay") is None:
        warnings.append("the Python package cowsay is missing: whalesay draws a whale only")
    if not shutil.which("setpriv") and not sandbox.program:
        warnings.append("setpriv is missing: plain processes outlive a supervisor that is killed")
    return Health(
        sandbox=sandbox,
        python=interpreter()[0],
        busybox=busybox,
        cowsay=find_spec("cowsay") is not None,
        places=2 * (os.cpu_count() or 1),
        warnings=tuple(warnings),
    )


def _how_to_get_it() -> str:
    for manager, word in _INSTALL.items():
        if shutil.which(manager):
            return f"to get it: {manager} {word} bubblewrap"
    return "install the package bubblewrap"


def _trial(root: str) -> list[str]:
    """Everything at once that a container needs of bubblewrap."""
    options = ["--bind", root, "/", "--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for name in ("bin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            options += ["--symlink", os.readlink(f"/{name}"), f"/{name}"]
        elif os.path.isdir(f"/{name}"):
            options += ["--ro-bind", f"/{name}", f"/{name}"]
    options += ["--unshare-user", "--uid", "0", "--gid", "0", "--unshare-pid", "--unshare-ipc"]
    options += ["--unshare-uts", "--hostname", "pod", "--die-with-parent", "--new-session"]
    return options if os.getuid() else [*options, "--cap-drop", "ALL"]


def _said(command: list[str]) -> tuple[int, str]:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, str(error)
    return done.returncode, (done.stdout + done.stderr).strip()
