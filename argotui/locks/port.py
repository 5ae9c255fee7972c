"""What keeps a table of locks has to offer; `tests/contract/test_locks` is its definition in code.

Filled by driver/lockfile and runtimes/kubernetes/locks; used by driver/locks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from argotui.locks.queue import Claim, Standing


class Shelf(Protocol):
    """The table of one run's locks among all others'. Used from one asyncio loop, one call at a
    time."""

    def listen(self, changed: Callable[[], None]) -> None:
        """Have `changed` called, in the loop, when a lock that this run waits for may have come
        free. Who cannot hear of it calls nothing: `poll_seconds` is what counts."""
        ...

    @property
    def poll_seconds(self) -> float:
        """How often to look, as it is now, whether a lock that others hold has come free."""
        ...

    @property
    def renew_seconds(self) -> float | None:
        """How often `settle` has to be called so that what is held stays so; None: never."""
        ...

    async def settle(self, claims: Sequence[Claim]) -> Mapping[str, Standing]:
        """Have these claims, and no others of this run, in the table; return how each stands, by
        its node. Idempotent: what is held stays held.

        Raises RuntimeFault where the table cannot be reached now.
        """
        ...

    async def close(self, *, keep: bool) -> None:
        """Leave, with everything given back; with `keep` what is held stays held as long as
        something of the run goes on. Raises RuntimeFault."""
        ...
