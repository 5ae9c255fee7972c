"""The table pod -> node phase of Argo: 1.6; messages as recorded from a real controller."""

from __future__ import annotations

from typing import Any

import pytest

from argotui.model.status import NodePhase
from argotui.model.work import ContainerState, PodState, PodWork, Report
from argotui.pods import ContainerJudgement, Judgement, build_pod, build_resource, judge
from tests.unit.pods.podmaking import make_request, make_template

PLAIN = {"container": {"image": "i"}}
SET = {
    "containerSet": {
        "containers": [
            {"name": "bad"},
            {"name": "dep", "dependencies": ["bad"]},
            {"name": "free"},
        ]
    }
}
LOST = 'failed to find name in PATH: exec: "x": executable file not found in $PATH'


def ended(name: str = "main", code: int | None = 0, **given: Any) -> ContainerState:
    return ContainerState(name=name, state="terminated", exit_code=code, **given)


def running(name: str = "main", **given: Any) -> ContainerState:
    return ContainerState(name=name, state="running", **given)


def waiting(name: str = "main", **given: Any) -> ContainerState:
    return ContainerState(name=name, state="waiting", **given)


def work_of(template: dict[str, Any], **given: Any) -> PodWork:
    return build_pod(make_request(template, **given))


def judged(
    state: PodState,
    *containers: ContainerState,
    template: dict[str, Any] = PLAIN,
    daemoned: bool = False,
    capture: bool = False,
    **given: Any,
) -> Judgement:
    return judge(
        Report(state=state, containers=containers, **given),
        work=work_of(template, capture_result=capture),
        template=make_template(template),
        daemoned=daemoned,
    )


def failed(*containers: ContainerState, **given: Any) -> tuple[str, str]:
    judgement = judged(PodState.FAILED, *containers, **given)
    return judgement.phase.value, judgement.message


@pytest.mark.parametrize(
    ("given", "containers", "message"),
    [
        ({}, [], ""),
        ({}, [waiting(reason="PodInitializing")], "PodInitializing"),
        (
            {},
            [waiting(reason="ImagePullBackOff", message="Back-off pulling image")],
            "ImagePullBackOff: Back-off pulling image",
        ),
        (
            {"reason": "Unschedulable", "message": "0/1 nodes are available"},
            [waiting(reason="PodInitializing")],
            "Unschedulable: 0/1 nodes are available",
        ),
        ({"waits_for": "a free place"}, [], ""),
    ],
)
def test_a_pending_pod_says_what_kubernetes_says(
    given: dict[str, Any], containers: list[ContainerState], message: str
) -> None:
    judgement = judged(PodState.PENDING, *containers, **given)
    assert judgement == Judgement(phase=NodePhase.PENDING, message=message)


def test_a_running_pod() -> None:
    assert judged(PodState.RUNNING, running()) == Judgement(phase=NodePhase.RUNNING)


def test_a_pod_that_succeeded() -> None:
    judgement = judged(PodState.SUCCEEDED, ended())
    assert judgement == Judgement(phase=NodePhase.SUCCEEDED, outputs={"exitCode": "0"})


@pytest.mark.parametrize(
    ("containers", "phase", "message"),
    [
        ([ended(code=2)], "Failed", "main: Error (exit code 2)"),
        ([ended(code=2, reason="Error")], "Failed", "main: Error (exit code 2)"),
        ([ended(code=137, reason="OOMKilled")], "Failed", "main: OOMKilled (exit code 137)"),
        ([ended(code=64, message=LOST)], "Failed", f"main: Error (exit code 64): {LOST}"),
        ([ended(code=143)], "Failed", "main: Error (exit code 143)"),
        (
            [ended("ini", 3, kind="init"), waiting(reason="PodInitializing")],
            "Failed",
            "ini: Error (exit code 3)",
        ),
        (
            [ended(code=1), ended("a", 9, kind="sidecar")],
            "Failed",
            "main: Error (exit code 1)",
        ),
        ([ended(), ended("a", 9, kind="sidecar")], "Failed", "a: Error (exit code 9)"),
        ([ended(), ended("a", 137, kind="sidecar")], "Succeeded", ""),
        ([ended(), ended("a", 143, kind="sidecar")], "Succeeded", ""),
        ([ended(), running("a", kind="sidecar")], "Succeeded", ""),
        (
            [ended("ini", kind="init"), waiting(reason="ErrImagePull", message="no such image")],
            "Error",
            "Pod failed before main container starts due to ErrImagePull: no such image",
        ),
        ([running()], "Failed", "Pod failed before main container ended"),
        ([ended(code=None)], "Failed", "Pod failed before main container ended"),
        ([], "Failed", ""),
    ],
)
def test_a_pod_that_failed_names_the_first_reason(
    containers: list[ContainerState], phase: str, message: str
) -> None:
    assert failed(*containers) == (phase, message)


