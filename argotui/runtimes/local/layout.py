"""What lies around every container of a run: the host's system folders, a small /etc, tools.

Made once a run by the driver; the supervisor binds it. Nothing of the host but programs is shown.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argotui.runtimes.local import cow

INNER_TOOLS = "/.argotui"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SYSTEM = ("bin", "sbin", "lib", "lib64", "lib32", "libx32", "opt")
# Files of /etc that programs want and that hold no secret; folders are bound, never copied.
_ETC_FILES = """
alpine-release bash.bashrc debian_version fedora-release gai.conf host.conf hosts inputrc
ld.so.cache ld.so.conf localtime magic mime.types nsswitch.conf os-release profile protocols
redhat-release resolv.conf rpc services shells timezone
"""
_ETC_FOLDERS = """
alternatives ca-certificates crypto-policies fonts ld.so.conf.d pki/ca-trust pki/tls/certs
ssl/certs terminfo
"""
_PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
_GROUP = "root:x:0:\nnogroup:x:65534:\n"
# What of /proc would take orders from somebody who is root outside as well.
_PROC = ("sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "driver", "mtrr", "pressure")
_ARGOSAY = r"""#!/bin/sh
# A stand-in for the image's program: says, shows, checks, fails or waits as it is told.
say() { printf '%s\n' "$1"; }
word=${1-echo}
[ $# -gt 0 ] && shift
case $word in
echo)
  if [ $# -gt 1 ]; then
    mkdir -p "$(dirname "$2")" && say "$1" >"$2" && sleep 0.1
  else
    say "${1-hello argo}"
  fi ;;
cat) cat -- "$@" ;;
assert_contains)
  grep -qF -- "$2" "$1" || { say "$1 does not contain $2" >&2; exit 1; } ;;
exit) exit "${1:-0}" ;;
sleep)
  case $1 in
  *ms) number=${1%ms}; sleep "$(awk -v n="$number" 'BEGIN { print n / 1000 }')" ;;
  *) sleep "$1" ;;
  esac ;;
sh) exec sh "$@" ;;
*) say "argosay: unknown word: $word" >&2; exit 1 ;;
esac
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`around` is what the supervisor needs (None: no sandbox), `tools` the folder of tools here,
    `inner_tools` the same as containers see it."""

    around: dict[str, Any] | None
    tools: Path
    inner_tools: str
    etc: Path

    def tool_path(self, names: tuple[str, ...]) -> list[str]:
        """Return the folders of these sets of tools, as PATH takes them; make them if need be."""
        return [f"{self.inner_tools}/{name}" for name in names if self._make(name)]

    def _make(self, name: str) -> bool:
        folder = self.tools / name
        if folder.is_dir():
            return any(folder.iterdir())
        fresh = self.tools / f".{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o755)
        _MAKERS[name](fresh, self.inner_tools)
        fresh.rename(folder)
        return any(folder.iterdir())


def make_layout(folder: Path, program: str | None) -> Layout:
    """Prepare the run's folder. `program` is bubblewrap; None: plain processes."""
    tools, etc = folder / "tools", folder / "etc"
    tools.mkdir(parents=True, exist_ok=True, mode=0o755)
    say = tools / "argosay"
    say.write_text(_ARGOSAY, encoding="utf-8")
    say.chmod(0o755)
    if program is None:
        return Layout(around=None, tools=tools, inner_tools=str(tools), etc=etc)
    _make_etc(etc)
    around = _around(program, tools, etc)
    return Layout(around=around, tools=tools, inner_tools=INNER_TOOLS, etc=etc)


def interpreter() -> tuple[str, str]:
    """Return the Python that stands in for python images, and the folder it lives in."""
    prefix = os.path.realpath(sys.base_prefix)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (f"{prefix}/bin/{name}", os.path.realpath(sys.executable)):
        if os.access(candidate, os.X_OK):
            return candidate, prefix
    return sys.executable, prefix


def is_system(path: str) -> bool:
    """Say whether every sandbox shows this path of the host anyway."""
    return path.split("/")[1] in ("usr", *_SYSTEM)


def _around(program: str, tools: Path, etc: Path) -> dict[str, Any]:
    mounts = {"/usr": "/usr", "/etc": str(etc), INNER_TOOLS: str(tools)}
    links = {}
    for name in _SYSTEM:
        if os.path.islink(f"/{name}"):
            links[name] = os.readlink(f"/{name}")
        elif os.path.isdir(f"/{name}"):
            mounts[f"/{name}"] = f"/{name}"
    for name in _ETC_FOLDERS.split():
        if os.path.isdir(f"/etc/{name}"):
            mounts[f"/etc/{name}"] = f"/etc/{name}"
    prefix, folders = interpreter()[1], []
    if not is_system(prefix):
        mounts[prefix] = prefix
        folders.append(os.path.dirname(prefix).strip("/"))
    options = [word for path, host in mounts.items() for word in ("--ro-bind", host, path)]
    options += ["--proc", "/proc", "--dev", "/dev"]
    options += ["--unshare-user", "--uid", "0", "--gid", "0", "--unshare-pid", "--unshare-ipc"]
    options += ["--unshare-uts", "--die-with-parent", "--new-session"]
    if os.getuid() == 0:
        options += ["--cap-drop", "ALL"]
        for name in _PROC:
            if os.path.exists(f"/proc/{name}"):
                options += ["--ro-bind", f"/proc/{name}", f"/proc/{name}"]
    return {
        "program": program,
        "options": options,
        "mounts": mounts,
        "links": links,
        "folders": folders,
    }


def _make_etc(etc: Path) -> None:
    if (etc / "passwd").exists():
        return
    etc.mkdir(parents=True, exist_ok=True, mode=0o755)
    for name in _ETC_FILES.split():
        source = f"/etc/{name}"
        if os.path.isfile(source) and os.access(source, os.R_OK):
            shutil.copyfile(source, etc / name)
    for name in _ETC_FOLDERS.split():
        if os.path.isdir(f"/etc/{name}"):
            (etc / name).mkdir(parents=True, exist_ok=True)
    (etc / "group").write_text(_GROUP, encoding="ascii")
    (etc / "passwd").write_text(_PASSWD, encoding="ascii")


def _make_busybox(folder: Path, _inner: str) -> None:
    busybox = shutil.which("busybox")
    if busybox is None or not is_system(busybox):
        return
    said = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=False)
    for name in said.stdout.split():
        (folder / name).symlink_to(busybox)


def _make_python(folder: Path, _inner: str) -> None:
    program = interpreter()[0]
    for name in ("python", "python3", os.path.basename(program)):
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(program)


def _make_whale(folder: Path, inner: str) -> None:
    shutil.copyfile(cow.__file__, folder / "cow.py")
    _copy_figures(folder)
    shim = folder / "cowsay"
    place = shlex.quote(f"{inner}/whale")
    run = f'exec {shlex.quote(interpreter()[0])} -sS {place}/cow.py "$@"'
    shim.write_text(f"#!/bin/sh\nPYTHONPATH={place}/figures {run}\n", encoding="utf-8")
    shim.chmod(0o755)


def _copy_figures(folder: Path) -> None:
    """Take the cowsay package along, for the sandbox does not see where it is installed."""
    from importlib.util import find_spec

    found = find_spec("cowsay")
    for place in (found.submodule_search_locations or ()) if found else ():
        shutil.copytree(
            place,
            folder / "figures" / "cowsay",
            ignore=shutil.ignore_patterns("tests", "__pycache__"),
        )
        return


_MAKERS = {"busybox": _make_busybox, "python": _make_python, "whale": _make_whale}
TOOLS = tuple(_MAKERS)
