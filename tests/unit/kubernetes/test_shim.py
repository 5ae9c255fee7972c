"""What is added to a pod: nothing where nothing must come back, the least where something must."""

from __future__ import annotations

import contextlib
import copy
import subprocess
from pathlib import Path

import pytest

from argotui.model.errors import RuntimeFault
from argotui.model.work import CollectedFile, PodWork, StagedFile, WorkRef
from argotui.runtimes.kubernetes.draft import Plan, Setting
from argotui.runtimes.kubernetes.message import last_words, outputs_of
from argotui.runtimes.kubernetes.retries import Tries
from argotui.runtimes.kubernetes.script import Wrap, shim_text, sidecar_text
from argotui.runtimes.kubernetes.shim import shape
from tests.waiting import until_sync

REF = WorkRef(run_id="r1", node_name="wf.a", node_id="wf-1", attempt=2, pod_name="wf-a-1")
OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "argotui-r1", "uid": "u"}
SETTING = Setting(run_id="r1", workflow_name="wf", namespace="argo", owner=OWNER)
SHELLS = [["dash"], ["bash"], ["busybox", "sh"]]


def a_pod(**main):
    container = {"name": "main", "image": "acme/tool:1", "command": ["tool"], **main}
    return {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}}


def test_a_pod_that_hands_nothing_back_stays_the_users():
    given = a_pod(args=["$(A)"], env=[{"name": "A", "value": "1"}])
    before = copy.deepcopy(given)
    shaped = shape(REF, PodWork(pod=given), SETTING)
    assert given == before
    # Beside its pod's pause the command is not process 1, as in Argo: it hears signals.
    added = {"restartPolicy": "Never", "shareProcessNamespace": True}
    assert shaped.pod["spec"] == {**before["spec"], **added}
    assert shaped.pod["metadata"] == {
        "name": "wf-a-1",
        "namespace": "argo",
        "labels": {"a": "b", "argotui.dev/run": "r1", "argotui.dev/attempt": "2"},
        "annotations": {
            "workflows.argoproj.io/node-name": "wf.a",
            "workflows.argoproj.io/node-id": "wf-1",
        },
        "ownerReferences": [OWNER],
    }
    assert shaped.config_map is None


def test_the_same_work_gives_the_same_pod():
    work = PodWork(pod=a_pod(command=["sh", "-c", "x"]), capture_result=True)
    assert shape(REF, work, SETTING) == shape(REF, work, SETTING)


def test_a_command_with_a_shell_is_wrapped_without_a_container_more():
    work = PodWork(pod=a_pod(command=["bash", "-c", "echo $(A) $$"]), capture_result=True)
    spec = shape(REF, work, SETTING).pod["spec"]
    (main,) = spec["containers"]
    assert (main["command"][0], main["command"][3:]) == (
        "bash",
        ["argotui", "bash", "-c", "echo $(A) $$"],
    )
    # What a kubelet makes of it must be the script itself: every $ of it is doubled.
    assert "$" not in main["command"][2].replace("$$", "")
    assert "initContainers" not in spec
    assert spec["volumes"] == [{"name": "argotui", "emptyDir": {}}]


def test_an_image_that_may_have_no_shell_gets_a_busybox_with_the_rights_of_main():
    limits = {"limits": {"memory": "1Gi"}}
    work = PodWork(pod=a_pod(resources=limits), capture_result=True)
    shaped = shape(
        REF, work, Setting(run_id="r1", workflow_name="wf", namespace="n", shim_image="b")
    )
    (tool,) = shaped.pod["spec"]["initContainers"]
    assert (tool["image"], tool["resources"]) == ("b", limits)
    assert shaped.pod["spec"]["containers"][0]["command"][:2] == ["/var/run/argo/busybox", "sh"]
    assert shaped.plan.own == (tool["name"],)


