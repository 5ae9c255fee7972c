"""Nodes and runs as they stand: Argo's names and values verbatim.

A `Node` is written by one function only, `model.fold.apply`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from argotui.model.values import JsonObject

_NOTHING: JsonObject = {}


class NodePhase(StrEnum):
    """Argo: 1.2."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    SKIPPED = "Skipped"
    FAILED = "Failed"
    ERROR = "Error"
    OMITTED = "Omitted"

    @property
    def is_completed(self) -> bool:
        return self in _COMPLETED

    @property
    def is_bad(self) -> bool:
        """Failed or Error."""
        return self in _BAD


_BAD = frozenset({NodePhase.FAILED, NodePhase.ERROR})
_COMPLETED = _BAD | {NodePhase.SUCCEEDED}
_ENDED = _COMPLETED | {NodePhase.SKIPPED, NodePhase.OMITTED}


class NodeType(StrEnum):
    """Argo: 1.1."""

    POD = "Pod"
    CONTAINER = "Container"
    STEPS = "Steps"
    STEP_GROUP = "StepGroup"
    DAG = "DAG"
    TASK_GROUP = "TaskGroup"
    RETRY = "Retry"
    SUSPEND = "Suspend"
    SKIPPED = "Skipped"
    HTTP = "HTTP"
    PLUGIN = "Plugin"


class RunPhase(StrEnum):
    NEW = ""
    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    ERROR = "Error"

    @property
    def is_completed(self) -> bool:
        return self in (RunPhase.SUCCEEDED, RunPhase.FAILED, RunPhase.ERROR)


class Shutdown(StrEnum):
    NONE = ""
    STOP = "Stop"
    TERMINATE = "Terminate"


@dataclass(slots=True, kw_only=True)
class Node:
    """One node of the tree. Argo: 1.3.

    Times are unix seconds. `inputs` and `outputs` are Argo's JSON (`parameters`, `artifacts`,
    `result`, `exitCode`). `outbound` holds names, not ids.

    Ours, not in Argo's JSON: `created_pass`, the number of the pass in which the node was made;
    `attempt`, the incarnation of its work (0: none yet); `wake_at`, when it has to be looked at
    again; `supplied`, what people gave; `approved_by`; `waits_for`, why it does not go on, in words
    for people; `observed`, the facts last reported (model.work.Report as JSON).
    """

    name: str
    id: str
    display_name: str
    type: NodeType
    phase: NodePhase
    boundary_id: str = ""
    template_name: str = ""
    template_ref: JsonObject | None = None
    template_scope: str = ""
    message: str = ""
    started_at: float | None = None
    finished_at: float | None = None
    inputs: JsonObject = field(default_factory=dict)
    outputs: JsonObject = field(default_factory=dict)
    outbound: tuple[str, ...] = ()
    daemoned: bool = False
    hooked: bool = False
    retried: bool = False
    pod_ip: str = ""
    host_node_name: str = ""
    pod_name: str = ""
    memoization: JsonObject | None = None
    waiting_lock: str = ""
    progress: str = ""
    resources_duration: Mapping[str, int] = field(default_factory=dict)  # a pod's, at its end
    created_pass: int = 0
    attempt: int = 0
    wake_at: float | None = None
    supplied: Mapping[str, str] | None = None
    approved_by: str = ""
    waits_for: str = ""
    observed: JsonObject | None = None

    @property
    def is_fulfilled(self) -> bool:
        """Ended, or a daemon that is up. Argo: 1.2."""
        return self.phase in _ENDED or (self.daemoned and self.phase is not NodePhase.PENDING)

    @property
    def has_ended(self) -> bool:
        """In a phase after which nothing is to come (a running daemon has not)."""
        return self.phase in _ENDED

    @property
    def is_attempt(self) -> bool:
        """One try of a Retry node (which is flagged itself where it is a hook)."""
        return self.retried and self.type is not NodeType.RETRY

    @property
    def waits_for_person(self) -> bool:
        """A suspend node that no timer will release."""
        return (
            self.type is NodeType.SUSPEND
            and self.phase is NodePhase.RUNNING
            and self.wake_at is None
        )


@dataclass(slots=True, kw_only=True)
class RunStatus:
    """The run as a whole: what Argo keeps beside `status.nodes`.

    `name` is metadata.name, `run_id` the identity of this run. `parked` is set when
    an approval timeout ended the driver.
    """

    run_id: str = ""
    name: str = ""
    namespace: str = ""
    uid: str = ""
    phase: RunPhase = RunPhase.NEW
    message: str = ""
    created_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    outputs: JsonObject = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    shutdown: Shutdown = Shutdown.NONE
    shutdown_by: str = ""
    suspended: bool = False
    parked: bool = False
    main_phase: RunPhase = RunPhase.NEW  # of the entry node, from its end to the exit handler's
    main_message: str = ""
    deadline_at: float | None = None
    waiting_lock: str = ""
    progress: str = ""
    metrics_error: str = ""  # what went wrong with metrics, which never fails a run
    extra: dict[str, Any] = field(default_factory=dict)  # claims, conditions, metrics: later issues
