"""One container of a pod in its life: waiting, running, terminated.

Used by pod.Pod; `state` has the fields of model.work.ContainerState.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from typing import Any

from argotui.logs.writer import SpoolWriter
from argotui.runtimes.local import sandbox
from argotui.runtimes.local.loop import Loop
from argotui.runtimes.local.process import NOT_RUN, RESULT, Ending, Process
from argotui.runtimes.local.readiness import Readiness
from argotui.runtimes.local.view import find_program


class Container:
    """Calls `on_change` whenever `state` has changed; it has ended when `ended` says so."""

    def __init__(
        self,
        loop: Loop,
        around: dict[str, Any] | None,
        spec: dict[str, Any],
        on_change: Callable[[], None],
    ) -> None:
        self.spec = spec
        self.view = sandbox.container_view(around, spec)
        self.fault = ""
        self.has_run = False
        self.state: dict[str, Any] = {
            "name": spec["name"],
            "kind": spec["kind"],
            "state": "waiting",
            "exit_code": None,
            "reason": "",
            "message": "",
            "started_at": None,
            "finished_at": None,
            "ready": False,
            "detail": spec.get("detail", ""),
        }
        self._loop, self._around, self._on_change = loop, around, on_change
        self._process: Process | None = None
        self._spool: SpoolWriter | None = None
        self._readiness: Readiness | None = None
        self._output = bytearray()
        self._tries = 0
        self._stopping = False

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def started(self) -> bool:
        return bool(self.state["state"] != "waiting")

    @property
    def running(self) -> bool:
        return bool(self.state["state"] == "running")

    @property
    def ended(self) -> bool:
        return bool(self.state["state"] == "terminated")

    @property
    def exit_code(self) -> int:
        return int(self.state["exit_code"] or 0)

    @property
    def pid(self) -> int:
        return self._process.pid if self._process and self.running else 0

    def output(self) -> bytes:
        """Return the end of stdout: what is the result. Argo: 2.7"""
        return bytes(self._output[-RESULT:])

    def start(self) -> None:
        """Run the command; what goes wrong shows as the container's end."""
        if self.spec["tries"] == 0:
            self.end_with(0)
            return
        self.has_run = True
        try:
            self._spool = SpoolWriter(self.spec["log"])
        except OSError as error:
            self.fault = f"cannot write {self.spec['log']}: {os.strerror(error.errno or 0)}"
            self.end_with(NOT_RUN)
            return
        self.state["state"] = "running"
        self.state["started_at"] = time.time()
        self._make_folder()
        self._run()

    def stop(self, grace: float) -> None:
        """Ask it to end, by force after `grace` seconds."""
        self._stopping = True
        if self._process and self.running:
            self._process.stop(grace)

    def end_with(self, code: int, message: str = "", detail: str = "") -> None:
        """Be terminated."""
        if self._readiness:
            self._readiness.close()
        if self._spool:
            self._spool.close()
        now = time.time()
        self.state.update(
            state="terminated",
            exit_code=code,
            reason="Error" if code else "Completed",
            message=message,
            started_at=self.state["started_at"] or now,
            finished_at=now,
            ready=False,
        )
        if detail:
            known = self.state["detail"]
            self.state["detail"] = f"{known}; {detail}" if known else detail
        self._on_change()

    def _make_folder(self) -> None:
        if self._around is not None and self.spec["cwd"] != "/":
            with contextlib.suppress(OSError):  # bubblewrap says what is wrong with it
                self.view.make_folder(self.spec["cwd"])

    def _run(self) -> None:
        self._tries += 1
        spec = self.spec
        command = spec["argv"]
        why = find_program(self.view, command[0], spec["env"].get("PATH", ""), spec["cwd"])
        if why:
            self.end_with(NOT_RUN, f"failed to find name in PATH: {why}", detail=spec["lack"])
            return
        self._process = Process(
            self._loop, self._around, spec, self._ended, spool=self._spool, keep=spec["keep"]
        )
        try:
            self._process.start(command)
        except (OSError, ValueError) as error:
            why = os.strerror(error.errno or 0) if isinstance(error, OSError) else str(error)
            self.end_with(NOT_RUN, f"failed to start command: {why}")
            return
        self._begin_readiness()
        self._on_change()

    def _begin_readiness(self) -> None:
        probe = self.spec.get("readiness")
        if probe is None:
            self.state["ready"] = True
        elif self._readiness is None:
            self._readiness = Readiness(
                self._loop, self._around, self.spec, probe, self._became_ready
            )

    def _became_ready(self, ready: bool) -> None:
        if self.running and self.state["ready"] != ready:
            self.state["ready"] = ready
            self._on_change()

    def _ended(self, ending: Ending) -> None:
        assert self._process is not None
        self._output += self._process.tail
        del self._output[: -2 * RESULT]
        if ending.fault:
            self.fault = ending.fault
        if ending.code and not self._stopping and self._tries < self.spec["tries"]:
            self._loop.after(self.spec["retry_wait"], self._again)
            return
        tries = f"try {self._tries}" if self._tries > 1 else ""
        notes = [note for note in (ending.detail, tries, self._process.trouble) if note]
        self.end_with(ending.code, ending.message, detail=", ".join(notes))

    def _again(self) -> None:
        if self._stopping:
            self.end_with(143)
        else:
            self._run()
