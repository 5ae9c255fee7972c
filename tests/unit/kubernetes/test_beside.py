"""Containers without `command`: what is put beside them, and what that says when it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import pytest

from argotui.model.errors import RuntimeFault
from argotui.model.work import CollectedFile, PodWork, WorkRef
from argotui.runtimes.kubernetes.beside_script import Beside, beside_text
from argotui.runtimes.kubernetes.draft import HOME, Setting
from argotui.runtimes.kubernetes.message import last_words
from argotui.runtimes.kubernetes.script import hold_text
from argotui.runtimes.kubernetes.shim import shape

REF = WorkRef(run_id="r1", node_name="wf.a", node_id="wf-1", attempt=1, pod_name="wf-a-1")
SETTING = Setting(run_id="r1", workflow_name="wf", namespace="argo", shim_image="bb")
TOOLS = {"name": "argotui", "mountPath": HOME}


def shaped(*paths, captures=False, spec=None, order=None, retry=None, mains=("main",), **main):
    given = {"name": "main", "image": "acme/tool:1", "args": ["a"], **main}
    others = [{"name": name, "image": "i"} for name in mains if name != "main"]
    collect = tuple(
        CollectedFile(name=f"p{number}", container="main", path=path)
        for number, path in enumerate(paths)
    )
    work = PodWork(
        pod={"spec": {"containers": [given, *others], **(spec or {})}},
        mains=mains,
        order=order or {},
        collect=collect,
        capture_result=captures,
        in_pod_retry=retry,
    )
    return shape(REF, work, SETTING)


def beside_of(found):
    return found.pod["spec"]["initContainers"][-1]


def test_a_result_takes_no_container_more():
    found = shaped(captures=True)
    (main,) = found.pod["spec"]["containers"]
    assert main == {"name": "main", "image": "acme/tool:1", "args": ["a"]}
    assert not {"initContainers", "volumes"} & set(found.pod["spec"])
    assert (found.plan.result_is_log, found.plan.beside, found.plan.own) == (True, "", ())


def test_a_file_takes_a_sidecar_that_shares_its_folder():
    found = shaped("/tmp/out", "/tmp/other")
    spec = found.pod["spec"]
    assert spec["containers"] == [
        {
            "name": "main",
            "image": "acme/tool:1",
            "args": ["a"],
            "volumeMounts": [{"name": "argotui-out-0", "mountPath": "/tmp"}],
        }
    ]
    assert spec["volumes"] == [
        {"name": "argotui-out-0", "emptyDir": {}},
        {"name": "argotui", "emptyDir": {}},
    ]
    (beside,) = spec["initContainers"]
    command = beside.pop("command")
    assert command[:3] == ["/bin/busybox", "sh", "-c"]
    assert "$" not in command[3].replace("$$", "")
    assert beside == {
        "name": "argotui-beside",
        "image": "bb",
        "imagePullPolicy": "IfNotPresent",
        "restartPolicy": "Always",
        "volumeMounts": [
            TOOLS,
            {"name": "argotui-out-0", "mountPath": "/argotui/main/tmp", "readOnly": True},
        ],
    }
    assert found.plan.own == found.plan.shimmed == ("argotui-beside",)
    assert (found.plan.beside, found.plan.result_is_log) == ("argotui-beside", False)


def test_a_folder_that_images_may_fill_is_filled_from_the_image_first():
    limits = {"limits": {"memory": "9Gi", "nvidia.com/gpu": "1"}}
    context = {"runAsUser": 7, "privileged": True}
    found = shaped(
        "/app/out/x",
        "/app/y",
        "/tmp/z",
        resources=limits,
        securityContext=context,
        spec={"initContainers": [{"name": "users", "image": "i"}]},
    )
    spec = found.pod["spec"]
    tools, copy, users, beside = spec["initContainers"]
    assert [tools["name"], copy["name"], users["name"]] == [
        "argotui-tools",
        "argotui-copy",
        "users",
    ]
    assert (copy["image"], copy["securityContext"], copy["resources"]) == (
        "acme/tool:1", context, limits,
    )  # fmt: skip
    assert copy["command"][-2:] == ["argotui", "/app"]
    assert copy["volumeMounts"] == [
        TOOLS,
        {"name": "argotui-out-0", "mountPath": "/argotui/main/app"},
    ]
    assert [each["mountPath"] for each in spec["containers"][0]["volumeMounts"]] == ["/app", "/tmp"]
    assert beside["resources"] == {"limits": {"memory": "32Mi"}}
    assert beside["securityContext"] == {"runAsUser": 7}
    assert found.plan.own == ("argotui-beside", "argotui-copy", "argotui-tools")


def test_a_folder_of_a_users_volume_is_looked_at_where_it_is():
    mounts = [
        {"name": "v", "mountPath": "/work/"},
        {"name": "w", "mountPath": "/work/sub", "subPathExpr": "$(A)", "mountPropagation": "None"},
    ]
    env = [{"name": "A", "value": "1"}]
    found = shaped("/work/a", "/work/sub/b", volumeMounts=mounts, env=env, spec={"volumes": []})
    beside = beside_of(found)
    assert found.pod["spec"]["containers"][0]["volumeMounts"] == mounts
    assert beside["volumeMounts"][1:] == [
        {"name": "v", "mountPath": "/argotui/main/work", "readOnly": True},
        {"name": "w", "subPathExpr": "$(A)", "mountPath": "/argotui/main/work/sub",
         "readOnly": True},
    ]  # fmt: skip
    assert beside["env"] == env


def test_it_is_the_last_of_the_sidecars_so_that_it_is_ended_first():
    given = {"spec": {"containers": [{"name": "main", "image": "i"}, {"name": "s", "image": "i"}]}}
    collect = (CollectedFile(name="p", container="main", path="/tmp/x"),)
    found = shape(REF, PodWork(pod=given, collect=collect), SETTING)
    assert [each["name"] for each in found.pod["spec"]["initContainers"]] == ["s", "argotui-beside"]
    assert found.plan.sidecars == ("s",)


@pytest.mark.parametrize(
    ("of_pod", "own", "wanted"),
    [
        ({}, {}, None),
        ({"runAsUser": 8}, {}, None),
        ({"runAsNonRoot": True}, {}, {"runAsUser": 65534}),
        ({"runAsNonRoot": True, "runAsUser": 8}, {}, None),
        ({"runAsUser": 8}, {"runAsNonRoot": True}, {"runAsNonRoot": True}),
        ({"runAsNonRoot": True}, {"runAsUser": 9}, {"runAsUser": 9}),
    ],
)
def test_it_runs_as_somebody_who_may(of_pod, own, wanted):
    found = shaped("/tmp/x", spec={"securityContext": of_pod}, securityContext=own)
    assert beside_of(found).get("securityContext") == wanted


@pytest.mark.parametrize("path", ["/out", "/../out", "/proc/x", "/dev/x", "/sys/fs/x"])
def test_a_folder_that_cannot_be_shared_is_named(path):
    with pytest.raises(RuntimeFault, match="has to be shared with a sidecar, and /"):
        shaped(path)
    with pytest.raises(RuntimeFault, match="no command and no workingDir"):
        shaped("x")
    assert shaped("/dev/shm/x", "x", workingDir="/tmp/w").plan.beside


def test_what_takes_a_command_is_named():
    for more in (
        {"order": {"other": ("main",)}, "mains": ("main", "other")},
        {"retry": {"retries": "2"}},
    ):
        with pytest.raises(RuntimeFault, match=r"'main' names no command, and one is needed \w+ "):
            shaped("/tmp/x", **more)


def test_progress_is_handed_over_with_the_files():
    found = shaped(env=[{"name": "P", "value": "$(ARGO_PROGRESS_FILE)"}])
    (main,) = found.pod["spec"]["containers"]
    assert main["volumeMounts"][0]["mountPath"] == f"{HOME}/ctr/main"
    assert main["env"][0]["value"] == f"{HOME}/ctr/main/progress"
    assert "argotui-copy" not in found.plan.own


# -- the script itself ----------------------------------------------------------------------------


class Told:
    def __init__(self, folder, **more):
        self.root, self.home = folder / "root", folder / "home"
        self.message = folder / "message"
        self.root.mkdir()
        wanted = {"files": (), "places": ("/tmp",), "hold_seconds": 10, **more}
        self.text = beside_text(
            Beside(nonce="n", home=str(self.home), root=str(self.root), tools="busybox",
                   message=str(self.message), **wanted)
        )  # fmt: skip

    def file(self, path, text="x"):
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def link(self, path, target):
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)

    def begin(self):
        # It says that its trap is set, so that the signal does not come before.
        text = self.text.replace("trap hand TERM\n", "trap hand TERM; echo up\n")
        words = ["busybox", "sh", "-c", text]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True)
        assert self.process.stdout.readline() == b"up\n"
        self.process.send_signal(signal.SIGTERM)

    def end(self):
        assert self.process.wait(60) == 0
        with contextlib.suppress(ProcessLookupError):  # what it slept by
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.stdout.close()
        return last_words(self.message.read_text())

    def words(self):
        self.begin()
        return self.end()


@pytest.fixture(autouse=True)
def _busybox():
    if not any((Path(each) / "busybox").exists() for each in os.environ["PATH"].split(":")):
        pytest.skip("no busybox")


def test_it_says_what_the_files_are_when_it_is_told_to_end(tmp_path):
    told = Told(tmp_path, files=("/tmp/a b", "/tmp/none", "/tmp", "/w/n"), places=("/tmp", "/w"))
    told.file("/tmp/a b", "one\n")
    words = told.words()
    assert words.code == 0
    assert words.values == {"0": b"one\n", "1": "-", "2": "/", "3": "-"}


def test_links_are_followed_as_the_container_sees_them(tmp_path):
    names = ("in", "out", "up", "round", "dir/x", "dots", "gone")
    told = Told(tmp_path, files=tuple(f"/w/{each}" for each in names), places=("/w", "/tmp"))
    told.file("/tmp/real")
    told.file("/w/d/x", "y")
    told.file("/else/where", "never")
    told.link("/w/in", "/tmp/real")
    told.link("/w/out", "/else/where")
    told.link("/w/up", "../../../../etc/passwd")
    told.link("/w/round", "round")
    told.link("/w/dir", "/w/d/../d")
    told.link("/w/dots", "./d/../d/x")
    told.link("/w/gone", "nothing")
    wanted = {"0": b"x", "1": "~", "2": "~", "3": "-", "4": b"y", "5": b"y", "6": "-"}
    assert told.words().values == wanted


def test_progress_goes_with_them(tmp_path):
    told = Told(tmp_path, progress="/tmp/progress")
    told.file("/tmp/progress", "1/2")
    assert told.words().values == {"p": b"1/2"}


def test_what_is_too_large_to_say_is_held_until_it_was_read(tmp_path):
    told = Told(tmp_path, files=("/tmp/a", "/tmp/b"))
    told.file("/tmp/a", "z" * 9000)
    told.file("/tmp/b", "small")
    told.begin()
    assert told.process.stdout.readline() == b"\x1eargotui n hold\n"
    text = hold_text(str(told.home), "argotui-beside", "busybox")
    read = subprocess.run(["busybox", "sh", "-c", text], input=b"ok\n", capture_output=True,
                          check=True, timeout=60)  # fmt: skip
    assert read.stdout == b"0 9000\n" + b"z" * 9000 + b"1 5\nsmallend 0\n"
    words = told.end()
    assert (words.held, words.values) == (True, {"0": "@", "1": "@"})


def test_nobody_is_waited_for_longer_than_the_pod_has_time():
    for grace, seconds in ((None, 26), (300, 296), (5, 1), (0, 1), (9999, 600)):
        spec = {} if grace is None else {"terminationGracePeriodSeconds": grace}
        script = beside_of(shaped("/tmp/x", spec=spec))["command"][3]
        assert f"[ $$i -lt {seconds * 10} ]" in script
