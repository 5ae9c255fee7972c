"""Outputs of containers without `command`: a cluster runs the image's own entrypoint."""

from __future__ import annotations

from dataclasses import replace

from argotui.model.work import CollectedFile, PodState, PodWork
from argotui.runtimes.kubernetes.client import Request
from tests.contract import clusters
from tests.contract.house import contract, pod


def said(*args, files=(), captures=False, **main):
    image = {"name": "main", "image": "argoproj/argosay:v2", "args": list(args)}
    collect = tuple(
        CollectedFile(name=f"p{number}", container="main", path=path, default=default)
        for number, (path, default) in enumerate(files)
    )
    spec = main.pop("spec", {})
    work = pod({**image, **main}, **spec)
    return PodWork(pod=work, collect=collect, capture_result=captures)


@contract("kubernetes")
async def test_an_entrypoint_hands_back_its_file(house):
    context = {"runAsNonRoot": True, "runAsUser": 8737}
    work = said(
        "echo", "a b", "/tmp/out", files=[("/tmp/out", None)], spec={"securityContext": context}
    )
    report = await house.run(work)
    assert (report.state, report.collect_errors) == (PodState.SUCCEEDED, ())
    assert report.parameters == {"p0": "a b"}
    assert [(each.name, each.exit_code) for each in report.containers] == [("main", 0)]


def by_sh(script, *paths, image="alpine:3", **more):
    """An image that has a command of its own only, and is given another by `args`."""
    files = [path if isinstance(path, tuple) else (path, None) for path in paths]
    return said("sh", "-c", script, image=image, files=files, **more)


@contract("kubernetes")
async def test_its_result_is_its_log_and_what_that_means_is_noted(house):
    report = await house.run(by_sh("echo a; echo b >&2; echo c; exit 3", captures=True))
    assert (report.state, sorted(report.result.split("\n"))) == (PodState.FAILED, ["a", "b", "c"])
    assert "with stderr in it" in report.notes[0]
    assert report.containers[0].exit_code == 3
    silent = await house.run(by_sh("true", captures=True))
    assert (silent.state, silent.result, silent.notes) == (PodState.SUCCEEDED, "", ())


@contract("kubernetes")
async def test_a_long_result_is_its_end_and_a_pod_without_files_has_nothing_more(house):
    script = "i=0; while [ $i -lt 60000 ]; do echo line $i; i=$((i+1)); done"
    ref = await house.start(by_sh(script, captures=True))
    report = await house.ended(ref)
    wanted = "".join(f"line {number}\n" for number in range(60000))
    assert report.result == wanted[-262144:].removesuffix("\n")
    made = read_pod(ref)["spec"]
    assert "initContainers" not in made
    assert not [each for each in made["volumes"] if "emptyDir" in each]


@contract("kubernetes")
async def test_files_that_are_missing_are_told_in_argos_words(house):
    paths = [("/tmp/none", "instead"), ("/tmp/is", "no"), "/tmp/nope", "/tmp"]
    report = await house.run(by_sh("echo yes > /tmp/is; exit 4", *paths))
    assert report.parameters == {"p0": "instead", "p1": "yes"}
    assert report.collect_errors == (
        "open /var/run/argo/outputs/parameters/tmp/nope: no such file or directory",
        "open /var/run/argo/outputs/parameters/tmp: is a directory",
    )
    assert report.containers[0].exit_code == 4


@contract("kubernetes")
async def test_a_large_file_is_held_until_it_is_read(house):
    script = "yes 0123456789abcde | head -c 30000000 > /data/big; echo small > /tmp/small"
    ref = await house.start(by_sh(script, "/data/big", "/tmp/small"))
    report = await house.ended(ref)
    assert report.collect_errors == ()
    assert report.parameters["p0"] == ("0123456789abcde\n" * 1875000).removesuffix("\n")
    assert report.parameters["p1"] == "small"
    assert [each.name for each in (house.folder / "logs" / ref.key).glob("*.log")] == []


@contract("kubernetes")
async def test_a_folder_keeps_what_the_image_has_in_it(house):
    script = "cp /etc/os-release /etc/out; cat /etc/hosts > /etc/ssl.out; ls /usr/bin > /usr/bin/o"
    report = await house.run(
        by_sh(script, "/etc/out", "/etc/ssl.out", "/usr/bin/o", image="debian:12")
    )
    assert report.collect_errors == ()
    assert "ID=debian" in report.parameters["p0"]
    assert "localhost" in report.parameters["p1"]
    untouched = await house.run(by_sh("true", "/etc/debian_version", image="debian:12"))
    assert untouched.parameters["p0"].startswith("12")


