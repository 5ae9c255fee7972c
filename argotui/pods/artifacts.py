"""Artifacts of a pod as far as no store is needed: raw ones become files before the start.

Called by pods.build.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from argotui.model.manifest import Artifact, Template
from argotui.model.work import StagedFile
from argotui.pods.request import PodError

_KINDS = ("s3", "gcs", "azure", "oss", "hdfs", "http", "artifactory", "git", "raw", "plugin")
_MODE = 0o644
_VOLUME = "input-artifacts"


def staged_artifacts(template: Template, mains: tuple[str, ...]) -> tuple[StagedFile, ...]:
    """Return the raw input artifacts as files of every main container. Argo: 5.1.

    Optional artifacts that a store would have to bring are absent. Raises PodError for others
    of a store, and for paths that lead out.
    """
    return tuple(
        StagedFile(container=name, path=path, content=content, mode=mode)
        for path, content, mode in _files(template)
        for name in mains
    )


def missing_artifact(template: Template) -> str:
    """Return the name of an input that is needed and says nowhere what it is, "" without any.

    Argo finds that in the pod only. Argo: 2.9
    """
    for artifact in template.inputs.artifacts:
        if not artifact.optional and not artifact.from_ and not _kind(artifact):
            return artifact.name
    return ""


def empty_artifacts(template: Template) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the mounts, and their volume, for optional inputs that are not there: the path of
    each is an empty folder, unless nothing says where it would come from. Argo: 5.5."""
    mounts = [
        {"name": _VOLUME, "mountPath": _path(artifact), "subPath": artifact.name}
        for artifact in template.inputs.artifacts
        if artifact.optional and artifact.path and _is_elsewhere(artifact)
    ]
    return mounts, [{"name": _VOLUME, "emptyDir": {}}] if mounts else []


def unkept_artifacts(template: Template) -> tuple[str, ...]:
    """Return the names of the output artifacts: nothing keeps them yet."""
    return tuple(artifact.name for artifact in template.outputs.artifacts)


def _files(template: Template) -> Iterator[tuple[str, str, int]]:
    for artifact in template.inputs.artifacts:
        kind = _kind(artifact)
        if kind == "raw":
            mode = _MODE if artifact.mode is None else artifact.mode
            yield _path(artifact), _data(artifact), mode
        elif not artifact.optional:
            of_kind = f" of kind {kind}" if kind else ""
            raise PodError(
                f"input artifact '{artifact.name}'{of_kind} needs an artifact store, which argotui "
                "does not have yet; only raw artifacts work"
            )


def _is_elsewhere(artifact: Artifact) -> bool:
    """Say whether the artifact has a location that a store would be asked for."""
    place = artifact.extra.get(kind) if (kind := _kind(artifact)) != "raw" else None
    return any(place.values()) if isinstance(place, Mapping) else False


def _kind(artifact: Artifact) -> str:
    return next((key for key in _KINDS if artifact.extra.get(key) is not None), "")


def _path(artifact: Artifact) -> str:
    """Paths may be relative to the root. Argo: 5.6."""
    cleaned = posixpath.normpath(artifact.path.lstrip("/") or ".")
    if cleaned == "." or cleaned.split("/")[0] == "..":
        raise PodError(f"input artifact '{artifact.name}': path '{artifact.path}' cannot be")
    return f"/{cleaned}"


def _data(artifact: Artifact) -> str:
    raw = artifact.extra["raw"]
    data = raw.get("data", "") if isinstance(raw, Mapping) else None
    if not isinstance(data, str):
        raise PodError(f"input artifact '{artifact.name}': raw.data must be a text")
    return data
