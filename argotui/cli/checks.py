"""The examinations of `argotui doctor`. Each is one function: look, judge, advise; none raises."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_TOO_LITTLE = 200 << 20  # bytes free in the state folder
_PATIENCE = 5.0  # seconds for any program asked
_OLDEST = (3, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`state` is ok, note (works, but know this) or bad (workflows cannot run as they should)."""

    name: str
    state: str
    detail: str
    advice: str = ""


def all_checks() -> list[Check]:
    """Carry out every examination; what fails unexpectedly is a finding too."""
    from argotui.cli.checks_cluster import check_cluster
    from argotui.cli.checks_local import check_images, check_sandbox

    return [
        _tried(name, check)
        for name, check in (
            ("argotui", check_versions),
            ("python", check_python),
            ("sandbox", check_sandbox),
            ("images", check_images),
            ("state", check_state),
            ("settings", check_settings),
            ("terminal", check_terminal),
            ("logout", check_logout),
            ("cluster", check_cluster),
        )
    ]


def _tried(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:
        return Check(
            name=name,
            state="note",
            detail=f"could not be examined: {type(error).__name__}: {error}",
        )


def check_versions() -> Check:
    from argotui import __version__

    parts = [__version__]
    for package in ("textual", "PyYAML", "typer", "watchfiles", "kubernetes"):
        try:
            parts.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            parts.append(f"no {package}")
    return Check(name="argotui", state="ok", detail=", ".join(parts))


def check_python() -> Check:
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < _OLDEST:
        return Check(name="python", state="bad", detail=detail, advice="use Python 3.11 or later")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return Check(name="python", state="note", detail=f"{detail}, free-threaded: not tested")
    return Check(name="python", state="ok", detail=detail)


def check_state() -> Check:
    from argotui.journal.places import state_folder

    folder = state_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_text("x", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        return Check(
            name="state",
            state="bad",
            detail=f"{folder}: {error.strerror}",
            advice="make it writable, or set ARGOTUI_STATE_DIR to a folder that is",
        )
    free = shutil.disk_usage(folder).free
    detail = f"{folder}, {free >> 30} GiB free"
    if free < _TOO_LITTLE:
        return Check(name="state", state="bad", detail=detail, advice="free some space there")
    runs = folder / "runs"
    mode = stat.S_IMODE(runs.stat().st_mode) if runs.exists() else 0o700
    if mode & 0o077:
        return Check(
            name="state",
            state="note",
            detail=f"{runs} is open to others ({mode:04o})",
            advice=f"chmod 700 {runs}",
        )
    return Check(name="state", state="ok", detail=detail)


def check_settings() -> Check:
    from argotui.cli.config import load_config
    from argotui.model.errors import UsageError

    try:
        config = load_config()
    except UsageError as error:
        return Check(name="settings", state="bad", detail=str(error), advice="mend that line")
    detail = str(config.path) if config.path.exists() else f"none ({config.path})"
    return Check(name="settings", state="ok", detail=detail)


def check_terminal() -> Check:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Check(name="terminal", state="note", detail="not one: argotui prints plain lines")
    term = os.environ.get("TERM", "")
    size = shutil.get_terminal_size()
    encoding = (sys.stdout.encoding or locale.getpreferredencoding()).lower()
    colours = (
        "true colour" if os.environ.get("COLORTERM") in ("truecolor", "24bit") else "256 or 16"
    )
    if os.environ.get("NO_COLOR"):
        colours = "none (NO_COLOR)"
    detail = f"{term or 'TERM is not set'}, {size.columns}x{size.lines}, {colours}, {encoding}"
    if term in ("", "dumb"):
        return Check(
            name="terminal",
            state="note",
            detail=detail,
            advice="a dumb terminal gets plain lines; set TERM if it can do more",
        )
    if "utf" not in encoding:
        return Check(
            name="terminal",
            state="note",
            detail=detail,
            advice="no UTF-8: signs are shown in ASCII; set LC_ALL=C.UTF-8",
        )
    if size.columns < 80 or size.lines < 24:
        return Check(
            name="terminal",
            state="note",
            detail=detail,
            advice="80x24 is the least that is drawn for",
        )
    return Check(name="terminal", state="ok", detail=detail)


def check_logout() -> Check:
    """Whether a detached run goes on when its user logs out."""
    if shutil.which("loginctl") is None or not Path("/run/systemd/seats").exists():
        return Check(
            name="logout", state="ok", detail="detached runs go on (no systemd-logind here)"
        )
    linger = _asked("loginctl", "show-user", str(os.getuid()), "--property=Linger", "--value")
    kills = _asked(
        "busctl",
        "get-property",
        "org.freedesktop.login1",
        "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager",
        "KillUserProcesses",
    )
    if linger == "yes" or kills.endswith("false"):
        return Check(name="logout", state="ok", detail="detached runs go on")
    if kills.endswith("true"):
        return Check(
            name="logout",
            state="note",
            detail="systemd ends your processes at logout, detached runs too",
            advice="loginctl enable-linger",
        )
    return Check(name="logout", state="note", detail="systemd-logind did not answer: not known")


def _asked(*command: str) -> str:
    """Return what a program says; nothing if it cannot be asked."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
