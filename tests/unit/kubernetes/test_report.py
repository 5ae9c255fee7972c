"""From pods as API servers have them to facts."""

from __future__ import annotations

import pytest

from argotui.model.work import CollectedFile, PodState
from argotui.runtimes.kubernetes.draft import Plan
from argotui.runtimes.kubernetes.report import has_lost_a_main, report_of, settled, waits_for
from argotui.runtimes.kubernetes.unwrapped import asks, notes_of

PLAN = Plan(mains=("main",))
T0, T1 = "2026-11-23T19:09:35Z", "2026-11-23T19:09:37Z"


def ended(code=0, *, name="main", reason="", message=""):
    state = {"exitCode": code, "startedAt": T0, "finishedAt": T1, "containerID": "c://1"}
    state |= {"reason": reason or ("Error" if code else "Completed"), "message": message}
    return {"name": name, "state": {"terminated": state}}


def running(name="main", ready=True):
    return {"name": name, "ready": ready, "state": {"running": {"startedAt": T0}}}


def waiting(reason, message="", name="main"):
    return {"name": name, "state": {"waiting": {"reason": reason, "message": message}}}


def pod(phase, *statuses, init=(), **status):
    names = [each["name"] for each in statuses] or ["main"]
    return {
        "metadata": {"name": "p", "uid": "u", "resourceVersion": "5"},
        "spec": {
            "nodeName": "n1",
            "containers": [{"name": name} for name in names],
            "initContainers": [{"name": each["name"]} for each in init],
        },
        "status": {
            "phase": phase,
            "startTime": T0,
            "podIP": "10.0.0.1",
            "containerStatuses": list(statuses),
            "initContainerStatuses": list(init),
            **status,
        },
    }


def test_a_pod_that_succeeded():
    report = report_of(pod("Succeeded", ended()), PLAN)
    (main,) = report.containers
    assert (report.state, report.pod_ip, report.host_node_name) == (
        PodState.SUCCEEDED, "10.0.0.1", "n1",
    )  # fmt: skip
    assert (main.kind, main.state, main.exit_code, main.finished_at - main.started_at) == (
        "main", "terminated", 0, 2.0,
    )  # fmt: skip


def test_reasons_of_pod_and_container_are_kept():
    words = "Pod was active on the node longer than the specified deadline"
    late = report_of(pod("Failed", ended(137), reason="DeadlineExceeded", message=words), PLAN)
    assert (late.reason, late.message) == ("DeadlineExceeded", words)
    evicted = report_of(pod("Failed", reason="Evicted", message="low on memory"), PLAN)
    assert (evicted.state, evicted.reason) == (PodState.FAILED, "Evicted")
    killed = report_of(pod("Failed", ended(137, reason="OOMKilled")), PLAN)
    assert killed.containers[0].reason == "OOMKilled"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (pod("Pending", waiting("ContainerCreating")), ""),
        (pod("Pending", waiting("ImagePullBackOff", "Back-off")), "ImagePullBackOff: Back-off"),
        (
            pod(
                "Pending",
                conditions=[
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "reason": "Unschedulable",
                        "message": "0/1 nodes are available",
                    }
                ],
            ),
            "Unschedulable: 0/1 nodes are available",
        ),
        (
            pod("Pending", waiting("PodInitializing"), init=[waiting("ErrImagePull", "no", "i")]),
            "ErrImagePull: no",
        ),
    ],
)
def test_why_a_pod_waits(found, words):
    assert waits_for(found) == words
    assert report_of(found, PLAN).waits_for == words


def test_the_end_is_known_as_soon_as_all_containers_have_ended():
    assert settled(pod("Pending", ended(3)))["status"]["phase"] == "Failed"
    assert settled(pod("Running", ended(0)))["status"]["phase"] == "Succeeded"
    assert settled(pod("Running", ended(137, reason="OOMKilled")))["status"]["phase"] == "Failed"


def test_the_end_is_waited_for_where_only_the_pod_knows_why():
    assert settled(pod("Running", ended(137))) is None
    assert settled(pod("Running", ended(), running("other"))) is None
    leaving = pod("Running", ended())
    leaving["metadata"]["deletionTimestamp"] = T1
    assert settled(leaving) is None
    assert settled(leaving, gone=True)["status"]["phase"] == "Succeeded"
    assert settled(pod("Running", running()), gone=True) is None


def test_containers_are_told_apart():
    plan = Plan(mains=("main",), sidecars=("side",), own=("argotui-tools",))
    found = pod(
        "Running",
        running(),
        init=[ended(name="argotui-tools"), ended(name="ini"), running("side")],
    )
    found["spec"]["initContainers"][2]["restartPolicy"] = "Always"
    kinds = {each.name: each.kind for each in report_of(found, plan).containers}
    assert kinds == {"ini": "init", "side": "sidecar", "main": "main"}


def test_outputs_come_out_of_the_last_words():
    plan = Plan(mains=("main",), shimmed=("main",), capture_result=True)
    report = report_of(pod("Succeeded", ended(message="argotui1b c=0 r=+aGkK m=+bWU=")), plan)
    assert (report.result, report.containers[0].message) == ("hi", "me")
    lost = report_of(pod("Succeeded", ended(message="argotui1b c=0 r=+aG")), plan)
    assert (lost.state, bool(lost.collect_errors)) == (PodState.FAILED, True)
    assert lost.containers[0].message == ""
    early = report_of(pod("Running", running()), plan)
    assert early.collect_errors == ()


