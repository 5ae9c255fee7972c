"""The local runtime as the driver sees it: pods become plans, status messages observations.

Built by bootstrap; what runs, runs under the supervisor (see there).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from argotui.model.errors import RuntimeFault, UsageError
from argotui.model.work import (
    ContainerState,
    Observation,
    PodState,
    PodWork,
    Report,
    ResourceWork,
    Work,
    WorkRef,
)
from argotui.runtimes.local import orphans, told, wire
from argotui.runtimes.local.doctor import Health, find_sandbox, look_around
from argotui.runtimes.local.layout import Layout, make_layout
from argotui.runtimes.local.link import Link, connect, launch
from argotui.runtimes.local.objects import ObjectStore
from argotui.runtimes.local.plan import Setting, make_plan, safe_key
from argotui.runtimes.local.volumes import CLAIMS, remove_claims
from argotui.runtimes.port import Emit, RunPlace

_CLOSE_GRACE = 2.0  # seconds for what still runs when the run is over
_GREETING = 5.0  # seconds for a supervisor that is alive to answer
_CLOSE_PATIENCE = 8.0  # seconds more for the supervisor
_NOT_HERE = (
    "no cluster: the local runtime cannot {action} {kind}; use --runtime kubernetes, or the "
    "local object store for ConfigMaps and Secrets (--object-store)"
)
_NOTHING: Mapping[str, Any] = {"configMap": {}, "secret": {}}
_FIELDS = frozenset(field.name for field in fields(Report))


class LocalRuntime:
    """`sandbox` is "auto" (bubblewrap, or a fault) or "off" (plain processes); `parallel` how
    many pods run at a time (None: twice the cores); `images` the user's table (see images.py);
    `object_store` lets resource templates work on ConfigMaps and Secrets kept with the run."""

    def __init__(
        self,
        *,
        sandbox: str = "auto",
        parallel: int | None = None,
        images: Mapping[str, Mapping[str, Any]] | None = None,
        object_store: bool = False,
    ) -> None:
        if sandbox not in ("auto", "off"):
            raise UsageError(f"sandbox: {sandbox!r} is neither auto nor off")
        self._sandbox = sandbox
        self._places = parallel or 2 * (os.cpu_count() or 1)
        self._images = dict(images or {})
        self._with_store = object_store
        self._store: ObjectStore | None = None
        self._setting: Setting | None = None
        self._layout: Layout | None = None
        self._folder = Path()
        self._emit: Emit = lambda observation: None
        self._link: Link | None = None
        self._known: dict[str, tuple[WorkRef, PodState]] = {}
        self._linking = asyncio.Lock()
        self._doomed: tuple[str, ...] = ()  # claims to be removed when nothing runs any more

    @property
    def performs(self) -> tuple[type[Work], ...]:
        return (PodWork, ResourceWork)

    @property
    def where(self) -> str:
        return told.where(self._sandbox)

    @property
    def warning(self) -> str:
        """What is not isolated, for people; empty in the sandbox."""
        return told.warning(self._sandbox)

    async def open(self, place: RunPlace, emit: Emit) -> None:
        program = None
        if self._sandbox == "auto":
            found = await asyncio.to_thread(find_sandbox)
            if not found.program:
                raise RuntimeFault(f"{found.problem}; --no-sandbox runs steps as plain processes")
            program = found.program
        self._emit, self._folder = emit, (place.work / "local").absolute()
        (self._folder / wire.STATUS).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.chmod(0o700)
        self._layout = make_layout(self._folder, program)
        if self._with_store:
            self._store = ObjectStore(self._folder / "objects", place.namespace or "default")
        self._setting = self._set(place, self._layout)
        await self._meet()

    async def start(self, ref: WorkRef, work: Work) -> None:
        assert self._setting is not None, "open comes first"
        if ref.key in self._known:
            return
        try:
            key = safe_key(ref)
            if isinstance(work, PodWork):
                plan = make_plan(ref, work, self._setting)
                self._known[key] = (ref, PodState.PENDING)
                await self._send({"do": "start", "plan": plan})
            elif isinstance(work, ResourceWork):
                self._settle(ref, self._resource(work))
            else:
                raise RuntimeFault(f"the local runtime does not do {type(work).__name__}")
        except (RuntimeFault, UsageError) as error:
            self._settle(ref, Report(state=PodState.FAILED, fault=str(error)))

    async def config_map(self, name: str) -> Mapping[str, Any] | None:
        assert self._setting is not None, "open comes first"
        found: Mapping[str, Any] | None = self._setting.sources["configMap"].get(name)
        return found

    async def claim(self, claims: Mapping[str, Any]) -> None:
        """Folders of the run, made when a pod first has one."""

    async def protect(self, budget: Mapping[str, Any]) -> None:
        """Nobody evicts anything from this machine."""

    async def withdraw(self, claims: Sequence[str]) -> None:
        self._doomed = tuple(claims)

    async def stop(self, ref: WorkRef, grace: float) -> None:
        if ref.key in self._known and not self._known[ref.key][1].has_ended:
            with contextlib.suppress(RuntimeFault):
                await self._send({"do": "stop", "key": ref.key, "grace": grace})

    async def release(self, ref: WorkRef) -> None:
        known = self._known.get(ref.key)
        if known is None or not known[1].has_ended:
            return
        keep = known[1] is not PodState.SUCCEEDED
        with contextlib.suppress(RuntimeFault):
            await self._send({"do": "release", "key": ref.key, "keep": keep})

    async def close(self, *, keep_running: bool = False) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        if not keep_running:
            with contextlib.suppress(RuntimeFault):
                await link.send({"do": "close", "grace": _CLOSE_GRACE})
            if not await link.gone(_CLOSE_GRACE + _CLOSE_PATIENCE):
                link.kill()
                await link.gone(1.0)
            if self._sandbox == "off" and self._setting:
                orphans.end_marked(f"{self._setting.run_id}.")
        await link.close()
        if not keep_running:
            await asyncio.to_thread(remove_claims, self._folder / CLAIMS, self._doomed)

    async def probe(self) -> Health:
        """Say what of this works on this machine, for `argotui doctor`."""
        return await asyncio.to_thread(look_around)

    def _set(self, place: RunPlace, layout: Layout) -> Setting:
        stored: Mapping[str, Any] = self._store.objects if self._store else _NOTHING
        return Setting(
            run_id=place.run_id,
            workflow_name=place.workflow_name,
            namespace=place.namespace,
            work=self._folder,
            logs=place.logs.absolute(),
            layout=layout,
            sources={
                "configMap": ChainMap(stored["configMap"], dict(place.config_maps)),
                "secret": ChainMap(stored["secret"], dict(place.secrets)),
            },
            images=self._images,
        )

    async def _meet(self) -> None:
        """Find the supervisor of an earlier driver, or start one; tell of all there is."""
        self._link = await self._found() or await self._fresh()
        for key in wire.known_keys(str(self._folder)):
            if status := wire.read_status(str(self._folder), key):
                self._take(key, status)

    async def _found(self) -> Link | None:
        """One that was killed a moment ago may still take a call, but answers none."""
        connection = connect(self._folder)
        if connection is None:
            return None
        link = self._line(connection, 0)
        with contextlib.suppress(RuntimeFault):
            await link.send(self._configuration())
            if await link.greeted(_GREETING):
                return link
        await link.close()
        return None

    async def _fresh(self) -> Link:
        self._bury()
        link = self._line(*launch(self._folder))
        await link.send(self._configuration())
        return link

    def _line(self, connection: socket.socket, pid: int) -> Link:
        return Link(connection, pid=pid, on_message=self._hear, on_lost=self._lost)

    def _configuration(self) -> wire.Message:
        around = self._layout.around if self._layout else None
        return {"do": "configure", "around": around, "places": self._places}

    def _bury(self) -> None:
        """Nobody saw the end of what ran under a supervisor that is gone."""
        folder = str(self._folder)
        dead = False
        for key in wire.known_keys(folder):
            status = wire.read_status(folder, key)
            if status and not PodState(status["state"]).has_ended:
                dead = True
                wire.write_status(folder, key, {**status, "state": PodState.GONE.value})
        if dead and self._sandbox == "off" and self._setting:
            orphans.end_marked(f"{self._setting.run_id}.")

    def _lost(self) -> None:
        """The supervisor ended without being told to: its work is gone with it."""
        if self._link is None:
            return
        self._link = None
        self._bury()
        for key, (_, state) in list(self._known.items()):
            if not state.has_ended:
                status = wire.read_status(str(self._folder), key)
                self._take(key, status or {"state": PodState.GONE.value})

    async def _send(self, message: wire.Message) -> None:
        async with self._linking:
            if self._link is None:
                await self._meet()
        assert self._link is not None
        await self._link.send(message)

    def _hear(self, message: wire.Message) -> None:
        key = message.get("saw", "")
        status = message.get("status") or wire.read_status(str(self._folder), key)
        if status:
            self._take(key, status)

    def _take(self, key: str, status: Mapping[str, Any]) -> None:
        known = self._known.get(key)
        if known and known[1].has_ended:
            return
        ref = known[0] if known else WorkRef(**status["ref"])
        report = report_of(status)
        self._known[key] = (ref, report.state)
        self._emit(Observation(ref=ref, report=report, at=time.time()))

    def _settle(self, ref: WorkRef, report: Report) -> None:
        """Tell of work that ended at once, and keep it for a driver to come."""
        self._known[ref.key] = (ref, report.state)
        status = {
            "ref": {f: getattr(ref, f) for f in WorkRef.__slots__},
            "state": report.state.value,
            "fault": report.fault,
            "message": report.message,
            "parameters": dict(report.parameters),
            "collect_errors": list(report.collect_errors),
            "object": report.object,
            "containers": [],
        }
        with contextlib.suppress(RuntimeFault, OSError):
            wire.write_status(str(self._folder), safe_key(ref), status)
        self._emit(Observation(ref=ref, report=report, at=time.time()))

    def _resource(self, work: ResourceWork) -> Report:
        if self._store is None:
            kind = "this object"
            raise RuntimeFault(_NOT_HERE.format(action=work.action, kind=kind))
        return self._store.perform(work)


def report_of(status: Mapping[str, Any]) -> Report:
    """Return a status as a report."""
    facts = {name: value for name, value in status.items() if name in _FIELDS}
    facts["state"] = PodState(status["state"])
    facts["containers"] = tuple(ContainerState(**each) for each in status.get("containers") or ())
    for name in ("stage_errors", "collect_errors"):
        facts[name] = tuple(status.get(name) or ())
    return Report(**facts)
