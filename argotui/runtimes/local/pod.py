"""One pod: its containers in their order, its deadline, its end and what is collected then.

Used by supervisor.Supervisor; `status` has the fields of model.work.Report, and `ref`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from argotui.runtimes.local import folder, orphans
from argotui.runtimes.local.collect import collect, result_of
from argotui.runtimes.local.container import Container
from argotui.runtimes.local.loop import Loop, Timer
from argotui.runtimes.local.process import NOT_RUN

DEADLINE = "Pod was active on the node longer than the specified deadline"
ADDRESS = "127.0.0.1"  # the network is the machine's
_LOOK_AT_PROGRESS = 1.0  # seconds
_STOPPED = 143
_KILLED = (137, _STOPPED)  # how sidecars end, rightly
_OTHERS_SECONDS = 2.0  # how long other mains go on once one has failed


class Pod:
    """Calls `say` with itself whenever its status has changed."""

    def __init__(
        self,
        loop: Loop,
        around: dict[str, Any] | None,
        plan: dict[str, Any],
        say: Callable[[Pod], None],
    ) -> None:
        self.plan = plan
        self.key: str = plan["key"]
        self.status: dict[str, Any] = {"ref": plan["ref"], "state": "Pending", "containers": []}
        self.stopped = False
        self._loop, self._around, self._say = loop, around, say
        self._containers = [
            Container(loop, around, spec, self._advance) for spec in plan["containers"]
        ]
        self._deadline: Timer | None = None
        self._progress: Timer | None = None
        self._clearing: Timer | None = None
        self._grace: float | None = None  # set once it is to end
        self._advancing = self._again = False

    @property
    def ended(self) -> bool:
        return self.status["state"] in ("Succeeded", "Failed")

    @property
    def waits(self) -> bool:
        return bool(self.status["state"] == "Pending")

    @property
    def takes_a_place(self) -> bool:
        """A daemon that is up gives its place to those who need it."""
        return self.status["state"] == "Running" and not (self.plan["daemon"] and self._is_up())

    def wait(self, reason: str) -> None:
        """Be pending, and say why."""
        if self.status.get("waits_for") != reason:
            self.status["waits_for"] = reason
            self._tell()

    def begin(self) -> None:
        """Leave the queue: get the folder ready and run."""
        self.status.update(
            state="Running", started_at=time.time(), waits_for="", pod_ip=ADDRESS, ready_at=None
        )
        self.status["host_node_name"] = self.plan["host"]
        errors = folder.prepare(self._around, self.plan, {c.name: c.view for c in self._containers})
        if errors:
            self._finish(stage_errors=errors)
            return
        if self.plan["deadline"] is not None:
            self._deadline = self._loop.after(self.plan["deadline"], self._out_of_time)
        self._progress = self._loop.after(_LOOK_AT_PROGRESS, self._look_at_progress)
        self._tell()
        self._advance()

    def stop(self, grace: float) -> None:
        """End it: politely, and by force after `grace` seconds."""
        self.stopped = True
        if self.waits:
            self._finish(message="stopped before it started")
            return
        self._grace = grace
        for container in self._containers:
            container.stop(grace)
        self._advance()

    def _advance(self) -> None:
        """Start what can start now, stop what is no longer needed, and see whether it is over.

        Containers call it on every change, also while it runs: then it goes round once more.
        """
        self._again = True
        if self._advancing or self.ended:
            return
        self._advancing = True
        try:
            while self._again:
                self._again = False
                self._step()
        finally:
            self._advancing = False
        if self._is_over():
            self._finish()
        else:
            self._tell()

    def _step(self) -> None:
        if self._grace is not None or not self._initialised():
            return
        for container in self._containers:
            if not container.started and container.spec["kind"] != "init":
                self._start_if_due(container)
        if self._mains_ended():
            for container in self._containers:
                if container.running:
                    container.stop(self.plan["grace"])
        elif self._clearing is None and any(c.exit_code for c in self._mains()):
            self._clearing = self._loop.after(_OTHERS_SECONDS, self._end_others)

    def _end_others(self) -> None:
        """A main that fails takes the others with it. Argo: 3.4."""
        for container in self._mains():
            if container.running:
                container.stop(self.plan["grace"])
            elif not container.started:
                container.end_with(_STOPPED)

    def _initialised(self) -> bool:
        """Run init containers one after the other; a failing one stands in the way for good."""
        for container in self._containers:
            if container.spec["kind"] == "init" or container.spec["early"]:
                if not container.started:
                    container.start()
                    self._again = True
                    return False
                if container.spec["kind"] == "init" and (
                    not container.ended or container.exit_code
                ):
                    return False
        return True

    def _start_if_due(self, container: Container) -> None:
        known = {each.name: each for each in self._containers}
        needs = [
            known[name] for name in self.plan["order"].get(container.name, ()) if name in known
        ]
        for need in needs:
            if need.ended and need.exit_code:
                code = need.spec.get("first_code", need.exit_code)
                container.spec["first_code"] = code
                message = f'dependency "{need.name}" exited with non-zero code: {code}'
                container.end_with(NOT_RUN, message)
                return
        waiting = [need.name for need in needs if not need.ended]
        container.state["message"] = f"waits for {', '.join(waiting)}" if waiting else ""
        if not waiting:
            container.start()

    def _mains_ended(self) -> bool:
        return all(container.ended for container in self._mains())

    def _mains(self) -> list[Container]:
        return [each for each in self._containers if each.spec["kind"] == "main"]

    def _is_up(self) -> bool:
        return all(c.state["ready"] for c in self._containers if c.spec["kind"] != "init")

    def _is_over(self) -> bool:
        if any(container.running for container in self._containers):
            return False
        if self._grace is not None:
            return True
        failed = any(c.spec["kind"] == "init" and c.ended and c.exit_code for c in self._containers)
        return failed or all(container.ended for container in self._containers)

    def _out_of_time(self) -> None:
        self.status.update(reason="DeadlineExceeded", message=DEADLINE)
        self.stop(self.plan["grace"])

    def _look_at_progress(self) -> None:
        if self.ended:
            return
        if self._read_progress():
            self._tell()
        self._progress = self._loop.after(_LOOK_AT_PROGRESS, self._look_at_progress)

    def _read_progress(self) -> bool:
        for container in self._containers:
            if container.spec["kind"] == "main" and container.started:
                with contextlib.suppress(OSError):
                    text = container.view.read(self.plan["progress"], 100).decode(errors="replace")
                    now, _, total = text.strip().partition("/")
                    fresh = f"{now}/{total}"
                    if now.isdigit() and total.isdigit() and fresh != self.status.get("progress"):
                        self.status["progress"] = fresh
                        return True
        return False

    def _finish(self, message: str = "", stage_errors: list[str] | None = None) -> None:
        for timer in (self._deadline, self._progress, self._clearing):
            if timer:
                timer.cancel()
        status = self.status
        fault = next((container.fault for container in self._containers if container.fault), "")
        status.update(finished_at=time.time(), waits_for="", fault=fault)
        if message:
            status["message"] = message
        if stage_errors:
            status["stage_errors"] = stage_errors
        elif status.get("started_at") and not fault:
            self._collect()
        bad = fault or message or stage_errors or status.get("reason") or status["collect_errors"]
        status["state"] = "Failed" if bad or self._any_failed() else "Succeeded"
        self._end_strays()
        folder.clear_secrets(self.plan)
        self._tell()

    def _collect(self) -> None:
        self._read_progress()
        known = {container.name: container for container in self._containers}
        values, errors = collect(self.plan["collect"], {n: c.view for n, c in known.items()})
        self.status.update(parameters=values, collect_errors=errors)
        main = known.get("main")
        if self.plan["capture"] and main and main.started:
            if main.has_run:
                self.status["result"] = result_of(main.output())
            else:
                gone = "open /var/run/argo/ctr/main/stdout: no such file or directory"
                self.status["collect_errors"] = [*errors, gone]

    def _any_failed(self) -> bool:
        for container in self._containers:
            code = container.exit_code
            if not container.ended and container.spec["kind"] != "sidecar":
                return True
            if code and not (container.spec["kind"] == "sidecar" and code in _KILLED):
                return True
        return False

    def _end_strays(self) -> None:
        """Without a sandbox a process may have left its group; it must not outlive the pod."""
        if self._around is None and orphans.end_stray(self.plan["mark"], self._loop.knows):
            self._loop.after(0.05, self._end_strays)

    def _tell(self) -> None:
        self.status["containers"] = [dict(container.state) for container in self._containers]
        self.status["pids"] = [container.pid for container in self._containers if container.pid]
        self._say(self)
