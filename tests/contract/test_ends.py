"""How containers end: by themselves, by a signal, by force, and with each other. Argo: 1.6, 3.4."""

from __future__ import annotations

from argotui.model.work import PodState, PodWork
from tests.contract.house import LOCAL, REAL, container, contract, pod

WORK = {"name": "work", "mountPath": "/data"}
EMPTY = {"name": "work", "emptyDir": {}}
UP = "until [ -s /data/up ]; do sleep 0.1; done; sleep 0.3"  # what another says when it is so far
DEAF = "echo > /data/up; while :; do sleep 0.1; done"


def states(report):
    return {each.name: each for each in report.containers}


def beside(main, side):
    """A main and a sidecar that share /data."""
    both = container(main, volumeMounts=[WORK]), container(side, "side", volumeMounts=[WORK])
    work = pod(*both, volumes=[EMPTY], terminationGracePeriodSeconds=5)
    return PodWork(pod=work, capture_result=True)


def in_order(*containers, order):
    names = tuple(each["name"] for each in containers)
    order = {name: order.get(name, ()) for name in names}
    spec = pod(*containers, volumes=[EMPTY], terminationGracePeriodSeconds=2)
    return PodWork(pod=spec, mains=names, order=order)


@contract(*REAL)
async def test_a_sidecar_that_ends_by_itself_is_over(house):
    main = f"{UP}; sleep 2; cat /data/up"  # time to be started again, if it were
    report = await house.run(beside(main, "echo once >> /data/up"))
    found = states(report)["side"]
    assert (report.state, found.exit_code, found.reason) == (PodState.SUCCEEDED, 0, "Completed")
    assert report.result == "once"


@contract(*REAL)
async def test_a_sidecar_that_fails_by_itself_fails_the_pod_when_the_mains_have_ended(house):
    report = await house.run(beside(f"{UP}; echo done", "echo > /data/up; exit 3"))
    found = states(report)
    assert (report.state, report.result) == (PodState.FAILED, "done")
    assert (found["main"].exit_code, found["side"].exit_code) == (0, 3)


@contract(*REAL)
async def test_how_a_sidecar_answers_when_it_is_ended_counts(house):
    answers = {"trap 'exit 0' TERM": 0, "trap 'exit 5' TERM": 5, ":": 143}
    works = [beside(UP, f"{each}; echo > /data/up; sleep 1000 & wait") for each in answers]
    for code, report in zip(answers.values(), await house.run_all(*works), strict=True):
        wanted = PodState.FAILED if code == 5 else PodState.SUCCEEDED
        assert (report.state, states(report)["side"].exit_code) == (wanted, code)


@contract(*REAL)
async def test_the_command_of_a_sidecar_that_is_not_there_is_told_in_argos_words(house):
    side = {"name": "side", "image": "busybox:1.37", "command": ["nope"]}
    report = await house.run(PodWork(pod=pod(side, container("sleep 1"))))  # begun in this order
    found = states(report)["side"]
    assert (report.state, found.exit_code) == (PodState.FAILED, 64)
    assert found.message == (
        'failed to find name in PATH: exec: "nope": executable file not found in $PATH'
    )


@contract(*REAL)
async def test_a_main_that_fails_takes_the_others_with_it(house):
    report = await house.run(
        in_order(
            container(f"{UP}; exit 3", "bad", volumeMounts=[WORK]),
            container("true", "dep"),
            container("exec sleep 100", "slow"),
            container("true", "after"),
            container(f"trap '' TERM; {DEAF}", "deaf", volumeMounts=[WORK]),
            order={"dep": ("bad",), "after": ("slow",)},
        )
    )
    found = states(report)
    assert {name: each.exit_code for name, each in found.items()} == {
        "bad": 3,
        "dep": 64,
        "slow": 143,
        "after": 143,
        "deaf": 137,
    }
    assert report.state is PodState.FAILED


@contract(*REAL)
async def test_a_set_without_order_ends_alike(house):
    nope = {"name": "bad", "image": "busybox:1.37", "command": ["nope"]}
    report = await house.run(in_order(nope, container("sleep 100; echo no", "slow"), order={}))
    found = states(report)
    assert (found["bad"].exit_code, found["slow"].exit_code) == (64, 143)
    assert found["bad"].message == (
        'failed to find name in PATH: exec: "nope": executable file not found in $PATH'
    )


@contract("kubernetes")
async def test_who_depends_on_a_container_that_was_killed_whole_does_not_wait_for_ever(house):
    """It wrote no exit code: here the kubelet kills it, as a cgroup does for want of memory."""
    probe = {
        "exec": {"command": ["false"]},
        "initialDelaySeconds": 2,
        "periodSeconds": 1,
        "failureThreshold": 1,
        "terminationGracePeriodSeconds": 1,
    }
    deaf = "trap '' TERM; while :; do sleep 1; done"
    nope = {"name": "bad", "image": "busybox:1.37", "command": ["bash", "-c", "true"]}
    bads = container(deaf, "bad", livenessProbe=probe), nope
    dep = container("echo never", "dep")
    works = [in_order(bad, dep, order={"dep": ("bad",)}) for bad in bads]
    for code, report in zip((137, 64), await house.run_all(*works), strict=True):
        found = states(report)
        assert report.state is PodState.FAILED
        assert (found["bad"].exit_code, found["dep"].exit_code) == (code, 143)


@contract(*REAL)
async def test_a_signal_ends_a_command_also_where_nobody_wants_its_outputs(house):
    killed = await house.run(PodWork(pod=pod(container("kill $$$$; sleep 1; echo no"))))
    assert (killed.state, killed.containers[0].exit_code) == (PodState.FAILED, 143)
    ref = await house.start(PodWork(pod=pod(container("echo up; sleep 100; echo no"))))
    await house.said(ref, "up")
    await house.runtime.stop(ref, 30.0)
    assert (await house.ended(ref)).containers[0].exit_code == 143


@contract(*LOCAL)
async def test_a_failing_sidecar_and_a_failing_main_are_both_told(house):
    found = states(await house.run(beside(f"{UP}; exit 4", "echo > /data/up; exit 3")))
    assert (found["main"].exit_code, found["side"].exit_code) == (4, 3)
