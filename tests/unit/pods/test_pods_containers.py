"""Mains, sidecars and init containers. Argo: 3.1-3.4."""

from __future__ import annotations

import pytest

from argotui.model.work import CollectedFile, StagedFile
from argotui.pods import PodError, build_pod
from tests.unit.pods.podmaking import container, make_request, pod_spec

SCRIPT = {"image": "python:3", "command": ["python"], "source": "print(1)"}


def test_a_container_is_called_main_whatever_its_name() -> None:
    work = build_pod(make_request({"container": {"name": "mine", "image": "i", "args": ["x"]}}))
    assert work.pod["spec"]["containers"] == [{"name": "main", "image": "i", "args": ["x"]}]
    assert work.mains == ("main",)
    assert work.order == {}


def test_a_script_is_staged_executable_and_its_path_is_the_last_argument() -> None:
    work = build_pod(make_request({"script": {**SCRIPT, "args": ["-u"]}}))
    main = container("main", work.pod["spec"])
    assert main["command"] == ["python"]
    assert main["args"] == ["-u", "/argo/staging/script"]
    assert "source" not in main
    assert main["volumeMounts"] == [{"name": "argo-staging", "mountPath": "/argo/staging"}]
    assert work.pod["spec"]["volumes"] == [{"name": "argo-staging", "emptyDir": {}}]
    assert work.stage == (
        StagedFile(container="main", path="/argo/staging/script", content="print(1)", mode=0o755),
    )


@pytest.mark.parametrize(
    ("annotation", "args"),
    [
        ("after", ["/argo/staging/script", "hello"]),
        ("before", ["hello", "/argo/staging/script"]),
        ("otherwise", ["hello", "/argo/staging/script"]),
    ],
)
def test_an_annotation_says_on_which_side_of_the_path_args_stand(
    annotation: str, args: list[str]
) -> None:
    annotations = {"argotui.dev/script-args": annotation}
    spec = pod_spec({"script": {**SCRIPT, "args": ["hello"]}, "annotations": annotations})
    assert container("main", spec)["args"] == args


def test_a_script_without_command_leaves_it_to_the_image() -> None:
    main = container("main", pod_spec({"script": {"image": "i", "source": "#!/bin/sh"}}))
    assert "command" not in main
    assert main["args"] == ["/argo/staging/script"]


def test_a_script_without_source_is_a_container() -> None:
    work = build_pod(make_request({"script": {**SCRIPT, "source": "", "args": ["-V"]}}))
    assert container("main", work.pod["spec"])["args"] == ["-V"]
    assert work.stage == ()
    assert "volumes" not in work.pod["spec"]


def test_a_container_set_keeps_names_and_order_and_shares_its_mounts() -> None:
    shared = {"name": "ws", "mountPath": "/ws"}
    own = {"name": "ws", "mountPath": "/own"}
    work = build_pod(
        make_request(
            {
                "containerSet": {
                    "volumeMounts": [shared],
                    "retryStrategy": {"retries": 2},
                    "containers": [
                        {"name": "first", "image": "i", "volumeMounts": [own]},
                        {"name": "main", "image": "i", "dependencies": ["first"]},
                    ],
                },
                "volumes": [{"name": "ws", "emptyDir": {}}],
            }
        )
    )
    spec = work.pod["spec"]
    assert work.mains == ("first", "main")
    assert work.order == {"first": (), "main": ("first",)}
    assert work.in_pod_retry == {"retries": 2}
    assert container("first", spec)["volumeMounts"] == [own, shared]
    assert container("main", spec)["volumeMounts"] == [shared]
    assert "dependencies" not in container("main", spec)


def test_the_result_is_captured_from_a_container_called_main_only() -> None:
    for name, captured in (("main", True), ("other", False)):
        template = {"containerSet": {"containers": [{"name": name, "image": "i"}]}}
        work = build_pod(make_request(template, capture_result=True))
        assert work.capture_result is captured


@pytest.mark.parametrize("name", ["wait", "init", "supervisor", ""])
def test_a_container_set_may_not_use_reserved_names(name: str) -> None:
    with pytest.raises(PodError):
        pod_spec({"containerSet": {"containers": [{"name": name, "image": "i"}]}})


def test_output_parameters_with_a_path_are_collected_from_main() -> None:
    outputs = {
        "parameters": [
            {"name": "a", "valueFrom": {"path": "/tmp/a"}},
            {"name": "b", "valueFrom": {"path": "/tmp/b", "default": ""}},
            {"name": "literal", "value": "x"},
        ]
    }
    work = build_pod(make_request({"container": {"image": "i"}, "outputs": outputs}))
    assert work.collect == (
        CollectedFile(name="a", container="main", path="/tmp/a"),
        CollectedFile(name="b", container="main", path="/tmp/b", default=""),
    )


def test_output_parameters_of_a_container_set_need_a_main() -> None:
    template = {
        "containerSet": {"containers": [{"name": "other", "image": "i"}]},
        "outputs": {"parameters": [{"name": "a", "valueFrom": {"path": "/tmp/a"}}]},
    }
    with pytest.raises(PodError, match='must have a container named "main"'):
        build_pod(make_request(template))


def test_helpers_mirror_the_mounts_of_main_without_taking_a_path_twice() -> None:
    mounts = [{"name": "v", "mountPath": "/v"}, {"name": "v", "mountPath": "/w"}]
    own = {"name": "o", "mountPath": "/w"}
    spec = pod_spec(
        {
            "container": {"image": "i", "volumeMounts": mounts},
            "sidecars": [
                {"name": "plain", "image": "s"},
                {"name": "mirror", "image": "s", "mirrorVolumeMounts": True, "volumeMounts": [own]},
            ],
            "initContainers": [{"name": "ini", "image": "n", "mirrorVolumeMounts": True}],
            "volumes": [{"name": "v", "emptyDir": {}}, {"name": "o", "emptyDir": {}}],
        }
    )
    assert [each["name"] for each in spec["containers"]] == ["main", "plain", "mirror"]
    assert container("plain", spec) == {"name": "plain", "image": "s"}
    assert container("mirror", spec)["volumeMounts"] == [own, mounts[0]]
    assert spec["initContainers"] == [{"name": "ini", "image": "n", "volumeMounts": mounts}]


def test_a_mirroring_sidecar_sees_the_script() -> None:
    sidecar = {"name": "s", "image": "i", "mirrorVolumeMounts": True}
    spec = pod_spec({"script": SCRIPT, "sidecars": [sidecar]})
    assert container("s", spec)["volumeMounts"][0]["mountPath"] == "/argo/staging"


def test_a_daemon_is_marked() -> None:
    assert build_pod(make_request({"container": {"image": "i"}, "daemon": True})).daemon is True
    assert build_pod(make_request({"container": {"image": "i"}})).daemon is False
