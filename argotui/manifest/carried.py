"""The shape of what is only carried to the pod: enough of it that no pod is built from nonsense.

Called by decode.py. What is not named here is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from argotui.manifest.shapes import mappings
from argotui.model.bodies import CONTAINER_FIELDS
from argotui.model.manifest import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvVar:
    name: str = ""
    value: str = ""
    value_from: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeMount:
    name: str = ""
    mount_path: str = ""
    sub_path: str = ""
    sub_path_expr: str = ""
    read_only: bool = False
    recursive_read_only: str = ""
    mount_propagation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserContainer:
    """An init container or a sidecar."""

    CARRIES: ClassVar[frozenset[str]] = CONTAINER_FIELDS
    mirror_volume_mounts: bool | None = None
    extra: JsonObject = field(default_factory=dict)


# Where numbers and booleans are often written without quotes: Argo refuses them.
TEXTUAL = frozenset(("command", "args", "env"))

SHAPES: Mapping[str, Any] = {
    **dict.fromkeys(("command", "args"), tuple[str, ...]),
    **dict.fromkeys(("image", "workingDir", "imagePullPolicy", "podSpecPatch"), str),
    **dict.fromkeys(("serviceAccountName", "schedulerName", "priorityClassName"), str),
    **dict.fromkeys(("initContainers", "sidecars"), tuple[UserContainer, ...]),
    **dict.fromkeys(("volumes", "envFrom", "ports", "volumeDevices"), tuple[JsonObject, ...]),
    **dict.fromkeys(("hostAliases", "imagePullSecrets"), tuple[JsonObject, ...]),
    **dict.fromkeys(("tolerations", "resourceClaims"), tuple[JsonObject, ...]),
    **dict.fromkeys(("resources", "securityContext", "affinity", "metadata"), JsonObject),
    **dict.fromkeys(("podMetadata", "podResources", "archiveLocation"), JsonObject),
    **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), JsonObject),
    **dict.fromkeys(("podGC", "artifactGC", "ttlStrategy", "lifecycle"), JsonObject),
    **dict.fromkeys(("s3", "gcs", "azure", "oss", "hdfs", "http"), JsonObject),
    **dict.fromkeys(("artifactory", "git", "raw", "plugin", "executor"), JsonObject),
    **dict.fromkeys(("tty", "stdin", "stdinOnce", "hostNetwork"), bool),
    "nodeSelector": Mapping[str, str],
    "volumeClaimTemplates": tuple[JsonObject, ...],
    "env": tuple[EnvVar, ...],
    "volumeMounts": tuple[VolumeMount, ...],
    "priority": int,
}


def with_texts(key: str, value: Any, read: Any) -> Any:
    """Return a carried value with the texts that reading it has made of other scalars."""
    if key in ("command", "args"):
        return list(read)
    if key == "env":
        return [
            {**raw, "value": variable.value} if raw.get("value") is not None else raw
            for raw, variable in zip(mappings(value), read, strict=True)
        ]
    if key in ("initContainers", "sidecars"):
        return [
            {**raw, **container.extra} for raw, container in zip(mappings(value), read, strict=True)
        ]
    return value
