"""A runtime without a world: work ends as a script says, by default well and at once.

For tests, demonstrations and `--runtime fake`; held to the same contract as the real ones.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from argotui.logs.spool import SpoolWriter, log_path
from argotui.model.manifest import JsonObject
from argotui.model.work import (
    ContainerState,
    DataWork,
    HttpWork,
    Observation,
    PodState,
    PodWork,
    Report,
    ResourceWork,
    Work,
    WorkRef,
)
from argotui.runtimes.port import Emit, RunPlace

_ADDRESS = "10.0.0.1"
_STOPPED = 143
_OK: JsonObject = {"statusCode": 200, "body": "", "headers": {}}
_MISSING = "open /var/run/argo/outputs/parameters/{path}: no such file or directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """How one piece of work goes. Seconds; exit codes by container, 0 where none is given.

    `parameters` are contents of files by output name: one that is asked for, not given and has
    no default is empty, or missing if it is named in `missing`. `logs` are lines of main.
    `waits_for` keeps it pending for `pending` seconds, then it runs for `delay`.
    """

    delay: float = 0.0
    pending: float = 0.0
    waits_for: str = ""
    exit_codes: Mapping[str, int] = field(default_factory=dict)
    result: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    reason: str = ""
    message: str = ""
    fault: str = ""
    gone: bool = False
    response: JsonObject = field(default_factory=lambda: dict(_OK))
    object: JsonObject = field(default_factory=dict)


Script = Mapping[str, Scripted | Sequence[Scripted]]


class FakeRuntime:
    """`script` maps a pattern of node names to how that work goes; a sequence has one entry an
    attempt, the last holds for all further ones. The first pattern that fits counts.

    `now` gives the time, `after` calls back later: both from a virtual clock where there is one,
    else real time and the running loop. `started` lists what was asked for, in order.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        now: Callable[[], float] = time.time,
        after: Callable[[float, Callable[[], None]], object] | None = None,
    ) -> None:
        self.started: list[tuple[WorkRef, Work]] = []
        self._script = dict(script or {})
        self._now, self._after = now, after
        self._place: RunPlace | None = None
        self._emit: Emit | None = None
        self._reports: dict[WorkRef, Report] = {}
        self._works: dict[WorkRef, Work] = {}

    @property
    def performs(self) -> tuple[type[Work], ...]:
        return (PodWork, ResourceWork, HttpWork, DataWork)

    @property
    def where(self) -> str:
        return "fake"

    async def open(self, place: RunPlace, emit: Emit) -> None:
        self._place, self._emit = place, emit
        for ref in list(self._reports):
            self._tell(ref)

    async def start(self, ref: WorkRef, work: Work) -> None:
        if ref in self._works:
            return
        self.started.append((ref, work))
        self._works[ref] = work
        script = self.script_of(ref)
        waits_for = script.waits_for or "waits for nothing in particular"
        self._say(ref, Report(state=PodState.PENDING, waits_for=waits_for))
        self._later(script.pending, lambda: self._run(ref))

    async def stop(self, ref: WorkRef, grace: float) -> None:
        self._later(0.0, lambda: self._end(ref, stopped=True))

    async def release(self, ref: WorkRef) -> None:
        if (report := self._reports.get(ref)) and report.state.has_ended:
            del self._reports[ref]

    async def close(self, *, keep_running: bool = False) -> None:
        self._emit = None
        if not keep_running:
            for ref in list(self._reports):
                self._end(ref, stopped=True)

    def script_of(self, ref: WorkRef) -> Scripted:
        """Return how this piece of work goes."""
        for pattern, entry in self._script.items():
            if fnmatchcase(ref.node_name, pattern):
                if isinstance(entry, Scripted):
                    return entry
                return entry[min(ref.attempt, len(entry)) - 1]
        return Scripted()

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        if self._after is not None:
            self._after(seconds, call)
        else:
            asyncio.get_running_loop().call_later(seconds, call)

    def _run(self, ref: WorkRef) -> None:
        if self._is_over(ref):
            return
        work, script = self._works[ref], self.script_of(ref)
        if script.fault:
            self._say(ref, Report(state=PodState.FAILED, fault=script.fault))
            return
        self._write_logs(ref, script)
        now = self._now()
        containers = tuple(
            replace(each, state="running", started_at=now, ready=True) for each in _containers(work)
        )
        running = Report(
            state=PodState.RUNNING, containers=containers, started_at=now, pod_ip=_ADDRESS
        )
        self._say(ref, running)
        if not (isinstance(work, PodWork) and work.daemon and not script.delay):
            self._later(script.delay, lambda: self._end(ref))

    def _end(self, ref: WorkRef, *, stopped: bool = False) -> None:
        if self._is_over(ref):
            return
        work, script, before = self._works[ref], self.script_of(ref), self._reports[ref]
        if script.gone and not stopped:
            self._say(ref, Report(state=PodState.GONE))
            return
        now = self._now()
        containers = tuple(
            replace(
                each,
                state="terminated",
                exit_code=_STOPPED if stopped else script.exit_codes.get(each.name, 0),
                reason="Error" if stopped or script.exit_codes.get(each.name) else "Completed",
                started_at=each.started_at or now,
                finished_at=now,
                ready=False,
            )
            for each in before.containers or _containers(work)
        )
        parameters, errors = _outputs(work, script)
        bad = errors or script.reason or any(each.exit_code for each in containers)
        self._say(
            ref,
            replace(
                before,
                state=PodState.FAILED if bad else PodState.SUCCEEDED,
                containers=containers,
                finished_at=now,
                waits_for="",
                reason=script.reason,
                message=script.message,
                parameters=parameters,
                collect_errors=errors,
                result=script.result if isinstance(work, PodWork) and work.capture_result else None,
                response=script.response if isinstance(work, HttpWork | DataWork) else None,
                object=script.object if isinstance(work, ResourceWork) else None,
            ),
        )

    def _is_over(self, ref: WorkRef) -> bool:
        report = self._reports.get(ref)
        return report is None or report.state.has_ended

    def _write_logs(self, ref: WorkRef, script: Scripted) -> None:
        if self._place is None or not script.logs:
            return
        writer = SpoolWriter(log_path(self._place.logs, ref.key, "main"))
        for line in script.logs:
            writer.write(line.encode() + b"\n", at=self._now())
        writer.close()

    def _say(self, ref: WorkRef, report: Report) -> None:
        self._reports[ref] = report
        self._tell(ref)

    def _tell(self, ref: WorkRef) -> None:
        if self._emit is not None:
            self._emit(Observation(ref=ref, report=self._reports[ref], at=self._now()))


def _containers(work: Work) -> tuple[ContainerState, ...]:
    if not isinstance(work, PodWork):
        return ()
    spec = work.pod.get("spec") or {}
    inits = [
        ContainerState(name=each["name"], kind="init") for each in spec.get("initContainers", ())
    ]
    names = [each["name"] for each in spec.get("containers", ())] or list(work.mains)
    others = [
        ContainerState(name=name, kind="main" if name in work.mains else "sidecar")
        for name in names
    ]
    return (*inits, *others)


def _outputs(work: Work, script: Scripted) -> tuple[dict[str, str], tuple[str, ...]]:
    if isinstance(work, ResourceWork):
        return {name: script.parameters.get(name, "") for name in work.outputs}, ()
    values: dict[str, str] = {}
    errors = []
    for each in work.collect if isinstance(work, PodWork) else ():
        if each.name in script.parameters:
            values[each.name] = script.parameters[each.name]
        elif each.default is not None or each.name not in script.missing:
            values[each.name] = each.default or ""
        else:
            errors.append(_MISSING.format(path=each.path.lstrip("/")))
    return values, tuple(errors)
