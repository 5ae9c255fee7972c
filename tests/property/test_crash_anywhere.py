"""A driver that dies at any moment and is started again ends where one that lives would have.

Crashes are injected before and after every journal write, between the write and the commands, and
by kill -9 of a real process.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argotui.driver.clock import VirtualClock
from argotui.driver.dispatch import Dispatch
from argotui.journal.lock import is_locked
from argotui.journal.store import LOCK, DiskFile, read_state
from argotui.model.fold import RunState
from argotui.model.status import NodePhase, RunPhase
from tests.unit.driver.tiny import RUN, START, TinyRuntime, World, driven
from tests.waiting import until_sync

PLAN = ("a", "nap1", "b", "c", "nap2", "d")


class Crash(BaseException):
    """The process is gone: nothing below the loop may catch it."""


class Fuse(DiskFile):
    """Dies at the write of number `at`: before it, in the middle of it, or after it."""

    at = -1
    how = ""
    written = 0

    def write(self, data: bytes) -> None:
        Fuse.written += 1
        if Fuse.written != Fuse.at:
            super().write(data)
            return
        if Fuse.how == "torn":
            super().write(data[: len(data) // 2])
        elif Fuse.how == "after":
            super().write(data)
        raise Crash


async def _drive(runs: Path, world: World) -> None:
    clock = VirtualClock(start=1000.0)
    run = driven(runs, PLAN, TinyRuntime(world), clock=clock, open_file=Fuse)
    clock.busy.append(lambda: run.is_busy)
    await run.drive(START)


def attempt(runs: Path, world: World) -> bool:
    """Drive until the end or the crash; return whether it came to the end."""
    try:
        asyncio.run(asyncio.wait_for(_drive(runs, world), 120))
    except Crash:
        return False
    return True


def check_end(runs: Path, world: World) -> None:
    state = read_state(runs / RUN).state
    assert state.run.phase is RunPhase.SUCCEEDED
    assert list(state.nodes) == [f"w.{name}" for name in PLAN]
    assert {node.phase for node in state.nodes.values()} == {NodePhase.SUCCEEDED}
    assert all(count == 1 for count in world.starts.values())
    assert world.closed[-1] is False


def writes_of_a_whole_run(tmp_path: Path) -> int:
    Fuse.at, Fuse.written = -1, 0
    assert attempt(tmp_path / "whole", World())
    return Fuse.written


@pytest.mark.parametrize("how", ["before", "torn", "after"])
def test_a_crash_at_every_write_ends_the_same(tmp_path: Path, how: str):
    total = writes_of_a_whole_run(tmp_path)
    assert total >= 10
    for at in range(1, total + 1):
        runs, world = tmp_path / f"at{at}", World()
        Fuse.at, Fuse.how, Fuse.written = at, how, 0
        assert not attempt(runs, world)
        Fuse.at = -1
        assert attempt(runs, world)
        check_end(runs, world)


def test_a_crash_before_every_command_ends_the_same(tmp_path: Path, monkeypatch):
    real = Dispatch.carry_out
    counter, at = 0, -1

    def dying(self, command):
        nonlocal counter
        counter += 1
        if counter == at:
            raise Crash
        real(self, command)

    monkeypatch.setattr(Dispatch, "carry_out", dying)
    Fuse.at = -1
    assert attempt(tmp_path / "whole", World())
    total = counter
    for point in range(1, total + 1):
        runs, world = tmp_path / f"at{point}", World()
        counter, at = 0, point
        assert not attempt(runs, world)
        at = -1
        assert attempt(runs, world)
        check_end(runs, world)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    crashes=st.lists(
        st.tuples(st.integers(1, 8), st.sampled_from(["before", "torn", "after"])),
        min_size=1,
        max_size=6,
    ),
    lose=st.booleans(),
)
def test_crash_upon_crash_ends_the_same(tmp_path_factory, crashes, lose: bool):
    runs, world = tmp_path_factory.mktemp("crash"), World()
    ended = False
    for at, how in crashes:
        Fuse.at, Fuse.how, Fuse.written = at, how, 0
        ended = attempt(runs, world)
        if ended:
            break
        if lose:
            world.pods.clear()  # the work died with the driver
    Fuse.at = -1
    if not ended:
        assert attempt(runs, world)
    state = read_state(runs / RUN).state
    assert state.run.phase is RunPhase.SUCCEEDED
    assert {node.phase for node in state.nodes.values()} == {NodePhase.SUCCEEDED}
    if not lose:
        check_end(runs, world)


# -- a real process, really killed ----------------------------------------------------------------

_DRIVER = """
import asyncio, sys
from pathlib import Path
from argotui.driver.serve import serve
from tests.unit.driver.tiny import START, TinyRuntime, World, driven

async def main():
    plan = (*(f"n{i}" for i in range(int(sys.argv[2]))), *sys.argv[3:])
    run = driven(Path(sys.argv[1]), plan, TinyRuntime(World()))
    end = await serve(run, START)
    print(end.phase)

asyncio.run(main())
"""


def start(runs: Path, nodes: int, *more: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "XDG_RUNTIME_DIR": str(runs), "PYTHONPATH": os.getcwd()}
    argv = [sys.executable, "-c", _DRIVER, str(runs), str(nodes), *more]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, env=env)


def size(runs: Path) -> int:
    try:
        return (runs / RUN / "journal.jsonl").stat().st_size
    except FileNotFoundError:
        return 0


def test_kill_9_of_a_real_driver_loses_nothing(tmp_path: Path):
    nodes, kills = 3000, 0
    last = RunState()
    for _ in range(4):
        before = size(tmp_path)
        with start(tmp_path, nodes, "gate") as driver:  # however slow we are, it does not end
            until_sync(
                lambda before=before, driver=driver: (
                    size(tmp_path) > before + 20_000 or driver.poll() is not None
                ),
                "the journal to grow",
            )
            driver.send_signal(signal.SIGKILL)
            kills += driver.wait(60) == -signal.SIGKILL
        until_sync(lambda: not is_locked(tmp_path / RUN / LOCK), "the lock to be dropped")
        now = read_state(tmp_path / RUN).state
        assert list(now.nodes)[: len(last.nodes)] == list(last.nodes)
        for name, node in last.nodes.items():
            assert not node.has_ended or now.nodes[name].has_ended
        last = now
    assert kills == 4
    assert not last.run.phase.is_completed
    done = len(last.nodes)
    with start(tmp_path, done + 5) as driver:  # a shorter way to the end
        out, _ = driver.communicate(timeout=60)
    assert out == b"Succeeded\n"
    end = read_state(tmp_path / RUN).state
    assert {node.phase for node in end.nodes.values()} == {NodePhase.SUCCEEDED}
