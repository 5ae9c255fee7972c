"""A pod's volumes as folders of this machine, and where each container sees them.

Called by plan.
"""

from __future__ import annotations

import base64
import os
import posixpath
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.local.environment import Sources, field_value, object_data, resource_value

CLAIMS = "claims"  # the folder in which those of the run are
_READ_ONLY = ("configMap", "secret", "downwardAPI", "projected")
_FILE_MODE = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Where the claims of the run are kept, and how their names begin: with the workflow's."""

    folder: str
    workflow_name: str


def volumes_of(
    pod: Mapping[str, Any], sources: Sources, folder: str, claims: Claims
) -> list[dict[str, Any]]:
    """Return what to make for each volume that a container mounts. Raises RuntimeFault.

    `folder` is the pod's own, where all of them are but the claims of the run.
    """
    spec = pod.get("spec") or {}
    containers = {str(each["name"]): each for each in spec.get("containers") or ()}
    used = {
        str(mount["name"])
        for each in [*(spec.get("initContainers") or ()), *containers.values()]
        for mount in each.get("volumeMounts") or ()
    }
    found = []
    for volume in spec.get("volumes") or ():
        name = str(volume["name"])
        if name in used:
            if claim := volume.get("persistentVolumeClaim"):
                found.append(_claimed(name, claim, claims))
                continue
            kind, files = _content(volume, pod, containers, sources)
            found.append(
                {
                    "name": name,
                    "folder": f"{folder}/volumes/{_plain_name(name)}",
                    "files": [[path, _coded(value), mode] for path, value, mode in files],
                    "secret": kind in ("secret", "projected"),
                    "read_only": kind in _READ_ONLY,
                }
            )
    return found


def binds_of(
    container: Mapping[str, Any], volumes: Iterable[Mapping[str, Any]]
) -> list[tuple[str, str, bool]]:
    """Return (folder here, path inside, read only) of a container's mounts, outer ones first.

    Raises RuntimeFault.
    """
    known = {volume["name"]: volume for volume in volumes}
    binds = []
    for mount in container.get("volumeMounts") or ():
        name, path = str(mount["name"]), posixpath.normpath(str(mount["mountPath"]))
        if name not in known:
            raise RuntimeFault(f'volumeMount "{name}": the pod has no such volume')
        if not path.startswith("/") or path.strip("/") == "":
            raise RuntimeFault(f'volumeMount "{name}": mountPath {mount["mountPath"]!r} cannot be')
        inner = str(mount.get("subPath") or mount.get("subPathExpr") or "")
        host = posixpath.normpath(f"{known[name]['folder']}/{inner}")
        if ".." in inner.split("/") or inner.startswith("/"):
            raise RuntimeFault(f'volumeMount "{name}": subPath {inner!r} must not lead out')
        read_only = bool(mount.get("readOnly")) or known[name]["read_only"]
        binds.append((host, "/" + path.strip("/"), read_only))
    return sorted(binds, key=lambda bind: bind[1].count("/"))


def remove_claims(folder: Path, names: Iterable[str]) -> None:
    """Remove claims of a run with all that is in them, also what its steps have locked."""
    for claim in [folder / name for name in names if "/" not in name]:
        with suppress(OSError):
            claim.chmod(0o700)
        for place, inner, _ in os.walk(claim):
            for each in inner:
                path = os.path.join(place, each)
                if not os.path.islink(path):
                    with suppress(OSError):
                        os.chmod(path, 0o700)
        shutil.rmtree(claim, ignore_errors=True)


def _claimed(name: str, claim: Mapping[str, Any], claims: Claims) -> dict[str, Any]:
    """A claim that the run made for itself is a folder of the run, shared by its pods."""
    wanted = str(claim.get("claimName") or "")
    if not wanted.startswith(f"{claims.workflow_name}-"):
        raise RuntimeFault(
            f'volume "{name}": the PersistentVolumeClaim "{wanted}" is one of a cluster and needs '
            "it (--runtime kubernetes); here those of the workflow's own volumeClaimTemplates work"
        )
    return {
        "name": name,
        "folder": f"{claims.folder}/{_plain_name(wanted)}",
        "files": [],
        "secret": False,
        "read_only": bool(claim.get("readOnly")),
    }


def _content(
    volume: Mapping[str, Any],
    pod: Mapping[str, Any],
    containers: Mapping[str, Any],
    sources: Sources,
) -> tuple[str, list[tuple[str, bytes, int]]]:
    kinds = [key for key in volume if key != "name"]
    kind = kinds[0] if kinds else "emptyDir"
    body = volume.get(kind) or {}
    match kind:
        case "emptyDir":
            return kind, []
        case "configMap" | "secret" | "downwardAPI":
            return kind, _files(kind, body, pod, containers, sources)
        case "projected":
            files = []
            for source in body.get("sources") or ():
                for inner, each in source.items():
                    body_mode = {"defaultMode": body.get("defaultMode"), **each}
                    files += _files(inner, body_mode, pod, containers, sources)
            return kind, files
    raise RuntimeFault(
        f'volume "{volume["name"]}": {kind} needs a cluster (--runtime kubernetes); here '
        "emptyDir, configMap, secret, downwardAPI, projected and claimed volumes work"
    )


def _files(
    kind: str,
    body: Mapping[str, Any],
    pod: Mapping[str, Any],
    containers: Mapping[str, Any],
    sources: Sources,
) -> list[tuple[str, bytes, int]]:
    default = body.get("defaultMode") or _FILE_MODE
    if kind == "downwardAPI":
        return [
            (_inner(each["path"]), _own(each, pod, containers), each.get("mode") or default)
            for each in body.get("items") or ()
        ]
    if kind not in ("configMap", "secret"):
        raise RuntimeFault(f"a projected {kind} needs a cluster (--runtime kubernetes)")
    name = str(body.get("name") or body.get("secretName"))
    optional = bool(body.get("optional"))
    data = object_data(kind, name, sources, optional=optional) or {}
    items = body.get("items")
    if items is None:
        return [(_inner(key), value, default) for key, value in data.items()]
    files = []
    for item in items:
        if item["key"] in data:
            mode = item.get("mode") or default
            files.append((_inner(item["path"]), data[item["key"]], mode))
        elif not optional:
            raise RuntimeFault(
                f"references non-existent config key: {item['key']} of {kind} {name}"
            )
    return files


def _own(item: Mapping[str, Any], pod: Mapping[str, Any], containers: Mapping[str, Any]) -> bytes:
    if reference := item.get("fieldRef"):
        return field_value(str(reference.get("fieldPath")), pod).encode()
    return resource_value(item.get("resourceFieldRef") or {}, containers).encode()


def _inner(path: object) -> str:
    text = str(path)
    if text.startswith("/") or ".." in text.split("/") or not text:
        raise RuntimeFault(f"{text!r} is no path inside a volume")
    return text


def _plain_name(name: str) -> str:
    if "/" in name or name in ("", ".", ".."):
        raise RuntimeFault(f"{name!r} is no name of a volume")
    return name


def _coded(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
