"""Durations as Argo writes them: whole seconds, or Go's `1h2m3.5s`."""

from __future__ import annotations

from datetime import UTC, datetime

from argotui.engine.core import HardError
from argotui.expr.golang import go_duration


def seconds(text: str | int) -> float:
    """Return a duration in seconds. Raises HardError."""
    found = go_duration(str(text))
    if found is None:
        raise HardError(f'time: invalid duration "{text}"')
    return found


def moment(at: float) -> str:
    """Return a time as Go prints it."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")


def words(duration: float) -> str:
    """Return a duration as Argo tells it: `4 seconds`, `1 minute 5 seconds`."""
    rest = int(duration)
    parts: list[str] = []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, size)
        if count or (size == 1 and not parts):
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts)