def test_a_script_is_mounted_from_a_config_map_of_the_run():
    stage = (StagedFile(container="main", path="/argo/staging/script", content="x", mode=0o755),)
    shaped = shape(REF, PodWork(pod=a_pod(), stage=stage), SETTING)
    (volume,) = shaped.pod["spec"]["volumes"]
    assert volume["configMap"]["items"] == [{"key": "f0", "path": "f0", "mode": 0o755}]
    assert shaped.config_map["data"] == {"f0": "x"}
    assert shaped.config_map["metadata"]["name"] == volume["configMap"]["name"]
    assert shaped.config_map["metadata"]["ownerReferences"] == [OWNER]
    (mount,) = shaped.pod["spec"]["containers"][0]["volumeMounts"]
    assert (mount["mountPath"], mount["subPath"]) == ("/argo/staging/script", "f0")


def test_a_script_too_large_for_a_config_map_is_refused():
    stage = (StagedFile(container="main", path="/s", content="é" * 600_000),)
    with pytest.raises(RuntimeFault, match="1200000 bytes"):
        shape(REF, PodWork(pod=a_pod(), stage=stage), SETTING)


def test_sidecars_become_native_ones_after_the_users_init_containers():
    given = a_pod()
    given["spec"]["containers"].append({"name": "side", "image": "acme/s"})
    given["spec"]["initContainers"] = [{"name": "ini", "image": "i"}]
    shaped = shape(REF, PodWork(pod=given), SETTING)
    names = [
        (each["name"], each.get("restartPolicy")) for each in shaped.pod["spec"]["initContainers"]
    ]
    assert names == [("ini", None), ("side", "Always")]
    assert [each["name"] for each in shaped.pod["spec"]["containers"]] == ["main"]
    assert shaped.plan.sidecars == ("side",)


def with_side(**side):
    given = a_pod()
    given["spec"]["containers"].append({"name": "side", "image": "acme/s", **side})
    return given


def test_a_sidecar_with_a_command_is_wrapped_so_that_it_may_end_and_has_the_tools_to():
    liveness = {"exec": {"command": ["b"]}, "initialDelaySeconds": 5}
    startup = {"exec": {"command": ["a"]}, "failureThreshold": 6, "periodSeconds": 2}
    given = with_side(command=["serve"], livenessProbe=liveness, startupProbe=startup)
    tool, side = shape(REF, PodWork(pod=given), SETTING).pod["spec"]["initContainers"]
    assert (tool["name"], side["restartPolicy"]) == ("argotui-tools", "Always")
    assert (side["command"][:2], side["command"][-1]) == (["/var/run/argo/busybox", "sh"], "serve")
    assert side["volumeMounts"] == [{"name": "argotui", "mountPath": "/var/run/argo"}]
    # The mains wait for a startupProbe of a native sidecar, and in Argo they do not.
    assert "startupProbe" not in side
    assert side["livenessProbe"] == {**liveness, "initialDelaySeconds": 12}
    given = with_side(command=["sh", "-c", "serve"])
    assert len(shape(REF, PodWork(pod=given), SETTING).pod["spec"]["initContainers"]) == 1


def test_nobodys_command_is_process_1():
    def shaped(spec):
        return shape(REF, PodWork(pod={"spec": spec}), SETTING).pod["spec"]

    main = {"name": "main", "image": "alpine", "command": ["x"]}
    native = {"name": "n", "image": "i", "restartPolicy": "Always"}
    assert shaped({"containers": [main]})["shareProcessNamespace"]
    assert not shaped({"containers": [main], "shareProcessNamespace": False})[
        "shareProcessNamespace"
    ]
    for more in ({"initContainers": [native]}, {"hostPID": True}):
        spec = shaped({"containers": [main], **more})
        assert "shareProcessNamespace" not in spec
        assert spec["containers"][0]["command"][::4] == ["sh", "x"]
    for more in ({"os": {"name": "windows"}}, {"nodeSelector": {"kubernetes.io/os": "windows"}}):
        spec = {"containers": [main], **more}
        assert shaped(spec) == {**spec, "restartPolicy": "Never"}


