"""One container's command line: inside bubblewrap, or as a plain process.

Used by the supervisor; what lies around every container comes from `layout`.
"""

from __future__ import annotations

import os
from typing import Any

from argotui.runtimes.local.view import PATH_ONLY, View, volume_of

_OUTSIDE = 'cd "$0" && exec "$@"'
_ARGS_FD = 3  # where bubblewrap finds its options: off the command line, which everybody can read

Around = dict[str, Any]


def container_view(around: Around | None, spec: dict[str, Any]) -> View:
    """Return how paths inside the container map to this machine."""
    mounts, volumes = {path: host for host, path, _ in spec["binds"]}, tuple(spec["volumes"])
    fixed = {path for _, path, read_only in spec["binds"] if read_only}
    if around is None:
        return View("/", mounts, frozenset(fixed), volumes)
    system = around["mounts"]
    fixed |= set(system) - set(mounts)
    return View(spec["root"], {**system, **mounts}, frozenset(fixed), volumes)


def prepare_root(around: Around | None, spec: dict[str, Any]) -> None:
    """Make what the container's private root consists of; cheap, nothing is copied."""
    root = spec["root"]
    os.makedirs(root, mode=0o755, exist_ok=True)
    if around is None:
        return
    above = [path.rpartition("/")[0].strip("/") for _, path, _ in spec["binds"]]
    for name in ("tmp", "var/tmp", "root", "var/run/argo", "run", *around["folders"], *above):
        if name.partition("/")[0] not in around["links"]:
            os.makedirs(f"{root}/{name}", exist_ok=True)
    for name in ("tmp", "var/tmp"):
        os.chmod(f"{root}/{name}", 0o1777)
    for name, target in {**around["links"], **spec.get("links", {})}.items():
        if not os.path.lexists(f"{root}/{name}"):
            os.symlink(target, f"{root}/{name}")


def pin_sub_paths(spec: dict[str, Any]) -> dict[str, int]:
    """Open what is mounted of a part of a volume; return descriptors by path inside.

    Other containers write to the volume: a name could have become a link that leads out, or
    become one at any moment. Links are followed within the volume only. Raises OSError.
    """
    pinned: dict[str, int] = {}
    try:
        for host, path, _ in spec["binds"]:
            volume = volume_of(host, spec["volumes"])
            if volume and host != volume:
                pinned[path] = View(volume, {}).open(host.removeprefix(volume), PATH_ONLY)
                os.set_inheritable(pinned[path], True)
    except OSError:
        for handle in pinned.values():
            os.close(handle)
        raise
    return pinned


def sandbox_options(around: Around, spec: dict[str, Any], pinned: dict[str, int]) -> bytes:
    """Return bubblewrap's options for this container, as it reads them from a descriptor.

    Raises ValueError for text that no option can be: a NUL byte would begin a new option, and
    with it a way out.
    """
    options = ["--bind", spec["root"], "/", *around["options"]]
    for host, path, read_only in spec["binds"]:
        word = "--ro-bind" if read_only else "--bind"
        if path in pinned:
            options += [f"{word}-fd", str(pinned[path]), path]
        else:
            options += [word, host, path]
    options += ["--hostname", spec["hostname"], "--chdir", spec["cwd"]]
    for name, value in spec["env"].items():
        options += ["--setenv", name, value]
    if any("\0" in option for option in options):
        raise ValueError("a NUL byte in the environment or in a path")
    return b"".join(option.encode("utf-8", "surrogateescape") + b"\0" for option in options)


def sandboxed(around: Around, command: list[str], told: int) -> list[str]:
    """Return the command line that runs `command` inside; options come by descriptor 3.

    By descriptor `told` bubblewrap says how the command ended (`has_run`)."""
    given = ["--args", str(_ARGS_FD), "--json-status-fd", str(told)]
    return [around["program"], *given, "--", *command]


def has_run(told: bytes) -> bool:
    """Say whether bubblewrap came as far as the command: only of that does it tell an end."""
    return b'"exit-code"' in told


def plain(command: list[str], folder: str, guard: list[str]) -> list[str]:
    """Return the command line that runs `command` in `folder`, with nothing around it."""
    return ["/bin/sh", "-c", _OUTSIDE, folder, *guard, *command]


def options_file(options: bytes) -> int:
    """Return a descriptor from which the options can be read once."""
    handle = os.memfd_create("options", os.MFD_CLOEXEC)
    view = memoryview(options)
    while view:
        view = view[os.write(handle, view) :]
    os.lseek(handle, 0, os.SEEK_SET)
    return handle
