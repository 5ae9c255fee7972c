"""The stand-ins of the built-in table, run for real."""

from __future__ import annotations

import os
import shutil

import pytest

from argotui.model.work import PodState, PodWork, ResourceWork
from tests.contract.house import LOCAL, contract, pod, shell

BUSYBOX = os.path.realpath(found) if (found := shutil.which("busybox")) else None
SAY = "argoproj/argosay:v2"


async def said(house, image, command=None, args=None):
    main = {"name": "main", "image": image}
    if command is not None:
        main["command"] = command
    if args is not None:
        main["args"] = args
    report = await house.run(PodWork(pod=pod(main), capture_result=True))
    assert not report.fault, report.fault
    return report.result, report.containers[0].exit_code


@contract(*LOCAL)
async def test_argosay_knows_its_words(house):
    for args, wanted in (
        (None, ("hello argo", 0)),
        (["echo"], ("hello argo", 0)),
        (["echo", "a  b\\n"], ("a  b\\n", 0)),
        (["exit"], ("", 0)),
        (["exit", "3"], ("", 3)),
        (["sleep", "10ms"], ("", 0)),
        (["sleep", "0"], ("", 0)),
        (["sh", "-c", "echo in"], ("in", 0)),
        (["nonsense"], ("", 1)),
    ):
        assert await said(house, SAY, args=args) == wanted, args


@contract(*LOCAL)
async def test_argosay_writes_shows_and_checks_files(house):
    base = "/tmp" if house.kind == "sandboxed" else str(house.folder)
    script = (
        f"/argosay echo text {base}/deep/f && /argosay cat {base}/deep/f && "
        f"/argosay assert_contains {base}/deep/f ex && /argosay assert_contains {base}/deep/f no"
    )
    if house.kind == "plain":
        script = script.replace("/argosay", f"{house.folder}/work/local/tools/argosay")
    assert await said(house, SAY, ["sh", "-c", script]) == ("text", 1)


@contract(*LOCAL)
async def test_whalesay_says_it(house):
    for image in ("docker/whalesay:latest", "argoproj/argosay:v1"):
        result, code = await said(house, image, ["cowsay"], ["hello world"])
        assert code == 0
        assert result.split("\n")[1] == "< hello world >"
        assert len(result.split("\n")) > 6


@contract(*LOCAL)
async def test_figures_of_the_cowsay_package_are_there(house):
    pytest.importorskip("cowsay")
    result, code = await said(house, "docker/whalesay", ["cowsay", "-f", "tux", "hi"])
    assert (code, "o_o" in result) == (0, True)


@contract(*LOCAL)
async def test_python_is_a_python_with_its_library(house):
    code = "import json, ssl, sys; print(sys.version_info[0])"
    for image in ("python:3.12", "python:alpine3.23", "python"):
        assert await said(house, image, ["python", "-c", code]) == ("3", 0)


@contract("sandboxed")
async def test_the_shell_of_alpine_is_busybox(house):
    busybox = BUSYBOX
    if busybox is None:
        pytest.skip("busybox is not installed")
    for program in ("sh", "/bin/sh"):
        script = "readlink -f /bin/sh; echo $((${RANDOM} >= 0))"
        assert await said(house, "alpine:3", [program, "-c", script]) == (
            f"{busybox}\n1",
            0,
        )


@contract(*LOCAL)
async def test_the_shell_of_debian_is_the_machines(house):
    assert await said(house, "debian:12", ["bash", "-c", "echo ${BASH_VERSION:+bash}"]) == (
        "bash",
        0,
    )


@contract(*LOCAL, options={"object_store": True})
async def test_a_stored_config_map_can_be_used_by_a_later_step(house):
    manifest = "kind: ConfigMap\nmetadata: {name: made}\ndata: {a: mine}\n"
    outputs = {"a": ("jsonPath", "{.data.a}", None)}
    work = ResourceWork(action="create", manifest=manifest, outputs=outputs)
    assert dict((await house.run(work)).parameters) == {"a": "mine"}
    env = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "made", "key": "a"}}}]
    assert (await house.run(shell("echo $A", main={"env": env}))).result == "mine"


@contract(*LOCAL, options={"object_store": True})
async def test_a_kind_that_the_store_does_not_keep_is_told_to_the_node(house):
    manifest = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\n"
    report = await house.run(ResourceWork(action="create", manifest=manifest))
    assert report.state is PodState.FAILED
    assert "Job needs a cluster (--runtime kubernetes)" in report.fault


@contract(*LOCAL)
async def test_without_the_store_a_resource_needs_a_cluster(house):
    report = await house.run(ResourceWork(action="create", manifest="kind: ConfigMap"))
    assert report.state is PodState.FAILED
    assert "--runtime kubernetes" in report.fault


@contract(*LOCAL)
async def test_the_working_directory_is_as_asked(house):
    if house.kind == "sandboxed":
        assert await said(house, "alpine", ["pwd"]) == ("/", 0)
    main = {"name": "main", "image": "alpine", "command": ["pwd"], "workingDir": "/usr"}
    report = await house.run(PodWork(pod=pod(main), capture_result=True))
    assert report.result == "/usr"
    if house.kind == "sandboxed":
        main["workingDir"] = "/made/for/it"
        report = await house.run(PodWork(pod=pod(main), capture_result=True))
        assert report.result == "/made/for/it"
