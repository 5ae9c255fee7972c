"""The shape of what is only carried to the pod: Argo's strict reading knows its last field.

Called by decode.py and schema.py. What is not named here is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from argotui.manifest.core.tables import Shape
from argotui.manifest.shapes import mappings
from argotui.model.bodies import CONTAINER_FIELDS
from argotui.model.manifest import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvVar:
    name: str = ""
    value: str = ""
    value_from: JsonObject | None = None


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
    **dict.fromkeys(("podPriorityClassName", "dnsPolicy", "restartPolicy"), str),
    **dict.fromkeys(("terminationMessagePath", "terminationMessagePolicy"), str),
    **dict.fromkeys(("initContainers", "sidecars"), tuple[UserContainer, ...]),
    **dict.fromkeys(("tty", "stdin", "stdinOnce", "hostNetwork", "archiveLogs"), bool),
    **dict.fromkeys(("automountServiceAccountToken", "deleted"), bool),
    **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), Shape("Probe")),
    **dict.fromkeys(("resources", "podResources"), Shape("ResourceRequirements")),
    "affinity": Shape("Affinity"),
    "archiveLocation": Shape("ArtifactLocation"),
    "artifactGC": Shape("ArtifactGC"),
    "artifactRepositoryRef": Shape("ArtifactRepositoryRef"),
    "artifactory": Shape("ArtifactoryArtifact"),
    "azure": Shape("AzureArtifact"),
    "dnsConfig": Shape("PodDNSConfig"),
    "env": tuple[EnvVar, ...],
    "envFrom": Shape("[]EnvFromSource"),
    "executor": Shape("ExecutorConfig"),
    "gcs": Shape("GCSArtifact"),
    "git": Shape("GitArtifact"),
    "hdfs": Shape("HDFSArtifact"),
    "hostAliases": Shape("[]HostAlias"),
    "http": Shape("HTTPArtifact"),
    "imagePullSecrets": Shape("[]LocalObjectReference"),
    "lifecycle": Shape("Lifecycle"),
    "metadata": Shape("Metadata"),
    "nodeSelector": Shape("{}string"),
    "oss": Shape("OSSArtifact"),
    "plugin": Shape("PluginArtifact"),
    "podDisruptionBudget": Shape("PodDisruptionBudgetSpec"),
    "podGC": Shape("PodGC"),
    "podMetadata": Shape("Metadata"),
    "ports": Shape("[]ContainerPort"),
    "priority": Shape("int32"),
    "raw": Shape("RawArtifact"),
    "resizePolicy": Shape("[]ContainerResizePolicy"),
    "resourceClaims": Shape("[]PodResourceClaim"),
    "restartPolicyRules": Shape("[]ContainerRestartRule"),
    "s3": Shape("S3Artifact"),
    "securityContext": Shape("SecurityContext"),
    "tolerations": Shape("[]Toleration"),
    "ttlStrategy": Shape("TTLStrategy"),
    "volumeClaimGC": Shape("VolumeClaimGC"),
    "volumeClaimTemplates": Shape("[]PersistentVolumeClaim"),
    "volumeDevices": Shape("[]VolumeDevice"),
    "volumeMounts": Shape("[]VolumeMount"),
    "volumes": Shape("[]Volume"),
}
# The same key of another owner, and the fields of model/ that are kept as JSON.
_OWNED: Mapping[tuple[str, str], Shape] = {
    ("Template", "securityContext"): Shape("PodSecurityContext"),
    ("WorkflowSpec", "securityContext"): Shape("PodSecurityContext"),
    ("WorkflowSpec", "artifactGC"): Shape("WorkflowLevelArtifactGC"),
    ("WorkflowSpec", "workflowMetadata"): Shape("WorkflowMetadata"),
    ("EnvVar", "valueFrom"): Shape("EnvVarSource"),
    ("ValueFrom", "configMapKeyRef"): Shape("ConfigMapKeySelector"),
    ("ValueFrom", "supplied"): Shape("SuppliedValueFrom"),
    ("Artifact", "archive"): Shape("ArchiveStrategy"),
    ("RetryStrategy", "affinity"): Shape("RetryAffinity"),
    ("Synchronization", "mutexes"): Shape("[]Mutex"),
    ("Synchronization", "semaphores"): Shape("[]SemaphoreRef"),
    ("Memoize", "cache"): Shape("Cache"),
    ("Metrics", "prometheus"): Shape("[]Prometheus"),
    ("ContainerSetBody", "volumeMounts"): Shape("[]VolumeMount"),
    ("ContainerSetBody", "retryStrategy"): Shape("ContainerSetRetryStrategy"),
    ("ResourceBody", "manifestFrom"): Shape("ManifestFrom"),
    ("DataBody", "source"): Shape("DataSource"),
    ("DataBody", "transformation"): Shape("[]TransformationStep"),
    ("HttpBody", "headers"): Shape("[]ArgoHTTPHeader"),
    ("HttpBody", "bodyFrom"): Shape("HTTPBodySource"),
}


def carried_shape(kind: type, key: str) -> Any:
    """Return the type that a key of a dataclass is read as, None for one that is not looked at."""
    return _OWNED.get((kind.__name__, key)) or SHAPES.get(key)


def field_shape(kind: type, key: str) -> Shape | None:
    """Return the shape of a dataclass's own field that is kept as JSON, None for all others."""
    return _OWNED.get((kind.__name__, key))


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
    return list(read) if isinstance(read, tuple) else read