def test_argos_variables_are_there_for_who_reads_them():
    spec = shape(REF, PodWork(pod=a_pod(args=["${ARGO_NODE_ID}"])), SETTING).pod["spec"]
    assert spec["containers"][0]["env"] == [{"name": "ARGO_NODE_ID", "value": "wf-1"}]


def test_a_deadline_is_given_to_the_kubelet_in_whole_seconds():
    for seconds, wanted in ((0.3, 1), (2.0, 2), (2.1, 3)):
        work = PodWork(pod=a_pod(), deadline_seconds=seconds)
        assert shape(REF, work, SETTING).pod["spec"]["activeDeadlineSeconds"] == wanted


# -- the script itself, run by every shell of this machine ----------------------------------------


@pytest.fixture(params=SHELLS, ids=lambda words: words[0])
def run(request, tmp_path):
    def perform(command, **more):
        message = tmp_path / "message"
        wrap = Wrap(
            **{"name": "main", "nonce": "n", "home": str(tmp_path), "message": str(message), **more}
        )
        words = [*request.param, "-c", shim_text(wrap), "argotui", *command]
        try:
            done = subprocess.run(words, capture_output=True, timeout=60, check=False)
        except FileNotFoundError:
            pytest.skip(f"{request.param[0]} is not installed")
        return done, last_words(message.read_text()) if message.exists() else None

    return perform


def test_code_result_and_streams_are_kept(run):
    done, words = run(
        ["sh", "-c", "printf 'a\\377\\000b\\n\\n'; echo err >&2; exit 3"], captures=True
    )
    assert (done.returncode, words.code) == (3, 3)
    assert (done.stdout, done.stderr) == (b"a\xff\0b\n\n", b"err\n")
    assert words.values["r"] == b"a\xff\0b\n\n"


def test_files_are_told_each_in_its_own_way(run, tmp_path):
    (tmp_path / "with blank 'n quote").write_bytes(b"x\n\n")
    files = (str(tmp_path / "with blank 'n quote"), "/nope", "/etc")
    _, words = run(["true"], files=files)
    assert [words.values[key] for key in "012"] == [b"x\n\n", "-", "/"]
    plan = Plan(
        mains=("main",),
        collect=tuple(
            CollectedFile(name=name, container="main", path=path, default=default)
            for name, path, default in zip("abc", files, (None, "d", None), strict=True)
        ),
    )
    outputs = outputs_of(words, plan, {})
    assert dict(outputs.parameters) == {"a": "x\n", "b": "d"}
    assert outputs.errors == ("open /var/run/argo/outputs/parameters/etc: is a directory",)


def test_a_message_never_outgrows_what_a_status_holds(run, tmp_path):
    files = []
    for number in range(40):
        path = tmp_path / f"f{number}"
        path.write_bytes(b"y" * 60)
        files.append(str(path))
    run(["true"], files=tuple(files), captures=True)
    assert len((tmp_path / "message").read_bytes()) <= 4096


def test_what_is_too_large_to_say_is_held_for_a_while(run):
    done, words = run(
        ["sh", "-c", "head -c 5000 /dev/zero | tr '\\0' x"], captures=True, hold_seconds=1
    )
    assert words.values["r"] == "@"
    assert not words.held
    assert b"\x1eargotui n hold\n" in done.stdout
    outputs = outputs_of(words, Plan(mains=("main",), capture_result=True), {})
    assert outputs.result is None
    assert "nobody read this output in time" in outputs.errors[0]


def test_a_program_that_is_not_there_is_told_in_argos_words(run):
    for program, why in (
        ("nope", "executable file not found in $PATH"),
        ("/no/pe", "stat /no/pe: no such file or directory"),
        ("/etc/passwd", "permission denied"),
    ):
        done, words = run([program], captures=True)
        wanted = f'failed to find name in PATH: exec: "{program}": {why}'
        assert (done.returncode, words.values["t"].decode()) == (64, wanted)


def test_tries_are_counted_and_their_output_kept(run):
    done, words = run(
        ["sh", "-c", "echo try; exit 1"], captures=True, tries=Tries(count=2, wait=0.01)
    )
    assert (done.returncode, words.values["r"]) == (1, b"try\ntry\n")


