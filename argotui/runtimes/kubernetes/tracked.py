"""One pod of a run as its driver knows it.

Used by pods, and by those that look up why one waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argotui.model.work import Report, WorkRef
from argotui.runtimes.kubernetes.kept import Kept
from argotui.runtimes.kubernetes.report import waits_for

Pod = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Tracked:
    """One pod of ours. `version` guards against news that come late."""

    kept: Kept
    pod: Pod | None = None
    version: int = 0
    told: Report | None = None
    since: float = 0.0
    stopping: bool = False
    over: bool = False
    timed_out: str = ""
    making: asyncio.Task[None] | None = None
    ending: asyncio.Task[None] | None = None
    holding: asyncio.Task[None] | None = None
    clearing: asyncio.Task[None] | None = None

    @property
    def ref(self) -> WorkRef:
        return self.kept.ref

    @property
    def says_why(self) -> bool:
        """Whether the pod's own status tells why it waits."""
        return self.pod is not None and bool(waits_for(self.pod))
