"""A pod's folder: private roots, volumes, staged files; made at its start, emptied at its end.

Used by pod.Pod and the supervisor.
"""

from __future__ import annotations

import base64
import os
import shutil
import stat
from typing import Any

from argotui.runtimes.local import sandbox
from argotui.runtimes.local.view import View, volume_of


def prepare(
    around: dict[str, Any] | None, plan: dict[str, Any], views: dict[str, View]
) -> list[str]:
    """Make everything the containers find when they start; return what went wrong."""
    try:
        for volume in plan["volumes"]:
            _fill(volume)
        for spec in plan["containers"]:
            sandbox.prepare_root(around, spec)
            for host, _, _ in spec["binds"]:
                _ensure_source(plan, host)
        for each in plan["stage"]:
            content = each["content"].encode("utf-8", "surrogateescape")
            views[each["container"]].write(each["path"], content, each["mode"])
    except OSError as error:
        return [f"{error.filename or plan['folder']}: {error.strerror}"]
    except ValueError as error:
        return [f"a staged file: {error}"]
    return []


def clear_secrets(plan: dict[str, Any]) -> None:
    """Secrets are on disk only while the pod runs."""
    for volume in plan["volumes"]:
        if volume["secret"]:
            remove(volume["folder"])


def remove(path: str) -> None:
    """Remove a folder with all that is in it, also where modes stand in the way."""
    shutil.rmtree(path, onerror=_open_up)


def _open_up(_call: Any, path: str, _error: Any) -> None:
    try:
        os.chmod(os.path.dirname(path), stat.S_IRWXU)
        os.chmod(path, stat.S_IRWXU, follow_symlinks=False)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
    except (OSError, NotImplementedError):
        return


def _fill(volume: dict[str, Any]) -> None:
    fresh = not os.path.isdir(volume["folder"])
    os.makedirs(volume["folder"], mode=0o700 if volume["secret"] else 0o755, exist_ok=True)
    if fresh and not volume["files"]:
        os.chmod(volume["folder"], 0o777)  # for all to write to, below folders that are private
    view = View(volume["folder"], {})
    for name, content, mode in volume["files"]:
        view.write(name, base64.b64decode(content), mode)


def _ensure_source(plan: dict[str, Any], host: str) -> None:
    """A subPath that is not there yet is a folder of its volume, wherever links may lead."""
    if volume := volume_of(host, [each["folder"] for each in plan["volumes"]]):
        view, inner = View(volume, {}), host.removeprefix(volume)
        if view.mode(inner) is None:
            view.make_folder(inner)
    elif volume_of(host, [plan["folder"]]):
        os.makedirs(host, exist_ok=True)
