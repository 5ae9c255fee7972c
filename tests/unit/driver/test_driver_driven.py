"""One run from its first event to its end, through the real journal."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path

import pytest

from argotui.driver.clock import VirtualClock
from argotui.driver.story import NAME
from argotui.journal.store import DiskFile, read_state
from argotui.journal.summary import read_summary
from argotui.model.changes import NodeCreated, Planned, RunPatched
from argotui.model.errors import EngineBug, RuntimeFault
from argotui.model.events import ResumeRequested, RunSuspendToggled
from argotui.model.fold import RunState, apply
from argotui.model.status import NodePhase, RunPhase
from tests.unit.driver.tiny import NAP, RUN, START, TinyRuntime, World, driven
from tests.waiting import until


def test_a_run_goes_from_start_to_end_and_everything_is_on_disk(tmp_path: Path):
    async def play():
        world = World()
        run = driven(tmp_path, ("a", "b"), TinyRuntime(world))
        end = await run.drive(START)
        assert (end.outcome, end.phase) == ("finished", RunPhase.SUCCEEDED)
        assert world.closed == [False]
        assert world.starts == {"w-a.1": 1, "w-b.1": 1}

    asyncio.run(play())
    state = read_state(tmp_path / RUN).state
    assert {node.phase for node in state.nodes.values()} == {NodePhase.SUCCEEDED}
    summary = read_summary(tmp_path / RUN)
    assert summary is not None
    assert summary.phase is RunPhase.SUCCEEDED
    assert summary.at_rest
    assert summary.size == (tmp_path / RUN / "journal.jsonl").stat().st_size


def test_what_observers_get_folds_to_the_state(tmp_path: Path):
    async def play():
        run = driven(tmp_path, ("a", "b", "c"), TinyRuntime(World()))
        seen, numbers = RunState(), []

        async def watch(after: int) -> None:
            async for batch in run.changes(after):
                numbers.append(batch.seq)
                for change in batch.changes:
                    apply(seen, change)

        watching = asyncio.create_task(watch(0))
        await run.drive(START)
        await watching
        snapshot = await run.snapshot()
        assert seen.nodes == snapshot.state.nodes
        assert seen.run == snapshot.state.run
        assert numbers == sorted(set(numbers))
        assert numbers[-1] == snapshot.seq

    asyncio.run(play())


def test_a_snapshot_belongs_to_its_receiver(tmp_path: Path):
    async def play():
        run = driven(tmp_path, ("a",), TinyRuntime(World()))
        await run.drive(START)
        first = (await run.snapshot()).state
        first.nodes["w.a"].message = "mine"
        first.children["x"] = ["y"]
        again = (await run.snapshot()).state
        assert again.nodes["w.a"].message == ""
        assert again.children == {}

    asyncio.run(play())


def test_the_journal_has_a_step_before_its_commands_go_out(tmp_path: Path):
    seen: list[int] = []

    class Looking(TinyRuntime):
        async def start(self, ref, work):
            seen.append(len(read_state(tmp_path / RUN).state.work))
            await super().start(ref, work)

    asyncio.run(driven_to_end(tmp_path, Looking(World()), ("a", "b")))
    assert seen == [1, 2]


async def driven_to_end(runs: Path, runtime: TinyRuntime, plan: tuple[str, ...]) -> None:
    await driven(runs, plan, runtime).drive(START)


def test_a_request_is_answered_by_the_engine(tmp_path: Path):
    async def play():
        run = driven(tmp_path, ("gate", "a"), TinyRuntime(World()))
        driving = asyncio.create_task(run.drive(START))
        await until(lambda: run.feed.seq, "the first record")
        no = await run.submit(ResumeRequested(node_name="w.elsewhere"))
        assert (no.accepted, no.why) == (False, "w.elsewhere does not wait")
        assert (await run.submit(ResumeRequested(node_name="w.gate", by="ann"))).accepted
        await driving
        assert (await run.snapshot()).state.nodes["w.gate"].approved_by == "ann"
        late = await run.submit(ResumeRequested(node_name="w.gate"))
        assert not late.accepted

    asyncio.run(play())


def test_timers_fire_on_the_virtual_clock(tmp_path: Path):
    async def play():
        clock = VirtualClock(start=100.0)
        run = driven(tmp_path, ("nap1", "a", "nap2"), TinyRuntime(World()), clock=clock)
        clock.busy.append(lambda: run.is_busy)
        await run.drive(START)
        assert clock.now() == 100.0 + 2 * NAP

    asyncio.run(play())


def test_time_never_goes_back(tmp_path: Path):
    times = iter([50.0, 40.0, 30.0])

    class Wild(VirtualClock):
        def now(self) -> float:
            return next(times, 20.0)

    async def play():
        run = driven(tmp_path, ("a", "b"), TinyRuntime(World()), clock=Wild())
        await run.drive(START)
        stamps = [run._journal.read(line).at for line in run._journal.lines(0, 1 << 20)]
        assert stamps == sorted(stamps)
        assert stamps[0] == 40.0

    asyncio.run(play())


def test_an_engine_bug_leaves_the_journal_and_its_story(tmp_path: Path):
    async def play():
        world = World()
        run = driven(tmp_path, ("a", "bug"), TinyRuntime(world))
        watching = asyncio.create_task(_drain(run))
        with pytest.raises(EngineBug):
            await run.drive(START)
        with pytest.raises(RuntimeFault, match="a bug of argotui"):
            await watching
        assert world.closed == [True]

    asyncio.run(play())
    assert "once upon a time" in (tmp_path / RUN / NAME).read_text()
    assert read_state(tmp_path / RUN).state.nodes["w.a"].phase is NodePhase.RUNNING
    summary = read_summary(tmp_path / RUN)
    assert summary is not None
    assert summary.fault.startswith("a bug of argotui")
    assert not summary.at_rest


async def _drain(run) -> None:
    async for _ in run.changes(0):
        pass


def test_any_other_exception_of_the_engine_is_a_bug_too(tmp_path: Path):
    async def play():
        run = driven(tmp_path, ("a",), TinyRuntime(World()))
        run._engine.handle = lambda event: {}["no such key"]
        with pytest.raises(EngineBug, match="KeyError while handling start-1"):
            await run.drive(START)

    asyncio.run(play())


def test_a_runtime_that_cannot_open_ends_the_drive_with_its_words(tmp_path: Path):
    async def play():
        runtime = TinyRuntime(World())
        runtime.fail_open = RuntimeFault("no cluster here")
        run = driven(tmp_path, ("a",), runtime)
        with pytest.raises(RuntimeFault, match="no cluster here"):
            await run.drive(START)
        with pytest.raises(RuntimeFault, match="no cluster here"):
            await _drain(run)

    asyncio.run(play())
    assert read_state(tmp_path / RUN).seq == 0


class FullDisk(DiskFile):
    """Takes `room` bytes in all; what does not fit is written half."""

    room = 0

    def write(self, data: bytes) -> None:
        if len(data) > FullDisk.room:
            super().write(data[: FullDisk.room])
            raise OSError(errno.ENOSPC, "No space left on device")
        FullDisk.room -= len(data)
        super().write(data)


@pytest.mark.parametrize("room", [0, 100, 700, 1100, 1500])
def test_a_full_disk_stops_the_driver_before_a_command_goes_out(tmp_path: Path, room: int):
    FullDisk.room = room
    world = World()

    async def play():
        run = driven(tmp_path, ("a", "b", "c"), TinyRuntime(world), open_file=FullDisk)
        with pytest.raises(RuntimeFault, match="No space left"):
            await run.drive(START)

    asyncio.run(play())
    assert world.closed == [True]  # the work goes on: recovery finds it
    state = read_state(tmp_path / RUN).state
    assert set(world.starts) <= {ref.key for ref, _ in state.work.values()}

    async def go_on():
        assert (await driven(tmp_path, ("a", "b", "c"), TinyRuntime(world)).drive(START)).phase

    asyncio.run(go_on())
    assert world.starts == {"w-a.1": 1, "w-b.1": 1, "w-c.1": 1}


def test_a_request_is_not_left_waiting_when_the_disk_is_full(tmp_path: Path):
    FullDisk.room = 1 << 20

    async def play():
        run = driven(tmp_path, ("gate",), TinyRuntime(World()), open_file=FullDisk)
        driving = asyncio.create_task(run.drive(START))
        await until(lambda: run.feed.seq, "the first record")
        FullDisk.room = 0
        verdict = await asyncio.wait_for(run.submit(ResumeRequested(node_name="w.gate")), 60)
        assert not verdict.accepted
        with pytest.raises(RuntimeFault):
            await driving

    asyncio.run(play())


def test_work_that_cannot_start_is_a_report_not_a_crash(tmp_path: Path):
    async def play():
        runtime = TinyRuntime(World())
        runtime.fail_start = ValueError("boom")
        run = driven(tmp_path, ("a",), runtime)
        assert (await run.drive(START)).phase is RunPhase.FAILED
        node = (await run.snapshot()).state.nodes["w.a"]
        assert node.message == "the runtime failed: ValueError: boom"

    asyncio.run(play())


def test_an_approval_that_does_not_come_parks_the_run(tmp_path: Path):
    world = World()

    async def play():
        clock = VirtualClock(start=5.0)
        run = driven(
            tmp_path, ("a", "gate", "b"), TinyRuntime(world), clock=clock, approval_timeout=60.0
        )
        end = await run.drive(START)
        assert end.outcome == "parked"
        assert clock.now() == 65.0
        assert (await run.snapshot()).state.run.parked

    async def come_back():
        run = driven(tmp_path, ("a", "gate", "b"), TinyRuntime(world))
        driving = asyncio.create_task(run.drive(START))
        await until(lambda: not run._engine.state.run.parked, "the run to be unparked")
        assert run._engine.state.nodes["w.gate"].phase is NodePhase.RUNNING  # not released
        assert (await run.submit(ResumeRequested(node_name="w.gate"))).accepted
        assert (await driving).phase is RunPhase.SUCCEEDED

    asyncio.run(play())
    assert world.closed == [False]
    summary = read_summary(tmp_path / RUN)
    assert summary is not None
    assert (summary.parked, summary.waiting) == (True, 1)
    asyncio.run(come_back())


def test_a_suspended_run_that_nobody_resumes_is_parked_too(tmp_path: Path):
    async def play():
        clock = VirtualClock()
        runtime = TinyRuntime(World(hold={"w.a"}))
        run = driven(tmp_path, ("a",), runtime, clock=clock, approval_timeout=9.0)
        driving = asyncio.create_task(run.drive(START))
        await until(lambda: runtime.world.starts, "the work")
        await run.submit(RunSuspendToggled(suspended=True))
        for _ in range(200):  # turns enough for the clock to reach any alarm
            await asyncio.sleep(0)
        assert not driving.done()  # something runs: nothing may be parked
        run._engine.plan = ("a", "gate")
        runtime.finish("w.a")
        assert (await driving).outcome == "parked"

    asyncio.run(play())


def test_leaving_lets_the_work_go_on(tmp_path: Path):
    world = World(hold={"w.a"})

    async def play():
        run = driven(tmp_path, ("a",), TinyRuntime(world))
        driving = asyncio.create_task(run.drive(START))
        await until(lambda: world.starts, "the work")
        run.leave()
        assert (await driving).outcome == "left"

    asyncio.run(play())
    assert world.closed == [True]


def test_lost_work_is_reported_and_never_seen_work_started_again(tmp_path: Path):
    world = World(hold={"w.a"})

    async def until_seen():
        run = driven(tmp_path, ("a", "b"), TinyRuntime(world))
        driving = asyncio.create_task(run.drive(START))
        await until(lambda: _observed(run, "w.a"), "a report")
        run.leave()
        await driving

    asyncio.run(until_seen())
    world.pods.clear()  # the machine went away under it
    world.hold.clear()
    asyncio.run(driven_to_end(tmp_path, TinyRuntime(world), ("a", "b")))
    assert world.starts == {"w-a.1": 1, "w-a.2": 1, "w-b.1": 1}


def test_a_run_that_ended_is_only_closed_when_opened_again(tmp_path: Path):
    world = World()
    asyncio.run(driven_to_end(tmp_path, TinyRuntime(world), ("a",)))

    async def again():
        end = await driven(tmp_path, ("a",), TinyRuntime(world)).drive(START)
        assert (end.outcome, end.phase) == ("finished", RunPhase.SUCCEEDED)

    asyncio.run(again())
    assert world.closed == [False, False]
    assert world.starts == {"w-a.1": 1}


def test_causes_lead_from_a_fact_to_what_followed(tmp_path: Path):
    async def play():
        run = driven(tmp_path, ("a", "b", "c"), TinyRuntime(World()))
        await run.drive(START)
        records = [run._journal.read(line) for line in run._journal.lines(0, 1 << 20)]
        assert records[0].cause == "start-1"
        assert [int(record.cause.partition("-")[2]) for record in records] == [
            record.seq for record in records
        ]
        assert any(isinstance(change, NodeCreated) for change in records[0].changes)
        assert records[-1].cause.startswith("work-")
        assert isinstance(records[-1].changes[-1], RunPatched)

    asyncio.run(play())


def test_events_of_one_batch_have_causes_of_their_own(tmp_path: Path):
    async def play():
        run = driven(tmp_path, ("gate",), TinyRuntime(World()))
        driving = asyncio.create_task(run.drive(START))
        await until(lambda: run.feed.seq, "the first record")
        asked = [run.submit(ResumeRequested(node_name=f"w.{i}")) for i in range(3)]
        verdicts = await asyncio.gather(*asked)
        assert [verdict.why for verdict in verdicts] == [f"w.{i} does not wait" for i in range(3)]
        records = [run._journal.read(line) for line in run._journal.lines(1, 1 << 20)]
        assert [record.cause for record in records] == ["approve-2", "approve-3", "approve-4"]
        run.leave()
        await driving

    asyncio.run(play())


def test_an_outlook_that_fails_ends_nothing(tmp_path: Path):
    def broken(_names) -> dict[str, tuple[Planned, ...]]:
        raise ValueError("cannot see")

    async def play():
        run = driven(tmp_path, ("a",), TinyRuntime(World()), outlook=broken)
        watching = asyncio.create_task(_drain(run))
        assert (await run.drive(START)).phase is RunPhase.SUCCEEDED
        await watching

    asyncio.run(play())


def _observed(run, name: str) -> bool:
    node = run._engine.state.nodes.get(name)
    return node is not None and node.observed is not None
