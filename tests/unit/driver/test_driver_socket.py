"""The socket of a driver: other clients, bad clients, slow clients, and no driver at all."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argotui.driver import sockets
from argotui.driver.remote import RemoteRun, is_driven
from argotui.driver.serve import serve
from argotui.driver.sockets import socket_path
from argotui.driver.stored import StoredRun
from argotui.driver.wire import PROTOCOL, read_request, write_request
from argotui.model.changes import Planned
from argotui.model.errors import RuntimeFault
from argotui.model.events import (
    NodeSetRequested,
    ResumeRequested,
    RunSuspendToggled,
    ShutdownRequested,
)
from argotui.model.fold import RunState, apply
from argotui.model.status import NodePhase, RunPhase, Shutdown
from tests.unit.driver.tiny import RUN, START, TinyRuntime, World, driven
from tests.waiting import until


@pytest.fixture(autouse=True)
def _own_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "x"))


@asynccontextmanager
async def served(tmp_path: Path, plan: tuple[str, ...] = ("gate",), world=None, **more):
    """A run that waits at its gate, served; ended on the way out."""
    run = driven(tmp_path / "runs", plan, TinyRuntime(world or World()), **more)
    serving = asyncio.create_task(serve(run, START, signals=False))
    await until(lambda: run.feed.seq, "the first record")
    try:
        yield run, tmp_path / "runs" / RUN
    finally:
        run.leave()
        with suppress(RuntimeFault):
            await serving


def test_a_client_sees_what_the_driver_sees(tmp_path: Path):
    async def play():
        rows = {"w": (Planned(name="w.z", display_name="z", parent="w", after=("a",)),)}

        async with served(tmp_path, ("a", "gate", "b"), outlook=lambda names: {}) as (run, folder):
            run.feed._ahead._rows["w"] = (1, rows["w"])
            client = RemoteRun(folder)
            snapshot = await client.snapshot()
            assert snapshot.info == run.info
            assert snapshot.outlook == rows
            mine = snapshot.state
            watching = asyncio.create_task(_fold(client, snapshot.seq, mine))
            await until(lambda: "w.gate" in mine.nodes, "the gate")
            assert (await client.submit(ResumeRequested(node_name="w.gate", by="me"))).accepted
            await watching
            assert mine == (await run.snapshot()).state
            assert mine.run.phase is RunPhase.SUCCEEDED
            await client.close()

    asyncio.run(play())


async def _fold(client: RemoteRun, after: int, state: RunState) -> int:
    count = 0
    async for batch in client.changes(after):
        count += 1
        for change in batch.changes:
            apply(state, change)
    return count


def test_a_refusal_comes_with_its_reason(tmp_path: Path):
    async def play():
        async with served(tmp_path) as (_, folder):
            client = RemoteRun(folder)
            verdict = await client.submit(ResumeRequested(node_name="w.nowhere"))
            assert (verdict.accepted, verdict.why) == (False, "w.nowhere does not wait")
            await client.close()

    asyncio.run(play())


def test_the_socket_is_private(tmp_path: Path):
    async def play():
        async with served(tmp_path) as (_, folder):
            path = socket_path(folder)
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert not path.exists()

    asyncio.run(play())


def test_another_user_is_not_even_greeted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def play():
        async with served(tmp_path) as (_, folder):
            path = socket_path(folder)
            monkeypatch.setattr(sockets.os, "getuid", lambda: os.geteuid() + 1)
            reader, writer = await asyncio.open_unix_connection(str(path))
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
            monkeypatch.undo()
            monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "x"))

    asyncio.run(play())


async def _talk(folder: Path, *lines: bytes) -> list[dict]:
    """Send raw lines; return everything that came back before the driver hung up."""
    reader, writer = await asyncio.open_unix_connection(str(socket_path(folder)))
    with suppress(ConnectionError):
        for line in lines:
            writer.write(line)
        await writer.drain()
        writer.write_eof()
    heard = []
    with suppress(ConnectionError):
        while line := await asyncio.wait_for(reader.readline(), 60):
            said = json.loads(line)
            await reader.readexactly(said.get("bytes", 0))
            heard.append(said)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return heard


@pytest.mark.parametrize(
    "line",
    [
        b"\x00\xff\xfe garbage\n",
        b"[1, 2, 3]\n",
        b"[" * 100_000 + b"\n",
        b'{"do": "explode"}\n',
        b'{"do": "changes", "after": "x"}\n',
        b'{"do": "changes", "after": -1}\n',
        b'{"do": "changes", "after": 99999}\n',
        b'{"do": "changes", "after": true}\n',
        b'{"do": "submit"}\n',
        b'{"do": "submit", "request": {"is": "RunStarted", "run_id": "x"}}\n',
        b'{"do": "submit", "request": {"is": "ResumeRequested"}}\n',
        b'{"do": "submit", "request": {"is": "ResumeRequested", "node_name": 7}}\n',
        b'{"do": "submit", "request": {"is": ["ResumeRequested"]}}\n',
        b"x" * (3 << 20) + b"\n",
        b"no newline at all",
    ],
    ids=lambda line: repr(line[:60]),
)
def test_garbage_is_refused_and_hurts_nobody_else(tmp_path: Path, line: bytes):
    async def play():
        async with served(tmp_path) as (_, folder):
            heard = await _talk(folder, line)
            if len(line) < 1 << 20:  # else the hang-up may overtake the greeting
                assert heard[0]["argotui"] == PROTOCOL
            assert all("error" in said for said in heard[1:])
            client = RemoteRun(folder)
            assert (await client.submit(ResumeRequested(node_name="w.gate"))).accepted
            await client.close()

    asyncio.run(play())


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    raw=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["is", "node_name", "values", "phase", "strategy", "by", "suspended"]
                ),
                inner
                | st.sampled_from(["ResumeRequested", "ShutdownRequested", "RunSuspendToggled"]),
                max_size=5,
            )
        ),
        max_leaves=8,
    )
)
def test_a_request_is_whole_or_refused(raw):
    try:
        request = read_request(raw)
    except ValueError:
        return
    assert read_request(json.loads(json.dumps(write_request(request)))) == request


@pytest.mark.parametrize(
    "request_",
    [
        ResumeRequested(node_name="a", values={"x": "1"}, by="me", message="m"),
        NodeSetRequested(node_name="a", phase=NodePhase.FAILED, message="no"),
        NodeSetRequested(node_name="a", values={"x": "1"}),
        ShutdownRequested(strategy=Shutdown.TERMINATE, by="me"),
        RunSuspendToggled(suspended=False),
    ],
)
def test_requests_survive_the_wire(request_):
    assert read_request(json.loads(json.dumps(write_request(request_)))) == request_


def test_a_client_that_does_not_read_holds_up_nobody_and_loses_nothing(tmp_path: Path):
    plan = tuple(f"a{number}" for number in range(400))

    async def play():
        world = World(hold={"w.a0"})
        async with served(tmp_path, plan, world) as (run, folder):
            reader, writer = await asyncio.open_unix_connection(
                str(socket_path(folder)), limit=1024
            )
            writer.write(b'{"do": "changes", "after": 0}\n')
            await until(lambda: world.starts, "the first pod")
            before = run.feed.seq
            run._runtime.finish("w.a0")
            await until(lambda: run._engine.state.run.finished_at, "the end", 30)
            assert run.feed.seq > before + 700
            greeting = json.loads(await reader.readline())
            assert greeting["run"] == RUN
            seqs, lines, end = [0], 0, None
            while end is None:
                said = json.loads(await reader.readline())
                if "end" in said:
                    end = said["end"]
                    continue
                body = await reader.readexactly(said["bytes"])
                lines += body.count(b"\n") - 1
                seqs.append(said["seq"])
            assert end == ""
            assert seqs == sorted(set(seqs))
            assert lines == seqs[-1] == run.feed.seq  # every record, once
            assert len(seqs) < run.feed.seq  # though merged
            writer.close()
            await writer.wait_closed()

    asyncio.run(play())


def test_a_client_that_comes_as_the_run_ends_gets_the_rest_from_the_journal(tmp_path: Path):
    async def play():
        async with served(tmp_path, ("a", "gate")) as (run, folder):
            client = RemoteRun(folder)
            await until(lambda: "w.gate" in run._engine.state.nodes, "the gate")
            snapshot = await client.snapshot()
            await client.submit(ResumeRequested(node_name="w.gate"))
            await client.close()
            await until(lambda: not socket_path(folder).exists(), "the driver to be gone")
            late = await client.submit(ShutdownRequested(strategy=Shutdown.STOP))
            assert (late.accepted, late.why) == (False, "the run has ended")
            await _fold(client, snapshot.seq, snapshot.state)
            assert snapshot.state == run._engine.state
            assert (await client.snapshot()).state == run._engine.state

    asyncio.run(play())


def test_several_clients_at_once_see_the_same(tmp_path: Path):
    async def play():
        async with served(tmp_path, ("a", "gate", "b")) as (run, folder):
            clients = [RemoteRun(folder) for _ in range(8)]
            states = [RunState() for _ in clients]
            watching = [
                asyncio.create_task(_fold(client, 0, state))
                for client, state in zip(clients, states, strict=True)
            ]
            await until(lambda: all("w.gate" in s.nodes for s in states), "everybody at the gate")
            await clients[3].submit(ResumeRequested(node_name="w.gate"))
            await asyncio.gather(*watching)
            for state in states:
                assert state == run._engine.state
            for client in clients:
                await client.close()

    asyncio.run(play())


def test_watchers_that_hang_up_leave_nothing_behind(tmp_path: Path):
    async def play():
        async with served(tmp_path) as (run, folder):
            client = RemoteRun(folder)
            async for _ in client.changes(0):
                break
            tasks = len(asyncio.all_tasks())
            await until(lambda: len(run.feed._waiters) == 0 or tasks, "the watcher to go")
            await until(lambda: not run.feed._waiters, "the watcher to go")

    asyncio.run(play())


def test_nobody_listening_is_a_clear_fault(tmp_path: Path):
    async def play():
        folder = tmp_path / "runs" / RUN
        client = RemoteRun(folder)
        with pytest.raises(RuntimeFault, match=f"no driver is running for {RUN}.*recover {RUN}"):
            await client.snapshot()
        assert not await is_driven(folder)

    asyncio.run(play())


def test_a_socket_left_by_a_dead_driver_is_taken_over(tmp_path: Path):
    folder = tmp_path / "runs" / RUN
    sockets.listening_socket(socket_path(folder)).close()

    async def play():
        with pytest.raises(RuntimeFault, match="no driver"):
            await RemoteRun(folder).snapshot()
        async with served(tmp_path) as (_, folder_):
            assert await is_driven(folder_)

    asyncio.run(play())


@asynccontextmanager
async def imposter(folder: Path, *, greeting: bytes):
    """Something else on the run's socket: it greets, hears one line and hangs up."""
    gone = asyncio.Event()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        await reader.readline()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        gone.set()

    server = await asyncio.start_unix_server(meet, path=str(socket_path(folder)))
    try:
        yield
    finally:
        await asyncio.wait_for(gone.wait(), 60)
        server.close()
        await server.wait_closed()


