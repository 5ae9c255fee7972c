"""Whose driver still lives, told by one counter for each: no clock is compared with another's.

Called by locks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True)
class _Seen:
    beat: int
    at: float  # of our own clock: the last look
    age: float = 0.0  # seconds for which we looked on while nothing came


class Leases:
    """Looks on at the beats of others. A gap between two looks counts for `longest_gap` seconds
    only: after a server that was away, everybody has the time of a whole lease to come back."""

    def __init__(self, lease_seconds: float, longest_gap: float) -> None:
        self._lease = lease_seconds
        self._gap = longest_gap
        self._seen: dict[str, _Seen] = {}

    def look(self, beats: Mapping[str, int], now: float) -> set[str]:
        """Return those whose lease has run out. `now` in seconds of a clock that never jumps."""
        for name in self._seen.keys() - beats.keys():
            del self._seen[name]
        for name, beat in beats.items():
            seen = self._seen.get(name)
            if seen is None or seen.beat != beat:
                self._seen[name] = _Seen(beat, now)
            else:
                seen.age += min(max(now - seen.at, 0.0), self._gap)
                seen.at = now
        return {name for name, seen in self._seen.items() if seen.age >= self._lease}