def test_no_try_at_all_leaves_no_output(run):
    done, words = run(["sh", "-c", "echo try"], captures=True, tries=Tries(count=0))
    assert (done.returncode, words.values["r"]) == (0, "-")


def test_whoever_waits_for_a_failure_does_not_run(run, tmp_path):
    folder = tmp_path / "ctr" / "first"
    folder.mkdir(parents=True)
    (folder / "exitcode").write_text("64 3\n")
    done, words = run(["sh", "-c", "echo never"], after=("first",), is_ordered=True)
    assert (done.returncode, done.stdout) == (64, b"")
    assert words.values["t"] == b'dependency "first" exited with non-zero code: 3'
    assert (tmp_path / "ctr" / "main" / "exitcode").read_text() == "64 3\n"


def test_the_words_a_program_left_for_the_kubelet_are_kept(run, tmp_path):
    _, words = run(["sh", "-c", f"printf 'I am done' > {tmp_path}/message"], captures=True)
    assert words.values["m"] == b"I am done"


@pytest.fixture(params=SHELLS, ids=lambda words: words[0])
def side(request, tmp_path):
    """Begin a sidecar; what it says comes line by line."""
    begun = []

    def begin(*command):
        wrap = Wrap(name="side", nonce="n", home=str(tmp_path), message=str(tmp_path / "message"))
        words = [*request.param, "-c", sidecar_text(wrap), "argotui", *command]
        try:
            begun.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        except FileNotFoundError:
            pytest.skip(f"{request.param[0]} is not installed")
        return begun[-1]

    yield begin
    for each in begun:
        each.kill()
        each.stdout.close()
        each.wait()


def said(folder, name):
    path = folder / "ctr" / "side" / name
    until_sync(path.exists, f"{name} of the sidecar")
    return path


def children(pid):
    """The names of the programs that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            before, _, after = path.read_text().rpartition(")")
            if after.split()[1] == str(pid):
                arguments = path.with_name("cmdline").read_text().split("\0")
                found += [before.partition("(")[2], *arguments]
    return found


@pytest.mark.parametrize("code", [0, 3])
def test_a_sidecar_stays_when_its_command_has_ended_and_answers_for_it(side, tmp_path, code):
    process = side("sh", "-c", f"echo once; exit {code}")
    assert process.stdout.readline() == "once\n"
    assert said(tmp_path, "exitcode").read_text() == f"{code} {code}\n"
    assert process.poll() is None
    process.terminate()
    assert (process.wait(60), process.stdout.read()) == (code, "")


def test_a_sidecar_is_ended_by_its_own_answer_to_the_signal(side):
    process = side("sh", "-c", "trap 'exit 7' TERM; echo up; sleep 100 & wait")
    process.stdout.readline()
    process.terminate()
    assert process.wait(60) == 7


@pytest.mark.parametrize(("first", "code"), [("exit 3", 3), ("echo up; exec sleep 100", 137)])
def test_what_ran_once_does_not_run_when_its_container_is_started_again(
    side, tmp_path, first, code
):
    process = side("sh", "-c", first)
    if code == 137:
        process.stdout.readline()
        process.kill()  # as a whole: its code stays unknown
    else:
        said(tmp_path, "exitcode")
        process.terminate()
    process.wait(60)
    again = side("sh", "-c", "echo again")
    until_sync(lambda: "sleep" in children(again.pid), "the rest of the sidecar")
    again.terminate()
    assert (again.wait(60), again.stdout.read()) == (code, "")


def test_a_sidecars_command_that_is_not_there_is_told(side, tmp_path):
    process = side("nope")
    assert said(tmp_path, "exitcode").read_text() == "64 64\n"
    process.terminate()
    assert process.wait(60) == 64
    wanted = 'failed to find name in PATH: exec: "nope": executable file not found in $PATH'
    assert (tmp_path / "message").read_text() == wanted
