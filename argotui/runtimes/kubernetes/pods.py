"""The pods of a run: asked for, seen, read out when they end, and stopped. One task a phase each.

Called by runtime, always in the loop; facts go out through `emit`.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from argotui.logs.spool import log_path
from argotui.model.errors import RuntimeFault
from argotui.model.work import Observation, PodState, PodWork, Report, WorkRef
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.draft import ANNOTATION_NODE_ID, LABEL_ATTEMPT, Plan, Setting
from argotui.runtimes.kubernetes.errors import ApiError, explained
from argotui.runtimes.kubernetes.held import read_held
from argotui.runtimes.kubernetes.kept import Folder, Kept
from argotui.runtimes.kubernetes.logresult import LogResults
from argotui.runtimes.kubernetes.logs import LogFollower
from argotui.runtimes.kubernetes.making import Maker
from argotui.runtimes.kubernetes.report import (
    as_running,
    has_lost_a_main,
    report_of,
    settled,
    started,
)
from argotui.runtimes.kubernetes.shim import shape
from argotui.runtimes.kubernetes.tracked import Pod, Tracked
from argotui.runtimes.kubernetes.unwrapped import asks, notes_of

_LOG_SECONDS = 30.0  # for the last lines of a pod before its end is told anyway
_OTHERS_SECONDS = 2.0  # to hear by themselves that a main failed


class Pods:
    """`tell` takes sentences for the driver's log. `pending_timeout` is in seconds."""

    def __init__(
        self,
        *,
        client: Client,
        setting: Setting,
        maker: Maker,
        folder: Folder,
        logs: Path,
        emit: Callable[[Observation], None],
        tell: Callable[[str], None],
        pending_timeout: float | None,
    ) -> None:
        self._client, self._setting, self._maker = client, setting, maker
        self._folder, self._logs, self._emit, self._tell = folder, logs, emit, tell
        self._pending_timeout = pending_timeout
        self._follower = LogFollower(client, setting.namespace, tell)
        self._results = LogResults(client)
        self._loop = asyncio.get_running_loop()
        self._known: dict[str, Tracked] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._where = f"/api/v1/namespaces/{setting.namespace}/pods"

    # -- asked for ---------------------------------------------------------------------------------

    def knows(self, ref: WorkRef) -> bool:
        return ref.key in self._known

    @property
    def pending(self) -> list[Tracked]:
        """Pods that wait for something, for whoever looks up why."""
        return [
            each
            for each in self._known.values()
            if not each.over and each.told is not None and each.told.state is PodState.PENDING
        ]

    def recover(self, kept: Kept, pod: Pod | None) -> None:
        """Take in what an earlier driver asked for, as it stands now."""
        tracked = Tracked(kept=kept, since=time.time())
        if kept.report is not None:
            self._known[kept.ref.key] = tracked
            tracked.over = True
            self._say(tracked, kept.report)
        elif pod is not None:
            self._known[kept.ref.key] = tracked
            if settled(pod) is not None:  # it is there; its end is told once its logs are whole
                self._say(tracked, Report(state=PodState.RUNNING))
            self._take(tracked, pod)
        elif kept.uid:
            self._known[kept.ref.key] = tracked
            self._gone(tracked, None)

    async def start(self, ref: WorkRef, work: PodWork) -> None:
        """Raises RuntimeFault for a pod that cannot be shaped."""
        shaped = shape(ref, work, self._setting)
        kept = Kept(ref=ref, plan=shaped.plan)
        tracked = Tracked(kept=kept, since=time.time())
        self._known[ref.key] = tracked
        self._folder.save(kept)

        async def make() -> None:
            try:
                pod = await self._maker.make(ref, shaped, lambda why: self._waits(tracked, why))
            except RuntimeFault as error:
                self._end(tracked, Report(state=PodState.FAILED, fault=str(error)))
                return
            if not tracked.over:
                self._take(tracked, pod)
                if tracked.stopping:
                    await self._delete(tracked, 1.0)

        tracked.making = self._spawn(make())
        self._watch_pending(tracked)
        await asyncio.wait({tracked.making}, timeout=2.0)

    async def stop(self, ref: WorkRef, grace: float) -> None:
        tracked = self._known.get(ref.key)
        if tracked is None or tracked.over:
            return
        tracked.stopping = True
        if tracked.pod is not None:
            await self._delete(tracked, grace)

    async def release(self, ref: WorkRef) -> None:
        """Take the pod away, once its logs are here."""
        tracked = self._known.get(ref.key)
        if tracked is None or not (tracked.over or tracked.ending):
            return
        if tracked.ending is not None:
            await asyncio.wait({tracked.ending})
        if tracked.pod is not None:
            await self._delete(tracked, 1.0)

    async def close(self, *, keep_running: bool) -> None:
        if not keep_running:
            running = [each for each in self._known.values() if not each.over]
            for each in running:
                each.stopping = True
                if each.making is not None:
                    each.making.cancel()
            stops = [self._delete(each, 2.0) for each in running if each.pod is not None]
            await asyncio.gather(*stops, return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._follower.close()

    # -- seen --------------------------------------------------------------------------------------

    def seen(self, kind: str, pod: Pod) -> None:
        """Take one event of the watch."""
        tracked = self._of(pod)
        if tracked is None or tracked.over:
            return
        if kind == "DELETED":
            self._gone(tracked, pod)
        else:
            self._take(tracked, pod)

    def listed(self, pods: list[Pod]) -> None:
        """Take a fresh list: what is not on it, and was, is gone."""
        there = set()
        for pod in pods:
            tracked = self._of(pod)
            if tracked is not None:
                there.add(tracked.ref.key)
                if not tracked.over:
                    self._take(tracked, pod)
        for key, tracked in list(self._known.items()):
            if key not in there and tracked.pod is not None and not tracked.over:
                self._gone(tracked, None)

    def explain(self, tracked: Tracked, why: str) -> None:
        """Say why a pod waits, where its own status does not."""
        if tracked.told is not None and tracked.told.state is PodState.PENDING:
            self._say(tracked, replace(tracked.told, waits_for=why))

    def _of(self, pod: Pod) -> Tracked | None:
        metadata = pod.get("metadata") or {}
        node = (metadata.get("annotations") or {}).get(ANNOTATION_NODE_ID, "")
        attempt = (metadata.get("labels") or {}).get(LABEL_ATTEMPT, "")
        tracked = self._known.get(f"{node}.{attempt}")
        if tracked is None or (tracked.kept.uid and tracked.kept.uid != metadata.get("uid")):
            return None
        return tracked

    def _take(self, tracked: Tracked, pod: Pod) -> None:
        """Take the state of a pod, unless it is older than what is known."""
        version = str(pod["metadata"].get("resourceVersion") or "0")
        number = int(version) if version.isdigit() else tracked.version
        if number < tracked.version or tracked.over:
            return
        tracked.version, tracked.pod = number, pod
        if not tracked.kept.uid:
            tracked.kept.uid = str(pod["metadata"]["uid"])
            self._folder.save(tracked.kept)
        self._follow(tracked, pod)
        plan = tracked.kept.plan
        assert plan is not None
        if (ended := settled(pod)) is not None:
            self._begin_end(tracked, ended, gone=False)
        elif tracked.ending is None:
            self._say(tracked, report_of(pod, plan, tracked.kept.read))
            if tracked.clearing is None and has_lost_a_main(pod, plan):
                tracked.clearing = self._spawn(self._end_others(tracked, plan))

    def _gone(self, tracked: Tracked, pod: Pod | None) -> None:
        """The pod is no longer there; its last state counts if it had ended by then."""
        if tracked.ending is not None:
            return
        last = tracked.pod if pod is None and tracked.clearing is not None else pod
        tracked.pod = None
        ended = settled(last, gone=True) if last is not None else None
        if ended is not None:
            self._begin_end(tracked, ended, gone=True)
            return
        if tracked.timed_out or tracked.stopping:
            reason = tracked.timed_out or "stopped before it ended"
            self._end(tracked, Report(state=PodState.FAILED, message=reason))
        else:
            self._end(tracked, Report(state=PodState.GONE))

    async def _end_others(self, tracked: Tracked, plan: Plan) -> None:
        """End a pod whose main failed; what depends on it has had time to say why it is not run."""
        await asyncio.sleep(_OTHERS_SECONDS)
        while tracked.holding is not None and not tracked.holding.done():
            await asyncio.wait({tracked.holding})
        ended = settled(tracked.pod, gone=True) if tracked.pod is not None else None
        if tracked.ending is not None or tracked.over or ended is None:
            return
        try:  # kept first, for a next driver that sees no pod any more
            tracked.kept.report = report_of(ended, plan, tracked.kept.read)
            self._folder.save(tracked.kept)
            await self._delete(tracked, ended["spec"].get("terminationGracePeriodSeconds", 30))
        except RuntimeFault as error:
            self._tell(str(error))
            self._gone(tracked, None)

    # -- the end -----------------------------------------------------------------------------------

    def _begin_end(self, tracked: Tracked, pod: Pod, *, gone: bool) -> None:
        if tracked.ending is None and not tracked.over:
            tracked.ending = self._spawn(self._read_out(tracked, pod, gone=gone))

    async def _read_out(self, tracked: Tracked, pod: Pod, *, gone: bool) -> None:
        """Have the logs whole, then tell the end."""
        plan = tracked.kept.plan
        assert plan is not None
        leaving = gone or bool(pod["metadata"].get("deletionTimestamp"))
        reads = [
            self._follower.finish(
                tracked.ref.pod_name, name, self._log(tracked, name), plan.nonce, drain=leaving
            )
            for name in started(pod)
            if name not in plan.own
        ]
        problems = ["it took too long"]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOG_SECONDS):
                problems = await asyncio.gather(*reads)
        if tracked.holding is not None:
            await asyncio.wait({tracked.holding})
        self._follower.let_go(tracked.ref.pod_name, plan.beside)
        read = tracked.kept.read
        if plan.result_is_log and not any(problems):
            path, log = f"{self._where}/{tracked.ref.pod_name}", self._log(tracked, "main")
            read = {**read, **await self._client.in_thread(self._results.read, path, log)}
        self._end(tracked, replace(report_of(pod, plan, read), notes=notes_of(plan, read)))

    def _end(self, tracked: Tracked, report: Report) -> None:
        if tracked.over:
            return
        was_up = any(each.state == "terminated" for each in report.containers)
        if was_up and tracked.told is not None and tracked.told.state is PodState.PENDING:
            self._say(tracked, as_running(report))  # it ran and ended between two looks
        tracked.over = True
        if tracked.timed_out and not report.fault:
            report = replace(report, state=PodState.FAILED, message=tracked.timed_out)
        tracked.kept.report = report
        with contextlib.suppress(RuntimeFault):  # a full disk costs the next driver, not this one
            self._folder.save(tracked.kept)
        self._say(tracked, report)

    # -- what a running pod asks for ---------------------------------------------------------------

    def _follow(self, tracked: Tracked, pod: Pod) -> None:
        plan = tracked.kept.plan
        assert plan is not None
        for name, ended in started(pod).items():
            if ended or (name in plan.own and not asks(name, plan, pod)):
                continue

            def mark(container: str, words: str) -> None:
                if words == "hold":
                    with contextlib.suppress(RuntimeError):  # the loop is gone: so is the run
                        self._loop.call_soon_threadsafe(self._hold, tracked, container)

            path = self._log(tracked, name)
            self._follower.follow(tracked.ref.pod_name, name, path, plan.nonce, mark)

    def _hold(self, tracked: Tracked, container: str) -> None:
        if tracked.over or (tracked.holding is not None and not tracked.holding.done()):
            return
        if not tracked.kept.read:
            tracked.holding = self._spawn(self._read_held(tracked, container))

    async def _read_held(self, tracked: Tracked, container: str) -> None:
        plan = tracked.kept.plan
        assert plan is not None

        def keep(found: dict[str, bytes]) -> None:
            tracked.kept.read = found
            self._folder.save(tracked.kept)

        path = f"{self._where}/{tracked.ref.pod_name}"
        try:
            await self._client.in_thread(read_held, self._client, path, container, plan, keep)
        except (ApiError, RuntimeFault) as error:
            tracked.kept.read = {}
            api = error if isinstance(error, ApiError) else ApiError(0, str(error))
            self._tell(explained(api, f"cannot read the outputs of {tracked.ref.pod_name} yet"))

    def _watch_pending(self, tracked: Tracked) -> None:
        limit = self._pending_timeout
        if limit is None:
            return

        async def watch() -> None:
            await asyncio.sleep(limit)
            told = tracked.told
            if tracked.over or (told is not None and told.state is not PodState.PENDING):
                return
            why = f": {told.waits_for}" if told is not None and told.waits_for else ""
            tracked.timed_out = f"pending for more than {limit:g} s{why}"
            await self.stop(tracked.ref, 1.0)
            if tracked.pod is None:
                self._end(tracked, Report(state=PodState.FAILED, message=tracked.timed_out))

        self._spawn(watch())

    # -- small words -------------------------------------------------------------------------------

    async def _delete(self, tracked: Tracked, grace: float) -> None:
        body = {
            "preconditions": {"uid": tracked.kept.uid},
            "gracePeriodSeconds": max(1, math.ceil(grace)),
        }
        try:
            path = f"{self._where}/{tracked.ref.pod_name}"
            await self._client.call("DELETE", path, body=body, patience=60.0)
        except ApiError as error:
            if error.status in (404, 409):
                return
            raise RuntimeFault(explained(error, f"cannot stop {tracked.ref.pod_name}")) from error

    def _waits(self, tracked: Tracked, why: str) -> None:
        if not tracked.over:
            self._say(tracked, Report(state=PodState.PENDING, waits_for=why))

    def _say(self, tracked: Tracked, report: Report) -> None:
        if report != tracked.told:
            tracked.told = report
            self._emit(Observation(ref=tracked.ref, report=report, at=time.time()))

    def _log(self, tracked: Tracked, container: str) -> Path:
        return log_path(self._logs, tracked.ref.key, container)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
