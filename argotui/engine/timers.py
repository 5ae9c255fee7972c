"""When which node has to be looked at again: a heap, so that a thousand timers cost no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush


@dataclass(slots=True)
class Timers:
    """One time a node, in unix seconds. An entry of the heap that is not `at` any more is stale."""

    at: dict[str, float] = field(default_factory=dict)
    heap: list[tuple[float, str]] = field(default_factory=list)

    def set(self, name: str, at: float) -> None:
        if self.at.get(name) != at:
            self.at[name] = at
            heappush(self.heap, (at, name))

    def drop(self, name: str) -> None:
        self.at.pop(name, None)

    def due(self, now: float) -> list[str]:
        """Take out, and return, the nodes whose time has come."""
        found: list[str] = []
        while self.heap and self.heap[0][0] <= now:
            at, name = heappop(self.heap)
            if self.at.get(name) == at:
                del self.at[name]
                found.append(name)
        return found

    def earliest(self) -> float | None:
        while self.heap and self.at.get(self.heap[0][1]) != self.heap[0][0]:
            heappop(self.heap)
        return self.heap[0][0] if self.heap else None
