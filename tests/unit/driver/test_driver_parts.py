"""The small parts of the driver, each by itself: locks, dispatch, feed, clock, inbox, caches."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from argotui.driver.caches import CacheStore
from argotui.driver.clock import RealClock, VirtualClock
from argotui.driver.dispatch import Dispatch
from argotui.driver.feed import Feed, Reader
from argotui.driver.inbox import Inbox
from argotui.driver.lockfile import FileShelf
from argotui.driver.locks import RunLocks
from argotui.driver.states import own_copy
from argotui.driver.timers import Timers
from argotui.journal.records import Record
from argotui.locks.queue import Claim
from argotui.model.changes import NodeCreated, NodePatched, Planned
from argotui.model.commands import (
    AcquireLock,
    Ask,
    ReleaseWork,
    SaveCache,
    SetTimer,
    StartWork,
    StopWork,
)
from argotui.model.errors import RuntimeFault
from argotui.model.events import (
    Answered,
    LockGranted,
    LockRefused,
    LockWaits,
    TimerFired,
    WorkReported,
)
from argotui.model.fold import RunState, apply
from argotui.model.status import Node, NodePhase, NodeType
from argotui.model.work import HttpWork, PodState, PodWork, ResourceWork, WorkRef
from tests.unit.driver.tiny import RUN, TinyRuntime, World, place_of
from tests.waiting import until

REF = WorkRef(run_id=RUN, node_name="w.a", node_id="w-a", attempt=1, pod_name="p")
POD = PodWork(pod={})


# -- locks ---


class Runner:
    """The locks of one run of this machine; `news` is what it was told, in order."""

    def __init__(self, folder: Path, run: str, news: list[str] | None = None, **more: Any) -> None:
        self.folder = folder / run
        self.run = run
        self.news = news if news is not None else []
        self.log: list[str] = []
        self.shelf = FileShelf(folder, self.folder, run=run, **more)
        self.locks = RunLocks(self.shelf, tell=self.hear, log=self.log.append)

    def hear(self, event: Any) -> None:
        match event:
            case LockGranted():
                self.news.append(f"{self.run} {event.node_name}")
            case LockWaits():
                status = f"{event.lock} {event.free}/{event.limit}"
                self.news.append(f"{self.run} {event.node_name} waits {status}")
            case LockRefused():
                self.news.append(f"{self.run} {event.node_name} {event.why}")

    async def hears(self, news: str) -> None:
        await until(lambda: news in self.news, news)

    async def die(self) -> None:
        """What the kernel does as the process ends."""
        self.locks._task.cancel()
        await asyncio.gather(self.locks._task, return_exceptions=True)
        os.close(self.shelf._handle)


M = "ns/Mutex/m"


def test_locks_pass_from_run_to_run(tmp_path: Path):
    async def play():
        one, two, three = (Runner(tmp_path, f"r{n}", created=n) for n in (1, 2, 3))
        one.locks.acquire("a", (M,))
        await one.hears("r1 a")
        two.locks.acquire("b", (M,))
        three.locks.acquire("c", (M,))
        await two.hears(f"r2 b waits {M} 0/1")
        await three.hears(f"r3 c waits {M} 0/1")
        one.locks.release("a")
        await two.hears("r2 b")
        await two.locks.close(keep=False)
        await three.hears("r3 c")
        assert [news for each in (one, two, three) for news in each.news] == [
            "r1 a",
            f"r2 b waits {M} 0/1",
            "r2 b",
            f"r3 c waits {M} 0/1",
            "r3 c",
        ]
        await one.locks.close(keep=False)
        await three.locks.close(keep=False)
        assert not list((tmp_path / "owners").iterdir())

    asyncio.run(play())


def test_a_dead_driver_holds_no_lock(tmp_path: Path):
    async def play():
        one, two = Runner(tmp_path, "r1"), Runner(tmp_path, "r2", created=1)
        one.locks.acquire("a", (M,))
        await one.hears("r1 a")
        two.locks.acquire("b", (M,))
        await two.hears(f"r2 b waits {M} 0/1")
        await one.die()
        await two.hears("r2 b")
        await two.locks.close(keep=False)

    asyncio.run(play())


@pytest.mark.parametrize("end", ["killed", "left"])
def test_what_a_run_holds_is_held_while_something_of_it_goes_on(tmp_path: Path, end: str):
    async def play():
        alive = {"r1"}

        def goes_on(folder: Path) -> bool:
            return folder.name in alive

        one = Runner(tmp_path, "r1")
        two = Runner(tmp_path, "r2", created=1, goes_on=goes_on)
        one.locks.acquire("a", (M,))
        await one.hears("r1 a")
        if end == "killed":
            await one.die()
        else:
            await one.locks.close(keep=True)
        two.locks.acquire("b", (M,))
        await two.hears(f"r2 b waits {M} 0/1")
        for _ in range(3):  # looked at again and again
            assert not (await two.shelf.settle([Claim(node="b", locks=(M,))]))["b"].held
        alive.clear()
        await two.hears("r2 b")
        await two.locks.close(keep=False)

    asyncio.run(play())


def test_a_driver_that_comes_back_keeps_what_its_run_holds(tmp_path: Path):
    async def play():
        dead = Runner(tmp_path, "r1")
        dead.locks.acquire("a", (M,))
        await dead.hears("r1 a")
        await dead.die()
        again = Runner(tmp_path, "r1")
        again.locks.acquire("a", (M,), held=True)
        other = Runner(tmp_path, "r2", created=-1)
        other.locks.acquire("b", (M,))
        await again.hears("r1 a")
        await other.hears(f"r2 b waits {M} 0/1")
        await again.locks.close(keep=False)
        await other.hears("r2 b")
        await other.locks.close(keep=False)

    asyncio.run(play())


def test_nothing_begins_below_a_lock_that_was_lost_while_no_driver_was_there(tmp_path: Path):
    async def play():
        dead, other = Runner(tmp_path, "r1"), Runner(tmp_path, "r2", created=1)
        dead.locks.acquire("w.a", (M,))
        await dead.hears("r1 w.a")
        await dead.die()
        other.locks.acquire("b", (M,))
        await other.hears("r2 b")
        again = Runner(tmp_path, "r1")
        again.locks.acquire("w.a", (M,), held=True)
        below = asyncio.create_task(again.locks.secured("w.a[0].x"))
        await asyncio.wait_for(again.locks.secured("w.b"), 60)
        await again.hears(f"r1 w.a waits {M} 0/1")
        assert not below.done()
        other.locks.release("b")
        await asyncio.wait_for(below, 60)
        await again.hears("r1 w.a")
        for each in (again, other):
            await each.locks.close(keep=False)

    asyncio.run(play())


def test_a_loop_of_a_thousand_stands_in_the_table_once(tmp_path: Path):
    async def play():
        holder, loop = Runner(tmp_path, "r1"), Runner(tmp_path, "r2", created=1)
        holder.locks.acquire("a", (M,))
        await holder.hears("r1 a")
        for number in range(1000):
            loop.locks.acquire(f"n{number}", (M,))
        await loop.hears(f"r2 n999 waits {M} 0/1")
        table = json.loads((tmp_path / "table.json").read_text())
        assert [entry["node"] for entry in table["entries"]] == ["a", "n0"]
        holder.locks.release("a")
        await loop.hears("r2 n0")
        loop.locks.release("n0")
        await loop.hears("r2 n1")
        for each in (holder, loop):
            await each.locks.close(keep=False)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("config_maps", "why"),
    [
        ({}, 'configmaps "cm" not found'),
        ({"cm": {"data": {"x": "1"}}}, "Sync configuration key 'k' not found in ConfigMap"),
        ({"cm": {"data": {"k": "many"}}}, "'many' is no number"),
        ({"cm": {"data": {"k": " 3"}}}, "' 3' is no number"),
        ({"cm": {"data": {"k": "0"}}}, ""),
    ],
)
def test_a_semaphore_without_a_limit_is_refused(tmp_path: Path, config_maps, why: str):
    async def play():
        runner = Runner(tmp_path, "r1", config_maps=config_maps)
        runner.locks.acquire("a", ("ns/ConfigMap/cm/k",))
        told = "r1 a failed to initialize semaphore ns/ConfigMap/cm/k with limit"
        await runner.hears(f"{told}: {why}" if why else told)
        await runner.locks.close(keep=False)

    asyncio.run(play())


# -- dispatch ---


class Bench:
    """A dispatch with everything round it."""

    def __init__(self, folder: Path, runtime: Any = None, **given: Any) -> None:
        self.world = World(hold={"w.a"})
        self.clock = VirtualClock()
        self.events: list[Any] = []
        self.told: list[str] = []
        self.runtime = runtime or TinyRuntime(self.world)
        self.caches = CacheStore(folder / "caches", "default")
        self.dispatch = Dispatch(
            runtime=self.runtime,
            place=place_of(folder, **given),
            clock=self.clock,
            put=self.events.append,
            tell=self.told.append,
            shelf=FileShelf(folder / "locks", folder, run=RUN),
            caches=self.caches,
            elsewhere={"ResourceWork": "--runtime kubernetes"},
        )

    async def do(self, *commands: Any) -> list[Any]:
        await self.runtime.open(place_of(Path()), lambda seen: None)
        for command in commands:
            self.dispatch.carry_out(command)
        await until(lambda: not self.dispatch.is_busy, "the calls to come back")
        return self.events


def played(folder: Path, *commands: Any, **given: Any) -> tuple[list[Any], Bench]:
    async def play():
        bench = Bench(folder, **given)
        events = await bench.do(*commands)
        await bench.dispatch.close()
        return events, bench

    return asyncio.run(play())


def test_calls_about_one_piece_of_work_keep_their_order(tmp_path: Path):
    stop = StopWork(ref=REF, reason="stop")
    _, bench = played(tmp_path, StartWork(ref=REF, work=POD), stop, ReleaseWork(ref=REF))
    assert bench.world.calls == [("start", "w-a.1"), ("stop", "w-a.1"), ("release", "w-a.1")]


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (ResourceWork(action="get"), "resource templates; they run with --runtime kubernetes"),
        (HttpWork(url="http://x"), "the runtime 'tiny' does not do http templates"),
    ],
)
def test_work_that_the_runtime_does_not_do_is_a_fault_that_says_who_does(tmp_path, work, words):
    events, _ = played(tmp_path, StartWork(ref=REF, work=work))
    assert isinstance(events[0], WorkReported)
    assert events[0].report.state is PodState.FAILED
    assert words in events[0].report.fault


def test_a_fault_of_the_runtime_is_reported_in_its_words(tmp_path: Path):
    runtime = TinyRuntime(World())
    runtime.fail_start = RuntimeFault("no sandbox")
    events, _ = played(tmp_path, StartWork(ref=REF, work=POD), runtime=runtime)
    assert events[0].report.fault == "no sandbox"


def test_a_stop_that_fails_is_told_to_the_log_and_the_lane_goes_on(tmp_path: Path):
    class Stubborn(TinyRuntime):
        async def stop(self, ref, grace):
            raise OSError("cannot")

    world = World()
    _, bench = played(
        tmp_path,
        StopWork(ref=REF, reason="stop"),
        ReleaseWork(ref=REF),
        runtime=Stubborn(world),
    )
    assert "OSError: cannot" in bench.told[0]
    assert world.calls == [("release", "w-a.1")]


def test_so_many_calls_at_once_and_no_more(tmp_path: Path):
    now, most = 0, 0

    class Counting(TinyRuntime):
        async def start(self, ref, work):
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    refs = [
        WorkRef(run_id=RUN, node_name=f"w.{i}", node_id=f"w-{i}", attempt=1, pod_name="p")
        for i in range(200)
    ]
    played(tmp_path, *(StartWork(ref=r, work=POD) for r in refs), runtime=Counting(World()))
    assert most == 32


def test_questions_are_answered_from_what_was_given(tmp_path: Path):
    config_maps = {"cm": {"kind": "ConfigMap", "data": {"a": 1}}, "cache": {"data": {"k": "given"}}}
    (tmp_path / "x").mkdir()
    asks = (
        SaveCache(subject="cache/other", entry="kept"),
        Ask(question="1", kind="config-map", subject="cm/a"),
        Ask(question="2", kind="config-map", subject="none/a"),
        Ask(question="3", kind="cache", subject="cache/k"),
        Ask(question="4", kind="cache", subject="cache/other"),
        Ask(question="5", kind="cache", subject="none/k"),
        Ask(question="6", kind="riddle", subject="?"),
    )
    events, bench = played(tmp_path, *asks, config_maps=config_maps)
    assert sorted(events, key=lambda event: event.question) == [
        Answered(question="1", values={"labels": "{}", "value": "1"}),
        Answered(question="2", values=None),
        Answered(question="3", values={"k": "given"}),
        Answered(question="4", values={"other": "kept"}),
        Answered(question="5", values=None),
        Answered(question="6", values=None),
    ]
    assert "riddle" in bench.told[0]


def test_locks_are_granted_through_the_inbox(tmp_path: Path):
    events, _ = played(
        tmp_path,
        AcquireLock(node_name="w.a", locks=("ns/Mutex/m",)),
        AcquireLock(node_name="w.b", locks=("ns/Mutex/n",)),
    )
    assert [event.node_name for event in events] == ["w.a", "w.b"]


def test_a_delayed_release_waits_for_its_time_but_not_beyond_the_end(tmp_path: Path):
    async def play():
        bench = Bench(tmp_path)
        await bench.do(ReleaseWork(ref=REF, delay=5.0))
        await until(lambda: bench.world.calls, "the release")
        assert bench.clock.now() == 5.0
        bench.world.calls.clear()
        await bench.do(ReleaseWork(ref=REF, delay=500.0))
        await bench.dispatch.settle(5)
        assert bench.world.calls == [("release", "w-a.1")]
        assert bench.clock.now() == 5.0
        await bench.dispatch.close()

    asyncio.run(play())


def test_settling_gives_up_on_a_call_that_hangs(tmp_path: Path):
    class Hanging(TinyRuntime):
        async def stop(self, ref, grace):
            await asyncio.Event().wait()

    async def play():
        bench = Bench(tmp_path, Hanging(World()))
        bench.dispatch.carry_out(StopWork(ref=REF, reason="stop"))
        await bench.dispatch.settle(0.05)
        assert bench.told == ["1 calls into the runtime did not return"]
        await bench.dispatch.close()

    asyncio.run(play())


# -- clock, timers, inbox ---


def test_every_time_asked_for_fires_once_in_order():
    async def play():
        clock, fired = VirtualClock(), []
        timers = Timers(clock, fired.append)
        for at in (30.0, 10.0, 20.0, 10.0):
            timers.set(at)
        await until(lambda: len(fired) == 3, "three timers")
        assert fired == [10.0, 20.0, 30.0]

    asyncio.run(play())


def test_the_real_clock_calls_when_it_is_time_and_not_when_called_off():
    async def play():
        clock, called = RealClock(), []
        clock.call_at(clock.now() - 5, lambda: called.append("past"))
        clock.call_at(clock.now() + 0.02, lambda: called.append("soon"))
        clock.call_at(clock.now() + 0.01, lambda: called.append("never"))()
        await until(lambda: len(called) == 2, "two calls")
        assert called == ["past", "soon"]

    asyncio.run(play())


def test_the_virtual_clock_stands_still_while_somebody_is_busy():
    async def play():
        clock, busy = VirtualClock(), [True]
        clock.busy.append(lambda: busy[0])
        woken = asyncio.create_task(clock.sleep_until(100.0))
        for _ in range(200):
            await asyncio.sleep(0)
        assert clock.now() == 0.0
        busy[0] = False
        await woken
        assert clock.now() == 100.0

    asyncio.run(play())


def test_an_alarm_called_off_does_not_move_the_virtual_clock():
    async def play():
        clock, called = VirtualClock(), []
        clock.call_at(50.0, lambda: called.append(50))()
        clock.after(10.0, lambda: called.append(10))
        await until(lambda: called, "the alarm")
        for _ in range(100):
            await asyncio.sleep(0)
        assert (called, clock.now()) == ([10], 10.0)

    asyncio.run(play())


def test_the_inbox_takes_events_from_every_thread_in_the_order_of_each():
    async def play():
        inbox = Inbox()

        def speak(number: int) -> None:
            for index in range(200):
                inbox.put(TimerFired(at=number * 1000.0 + index))

        threads = [threading.Thread(target=speak, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        seen: list[float] = []
        while len(seen) < 800:
            seen += [item.event.at for item in await asyncio.wait_for(inbox.take(64), 60)]
        for number in range(4):
            own = [at for at in seen if number * 1000 <= at < number * 1000 + 1000]
            assert own == sorted(own)
        for thread in threads:
            thread.join()

    asyncio.run(play())


# -- feed ---


def node(name: str, kind: NodeType = NodeType.POD, boundary: str = "") -> Node:
    return Node(
        name=name,
        id=f"id-{name}",
        display_name=name,
        type=kind,
        phase=NodePhase.RUNNING,
        boundary_id=boundary,
    )


def record(seq: int, *changes: Any, size: int = 10) -> Record:
    line = f"{seq}".encode().ljust(size, b".") + b"\n"
    return Record(seq=seq, at=float(seq), cause="", changes=changes, line=line)


def feed_of(state: RunState, outlook: Any = lambda names: {}, catch_up: Any = None) -> Feed:
    return Feed(seq=0, at=0.0, state=lambda: state, outlook=outlook, catch_up=catch_up)


def test_a_reader_gets_what_it_missed_in_one_parcel():
    async def play():
        feed, reader = feed_of(RunState()), Reader(seq=0)
        feed.publish([record(1)])
        feed.publish([record(2), record(3)])
        parcel = await feed.after(reader)
        assert parcel is not None
        assert (parcel.seq, len(parcel.lines)) == (3, 3)
        waiting = asyncio.create_task(feed.after(reader))
        await asyncio.sleep(0)
        assert not waiting.done()
        feed.publish([record(4)])
        assert (await waiting).seq == 4
        feed.end()
        assert await feed.after(reader) is None

    asyncio.run(play())


def test_a_reader_far_behind_is_served_from_the_journal():
    async def play():
        asked = []

        def catch_up(after: int, limit: int) -> list[bytes]:
            asked.append(after)
            return [record(after + 1).line]

        feed, reader = feed_of(RunState(), catch_up=catch_up), Reader(seq=0)
        for seq in range(1, 8):
            feed.publish([record(seq, size=600_000)])
        seqs = []
        while reader.seq < 7:
            parcel = await feed.after(reader)
            assert parcel is not None
            seqs.append(parcel.seq)
        assert asked == [0, 1, 2, 3]  # about 2 MiB are kept
        assert seqs == [1, 2, 3, 4, 6, 7]  # and at most about 1 MiB is handed out

    asyncio.run(play())


def test_the_outlook_is_made_for_what_changed_and_only_if_somebody_reads():
    async def play():
        state, asked = RunState(), []
        rows = (Planned(name="w.b", display_name="b", parent="w"),)

        def outlook(names):
            asked.append(list(names))
            return {name: rows for name in names if name == "w"}

        feed = feed_of(state, outlook)
        for change in (
            NodeCreated(node=node("w", NodeType.STEPS)),
            NodeCreated(node=node("w.a", boundary="id-w")),
            NodePatched(name="w.a", fields={"message": "dull"}),
        ):
            apply(state, change)
            feed.publish([record(feed.seq + 1, change)])
        assert asked == []
        reader = Reader(seq=0)
        parcel = await feed.after(reader)
        assert parcel is not None
        assert parcel.outlook == {"w": rows}
        assert asked == [["", "w"]]  # "": the run itself
        rows = ()
        change = NodePatched(name="w.a", fields={"phase": NodePhase.SUCCEEDED})
        apply(state, change)
        feed.publish([record(4, change)])
        first = await feed.after(reader)
        assert first is not None
        if not first.outlook:  # too soon after the last: it comes by itself
            first = await asyncio.wait_for(feed.after(reader), 60)
        assert first is not None
        assert first.outlook == {"w": ()}
        assert feed.outlook_now() == {}

    asyncio.run(play())


def test_a_copy_of_the_state_is_ones_own():
    state = RunState()
    apply(state, NodeCreated(node=node("w")))
    mine = own_copy(state)
    assert mine == state
    mine.nodes["w"].message = "x"
    mine.run.extra["y"] = 1
    assert state.nodes["w"].message == ""
    assert state.run.extra == {}


def test_set_timer_becomes_an_event(tmp_path: Path):
    async def play():
        bench = Bench(tmp_path)
        await bench.do(SetTimer(at=7.0))
        await until(lambda: bench.events, "the timer")
        assert bench.events == [TimerFired(at=7.0)]
        await bench.dispatch.close()

    asyncio.run(play())
