"""Commands -> calls of the runtime, each lane in order, so many at once. Called by DrivenRun after
the journal has the step. What goes wrong becomes a report; nothing here ends the driver."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeAlias

from argotui.driver.caches import Caches
from argotui.driver.clock import Cancel, Clock
from argotui.driver.locks import RunLocks
from argotui.driver.timers import Timers
from argotui.locks.port import Shelf
from argotui.model.commands import (
    AcquireLock,
    Ask,
    Command,
    FinishRun,
    ReleaseLock,
    ReleaseWork,
    SaveCache,
    SetTimer,
    StartWork,
    StopWork,
    Withdraw,
)
from argotui.model.errors import RuntimeFault
from argotui.model.events import Answered, CacheNotSaved, Event, TimerFired, WorkReported
from argotui.model.work import PodState, Report, Work, WorkRef
from argotui.runtimes.port import Provides, Reads, RunPlace, Runtime

AT_ONCE = 32  # calls into the runtime at the same time
_KINDS = {
    "PodWork": "pods",
    "ResourceWork": "resource templates",
    "HttpWork": "http templates",
    "DataWork": "data templates",
}
_Call: TypeAlias = Callable[[], Awaitable[None]]


class Dispatch:
    """`put` takes events for the inbox, `tell` lines for the driver's log. `elsewhere` says, by
    the name of a kind of work, which other runtime does it (`--runtime kubernetes`)."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        place: RunPlace,
        clock: Clock,
        put: Callable[[Event], None],
        tell: Callable[[str], None],
        shelf: Shelf,
        caches: Caches,
        elsewhere: Mapping[str, str],
    ) -> None:
        self._runtime = runtime
        self._place = place
        self._clock = clock
        self._put = put
        self._tell = tell
        self._locks = RunLocks(shelf, tell=put, log=tell)
        self._caches = caches
        self._elsewhere = elsewhere
        self._timers = Timers(clock, lambda at: put(TimerFired(at=at)))
        self._lanes: dict[str, deque[_Call]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._later: dict[str, tuple[Cancel, WorkRef]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    @property
    def is_busy(self) -> bool:
        """Whether a call into the runtime has not come back yet."""
        return bool(self._tasks) or self._locks.is_busy

    def carry_out(self, command: Command) -> None:
        """Begin what the command says. FinishRun is not for here."""
        match command:
            case StartWork(ref=ref, work=work):
                self._call(ref.key, lambda: self._start(ref, work))
            case StopWork(ref=ref, grace=grace):
                self._call(ref.key, lambda: self._quietly(ref, self._runtime.stop(ref, grace)))
            case ReleaseWork(ref=ref, delay=delay):
                self._release_later(ref, delay)
            case SetTimer(at=at):
                self._timers.set(at)
            case Ask(subject=subject):
                self._call(f"ask/{subject}", lambda: self._answer(command))
            case SaveCache(subject=subject, entry=entry):
                self._call(f"ask/{subject}", lambda: self._save(subject, entry))
            case AcquireLock(node_name=node, locks=locks, held=held):
                self._locks.acquire(node, locks, held=held)
            case ReleaseLock(node_name=node):
                self._locks.release(node)
            case Withdraw(claims=claims):
                self._call("ask/claims", lambda: self._withdraw(claims))
            case FinishRun():
                pass

    def look_for_locks(self, outstanding: Iterable[Command]) -> None:
        """Ask for what the run held under another driver, before anything may begin."""
        for command in outstanding:
            if isinstance(command, AcquireLock):
                self.carry_out(command)

    async def settle(self, seconds: float) -> None:
        """Let all that was begun, delayed releases too, come to an end; give up after a while."""
        for cancel, ref in list(self._later.values()):
            cancel()
            self._release(ref)
        self._timers.close()
        deadline = asyncio.get_running_loop().time() + seconds
        while self._tasks:  # the end of one may let another begin
            left = deadline - asyncio.get_running_loop().time()
            _, late = await asyncio.wait(self._tasks, timeout=max(left, 0))
            if late and left <= 0:
                self._tell(f"{len(late)} calls into the runtime did not return")
                return

    async def close(self, *, keep_locks: bool = False) -> None:
        """Begin nothing more; end what has not come back."""
        self._timers.close()
        for cancel, _ in self._later.values():
            cancel()
        self._later.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._locks.close(keep=keep_locks)

    # -- lanes: the calls about one piece of work follow one another ------------------------------

    def _call(self, key: str, call: _Call) -> None:
        lane = self._lanes.get(key)
        if lane is not None:
            lane.append(call)
            return
        self._lanes[key] = deque([call])
        task = asyncio.get_running_loop().create_task(self._run_lane(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, key: str) -> None:
        lane = self._lanes[key]
        try:
            while lane:
                call = lane.popleft()
                async with self._places:
                    await call()
        finally:
            del self._lanes[key]

    # -- work --------------------------------------------------------------------------------------

    async def _start(self, ref: WorkRef, work: Work) -> None:
        if not isinstance(work, tuple(self._runtime.performs)):
            self._report_fault(ref, self._not_performed(work))
            return
        await self._locks.secured(ref.node_name)
        try:
            await self._runtime.start(ref, work)
        except RuntimeFault as fault:
            self._report_fault(ref, str(fault))
        except Exception as error:
            self._tell(f"starting {ref.node_name}:\n{traceback.format_exc()}")
            self._report_fault(ref, f"the runtime failed: {type(error).__name__}: {error}")

    async def _quietly(self, ref: WorkRef, call: Awaitable[None]) -> None:
        """A stop or release that fails: the log says so, and reports go on telling what is."""
        try:
            await call
        except RuntimeFault as fault:
            self._tell(f"{ref.node_name}: {fault}")
        except Exception:
            self._tell(f"{ref.node_name}:\n{traceback.format_exc()}")

    def _release_later(self, ref: WorkRef, delay: float) -> None:
        if delay <= 0:
            self._release(ref)
            return
        cancel = self._clock.call_at(self._clock.now() + delay, lambda: self._release(ref))
        self._later[ref.key] = (cancel, ref)

    def _release(self, ref: WorkRef) -> None:
        self._later.pop(ref.key, None)
        self._call(ref.key, lambda: self._quietly(ref, self._runtime.release(ref)))

    def _report_fault(self, ref: WorkRef, fault: str) -> None:
        report = Report(state=PodState.FAILED, message=fault, fault=fault)
        self._put(WorkReported(ref=ref, report=report))

    def _not_performed(self, work: Work) -> str:
        kind = type(work).__name__
        what = _KINDS.get(kind, kind)
        other = self._elsewhere.get(kind)
        hint = f"; they run with {other}" if other else ""
        return f"the runtime '{self._runtime.where}' does not do {what}{hint}"

    # -- questions ---------------------------------------------------------------------------------

    async def _answer(self, ask: Ask) -> None:
        values: Mapping[str, str] | None = None
        fault = ""
        if ask.kind == "cache":
            try:
                values = await self._remembered(ask.subject)
            except Exception as error:  # whoever asked must not wait for ever
                fault = str(error) or type(error).__name__
        elif ask.kind in ("claims", "budget"):
            fault = await self._provide(ask)
        elif ask.kind == "config-map":
            try:
                values = await self._config_map_key(ask.subject)
            except Exception as error:  # likewise
                fault = str(error) or type(error).__name__
        else:
            self._tell(f"a question of an unknown kind: {ask.kind}")
        self._put(Answered(question=ask.question, values=values, fault=fault))

    async def _config_map_key(self, subject: str) -> Mapping[str, str] | None:
        """Return labels and value as they are now; None where there is no such ConfigMap."""
        name, _, key = subject.rpartition("/")
        found = self._place.config_maps.get(name)
        if isinstance(self._runtime, Reads):
            found = await self._runtime.config_map(name)
        if found is None:
            return None
        labels = (found.get("metadata") or {}).get("labels") or {}
        data = found.get("data") or {}
        return {"labels": json.dumps(labels), **({"value": str(data[key])} if key in data else {})}

    async def _provide(self, ask: Ask) -> str:
        """Have the volumes of the run, or its budget, made where the runtime makes any; return
        what it says against them."""
        runtime = self._runtime
        if not isinstance(runtime, Provides):
            return ""
        make = runtime.claim if ask.kind == "claims" else runtime.protect
        try:
            await make(json.loads(ask.subject))
        except RuntimeFault as error:
            return str(error)
        except Exception as error:
            self._tell(f"making {ask.kind}:\n{traceback.format_exc()}")
            return f"the runtime failed: {type(error).__name__}: {error}"
        return ""

    async def _withdraw(self, claims: tuple[str, ...]) -> None:
        if isinstance(self._runtime, Provides):
            try:
                await self._runtime.withdraw(claims)
            except Exception as error:
                self._tell(f"removing the claims of the run: {error}")

    async def _remembered(self, subject: str) -> Mapping[str, str] | None:
        found = await self._caches.load(subject)
        if found is not None:
            return found
        name, _, key = subject.partition("/")
        given = self._config_map(name) or {}
        return {key: given[key]} if key in given else None

    async def _save(self, subject: str, entry: str) -> None:
        try:
            await self._caches.save(subject, entry)
        except Exception as error:
            why = str(error) or type(error).__name__
            self._tell(f"the cache {subject}: {why}")
            self._put(CacheNotSaved(subject=subject, why=why))

    def _config_map(self, name: str) -> Mapping[str, str] | None:
        document = self._place.config_maps.get(name)
        if document is None:
            return None
        return {str(key): str(value) for key, value in (document.get("data") or {}).items()}
