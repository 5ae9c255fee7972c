"""The mutexes and semaphores of one run: what its nodes want, held against the table that runs
share. Called by dispatch; what comes of it goes into the inbox. Argo: 4.10.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from argotui.locks.port import Shelf
from argotui.locks.queue import Claim, Standing
from argotui.model.errors import RuntimeFault
from argotui.model.events import Event, LockGranted, LockRefused, LockWaits

_RETRY_SECONDS = 1.0  # after a table that could not be reached
_LEAVE_SECONDS = 5.0  # for giving everything back


@dataclass(slots=True, kw_only=True)
class _Group:
    """The nodes that want the same locks, in the order of asking. Only the first of them stands
    in the shared table, so that a loop of thousands fills it with one entry. `told` is what the
    others have been told of."""

    nodes: dict[str, None] = field(default_factory=dict)
    told: Standing | None = None


class RunLocks:
    """`tell` takes events for the inbox, `log` lines for the driver's log."""

    def __init__(
        self, shelf: Shelf, *, tell: Callable[[Event], None], log: Callable[[str], None]
    ) -> None:
        self._shelf = shelf
        self._tell = tell
        self._log = log
        self._held: dict[str, tuple[str, ...]] = {}
        self._waiting: dict[tuple[str, ...], _Group] = {}
        self._missing: set[str] = set()  # the engine believes that these hold; the table not yet
        self._stale = False
        self._trouble = ""
        self._seen_at = float("-inf")  # of the loop's clock: when the table last agreed
        self._changed = asyncio.Event()
        self._settled = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        shelf.listen(self._look_again)

    @property
    def is_busy(self) -> bool:
        """Whether the table has not been asked yet."""
        return self._stale

    def acquire(self, node: str, locks: tuple[str, ...], *, held: bool = False) -> None:
        """Queue for all of `locks`. `held`: the node had them under the driver before; until they
        are found again, `secured` keeps work below it back."""
        locks = tuple(dict.fromkeys(locks))
        if node in self._held:
            if node not in self._missing:
                self._tell(LockGranted(node_name=node, locks=locks))
            return
        group = self._waiting.setdefault(locks, _Group())
        if node in group.nodes:
            return
        group.nodes = {node: None, **group.nodes} if held else {**group.nodes, node: None}
        if held:
            self._missing.add(node)
        elif group.told is not None:
            self._tell(_news(node, group.told))
        self._ask()

    def release(self, node: str) -> None:
        """Give back, or stop waiting for, what was asked for `node`."""
        known = self._held.pop(node, None) is not None
        self._missing.discard(node)
        for locks, group in list(self._waiting.items()):
            if node in group.nodes:
                known = True
                del group.nodes[node]
            if not group.nodes:
                del self._waiting[locks]
        if known:
            self._ask()

    async def secured(self, node: str) -> None:
        """Return once every lock that work of this node is under is known to be held. Work that
        outlives a lost lease must not begin."""
        async with self._settled:
            while not self._is_secured(node):
                if not self._misses(node):
                    self._ask()  # the lease is old: have it renewed
                await self._settled.wait()

    async def close(self, *, keep: bool) -> None:
        """Give back everything and leave; with `keep` the run goes on without a driver, and
        keeps what it holds."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._stale = False
        try:
            async with asyncio.timeout(_LEAVE_SECONDS):
                await self._shelf.close(keep=keep)
        except (RuntimeFault, TimeoutError) as fault:
            self._log(f"the locks of the run are not given back: {fault or 'no answer'}")

    # -- the table ---------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._stale = True
        self._changed.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        while True:
            self._changed.clear()
            pause: float | None = _RETRY_SECONDS
            if await self._look():
                pause = self._pause()
            with suppress(TimeoutError):  # no wait_for: that of 3.11 may swallow a cancel
                async with asyncio.timeout(pause):
                    await self._changed.wait()

    def _look_again(self) -> None:
        if self._waiting:
            self._changed.set()

    def _pause(self) -> float | None:
        renew = self._shelf.renew_seconds if self._held else None
        poll = self._shelf.poll_seconds if self._waiting else None
        return min((each for each in (renew, poll) if each is not None), default=None)

    async def _look(self) -> bool:
        """Hold the claims against the table once more; say whether it could be reached."""
        again = True
        try:
            while again:
                begun = asyncio.get_running_loop().time()
                claims = self._claims()
                standings = await self._shelf.settle(claims)
                self._seen_at, self._trouble = begun, ""
                again = self._take({claim.node: claim.locks for claim in claims}, standings)
        except Exception as error:  # a bug among them must not leave a run waiting in silence
            is_fault = isinstance(error, RuntimeFault)
            trouble = str(error) if is_fault else f"locks:\n{traceback.format_exc()}"
            if trouble != self._trouble:
                self._trouble = trouble
                self._log(trouble)
            self._show_waiting()
            return False
        finally:
            self._stale = self._changed.is_set()
        async with self._settled:
            self._settled.notify_all()
        return True

    def _show_waiting(self) -> None:
        """Without a table nothing can be had: who asked is told so, once."""
        for locks, group in self._waiting.items():
            if group.told is None:
                group.told = Standing(lock=locks[0], limit=1)
                for node in group.nodes:
                    self._tell(_news(node, group.told))

    def _claims(self) -> list[Claim]:
        claims = [Claim(node=node, locks=locks) for node, locks in self._held.items()]
        for locks, group in self._waiting.items():
            first = [node for node in group.nodes if node in self._missing]
            first = first or [next(iter(group.nodes))]
            claims += [Claim(node=node, locks=locks) for node in first]
        return claims

    def _take(
        self, asked: Mapping[str, tuple[str, ...]], standings: Mapping[str, Standing]
    ) -> bool:
        """Tell what is new; say whether the next of a group may be asked for at once."""
        again = False
        for node, standing in standings.items():
            locks = asked[node]
            group = self._waiting.get(locks)
            if node in self._held:
                if not standing.held:
                    self._lose(node, locks)
            elif group is not None and node in group.nodes:
                again |= self._move(node, locks, group, standing)
        return again

    def _move(self, node: str, locks: tuple[str, ...], group: _Group, standing: Standing) -> bool:
        if not standing.held and not standing.refused:
            if standing != group.told:
                group.told = standing
                for each in group.nodes:
                    self._tell(_news(each, standing))
            return False
        if standing.refused and node in self._missing:
            raise RuntimeFault(standing.refused)  # it was held once: this may pass
        del group.nodes[node]
        if not group.nodes:
            del self._waiting[locks]
        self._missing.discard(node)
        if standing.held:
            self._held[node] = locks
            self._tell(LockGranted(node_name=node, locks=locks))
        else:
            self._tell(LockRefused(node_name=node, why=standing.refused))
        return bool(group.nodes)

    def _lose(self, node: str, locks: tuple[str, ...]) -> None:
        """Others took it, as nothing of ours seemed to go on: queue for it again."""
        self._log(f"{node or 'the workflow'} lost its locks to another run, and waits for them")
        del self._held[node]
        self.acquire(node, locks, held=True)

    def _misses(self, node: str) -> bool:
        return any(node.startswith(holder) for holder in self._missing)

    def _is_secured(self, node: str) -> bool:
        if self._misses(node):
            return False
        renew = self._shelf.renew_seconds
        if renew is None or not any(node.startswith(holder) for holder in self._held):
            return True
        return asyncio.get_running_loop().time() - self._seen_at < 2 * renew


def _news(node: str, standing: Standing) -> LockWaits:
    return LockWaits(node_name=node, lock=standing.lock, free=standing.free, limit=standing.limit)
