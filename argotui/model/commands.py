"""Intents out, imperative. Carried out by the driver, after the journal has the changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from argotui.model.status import RunPhase
from argotui.model.work import Work, WorkRef


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWork:
    ref: WorkRef
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWork:
    """`reason` is deadline, timeout, stop, terminate, fail-fast, daemon or run-ended."""

    ref: WorkRef
    reason: str
    grace: float = 30.0  # seconds between asking and forcing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWork:
    """The work has ended and is no longer wanted for inspection (podGC)."""

    ref: WorkRef
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """The run has ended and does not need these claims any longer."""

    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Send TimerFired at this unix time, or soon after. Only the earliest one matters."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question to the world; answered by `Answered` with the same `question`.

    `kind` is config-map and cache (subject: ConfigMap name + "/" + key), claims
    (subject: volumeClaimTemplates by the names of their claims, as JSON) or budget (subject: a
    podDisruptionBudget as JSON).
    """

    question: str
    kind: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveCache:
    """Remember a result for later runs. `subject` as in Ask; `entry` is the text Argo keeps."""

    subject: str
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquireLock:
    """Wait until all of `locks` are held for `node_name` ("" for the run); answered by
    LockGranted, LockWaits or LockRefused. `held`: a driver before this one had them."""

    node_name: str
    locks: tuple[str, ...]
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLock:
    node_name: str
    locks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishRun:
    phase: RunPhase


Command: TypeAlias = (
    StartWork
    | StopWork
    | ReleaseWork
    | Withdraw
    | SetTimer
    | Ask
    | SaveCache
    | AcquireLock
    | ReleaseLock
    | FinishRun
)
