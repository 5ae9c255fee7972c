"""A container that runs by its image's own entrypoint, and a sidecar of ours that has its files.

Called by shim for a main without `command`: nobody can wrap what nobody knows. Pure.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.beside_script import BESIDE, BUSYBOX, ROOT, Beside, beside_text

COPY = "argotui-copy"
_VOLUME = "argotui-out-{number}"
_GRACE = 30  # seconds: Kubernetes' own terminationGracePeriodSeconds
_TO_LEAVE = 4  # of them, for the last words
_NOBODY = 65534
_SMALL = {"cpu": "100m", "memory": "32Mi", "ephemeral-storage": "32Mi"}
# What a sidecar must have of main's to be let in, and to read what main has written.
_CONTEXT = (
    *("runAsUser", "runAsGroup", "runAsNonRoot", "allowPrivilegeEscalation", "capabilities"),
    *("readOnlyRootFilesystem", "seccompProfile", "seLinuxOptions", "appArmorProfile"),
)
_OF_MOUNTS = ("name", "subPath", "subPathExpr")
_EMPTY = frozenset(("/tmp", "/var/tmp", "/dev/shm", "/mnt"))  # folders that images leave empty
_KERNELS = ("/proc", "/sys", "/dev")
_NO_FOLDER = (
    "container '{name}' names no command, so that the folder of its output {path} has to be "
    "shared with a sidecar, and {folder} cannot be: have it written elsewhere (/tmp), or write "
    "`command:` with the image's entrypoint"
)
_RELATIVE = (
    "container '{name}' names no command and no workingDir: where its output {path} is, is not "
    "known; name it with a path that begins with /"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a sidecar has to hand over. `files` are paths as main sees them, `progress` one more;
    `home` is where the volume `volume` is found in the sidecar."""

    nonce: str
    image: str
    home: str
    volume: str
    files: tuple[str, ...]
    progress: str = ""
    hold_seconds: int = 600


@dataclass(slots=True, kw_only=True)
class _Shared:
    """`mounts` are those of the sidecar by the path in main, `fresh` the folders that are new."""

    mounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    fresh: dict[str, str] = field(default_factory=dict)  # folder -> volume