def test_a_program_that_is_not_there_is_told_in_argos_words():
    words = (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
        'runc create failed: unable to start container process: exec: "nope": executable file not '
        "found in $PATH: unknown"
    )
    (main,) = report_of(
        pod("Failed", ended(128, reason="StartError", message=words)), PLAN
    ).containers
    assert (main.exit_code, main.reason) == (64, "Error")
    assert main.message == (
        'failed to find name in PATH: exec: "nope": executable file not found in $PATH'
    )


def test_a_users_words_that_look_like_ours_are_no_outputs_of_an_unwrapped_pod():
    report = report_of(pod("Succeeded", ended(message="argotui1b c=0 r=+aGkK")), PLAN)
    assert report.result is None


def beside_of(message, code=0):
    return ended(code, name="argotui-beside", message=message)


def unwrapped_pod(*mains, beside=None, phase="Succeeded"):
    return pod(phase, *mains, init=[beside] if beside else ())


WANTED = CollectedFile(name="p", container="main", path="/tmp/p", default="d")
BESIDE = Plan(
    mains=("main",),
    own=("argotui-beside",),
    shimmed=("argotui-beside",),
    collect=(WANTED,),
    beside="argotui-beside",
)


def test_a_sidecar_of_ours_speaks_for_main():
    said = "argotui1b c=0 0=+aGk= p=+MS8y"
    main = ended(3, message="own words")
    found = report_of(unwrapped_pod(main, beside=beside_of(said), phase="Failed"), BESIDE)
    assert (found.state, found.parameters, found.progress) == (PodState.FAILED, {"p": "hi"}, "1/2")
    (only,) = found.containers
    assert (only.name, only.exit_code, only.message) == ("main", 3, "own words")
    missing = report_of(unwrapped_pod(ended(), beside=beside_of("argotui1b c=0 0=-")), BESIDE)
    assert missing.parameters == {"p": "d"}


def test_a_sidecar_that_said_nothing_is_an_error_unless_main_failed_or_never_ran():
    killed = beside_of("", code=137)
    assert "damaged" in report_of(unwrapped_pod(ended(), beside=killed), BESIDE).collect_errors[0]
    failed = report_of(unwrapped_pod(ended(1), beside=killed, phase="Failed"), BESIDE)
    assert (failed.collect_errors, failed.containers[0].exit_code) == ((), 1)
    never = ended(128, reason="StartError", message='exec: "x": permission denied')
    never["state"]["terminated"]["startedAt"] = "1970-01-01T00:00:00Z"
    said = beside_of("argotui1b c=0 0=?")
    found = report_of(unwrapped_pod(never, beside=said, phase="Failed"), BESIDE)
    assert (found.collect_errors, found.containers[0].exit_code) == ((), 64)


def test_a_log_is_a_result_if_it_came_whole():
    plan = Plan(mains=("main",), capture_result=True, result_is_log=True)
    whole = report_of(pod("Failed", ended(2)), plan, {"l": b"a\nb\n"})
    assert (whole.result, whole.collect_errors) == ("a\nb", ())
    (error,) = report_of(pod("Succeeded", ended()), plan).collect_errors
    assert "could not be read whole" in error
    assert notes_of(plan, {"l": b""})
    assert not notes_of(plan, {"r": b""})


def test_a_sidecar_of_ours_is_heard_when_only_it_is_left():
    init = [running("argotui-beside")]
    for mains, wanted in (
        ([running()], False),
        ([ended()], True),
        ([running("o"), ended()], False),
    ):
        assert asks("argotui-beside", BESIDE, pod("Running", *mains, init=init)) is wanted
    assert not asks("main", BESIDE, pod("Running", ended()))


def test_a_sidecar_of_the_users_that_fails_fails_the_pod_unless_it_was_killed():
    plan = Plan(mains=("main",), sidecars=("side",))
    for code, state in ((0, "Succeeded"), (137, "Succeeded"), (143, "Succeeded"), (3, "Failed")):
        found = pod("Succeeded", ended(), init=[ended(code, name="side")])
        assert report_of(found, plan).state is PodState(state)
    native = pod("Succeeded", ended(), init=[ended(3, name="native")])
    assert report_of(native, plan).state is PodState.SUCCEEDED
    up = pod("Running", running(), init=[ended(3, name="side")])
    assert report_of(up, plan).state is PodState.RUNNING


@pytest.mark.parametrize(
    ("statuses", "lost"),
    [
        ((ended(137, name="a"), running("b")), True),
        ((ended(1, name="a"), waiting("ImagePullBackOff", name="b")), True),
        ((ended(1, name="a"),), True),
        ((ended(0, name="a"), running("b")), False),
        ((running("a"), running("b")), False),
        ((ended(1, name="a"), ended(0, name="b")), False),
        ((ended(1, name="other"), running("a"), running("b")), False),
    ],
)
def test_a_main_that_failed_while_others_go_on_is_seen(statuses, lost):
    found = pod("Running", *statuses)
    assert has_lost_a_main(found, Plan(mains=("a", "b"))) == lost
    found["metadata"]["deletionTimestamp"] = T1
    assert not has_lost_a_main(found, Plan(mains=("a", "b")))