def test_a_driver_that_speaks_otherwise_is_named(tmp_path: Path):
    folder = tmp_path / "runs" / RUN

    async def play():
        async with imposter(folder, greeting=b'{"argotui": 99, "run": "run1", "version": "9.9"}\n'):
            with pytest.raises(RuntimeFault, match=r"argotui 9\.9"):
                await RemoteRun(folder).snapshot()

    asyncio.run(play())


def test_a_driver_that_dies_is_told_apart_from_an_end(tmp_path: Path):
    folder = tmp_path / "runs" / RUN

    async def play():
        async with imposter(folder, greeting=b'{"argotui": 1, "run": "run1", "version": "0"}\n'):
            with pytest.raises(RuntimeFault, match=r"is gone.*recover"):
                await _fold(RemoteRun(folder), 0, RunState())

    asyncio.run(play())


def test_the_socket_fits_into_a_socket_address(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    monkeypatch.setattr(sockets.tempfile, "gettempdir", lambda: str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    path = socket_path(tmp_path / "runs" / RUN)
    assert len(os.fsencode(path)) <= 107
    assert path.parent.name == f"argotui-{os.getuid()}"


def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    (tmp_path / "x" / "argotui").mkdir()
    monkeypatch.setattr("argotui.journal.files.os.getuid", lambda: 4242)
    with pytest.raises(RuntimeFault, match="belongs to another user"):
        socket_path(tmp_path / "runs" / RUN)


def test_a_stored_run_can_be_looked_at(tmp_path: Path):
    async def play():
        await driven(tmp_path, ("a",), TinyRuntime(World())).drive(START)
        stored = StoredRun(tmp_path / RUN)
        snapshot = await stored.snapshot()
        assert snapshot.state.run.phase is RunPhase.SUCCEEDED
        assert [batch async for batch in stored.changes(snapshot.seq)] == []
        verdict = await stored.submit(ResumeRequested(node_name="w.a"))
        assert (verdict.accepted, verdict.why) == (False, "the run has ended")

    asyncio.run(play())