def test_init_containers_are_looked_at_as_they_ran_the_mains_by_name() -> None:
    inits = [ended("z", 1, kind="init"), ended("a", 2, kind="init")]
    assert failed(*inits)[1] == "z: Error (exit code 1)"
    mains = [ended("dep", 64), ended("free"), ended("bad", 3)]
    assert failed(*mains, template=SET)[1] == "bad: Error (exit code 3)"


def test_what_the_pod_itself_says_comes_first() -> None:
    assert failed(ended(code=2), message="The node was low on memory", reason="Evicted") == (
        "Failed",
        "The node was low on memory",
    )


def test_a_deadline_without_words_has_kubernetes_words() -> None:
    words = "Pod was active on the node longer than the specified deadline"
    assert failed(ended(code=143), reason="DeadlineExceeded") == ("Failed", words)


def test_a_pod_that_was_never_seen_has_its_reason() -> None:
    assert failed(reason="NodeLost") == ("Failed", "NodeLost")


MISSING = "open /var/run/argo/outputs/parameters/no/such/file: no such file or directory"


@pytest.mark.parametrize("state", [PodState.SUCCEEDED, PodState.FAILED])
def test_a_parameter_that_cannot_be_collected_turns_a_good_main_into_an_error(
    state: PodState,
) -> None:
    judgement = judged(state, ended(), collect_errors=(MISSING,))
    assert judgement.phase is NodePhase.ERROR
    assert judgement.message == f"wait: Error (exit code 64): {MISSING}"
    assert judgement.outputs == {"exitCode": "0"}


def test_a_failed_main_stays_failed_whatever_was_missing() -> None:
    assert failed(ended(code=5), collect_errors=(MISSING,)) == (
        "Failed",
        "main: Error (exit code 5)",
    )


def test_collecting_comes_before_sidecars() -> None:
    containers = (ended(), ended("a", 9, kind="sidecar"))
    assert failed(*containers, collect_errors=("x", "y")) == (
        "Error",
        "wait: Error (exit code 64): x; y",
    )


def test_staging_errors_are_those_of_argos_init() -> None:
    given = {"stage_errors": ("required artifact 'f' not supplied",)}
    assert failed(waiting(reason="PodInitializing"), **given) == (
        "Error",
        "init: Error (exit code 64): required artifact 'f' not supplied",
    )


def test_a_pod_that_is_gone() -> None:
    assert judged(PodState.GONE) == Judgement(phase=NodePhase.ERROR, message="pod deleted")


@pytest.mark.parametrize("state", PodState)
def test_a_fault_of_the_runtime_is_an_error_in_its_words(state: PodState) -> None:
    judgement = judged(state, fault="no stand-in for image 'x'")
    assert (judgement.phase, judgement.message) == (NodePhase.ERROR, "no stand-in for image 'x'")


DAEMON = {**PLAIN, "daemon": True, "sidecars": [{"name": "s"}]}


@pytest.mark.parametrize(
    ("containers", "up"),
    [
        ([running(ready=True), running("s", kind="sidecar", ready=True)], True),
        ([running(ready=True), running("s", kind="sidecar")], False),
        ([running(), running("s", kind="sidecar", ready=True)], False),
        ([ended("i", kind="init"), running(ready=True)], True),
        ([running(ready=True), waiting("s", kind="sidecar", ready=True)], False),
        ([], False),
    ],
)
def test_a_daemon_is_up_once_all_its_containers_are_ready(
    containers: list[ContainerState], up: bool
) -> None:
    judgement = judged(PodState.RUNNING, *containers, template=DAEMON)
    assert (judgement.phase, judgement.daemoned) == (NodePhase.RUNNING, up)


def test_a_daemon_stays_up_when_it_is_not_ready_for_a_while() -> None:
    assert judged(PodState.RUNNING, running(), template=DAEMON, daemoned=True).daemoned


def test_a_container_that_is_ready_is_no_daemon() -> None:
    assert not judged(PodState.RUNNING, running(ready=True)).daemoned


@pytest.mark.parametrize("state", [PodState.SUCCEEDED, PodState.FAILED])
def test_a_daemon_that_ends_has_failed_even_with_0(state: PodState) -> None:
    judgement = judged(state, ended(), template=DAEMON, daemoned=True)
    assert judgement == Judgement(phase=NodePhase.FAILED, outputs={"exitCode": "0"})


OUTPUTS = {
    **PLAIN,
    "outputs": {
        "parameters": [
            {"name": "o", "valueFrom": {"path": "/o", "default": "d"}, "globalName": "g"},
            {"name": "gone", "valueFrom": {"path": "/gone"}},
            {"name": "literal", "value": "lit", "description": "what for"},
        ]
    },
}


@pytest.mark.parametrize(("state", "code"), [(PodState.SUCCEEDED, 0), (PodState.FAILED, 3)])
def test_outputs_are_saved_even_when_main_failed(state: PodState, code: int) -> None:
    given = {"template": OUTPUTS, "parameters": {"o": "out"}, "result": "hello"}
    judgement = judged(state, ended(code=code), capture=True, **given)
    assert judgement.outputs == {
        "parameters": [
            {
                "name": "o",
                "value": "out",
                "valueFrom": {"path": "/o", "default": "d"},
                "globalName": "g",
            },
            {"name": "literal", "value": "lit", "description": "what for"},
        ],
        "result": "hello",
        "exitCode": str(code),
    }


