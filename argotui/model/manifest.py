"""What a template says: parameters, artifacts, loops, hooks, retries. Frozen, as written.

Fields are Argo's, in snake_case; the decoder finds the JSON key by camel-casing the name (or from
`metadata["json"]`). What the engine interprets has a type; what it only carries to the pod stays
JSON. A dataclass with a field `extra` takes the keys named in its `CARRIES` unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, TypeAlias

from argotui.model.values import Json as Json
from argotui.model.values import JsonObject as JsonObject

# A scalar of any YAML type, read as text the way Argo's AnyString does. Argo: 2.1
Text: TypeAlias = Annotated[str, "text"]
# A text in Argo too: another scalar is read as what it looks like, warned of; refused strictly.
PlainText: TypeAlias = Annotated[str, "plain text"]
IntOrText: TypeAlias = int | str
_EMPTY: JsonObject = {}


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set: the keys that a dataclass carries unchanged."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFrom:
    """Where a parameter's value comes from. Argo: 2.2."""

    path: str | None = None
    jq_filter: str | None = None
    json_path: str | None = None
    parameter: str | None = None
    expression: str | None = None
    supplied: JsonObject | None = None
    config_map_key_ref: JsonObject | None = None
    event: str | None = None
    default: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    name: str = ""
    value: Text | None = None
    default: Text | None = None
    value_from: ValueFrom | None = None
    enum: tuple[Text, ...] | None = None
    description: str = ""
    global_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    CARRIES: ClassVar[frozenset[str]] = names(
        "s3 gcs azure oss hdfs http artifactory git raw plugin artifactGC archiveLogs deleted"
    )
    name: str = ""
    path: str = ""
    from_: str = field(default="", metadata={"json": "from"})
    from_expression: str = ""
    sub_path: str = ""
    mode: int | None = None
    recurse_mode: bool = False
    archive: JsonObject | None = None
    optional: bool = False
    global_name: str = ""
    extra: JsonObject = field(default_factory=dict)  # the location and what concerns it


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Of a workflow, a step, a task or a hook."""

    parameters: tuple[Parameter, ...] = ()
    artifacts: tuple[Artifact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    parameters: tuple[Parameter, ...] = ()
    artifacts: tuple[Artifact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    parameters: tuple[Parameter, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    result: str | None = None
    exit_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRef:
    name: str = ""
    template: str = ""
    cluster_scope: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    duration: PlainText | None = None
    factor: IntOrText | None = None
    cap: PlainText | None = None
    max_duration: PlainText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryStrategy:
    """Argo: 4.4. `limit` counts retries, so attempts are limit + 1; None is without end."""

    limit: IntOrText | None = None
    retry_policy: str = ""
    backoff: Backoff | None = None
    expression: str = ""
    affinity: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    count: IntOrText | None = None
    start: IntOrText | None = None
    end: IntOrText | None = None
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueOn:
    error: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleHook:
    template: str = ""
    template_ref: TemplateRef | None = None
    arguments: Arguments = field(default_factory=Arguments)
    expression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synchronization:
    mutexes: tuple[JsonObject, ...] = ()
    semaphores: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memoize:
    key: str = ""
    max_age: str = ""
    cache: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    prometheus: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    labels: Mapping[str, Text] = field(default_factory=dict)
    annotations: Mapping[str, Text] = field(default_factory=dict)
    CARRIES: ClassVar[frozenset[str]] = names(
        "uid resourceVersion generation creationTimestamp deletionTimestamp "
        "deletionGracePeriodSeconds finalizers ownerReferences managedFields selfLink"
    )
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template: what all types share, and a body of one type (model/bodies.py).

    `kind` is the body's JSON key (`container`, `steps`, ...); empty while no type is known.
    `source` is the JSON it came from, kept for merges (templateDefaults, templateRef).
    """

    CARRIES: ClassVar[frozenset[str]] = names(
        "affinity nodeSelector tolerations archiveLocation automountServiceAccountToken "
        "serviceAccountName executor hostAliases initContainers sidecars metadata podResources "
        "resourceClaims podSpecPatch priorityClassName priority schedulerName securityContext "
        "volumes"
    )
    name: str = ""
    annotations: Mapping[str, PlainText] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=Inputs)
    outputs: Outputs = field(default_factory=Outputs)
    active_deadline_seconds: IntOrText | None = None
    timeout: str = ""
    pending_timeout: str = ""
    daemon: bool | None = None
    fail_fast: bool | None = None
    parallelism: int | None = None
    memoize: Memoize | None = None
    metrics: Metrics | None = None
    retry_strategy: RetryStrategy | None = None
    synchronization: Synchronization | None = None
    kind: str = field(default="", metadata={"skip": True})
    body: Any = field(default=None, metadata={"skip": True})
    extra: JsonObject = field(default_factory=dict)  # what goes into the pod
    source: JsonObject = field(default_factory=dict, metadata={"skip": True}, compare=False)
