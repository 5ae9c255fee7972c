"""The first frame on a terminal, and the driver's answer on it: time from process start, against a
bare Textual app that shows one line. Bytes are read from a pseudo-terminal, no emulator between."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from bench.table import Table, ratio
from bench.world import ARGOTUI, PYTHON, environment, folder, isolation, workflow

_NODE = "gate-to-be-seen"  # shown only once the driver has said what there is
_TITLE = "bench-frame"
_PATIENCE = 20.0
_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("{mark}")
Bare().run()
"""


def measure(rounds: int = 10) -> None:
    frames, answers, bare = [], [], []
    for _ in range(rounds):
        with folder() as state:
            first, answer = _run_screen(state)
        frames.append(1000 * first)
        answers.append(1000 * answer)
        with folder() as state:
            program = (PYTHON, "-c", _BARE.format(mark=_NODE))
            bare.append(1000 * _watch(program, environment(state), (_NODE,))[0])
    table = Table(title="Terminal: process start to what is on the screen (80x24)")
    base = table.add("a bare Textual app: its line", bare)
    row = table.add("argotui run: first frame", frames)
    last = table.add("argotui run: the run's tree", answers)
    table.remarks.append(f"first frame: {ratio(row.median, base.median)} of the bare app")
    ahead = last.median - row.median
    table.remarks.append(f"the frame stands {ahead:.0f} ms before the driver's answer does")
    table.print()


def _run_screen(state: Path) -> tuple[float, float]:
    main = {"name": "main", "steps": [[{"name": _NODE, "template": "wait"}]]}
    manifest = workflow(main, {"name": "wait", "suspend": {}})
    manifest["metadata"] = {"name": _TITLE}
    path = state / "frame.json"
    path.write_text(json.dumps(manifest))
    env = environment(state)
    command = (ARGOTUI, "run", "--runtime", "local", *isolation(), str(path))
    first, answer = _watch(command, env, (_TITLE, _NODE))
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            (ARGOTUI, "terminate", "@latest"), env=env, capture_output=True, check=False, timeout=10
        )
    return first, answer


def _watch(command: Sequence[str], env: dict[str, str], marks: Sequence[str]) -> list[float]:
    """Return when each mark was first seen on the terminal, in seconds from process start."""
    env = {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    begin = time.perf_counter()
    pid, screen = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.execvpe(command[0], list(command), env)
    seen: list[float] = []
    text = b""
    try:
        while len(seen) < len(marks) and time.perf_counter() - begin < _PATIENCE:
            if select.select([screen], [], [], 0.5)[0]:
                text += os.read(screen, 1 << 16)
            while len(seen) < len(marks) and marks[len(seen)].encode() in text:
                seen.append(time.perf_counter() - begin)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.close(screen)
        os.waitpid(pid, 0)
    if len(seen) < len(marks):
        raise SystemExit(f"{marks[len(seen)]!r} never came on the screen: {text[-500:]!r}")
    return seen
