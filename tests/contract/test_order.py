"""What every runtime tells of work, and in which order."""

from __future__ import annotations

from argotui.model.work import CollectedFile, HttpWork, PodState, PodWork
from tests.contract.house import REAL, container, contract, pod, shell

ALL = ("fake", *REAL)


@contract(*ALL)
async def test_work_is_seen_running_and_then_ended_once(house):
    ref = await house.start(shell("exit 0"))
    await house.ended(ref)
    states = [report.state for report in house.reports(ref)]
    assert states[-1] is PodState.SUCCEEDED
    assert [state for state in states if state.has_ended] == [PodState.SUCCEEDED]
    assert PodState.RUNNING in states
    order = [PodState.PENDING, PodState.RUNNING, PodState.SUCCEEDED]
    assert states == sorted(states, key=order.index)


@contract(*ALL)
async def test_asking_twice_does_it_once(house):
    ref = house.ref()
    work = shell("echo once")
    await house.runtime.start(ref, work)
    await house.runtime.start(ref, work)
    await house.ended(ref)
    await house.runtime.start(ref, work)
    other = await house.start(shell("exit 0"))
    await house.ended(other)
    assert sum(report.state.has_ended for report in house.reports(ref)) == 1
    if house.kind != "fake":
        assert [line.text for line in house.lines(ref)] == [b"once"]


@contract(*ALL)
async def test_the_end_comes_complete(house):
    work = shell("printf made > out; pwd", collect=[{"name": "p", "path": "/no", "default": "d"}])
    report = await house.run(work)
    assert dict(report.parameters) == {"p": "d"}
    assert report.result is not None
    (main,) = report.containers
    assert (main.name, main.kind, main.state, main.exit_code) == ("main", "main", "terminated", 0)
    assert report.started_at <= main.started_at <= main.finished_at <= report.finished_at


@contract(*ALL)
async def test_a_result_is_captured_only_when_asked_for(house):
    assert (await house.run(shell("echo x", capture_result=False))).result is None


@contract(*ALL)
async def test_stopping_what_is_unknown_or_over_is_no_error(house):
    await house.runtime.stop(house.ref(), 1.0)
    ref = await house.start(shell("exit 0"))
    await house.ended(ref)
    await house.runtime.stop(ref, 1.0)
    await house.runtime.release(ref)
    await house.runtime.release(ref)


@contract(*ALL)
async def test_a_daemon_is_up_when_all_its_containers_are_ready(house):
    ref = await house.start(
        PodWork(pod=pod(container("exec sleep 100", image="debian")), daemon=True)
    )
    await house.until(
        lambda: (r := house.last(ref)) and r.containers and r.containers[0].ready, "ready"
    )
    up = house.last(ref)
    assert (up.state, bool(up.pod_ip)) == (PodState.RUNNING, True)
    await house.runtime.stop(ref, 5.0)
    ended = await house.ended(ref)
    assert (ended.state, ended.containers[0].exit_code) == (PodState.FAILED, 143)


@contract(*ALL)
async def test_a_new_driver_is_told_of_what_has_ended(house):
    ref = await house.start(shell("echo kept"))
    before = await house.ended(ref)
    await house.runtime.close(keep_running=True)
    house.seen.clear()
    await house.open()
    assert house.last(ref) == before


@contract(*REAL)
async def test_work_of_another_kind_is_a_fault_and_no_exception(house):
    report = await house.run(HttpWork(url="http://127.0.0.1/"))
    assert report.state is PodState.FAILED
    assert "HttpWork" in report.fault


@contract("fake")
async def test_the_fake_misses_what_its_script_says(house):
    from argotui.runtimes.fake import Scripted

    house.runtime._script = {"*step1": Scripted(missing=("p",), exit_codes={"main": 3})}
    report = await house.run(
        PodWork(
            pod=pod(container("x")), collect=(CollectedFile(name="p", container="main", path="/p"),)
        )
    )
    assert report.containers[0].exit_code == 3
    assert report.collect_errors == (
        "open /var/run/argo/outputs/parameters/p: no such file or directory",
    )