def test_a_result_nobody_asked_for_is_not_there() -> None:
    assert "result" not in judged(PodState.SUCCEEDED, ended(), result="hello").outputs


def test_an_empty_result_is_a_result() -> None:
    judgement = judged(PodState.SUCCEEDED, ended(), result="", capture=True)
    assert judgement.outputs["result"] == ""


def test_there_are_no_outputs_before_the_end() -> None:
    given = {"template": OUTPUTS, "parameters": {"o": "x"}, "result": "y", "capture": True}
    assert judged(PodState.RUNNING, running(), **given).outputs == {}


def test_without_a_main_that_ran_there_are_no_literal_outputs_and_no_exit_code() -> None:
    containers = (ended("ini", 3, kind="init"), waiting(reason="PodInitializing"))
    assert judged(PodState.FAILED, *containers, template=OUTPUTS).outputs == {}


def test_the_exit_code_is_that_of_a_container_called_main() -> None:
    assert judged(PodState.FAILED, ended("bad", 3), template=SET).outputs == {}


def children(state: PodState, *containers: ContainerState, **given: Any) -> dict[str, Any]:
    judgement = judged(state, *containers, template=SET, **given)
    return {each.name: (each.phase.value, each.message) for each in judgement.children}


def test_containers_of_a_set_are_judged_one_by_one() -> None:
    missed = 'dependency "bad" exited with non-zero code: 3'
    found = children(
        PodState.FAILED, ended("bad", 3), ended("dep", 64, message=missed), ended("free")
    )
    assert found == {
        "bad": ("Failed", "bad: Error (exit code 3): "),
        "dep": ("Error", f"dep: Error (exit code 64): {missed}"),
        "free": ("Succeeded", ""),
    }


def test_containers_of_a_set_while_it_goes_on() -> None:
    found = children(PodState.RUNNING, running("bad"), waiting("dep", reason="PodInitializing"))
    assert found == {"bad": ("Running", ""), "dep": ("Pending", ""), "free": ("Pending", "")}


def test_containers_are_lost_with_their_pod() -> None:
    found = children(PodState.GONE, ended("bad"), running("dep"))
    assert set(found.values()) == {("Error", "container deleted")}


def test_containers_that_a_failed_pod_cut_short_say_so() -> None:
    found = children(PodState.FAILED, ended("bad", 143), running("dep"), message="evicted")
    assert found["bad"] == ("Failed", "bad: Error (exit code 143): ")
    assert found["dep"] == ("Failed", "Pod Failed whilst container running")
    assert found["free"] == ("Failed", "evicted"), "of which nothing is known"


def test_times_of_a_container_are_its_own() -> None:
    judgement = judged(
        PodState.SUCCEEDED, ended("bad", started_at=1.0, finished_at=2.0), template=SET
    )
    assert judgement.children[0] == ContainerJudgement(
        name="bad", phase=NodePhase.SUCCEEDED, started_at=1.0, finished_at=2.0
    )


def test_a_pod_with_one_main_has_no_children() -> None:
    assert judged(PodState.SUCCEEDED, ended()).children == ()


RESOURCE = {
    "resource": {"action": "get", "flags": ["pod"]},
    "outputs": {"parameters": [{"name": "p", "valueFrom": {"jsonPath": "{.x}"}}]},
}


@pytest.mark.parametrize(
    ("given", "phase", "message", "outputs"),
    [
        ({"state": PodState.RUNNING}, "Running", "", {}),
        ({"state": PodState.SUCCEEDED}, "Succeeded", "", {"exitCode": "0"}),
        ({"state": PodState.FAILED}, "Failed", "main: Error (exit code 1)", {"exitCode": "1"}),
        (
            {"state": PodState.FAILED, "message": "no such kind"},
            "Failed",
            "no such kind",
            {"exitCode": "1"},
        ),
        ({"state": PodState.FAILED, "fault": "needs a cluster"}, "Error", "needs a cluster", {}),
    ],
)
def test_a_resource_is_judged_as_if_a_main_had_done_it(
    given: dict[str, Any], phase: str, message: str, outputs: dict[str, Any]
) -> None:
    request = make_request(RESOURCE)
    judgement = judge(Report(**given), work=build_resource(request), template=request.template)
    assert (judgement.phase.value, judgement.message) == (phase, message)
    assert judgement.outputs == outputs


def test_outputs_of_a_resource_are_what_was_asked_of_it() -> None:
    request = make_request(RESOURCE)
    report = Report(state=PodState.SUCCEEDED, parameters={"p": "v"})
    judgement = judge(report, work=build_resource(request), template=request.template)
    told = {"name": "p", "value": "v", "valueFrom": {"jsonPath": "{.x}"}}
    assert judgement.outputs == {"parameters": [told], "exitCode": "0"}
