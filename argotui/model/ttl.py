"""When a finished run is to be deleted, as its ttlStrategy says. Argo: 4.13."""

from __future__ import annotations

from typing import Any

from argotui.model.status import RunPhase

LONGEST = 2**31 - 1  # seconds, as Argo's int32


def expires_at(strategy: Any, phase: RunPhase, finished_at: float | None) -> float | None:
    """Return the unix time, None for never. Only the phase Failed counts as a failure: a run in
    Error goes by `secondsAfterCompletion`."""
    if finished_at is None or not phase.is_completed or not isinstance(strategy, dict):
        return None
    own = {
        RunPhase.SUCCEEDED: "secondsAfterSuccess",
        RunPhase.FAILED: "secondsAfterFailure",
    }.get(phase)
    for name in (own, "secondsAfterCompletion"):
        seconds = strategy.get(name) if name else None
        if isinstance(seconds, int | float) and not isinstance(seconds, bool):
            return finished_at + min(seconds, LONGEST)
    return None