@contract("kubernetes")
async def test_users_volumes_are_looked_at_in_place_and_links_as_the_container_sees_them(house):
    mounts = [{"name": "work", "mountPath": "/work"}, {"name": "work", "mountPath": "/bin/inner"}]
    script = (
        "mkdir -p /work/deep; echo one > /work/deep/1; ln -s /tmp/real /work/two; echo two > "
        "/tmp/real; ln -s /etc/os-release /work/three; ln -s deep /work/link; ln -s none /work/four"
    )
    paths = ["/work/deep/1", "/work/two", "/tmp/x/../real", "/work/link/1", "/bin/inner/deep/1"]
    paths += [("/work/four", "4"), "/work/three"]
    main = {"volumeMounts": mounts, "spec": {"volumes": [{"name": "work", "emptyDir": {}}]}}
    report = await house.run(by_sh(script, *paths, **main))
    assert list(report.parameters.values()) == ["one", "two", "two", "one", "one", "4"]
    assert report.collect_errors == (
        "open /var/run/argo/outputs/parameters/work/three: not a regular file",
    )


@contract("kubernetes")
async def test_whoever_may_not_be_root_is_helped_by_nobody(house):
    context = {"runAsNonRoot": True, "readOnlyRootFilesystem": True}
    context |= {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    work = by_sh("id -u > /tmp/id", "/tmp/id", securityContext={**context, "runAsUser": 4711})
    assert (await house.run(work)).parameters == {"p0": "4711"}
    limits = {"limits": {"memory": "64Mi", "cpu": "1"}}
    work = by_sh("true", "/tmp/x", securityContext=context, resources=limits)
    ref = await house.start(work)
    # Its image is root's, so that it is refused itself; by then the sidecar is up.
    await house.waits(ref, "image will run as root")
    found = read_pod(ref)["status"]
    helpers = [each["state"] for each in found["initContainerStatuses"]]
    assert [next(iter(each)) for each in helpers] == ["running"]


@contract("kubernetes")
async def test_progress_is_read_at_the_end(house):
    report = await house.run(by_sh("echo 3/4 > $ARGO_PROGRESS_FILE"))
    assert (report.state, report.progress) == (PodState.SUCCEEDED, "3/4")


@contract("kubernetes")
async def test_a_pod_that_is_stopped_ends_soon_and_a_daemon_is_up(house):
    work = by_sh("echo x > /tmp/x; trap 'exit 7' TERM; sleep 100 & wait", "/tmp/x")
    ref = await house.start(work)
    await house.running(ref)
    await house.runtime.stop(ref, 5.0)
    assert (await house.ended(ref)).state is PodState.FAILED


def read_pod(ref):
    with clusters.client() as api:
        path = f"/api/v1/namespaces/{clusters.namespace()}/pods/{ref.pod_name}"
        return api.once(Request(method="GET", path=path))


@contract("kubernetes")
async def test_a_container_that_did_not_start_has_nothing_to_hand_back(house):
    work = said("x", image="alpine:3", files=[("/tmp/x", None)], captures=True)
    report = await house.run(work)
    wanted = 'failed to find name in PATH: exec: "x": executable file not found in $PATH'
    assert (report.state, report.collect_errors) == (PodState.FAILED, ())
    assert [(each.exit_code, each.message) for each in report.containers] == [(64, wanted)]


@contract("kubernetes")
async def test_containers_of_a_set_do_not_mind_each_other(house):
    other = {"name": "other", "image": "alpine:3", "args": ["sh", "-c", "echo o; exit 5"]}
    work = by_sh("echo x > /tmp/x; echo hi", "/tmp/x", captures=True)
    containers = [*work.pod["spec"]["containers"], other]
    spec = {**work.pod["spec"], "containers": containers}
    work = replace(work, pod={**work.pod, "spec": spec}, mains=("main", "other"))
    report = await house.run(work)
    assert (report.result, report.parameters) == ("hi", {"p0": "x"})
    assert [each.exit_code for each in report.containers] == [0, 5]
