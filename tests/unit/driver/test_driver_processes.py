"""Drivers in processes of their own, and files that change under a watch."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from argotui.driver.filewatch import watch_manifests
from argotui.driver.launch import launch
from argotui.driver.remote import RemoteRun, is_driven
from argotui.driver.story import NAME, tail, tell
from argotui.journal.header import RunHeader
from argotui.journal.lock import is_locked
from argotui.journal.store import LOCK, create
from argotui.model.errors import RuntimeFault
from argotui.model.events import ResumeRequested
from argotui.model.status import NodePhase
from tests.unit.driver.tiny import RUN
from tests.waiting import until

_DRIVER = """
import asyncio, sys
from pathlib import Path
from argotui.driver.serve import serve
from tests.unit.driver.tiny import START, TinyRuntime, World, driven

async def main():
    run = driven(Path(sys.argv[1]), tuple(sys.argv[2].split(",")), TinyRuntime(World()))
    await serve(run, START)

asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run that was made and not begun."""
    (tmp_path / "x").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "x"))
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    runs = tmp_path / "runs"
    create(runs, RunHeader(run_id=RUN, workflow_name="w", created=1.0)).close()
    return runs / RUN


def argv(folder: Path, plan: str) -> list[str]:
    return [sys.executable, "-c", _DRIVER, str(folder.parent), plan]


def test_a_launched_driver_answers_and_outlives_its_clients(folder: Path):
    async def play():
        pid = await launch(folder, argv(folder, "a,gate,b"))
        assert os.getsid(pid) == pid != os.getsid(0)
        client = RemoteRun(folder)
        state = (await client.snapshot()).state
        await client.close()
        again = RemoteRun(folder)
        await asyncio.wait_for(_at_the_gate(again), 60)
        assert (await again.submit(ResumeRequested(node_name="w.gate"))).accepted
        await until(lambda: not is_locked(folder / LOCK), "the driver to leave")
        end = (await again.snapshot()).state
        assert end.nodes["w.b"].phase is NodePhase.SUCCEEDED
        assert len(end.nodes) >= len(state.nodes)
        await again.close()

    asyncio.run(play())


async def _at_the_gate(client: RemoteRun) -> None:
    while "w.gate" not in (await client.snapshot()).state.nodes:
        pass


def test_a_run_that_ends_at_once_counts_as_launched(folder: Path):
    asyncio.run(launch(folder, argv(folder, "a")))


def test_a_driver_that_dies_shows_the_end_of_its_log(folder: Path):
    tell(folder, "an old story")
    script = "import sys; print('first'); sys.exit('\\x1b[31mthe disk is on fire')"
    with pytest.raises(RuntimeFault, match="the driver ended") as caught:
        asyncio.run(launch(folder, [sys.executable, "-c", script]))
    assert "the disk is on fire" in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert "an old story" not in str(caught.value)


def test_a_driver_that_never_answers_is_given_up(folder: Path):
    script = "import time; print('thinking', flush=True); time.sleep(20)"

    async def play():
        with pytest.raises(RuntimeFault, match=r"did not answer in 0\.3 s"):
            await launch(folder, [sys.executable, "-c", script], seconds=0.3)

    asyncio.run(play())


def test_a_program_that_is_not_there_is_a_clear_fault(folder: Path):
    with pytest.raises(RuntimeFault, match="cannot start a driver: /no/such"):
        asyncio.run(launch(folder, ["/no/such"]))


def test_sigterm_has_the_driver_leave_and_sighup_does_not(folder: Path):
    async def play():
        pid = await launch(folder, argv(folder, "gate"))
        os.kill(pid, signal.SIGHUP)
        client = RemoteRun(folder)
        assert (await client.snapshot()).info.run_id == RUN
        await client.close()
        os.kill(pid, signal.SIGTERM)
        await until(lambda: not is_locked(folder / LOCK), "the driver to leave")
        assert not await is_driven(folder)

    asyncio.run(play())


def test_the_log_is_private_and_its_tail_harmless(tmp_path: Path):
    tell(tmp_path, "a\x1b[2Jb\x07")
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert tail(tmp_path).endswith("a\ufffd[2Jb\ufffd")
    assert tail(tmp_path / "none") == ""


# -- files ---


def test_a_manifest_saved_anew_is_noticed_and_its_neighbours_are_not(tmp_path: Path):
    wanted, other = tmp_path / "wf.yaml", tmp_path / "other.yaml"
    wanted.write_text("a")
    folder = tmp_path / "more"
    folder.mkdir()

    async def play():
        stop, seen = asyncio.Event(), []

        async def watch() -> None:
            watching = watch_manifests([wanted, folder], stop=stop, debounce_ms=50)
            async for paths in watching:
                seen.extend(paths)

        task = asyncio.create_task(watch())

        def save() -> bool:  # the watch may not be set up at the first try
            other.write_text("x")
            (tmp_path / "more" / "notes.txt").write_text("x")
            fresh = tmp_path / "wf.yaml~"
            fresh.write_text("b")
            fresh.replace(wanted)
            (folder / "deep.yaml").write_text("c")
            return {wanted, folder / "deep.yaml"} <= set(seen)

        await until(save, "both manifests to be noticed")
        assert set(seen) == {wanted, folder / "deep.yaml"}
        stop.set()
        await asyncio.wait_for(task, 60)

    asyncio.run(play())


def test_a_watch_that_nobody_follows_any_more_ends(tmp_path: Path):
    wanted = tmp_path / "wf.yaml"

    async def play():
        watching = watch_manifests([wanted], debounce_ms=50, force_polling=True)
        first = asyncio.ensure_future(anext(watching))

        def save() -> bool:
            wanted.write_text(f"{wanted.exists()}")
            return first.done()

        await until(save, "a change")
        assert first.result() == {wanted}
        await asyncio.wait_for(watching.aclose(), 60)

    asyncio.run(play())
