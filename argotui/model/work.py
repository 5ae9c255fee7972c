"""What is to be done in the world, and what was seen of it.

A piece of work is named by run, node and incarnation; doing it twice must be the same as doing it
once. A report is facts, never a phase: the engine alone judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from argotui.model.values import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRef:
    """`attempt` is the incarnation: 1 for the first start of this node's work in this run."""

    run_id: str
    node_name: str
    node_id: str
    attempt: int
    pod_name: str

    @property
    def key(self) -> str:
        """A short text for file names and labels, unique within the run."""
        return f"{self.node_id}.{self.attempt}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """A file that must be in `container` at `path` before it starts."""

    container: str
    path: str
    content: str
    mode: int = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedFile:
    """An output parameter read from `path` of `container` when that has ended, however it ended.

    One trailing newline is taken off. `default` stands in for a missing file; None: an error.
    """

    name: str
    container: str
    path: str
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PodWork:
    """A finished core/v1 Pod as a plain dict, and what goes with it.

    Secret references in `pod` are not resolved. `mains` are the names of the main containers (one
    called `main`, or those of a containerSet), `order` what each of them waits for. Containers of
    the pod that are not mains are sidecars: ended when the mains have ended. `capture_result`
    asks for stdout of the container `main`. `in_pod_retry` is a containerSet's retryStrategy.
    `deadline_seconds` runs from the start of the pod (also in `pod`, for the kubelet).
    `unkept` are the names of output artifacts, which nothing keeps.
    """

    pod: JsonObject
    mains: tuple[str, ...] = ("main",)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stage: tuple[StagedFile, ...] = ()
    collect: tuple[CollectedFile, ...] = ()
    capture_result: bool = False
    daemon: bool = False
    deadline_seconds: float | None = None
    in_pod_retry: JsonObject | None = None
    unkept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceWork:
    """One operation on an object of a cluster. Argo: 3.6.

    `outputs` maps a parameter to ("jsonPath" | "jqFilter", expression, default or None).
    `owner` is the object that setOwnerReference puts in.
    """

    action: str
    manifest: str = ""
    merge_strategy: str = ""
    flags: tuple[str, ...] = ()
    set_owner_reference: bool = False
    success_condition: str = ""
    failure_condition: str = ""
    namespace: str = ""
    outputs: Mapping[str, tuple[str, str, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpWork:
    """Argo: 3.7. Secret header values are references, resolved by whoever performs the request."""

    url: str
    method: str = "GET"
    headers: tuple[JsonObject, ...] = ()
    body: bytes = b""
    timeout_seconds: float | None = None
    insecure_skip_verify: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataWork:
    """List the keys of an artifact location. Argo: 3.9.

    `location` is Argo's JSON (`s3`, `gcs`, ...), its Secrets are references, resolved by whoever
    lists. What it lacks comes from `archive`, the template's archiveLocation, else from the
    artifact repository that `repository` names (`configMap`, `key`). Argo: 5.2
    """

    location: JsonObject
    archive: JsonObject = field(default_factory=dict)
    repository: JsonObject = field(default_factory=dict)


Work: TypeAlias = PodWork | ResourceWork | HttpWork | DataWork


class PodState(StrEnum):
    """Where the work stands. GONE: asked for once, and no longer there, its end unseen."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    GONE = "Gone"

    @property
    def has_ended(self) -> bool:
        return self in (PodState.SUCCEEDED, PodState.FAILED, PodState.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerState:
    """One container. `state` is waiting, running or terminated; `kind` is init, main or sidecar.

    `reason` and `message` are those of Kubernetes (`Error`, `OOMKilled`, `ImagePullBackOff`).
    `detail` is what the runtime can say beside it: a process id, an image digest.
    """

    name: str
    kind: str = "main"
    state: str = "waiting"
    exit_code: int | None = None
    reason: str = ""
    message: str = ""
    started_at: float | None = None
    finished_at: float | None = None
    ready: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything known of one piece of work at one moment.

    `message` and `reason` are the pod's own (`DeadlineExceeded`, `Evicted`). `parameters` and
    `result` come with the report that says that the work ended, complete. `collect_errors` and
    `stage_errors` are sentences. `fault` is set where the runtime itself could not do the work:
    an image that has no stand-in, a sandbox that would not start. `response` is that of HTTP
    work (`statusCode`, `body`, `headers`) or of data work (`keys`). `object` is the live object of
    resource work. `notes` are sentences for people, told with the end.
    """

    state: PodState
    containers: tuple[ContainerState, ...] = ()
    message: str = ""
    reason: str = ""
    pod_ip: str = ""
    host_node_name: str = ""
    started_at: float | None = None
    finished_at: float | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    result: str | None = None
    stage_errors: tuple[str, ...] = ()
    collect_errors: tuple[str, ...] = ()
    fault: str = ""
    waits_for: str = ""  # why it is pending, in words for people
    progress: str = ""  # "n/m" from ARGO_PROGRESS_FILE
    response: JsonObject | None = None
    object: JsonObject | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a runtime says: this piece of work, these facts."""

    ref: WorkRef
    report: Report
    at: float
