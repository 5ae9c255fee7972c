"""One process tree with a beginning and an end: spawned, its output pumped, ended when asked.

Used by pods for containers, and for probes that run a command in one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import termios
import time
from collections.abc import Callable
from typing import Any

from argotui.logs.writer import SpoolWriter
from argotui.runtimes.local import orphans, sandbox
from argotui.runtimes.local.loop import Loop, Timer

NOT_RUN = 64  # the code with which Argo's wrapper ends when it could not run the command
RESULT = 256 << 10  # bytes of stdout that are a result at most. Argo: 2.7
_CHUNK = 1 << 16
_EOF_PATIENCE = 2.0  # seconds for the output of what has been killed to end
_RETRY = 0.01  # seconds until a sandbox that is still coming up is looked at again
_INHERITED = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _pipes() -> tuple[list[int], list[int]]:
    """Return our ends and the command's, of stdout and stderr."""
    out, out_end = os.pipe()
    err, err_end = os.pipe()
    return [out, err], [out_end, err_end]


def _terminal() -> tuple[list[int], list[int]]:
    """Return our end of a terminal and the command's; nobody types at it. Lines end as they were
    written: the carriage returns of a terminal would be part of a result."""
    ours, theirs = os.openpty()
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.OPOST
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    return [ours], [theirs]


def _as_streams(given: list[int]) -> list[Any]:
    """Say what a command's three streams are to be: pipes with nothing to read, or a terminal."""
    if len(given) == 1:
        return [(os.POSIX_SPAWN_DUP2, given[0], number) for number in (0, 1, 2)]
    return [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, given[0], 1),
        (os.POSIX_SPAWN_DUP2, given[1], 2),
    ]


class Ending:
    """How a process ended. `message`: its command could not be run; `fault`: nor could any."""

    __slots__ = ("code", "detail", "fault", "message")

    def __init__(self, code: int, message: str = "", detail: str = "", fault: str = "") -> None:
        self.code = code
        self.message = message
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
        self._told = b""  # what the sandbox says of itself
        self._status: int | None = None
        self._open: set[int] = set()
        self._tell_pipe = -1
        self._asked = False
        self._last_call: Timer | None = None

    def start(self, command: list[str]) -> None:
        """Spawn it. Raises OSError; ValueError for text that no process can be given."""
        mine, given = _terminal() if self._spec.get("tty") else _pipes()
        outputs = tuple(zip(mine, (False, True), strict=False))
        try:
            self.pid = self._spawn(command, given, mine)
        except (OSError, ValueError):
            for handle in mine:
                os.close(handle)
            self._tell_pipe = -1
            raise
        finally:
            for handle in given:
                os.close(handle)
        self._loop.on_exit(self.pid, self._exited)
        for handle, stderr in outputs:
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
        ends = _as_streams(given)
        if self._around is None:
            argv = sandbox.plain(command, self._spec["cwd"], self._spec["guard"])
            actions: list[Any] = []
            env = self._spec["env"]
        else:
            self._tell_pipe, tell = os.pipe()
            mine.append(self._tell_pipe)
            given.append(tell)
            os.set_inheritable(tell, True)
            pinned = sandbox.pin_sub_paths(self._spec)
            given += pinned.values()
            options = sandbox.options_file(
                sandbox.sandbox_options(self._around, self._spec, pinned)
            )
            given.append(options)
            os.set_blocking(self._tell_pipe, False)
            argv = sandbox.sandboxed(self._around, command, tell)
            actions = [(os.POSIX_SPAWN_DUP2, options, 3)]
            env = {}
        # The first three are no numbers of ours, and 3 is taken: see supervisor.main.
        actions += ends
        return os.posix_spawn(
            argv[0], argv, env, file_actions=actions, setpgroup=0, setsigdef=_INHERITED
        )

    def _pump(self, handle: int, stderr: bool) -> None:
        try:
            data = os.read(handle, _CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:  # so ends a terminal that nobody holds any more
                raise
            data = b""
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
        if self._tell_pipe >= 0:
            os.close(self._tell_pipe)
            self._tell_pipe = -1
        self._on_end(ending)

    def _ending(self, status: int) -> Ending:
        """An end by signal n is exit code 128 + n, also where the sandbox has made it one."""
        code = os.waitstatus_to_exitcode(status)
        if self._around is not None and code >= 0 and not self._asked:
            if not sandbox.has_run(self._hear()):
                return self._not_run(code)
            return Ending(code)
        number = -code if code < 0 else code - 128
        if number not in set(signal.Signals):
            return Ending(code if code >= 0 else 128 - code)
        return Ending(128 + number, detail=f"killed by {signal.Signals(number).name}")

    def _not_run(self, code: int) -> Ending:
        said = self._complaint.decode(errors="replace").strip()
        _, failed, why = said.partition("bwrap: execvp ")
        if failed:
            return Ending(NOT_RUN, message=f"failed to start command: {why}")
        return Ending(NOT_RUN, fault=f"the sandbox did not come up: {said or f'exit {code}'}")

    def _hear(self) -> bytes:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._tell_pipe, _CHUNK):
                self._told += data
        return self._told

    def _terminate(self) -> None:
        if self._status is not None:
            return
        if self._around is None:
            orphans.end_group(self.pid, signal.SIGTERM)
            return
        # What the sandbox's own first process leads is the group of the command: it is itself
        # deaf to SIGTERM. Until the command has taken the place of its child the signal would
        # be heard by nobody who could say a last word.
        inner = orphans.children_of(self.pid)
        child = orphans.children_of(inner[0]) if inner else []
        if not child or orphans.command_of(child[0]) == orphans.command_of(inner[0]):
            self._loop.after(_RETRY, self._terminate)
            return
        orphans.end_group(inner[0], signal.SIGTERM)
