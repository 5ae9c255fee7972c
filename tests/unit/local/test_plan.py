"""From a pod to a plan."""

from __future__ import annotations

import pytest

from argotui.model.errors import RuntimeFault
from argotui.model.work import PodWork, StagedFile, WorkRef
from argotui.runtimes.local.layout import make_layout
from argotui.runtimes.local.plan import Setting, make_plan, seconds

REF = WorkRef(run_id="r", node_name="wf.a", node_id="wf-1", attempt=1, pod_name="wf-a")


def plan(folder, *containers, images=None, program=None, work=None, **spec):
    setting = Setting(
        run_id="r",
        workflow_name="wf",
        namespace="",
        work=folder,
        logs=folder / "logs",
        layout=make_layout(folder, program),
        sources={"configMap": {}, "secret": {}},
        images=images or {},
    )
    body = {"spec": {"containers": list(containers), **spec}}
    return make_plan(REF, PodWork(pod=body, **(work or {})), setting)


def argv(folder, **container):
    return plan(folder, {"name": "main", **container})["containers"][0]["argv"]


@pytest.mark.parametrize(
    ("container", "wanted"),
    [
        ({"image": "busybox"}, ["/bin/sh"]),
        ({"image": "bash", "args": ["echo"]}, ["echo"]),
        ({"image": "stedolan/jq", "args": ["."]}, ["jq", "."]),
        ({"image": "busybox", "command": ["echo"], "args": [1, "$(N)"]}, ["echo", "1", "v"]),
    ],
)
def test_command_and_args_go_together_as_in_a_kubelet(tmp_path, container, wanted):
    assert argv(tmp_path, env=[{"name": "N", "value": "v"}], **container) == wanted


def test_the_users_table_gives_command_environment_and_path(tmp_path):
    images = {"acme/*": {"path": ["/opt/acme"], "command": ["/bin/echo"], "env": {"LEVEL": "3"}}}
    (spec,) = plan(tmp_path, {"name": "main", "image": "acme/x:1"}, images=images)["containers"]
    assert spec["argv"] == ["/bin/echo"]
    assert spec["env"]["LEVEL"] == "3"
    assert spec["env"]["PATH"].startswith("/opt/acme:")


def test_argos_variables_are_there(tmp_path):
    (spec,) = plan(tmp_path, {"name": "main", "image": "busybox"})["containers"]
    assert spec["env"]["ARGO_NODE_ID"] == "wf-1"
    assert spec["env"]["ARGO_WORKFLOW_NAME"] == "wf"
    assert spec["env"]["ARGO_INCLUDE_SCRIPT_OUTPUT"] == "false"


def test_without_mounts_paths_are_rewritten_where_they_are_meant(tmp_path):
    mount = {"name": "v", "mountPath": "/mnt/out"}
    made = plan(
        tmp_path,
        {
            "name": "main",
            "image": "busybox",
            "command": ["sh", "-c", "cat /mnt/out/f '/mnt/out' /mnt/output x/mnt/out"],
            "volumeMounts": [mount],
        },
        volumes=[{"name": "v", "emptyDir": {}}],
        work={"stage": (StagedFile(container="main", path="/mnt/out/s", content="/mnt/out/x"),)},
    )
    here = f"{made['folder']}/volumes/v"
    assert made["containers"][0]["argv"][2] == f"cat {here}/f '{here}' /mnt/output x/mnt/out"
    assert made["stage"][0]["content"] == f"{here}/x"


def test_a_mount_where_the_system_is_needs_a_place_there(tmp_path):
    mount = {"name": "v", "mountPath": "/usr/share/no-such-folder"}
    with pytest.raises(RuntimeFault, match="system folders are read-only"):
        plan(
            tmp_path,
            {"name": "main", "image": "busybox", "volumeMounts": [mount]},
            volumes=[{"name": "v", "emptyDir": {}}],
            program="/usr/bin/bwrap",
        )


@pytest.mark.parametrize(
    ("text", "value"), [("1s", 1), ("1m30s", 90), ("100ms", 0.1), ("2", 2), (3, 3), ("", None)]
)
def test_durations(text, value):
    if value is None:
        with pytest.raises(RuntimeFault):
            seconds(text)
    else:
        assert seconds(text) == pytest.approx(value)


def test_a_pod_without_a_main_is_a_fault(tmp_path):
    with pytest.raises(RuntimeFault, match="no main"):
        plan(tmp_path, {"name": "other", "image": "busybox"})