def put_beside(
    spec: dict[str, Any], main: dict[str, Any], wanted: Wanted
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Share the folders of the files of `main`. Return the sidecar, and the init container that
    fills new folders with what the image has there, None where nothing can be. Both are still to
    be added to `spec`. Raises RuntimeFault for a file whose folder cannot be shared."""
    files = [_absolute(main, path) for path in wanted.files]
    shared = _shared(main, files, wanted.progress)
    for folder, volume in shared.fresh.items():
        spec["volumes"] = [*(spec.get("volumes") or ()), {"name": volume, "emptyDir": {}}]
        mount = {"name": volume, "mountPath": folder}
        main["volumeMounts"] = [*(main.get("volumeMounts") or ()), mount]
    sidecar = _sidecar(spec, main, wanted, files, shared)
    full = {
        folder: volume
        for folder, volume in shared.fresh.items()
        if folder not in _EMPTY and folder != posixpath.dirname(wanted.progress)
    }
    return sidecar, _copy(spec, main, wanted, full) if full else None


def _absolute(main: Mapping[str, Any], path: str) -> str:
    where = str(main.get("workingDir") or "")
    if not path.startswith("/") and not where.startswith("/"):
        raise RuntimeFault(_RELATIVE.format(name=main["name"], path=path))
    return "/" + posixpath.normpath(posixpath.join(where, path)).lstrip("/")


def _shared(main: Mapping[str, Any], files: Sequence[str], progress: str) -> _Shared:
    shared = _Shared()
    known = {_place(each): each for each in main.get("volumeMounts") or ()}
    paths = [*files, *([progress] if progress else [])]
    for path in sorted(paths, key=lambda each: posixpath.dirname(each).count("/")):
        place = _deepest(known, path)
        if place is None:
            place = _new_place(main, path)
            volume = _VOLUME.format(number=len(shared.fresh))
            shared.fresh[place] = volume
            known[place] = {"name": volume, "mountPath": place}
        shared.mounts[place] = known[place]
    return shared


def _place(mount: Mapping[str, Any]) -> str:
    return "/" + posixpath.normpath(str(mount.get("mountPath") or "/")).lstrip("/")


def _deepest(places: Iterable[str], path: str) -> str | None:
    return max((each for each in places if is_below(path, each)), key=len, default=None)


def is_below(path: str, folder: str) -> bool:
    """Whether a path is that of the folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _new_place(main: Mapping[str, Any], path: str) -> str:
    folder = posixpath.dirname(path)
    is_kernels = any(is_below(folder, each) for each in _KERNELS)
    if folder == "/" or (is_kernels and not is_below(folder, "/dev/shm")):
        raise RuntimeFault(_NO_FOLDER.format(name=main["name"], path=path, folder=folder))
    return folder


# -- the containers of ours -----------------------------------------------------------------------


def _sidecar(
    spec: Mapping[str, Any],
    main: Mapping[str, Any],
    wanted: Wanted,
    files: Sequence[str],
    shared: _Shared,
) -> dict[str, Any]:
    grace = spec.get("terminationGracePeriodSeconds")
    left = (_GRACE if grace is None else int(grace)) - _TO_LEAVE
    text = beside_text(
        Beside(
            nonce=wanted.nonce,
            home=wanted.home,
            files=tuple(files),
            progress=wanted.progress,
            places=tuple(shared.mounts),
            hold_seconds=max(1, min(wanted.hold_seconds, left)),
        )
    )
    mounts = [
        {**{key: each[key] for key in _OF_MOUNTS if each.get(key)},
         "mountPath": f"{ROOT}{place}", "readOnly": True}
        for place, each in shared.mounts.items()
    ]  # fmt: skip
    resources = {
        kind: {name: _SMALL[name] for name in given if name in _SMALL}
        for kind, given in (main.get("resources") or {}).items()
        if kind in ("requests", "limits") and set(given) & set(_SMALL)
    }
    return {
        "name": BESIDE,
        "image": wanted.image,
        "imagePullPolicy": "IfNotPresent",
        "restartPolicy": "Always",
        # A kubelet reads $(NAME) and $$ in commands: these words are for the shell.
        "command": [BUSYBOX, "sh", "-c", text.replace("$", "$$")],
        "volumeMounts": [{"name": wanted.volume, "mountPath": wanted.home}, *mounts],
        **_env_of_mounts(main, mounts),
        **({"resources": resources} if resources else {}),
        **helper_context(spec, main),
    }


def _env_of_mounts(main: Mapping[str, Any], mounts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a subPathExpr is made of."""
    if not any("subPathExpr" in each for each in mounts):
        return {}
    return {key: main[key] for key in ("env", "envFrom") if main.get(key)}


def helper_context(spec: Mapping[str, Any], main: Mapping[str, Any]) -> dict[str, Any]:
    """Return the securityContext under which a busybox of ours may run where `main` may.

    Its image is root's: where root is forbidden and nobody else is named, it is nobody.
    """
    own = main.get("securityContext") or {}
    kept = {key: own[key] for key in _CONTEXT if own.get(key) is not None}
    of_pod = {**(spec.get("securityContext") or {}), **kept}
    if of_pod.get("runAsNonRoot") and of_pod.get("runAsUser") is None:
        kept["runAsUser"] = _NOBODY
    return {"securityContext": kept} if kept else {}


def _copy(
    spec: Mapping[str, Any], main: Mapping[str, Any], wanted: Wanted, full: Mapping[str, str]
) -> dict[str, Any]:
    """An init container of main's own image, whose folders go into those that cover them."""
    tool = f"{wanted.home}/busybox"
    script = 'for f; do cd "$f" 2>/dev/null && {0} cp -a . "{1}$f/" 2>/dev/null; done; exit 0'
    mounts = [{"name": name, "mountPath": f"{ROOT}{folder}"} for folder, name in full.items()]
    same = ("image", "imagePullPolicy", "resources", "securityContext")
    text = script.format(tool, ROOT).replace("$", "$$")
    return {
        "name": COPY,
        **{key: main[key] for key in same if main.get(key)},
        "command": [tool, "sh", "-c", text, "argotui", *full],
        "volumeMounts": [{"name": wanted.volume, "mountPath": wanted.home}, *mounts],
    }


__all__ = ["BESIDE", "COPY", "Wanted", "helper_context", "is_below", "put_beside"]
