"""Durations as Argo writes them: whole seconds, or Go's `1h2m3.5s`."""

from __future__ import annotations

from datetime import UTC, datetime

from argotui.engine.core import HardError
from argotui.expr.duration import duration_mistake, go_duration, parse_duration


def seconds(text: str | int) -> float:
    """Return a duration in seconds; a whole number is one too. Raises HardError."""
    found = go_duration(str(text))
    if found is None:
        why = duration_mistake(str(text))
        raise HardError(f"unable to parse {text} as a duration: {why}")
    return found


def seconds_with_unit(text: str, what: str) -> float:
    """Return a duration in seconds that has to name its unit. Raises HardError: `what`, then what
    is wrong with the text."""
    found = parse_duration(text)
    if found is None:
        raise HardError(f"{what}{duration_mistake(text)}")
    return found / 1e9


def timeout_seconds(text: str) -> float:
    """Return the `timeout` or `pendingTimeout` of a template in seconds. Raises HardError."""
    return seconds_with_unit(text, "invalid timeout format. ")


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
