"""Facts in, past tense. Whoever makes one leaves `at` and `cause` to the driver, which stamps both
as it takes the event out of its inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from argotui.model.status import NodePhase, Shutdown
from argotui.model.work import Report, WorkRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`at` in unix seconds. `cause` is copied into every command and change that follows."""

    at: float = 0.0
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Fact):
    """The engine has neither clock nor dice: name, uid and seed come from here."""

    run_id: str
    name: str
    uid: str
    namespace: str = "default"
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReported(Fact):
    ref: WorkRef
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Fact):
    """Time has come to `at`: every node whose `wake_at` has passed is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRequested(Fact):
    """A person approved a suspend node. `values` are for its supplied parameters."""

    node_name: str
    values: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSetRequested(Fact):
    """A person set a suspend node: rejected it (`phase` Failed), or gave outputs without
    releasing it (`phase` None). Argo: 4.14."""

    node_name: str
    phase: NodePhase | None = None
    message: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutdownRequested(Fact):
    strategy: Shutdown
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSuspendToggled(Fact):
    suspended: bool
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParked(Fact):
    """An approval did not come in time: the driver leaves (True) or is back (False)."""

    parked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Fact):
    """The answer to an Ask: `values` is None where the thing asked for does not exist. `fault`
    says why there can be no answer."""

    question: str
    values: Mapping[str, str] | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheNotSaved(Fact):
    """A result is not remembered. `subject` as in SaveCache."""

    subject: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockGranted(Fact):
    node_name: str  # "" for the run itself
    locks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWaits(Fact):
    """Not all locks of `node_name` can be had: `lock` is the first that cannot, with `free` of
    its `limit` places free; a limit of 0 could not be read. Argo: 4.10."""

    node_name: str
    lock: str
    free: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRefused(Fact):
    """The locks of `node_name` will never be had."""

    node_name: str
    why: str


Event: TypeAlias = (
    RunStarted
    | WorkReported
    | TimerFired
    | ResumeRequested
    | NodeSetRequested
    | ShutdownRequested
    | RunSuspendToggled
    | RunParked
    | Answered
    | LockGranted
    | LockWaits
    | LockRefused
    | CacheNotSaved
)
# What a client of a driver may put into the inbox.
Request: TypeAlias = ResumeRequested | NodeSetRequested | ShutdownRequested | RunSuspendToggled
