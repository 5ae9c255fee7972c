"""One process tree with a beginning and an end: spawned, its output pumped, ended when asked.

Used by pods for containers, and for probes that run a command in one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from argotui.logs.writer import SpoolWriter
from argotui.runtimes.local import orphans, sandbox
from argotui.runtimes.local.loop import Loop, Timer

RESULT = 256 << 10  # bytes of stdout that are a result at most. Argo: 2.7
_CHUNK = 1 << 16
_EOF_PATIENCE = 2.0  # seconds for the output of what has been killed to end
_RETRY = 0.01  # seconds until a sandbox that is still coming up is looked at again
_INHERITED = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending:
    """How a process ended. `fault`: it could not be run at all, and why."""

    __slots__ = ("code", "detail", "fault")

    def __init__(self, code: int, detail: str = "", fault: str = "") -> None:
        self.code = code
        self.detail = detail
        self.fault = fault


class Process:
    """Runs `command` as `spec` says, inside the sandbox where `around` is one."""

    def __init__(
        self,
        loop: Loop,
        around: dict[str, Any] | None,
        spec: dict[str, Any],
        on_end: Callable[[Ending], None],
        *,
        spool: SpoolWriter | None = None,
        keep: bool = False,
    ) -> None:
        self.pid = 0
        self.trouble = ""  # what people should know beside the end
        self.tail = bytearray()  # of stdout, where `keep` asks for it
        self._loop, self._around, self._spec = loop, around, spec
        self._on_end, self._spool, self._keep = on_end, spool, keep
        self._complaint = b""  # the last words on stderr, for a sandbox that does not come up
        self._words = b""  # what the shell outside the command said
        self._status: int | None = None
        self._open: set[int] = set()
        self._word_pipe = -1
        self._asked = False
        self._last_call: Timer | None = None

    def start(self, command: list[str]) -> None:
        """Spawn it. Raises OSError; ValueError for text that no process can be given."""
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        mine, given = [out, err], [out_end, err_end]
        try:
            self.pid = self._spawn(command, given, mine)
        except (OSError, ValueError):
            for handle in mine:
                os.close(handle)
            self._word_pipe = -1
            raise
        finally:
            for handle in given:
                os.close(handle)
        self._loop.on_exit(self.pid, self._exited)
        for handle, stderr in ((out, False), (err, True)):
            os.set_blocking(handle, False)
            self._open.add(handle)
            self._loop.on_read(handle, lambda h=handle, e=stderr: self._pump(h, e))  # type: ignore[misc]

    def stop(self, grace: float) -> None:
        """Ask it to end, and make it end after `grace` seconds."""
        if self._status is not None or not self.pid:
            return
        if not self._asked:
            self._asked = True
            self._terminate()
        if self._last_call:
            self._last_call.cancel()
        self._last_call = self._loop.after(max(grace, 0.0), self.kill)

    def kill(self) -> None:
        """End it at once, and all that it started."""
        if self._status is not None or not self.pid:
            return
        self._asked = True
        if self._around is not None:
            if inner := orphans.children_of(self.pid):
                orphans.end(inner[0], signal.SIGKILL)
            orphans.end(self.pid, signal.SIGKILL)
        else:
            orphans.end_group(self.pid, signal.SIGKILL)

    def _spawn(self, command: list[str], given: list[int], mine: list[int]) -> int:
        out, err = given[:2]
        if self._around is None:
            argv = sandbox.plain(command, self._spec["cwd"], self._spec["guard"])
            actions: list[Any] = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
            env = self._spec["env"]
        else:
            self._word_pipe, words = os.pipe()
            mine.append(self._word_pipe)
            given.append(words)
            pinned = sandbox.pin_sub_paths(self._spec)
            given += pinned.values()
            told = sandbox.sandbox_options(self._around, self._spec, pinned)
            options = sandbox.options_file(told)
            given.append(options)
            os.set_blocking(self._word_pipe, False)
            argv = sandbox.sandboxed(self._around, command)
            actions = [(os.POSIX_SPAWN_DUP2, words, 0), (os.POSIX_SPAWN_DUP2, options, 3)]
            env = {}
        # Descriptor 3 comes last: it may be one of the others.
        actions[1:1] = [(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, err, 2)]
        return os.posix_spawn(
            argv[0], argv, env, file_actions=actions, setpgroup=0, setsigdef=_INHERITED
        )

    def _pump(self, handle: int, stderr: bool) -> None:
        try:
            data = os.read(handle, _CHUNK)
        except BlockingIOError:
            return
        if not data:
            self._close(handle)
            self._settle()
            return
        self._keep_log(data, stderr)
        if stderr:
            self._complaint = (self._complaint + data)[-500:]
        elif self._keep:
            self.tail += data
            if len(self.tail) > 2 * RESULT:
                del self.tail[:-RESULT]

    def _keep_log(self, data: bytes, stderr: bool) -> None:
        """A full disk costs the log, not the work."""
        if self._spool is None:
            return
        try:
            self._spool.write(data, at=time.time(), stderr=stderr)
        except OSError as error:
            self._spool = None
            self.trouble = f"its log ends early: {os.strerror(error.errno or 0)}"

    def _close(self, handle: int) -> None:
        self._open.discard(handle)
        self._loop.forget(handle)
        os.close(handle)

    def _exited(self, status: int) -> None:
        self._status = status
        if self._last_call:
            self._last_call.cancel()
        if self._around is None:
            orphans.end_group(self.pid, signal.SIGKILL)
        self._loop.after(_EOF_PATIENCE, self._give_up)
        self._settle()

    def _give_up(self) -> None:
        """Somebody else holds our pipes: take what there is and let go."""
        if not self._open:
            return
        for handle in list(self._open):
            self._close(handle)
        self._settle()

    def _settle(self) -> None:
        if self._status is None or self._open:
            return
        ending = self._ending(self._status)
        if self._word_pipe >= 0:
            os.close(self._word_pipe)
            self._word_pipe = -1
        self._on_end(ending)

    def _ending(self, status: int) -> Ending:
        code = os.waitstatus_to_exitcode(status)
        number = -code if code < 0 else 0
        if self._around is not None and code >= 0:
            words = self._hear()
            if not words and not self._asked:
                said = self._complaint.decode(errors="replace").strip()
                return Ending(64, fault=f"the sandbox did not come up: {said or f'exit {code}'}")
            if code > 128 and (words.strip() or not words):
                number = code - 128
        if not number:
            return Ending(code)
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        # Argo's wrapper knows no signals: only what was asked for shows as one. Argo: 1.6
        return Ending(128 + number if self._asked else 1, detail=f"killed by {name}")

    def _hear(self) -> bytes:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._word_pipe, _CHUNK):
                self._words += data
        return self._words

    def _terminate(self) -> None:
        if self._status is not None:
            return
        if self._around is None:
            orphans.end_group(self.pid, signal.SIGTERM)
            return
        # What the sandbox's own first process leads is the group of the command: it is itself
        # deaf to SIGTERM, and so is the shell. Until the command has taken the place of the
        # shell's child the signal would be heard by nobody.
        inner = orphans.children_of(self.pid)
        shell = orphans.children_of(inner[0]) if inner else []
        child = orphans.children_of(shell[0]) if shell else []
        if not child or orphans.command_of(child[0]) == orphans.command_of(shell[0]):
            self._loop.after(_RETRY, self._terminate)
            return
        orphans.end_group(inner[0], signal.SIGTERM)
