"""The local runtime against the same sandbox started by hand: the gap between two steps, and how
fast output gets through."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.table import Table, ratio, reached
from bench.world import containers, folder, run_headless, workflow

_STEPS = 20
_LINES = 2_000_000
_LINE = "the quick brown fox jumps over the lazy dog 0123456789"


def measure_gap(rounds: int = 10) -> None:
    """Start of one step to the start of the next, in a chain; pairs with bubblewrap by hand."""
    ours, between, bare = [], [], []
    for _ in range(rounds):
        interval, gap = _chain()
        ours.append(1000 * interval)
        between.append(1000 * gap)
        with folder() as place:
            bare.append(1000 * _by_hand(place))
    table = Table(title=f"Local runtime: start of a step to the start of the next ({_STEPS} steps)")
    base = table.add("bwrap by hand, the same flags", bare)
    row = table.add("argotui", ours)
    table.add("... of it: end to next start", between)
    above = row.median - base.median
    table.remarks.append(
        f"argotui is {above:.1f} ms above ({ratio(row.median, base.median)}); "
        f"goal: under 10 ms above, {reached(above < 10)}"
    )
    table.print()


def measure_echo(rounds: int = 10) -> None:
    """A container that prints as fast as it can."""
    script = f"yes '{_LINE}' | head -n {_LINES}"
    size = (len(_LINE) + 1) * _LINES / 2**20
    ours, bare = [], []
    for _ in range(rounds):
        main = {"name": "main", "container": {"image": "debian", "command": ["sh", "-c", script]}}
        with folder() as state:
            run_headless(workflow(main), state)
            begin, end = containers(state)[0]
            ours.append(size / (end - begin))
        with folder() as place:
            bare.append(size / _echo_by_hand(place, script))
    table = Table(title=f"Local runtime: output of a container, {_LINES:,} lines, {size:.0f} MiB")
    base = table.add("bwrap by hand, into a file", bare, "MiB/s")
    row = table.add("argotui, into the log's spool", ours, "MiB/s")
    table.remarks.append(
        f"{ratio(row.median, base.median)} of the bare file; "
        f"{row.median * 2**20 / (len(_LINE) + 1) / 1e6:.1f} million lines a second"
    )
    table.print()


def _chain() -> tuple[float, float]:
    """Return the median time from the start of a step to the start of the next, and from its end
    to the start of the next, in seconds."""
    steps = [[{"name": f"s{number}", "template": "true"}] for number in range(_STEPS)]
    true = {"name": "true", "container": {"image": "debian", "command": ["/bin/true"]}}
    with folder() as state:
        run_headless(workflow({"name": "main", "steps": steps}, true), state)
        seen = list(pairwise(containers(state)))
    assert len(seen) == _STEPS - 1, seen
    interval = statistics.median(after[0] - before[0] for before, after in seen)
    return interval, statistics.median(after[0] - before[1] for before, after in seen)


def _by_hand(place: Path) -> float:
    """Return the median time of one process after the other in the sandbox, in seconds."""
    command, options = _sandbox(place, ["/bin/true"])
    times = []
    for _ in range(_STEPS):
        begin = time.perf_counter()
        _spawn(command, options, subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _echo_by_hand(place: Path, script: str) -> float:
    command, options = _sandbox(place, ["sh", "-c", script])
    begin = time.perf_counter()
    with (place / "out").open("wb") as out:
        _spawn(command, options, out)
    return time.perf_counter() - begin


def _sandbox(place: Path, command: list[str]) -> tuple[list[str], bytes]:
    """Return what the local runtime itself would start for a container, and bwrap's options."""
    from argotui.runtimes.local import sandbox
    from argotui.runtimes.local.doctor import find_sandbox
    from argotui.runtimes.local.layout import SYSTEM_PATH, make_layout

    program = find_sandbox().program
    if not program:
        raise SystemExit(f"no sandbox to compare with: {find_sandbox().problem}")
    layout = make_layout(place / "local", program)
    spec: dict[str, Any] = {
        "root": str(place / "root"),
        "binds": [],
        "hostname": "bench",
        "cwd": "/",
        "env": {"PATH": SYSTEM_PATH, "HOME": "/root"},
    }
    assert layout.around is not None
    sandbox.prepare_root(layout.around, spec)
    options = sandbox.sandbox_options(layout.around, spec, {})
    return [program, "--args", "3", "--", *command], options


def _spawn(command: list[str], options: bytes, out: Any) -> None:
    """Run bubblewrap with its options on descriptor 3, as the supervisor does."""
    from argotui.runtimes.local.sandbox import options_file

    handle = options_file(options)
    sink = out if isinstance(out, int) else out.fileno()
    target = os.open(os.devnull, os.O_RDWR) if sink == subprocess.DEVNULL else sink
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, target, 1),
        (os.POSIX_SPAWN_DUP2, target, 2),
        (os.POSIX_SPAWN_DUP2, handle, 3),
    ]
    try:
        pid = os.posix_spawn(command[0], command, {}, file_actions=actions)
        _, status = os.waitpid(pid, 0)
        if status:
            raise SystemExit(f"{command}: status {status}")
    finally:
        for each in {handle, *({target} - {sink})}:
            os.close(each)
