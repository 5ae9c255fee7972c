"""The port every runtime fills; `tests/contract` is its definition in code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from argotui.model.manifest import JsonObject
from argotui.model.work import Observation, Work, WorkRef

Emit: TypeAlias = Callable[[Observation], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """Where a run lives on this machine and what was given with it.

    `folder` is the run folder (0700), `logs` the folder of its spools (see logs/), `work` a
    folder the runtime may use as it likes, kept until the run is deleted.
    """

    run_id: str
    workflow_name: str
    namespace: str
    folder: Path
    logs: Path
    work: Path
    config_maps: Mapping[str, JsonObject] = field(default_factory=dict)
    secrets: Mapping[str, JsonObject] = field(default_factory=dict)


@runtime_checkable
class Provides(Protocol):
    """What a runtime has beside its port where things are made for a run as a whole. All of it is
    idempotent and raises RuntimeFault with the words of whoever refuses."""

    async def claim(self, claims: Mapping[str, JsonObject]) -> None:
        """Make the PersistentVolumeClaims: templates by the claims' names."""
        ...

    async def protect(self, budget: JsonObject) -> None:
        """Make the PodDisruptionBudget of the run; it goes with the run."""
        ...

    async def withdraw(self, claims: Sequence[str]) -> None:
        """Remove these claims of the run with all that is in them, now or as it closes."""
        ...


@runtime_checkable
class Reads(Protocol):
    """What a runtime has beside its port where steps may make ConfigMaps that later ones refer
    to."""

    async def config_map(self, name: str) -> JsonObject | None:
        """Return a ConfigMap of the run's namespace as it is now, None where there is none of
        that name. Raises RuntimeFault where that cannot be learnt."""
        ...


class Runtime(Protocol):
    """All methods are called from one asyncio loop; `emit` may be called from any thread."""

    @property
    def performs(self) -> tuple[type[Work], ...]:
        """The kinds of work it can do; for others the engine's node ends in Error, saying so."""
        ...

    @property
    def where(self) -> str:
        """A short text for the header: `local`, `local (no sandbox)`, `k8s context/namespace`."""
        ...

    async def open(self, place: RunPlace, emit: Emit) -> None:
        """Get ready for a run, new or recovered: emit an observation of all the work of this run
        that exists, and return; from then on emit news as it comes.

        Raises RuntimeFault where the runtime cannot work here.
        """
        ...

    async def start(self, ref: WorkRef, work: Work) -> None:
        """Ask for the work. Idempotent by `ref`: what exists already is not started again.

        What cannot be done is an observation (state FAILED with `fault`), not an exception.
        """
        ...

    async def stop(self, ref: WorkRef, grace: float) -> None:
        """End the work: politely, and by force after `grace` seconds. Returns at once; an
        observation tells of the end. Unknown or ended work is no error."""
        ...

    async def release(self, ref: WorkRef) -> None:
        """Forget ended work and free what it holds."""
        ...

    async def close(self, *, keep_running: bool = False) -> None:
        """Leave. With `keep_running` the work goes on (the driver will be back), else nothing of
        the run is left running."""
        ...
