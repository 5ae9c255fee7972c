"""Drivers and supervisors that are killed: what goes on, and what is told of the rest."""

from __future__ import annotations

import os
import signal

from argotui.model.work import PodState
from tests.contract.house import LOCAL, WAIT, contract, processes_with, shell


def supervisors(house):
    ours = processes_with(str(house.folder))
    return [pid for pid in processes_with("argotui.runtimes.local.supervisor") if pid in ours]


async def drop(house):
    """What is left of a driver that was killed: nothing but its end of the line, shut."""
    link = house.runtime._link
    house.runtime._link = None
    house.runtime = None
    await link.close()
    house.seen.clear()


async def kill_supervisor(house):
    (pid,) = supervisors(house)
    os.kill(pid, signal.SIGKILL)
    await house.until(lambda: pid not in supervisors(house), "it is gone")


@contract(*LOCAL)
async def test_work_goes_on_without_a_driver_and_the_next_one_sees_its_end(house):
    ref = await house.start(house.gated(f"echo up; {WAIT}; echo done"))
    await house.said(ref, "up")
    await drop(house)
    await house.open()
    assert house.last(ref).state is PodState.RUNNING
    await house.let_go()
    assert (await house.ended(ref)).result == "up\ndone"
    assert len(supervisors(house)) == 1


@contract(*LOCAL)
async def test_what_ended_without_a_driver_is_told_to_the_next_one(house):
    ref = await house.start(shell("echo up; sleep 0.2; echo done; exit 3"))
    await house.said(ref, "up")
    await drop(house)
    await house.until(lambda: not supervisors(house), "nobody left")
    await house.open()
    report = house.last(ref)
    assert (report.state, report.result) == (PodState.FAILED, "up\ndone")
    assert report.containers[0].exit_code == 3
    assert (await house.run(shell("echo next"))).result == "next"


@contract(*LOCAL)
async def test_a_new_driver_can_stop_what_an_old_one_started(house):
    ref = await house.start(shell("echo up; exec sleep 100"))
    await house.said(ref, "up")
    await drop(house)
    await house.open()
    await house.runtime.stop(ref, 5.0)
    assert (await house.ended(ref)).containers[0].exit_code == 143


@contract(*LOCAL)
async def test_work_that_lost_its_supervisor_is_gone_and_really_gone(house):
    mark = f"8{os.getpid()}{id(house) % 10**6}"
    ref = await house.start(shell(f"echo up; sleep {mark}; sleep {mark}"))
    done = await house.start(shell("echo done"))
    await house.said(ref, "up")
    await house.ended(done)
    await kill_supervisor(house)
    assert (await house.ended(ref)).state is PodState.GONE
    await house.until(lambda: not processes_with(mark), "nothing left of it")
    assert (await house.run(shell("echo again"))).result == "again"
    assert house.last(done).state is PodState.SUCCEEDED


@contract(*LOCAL)
async def test_driver_and_supervisor_killed_leave_facts(house):
    mark = f"9{os.getpid()}{id(house) % 10**6}"
    ref = await house.start(shell(f"echo up; sleep {mark}"))
    await house.said(ref, "up")
    done = await house.start(shell("exit 5"))
    await house.ended(done)
    await drop(house)
    await kill_supervisor(house)
    await house.open()
    assert house.last(ref).state is PodState.GONE
    assert house.last(done).containers[0].exit_code == 5
    await house.until(lambda: not processes_with(mark), "nothing left of it")


@contract(*LOCAL)
async def test_leaving_keeps_the_work_and_coming_back_finds_it(house):
    ref = await house.start(shell("echo up; exec sleep 100"))
    await house.said(ref, "up")
    await house.runtime.close(keep_running=True)
    house.seen.clear()
    await house.open()
    assert house.last(ref).state is PodState.RUNNING


@contract(*LOCAL)
async def test_a_supervisor_that_nobody_needs_goes_home(house):
    await house.run(shell("true"))
    await house.runtime.close(keep_running=True)
    house.runtime = None
    await house.until(lambda: not supervisors(house), "nobody left")


@contract(*LOCAL)
async def test_a_folder_with_a_long_name_is_no_obstacle(house):
    await house.runtime.close()
    house.folder = house.folder / ("x" * 100) / ("y" * 100)
    house.folder.mkdir(parents=True)
    await house.open()
    ref = await house.start(shell("echo up; exec sleep 100"))
    await house.said(ref, "up")
    await drop(house)
    await house.open()
    assert house.last(ref).state is PodState.RUNNING
