"""What a step must not see, touch, read out or leave behind."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from argotui.model.work import CollectedFile, PodWork
from tests.contract.house import LOCAL, container, contract, pod, processes_with, shell


def on_host(path):
    return os.path.lexists(path)


@contract("sandboxed")
async def test_files_are_written_inside_and_never_on_the_host(house):
    mark = uuid.uuid4().hex
    paths = [f"/tmp/{mark}", f"/mnt/out/{mark}", f"/{mark}.txt", f"/var/tmp/{mark}"]
    script = "; ".join(f"mkdir -p {os.path.dirname(p)}; echo in > {p}" for p in paths)
    work = shell(script, collect=[{"name": f"p{n}", "path": p} for n, p in enumerate(paths)])
    report = await house.run(work)
    assert set(report.parameters.values()) == {"in"}
    assert not [path for path in paths if on_host(path)]


@contract("sandboxed")
async def test_pods_do_not_see_each_others_files(house):
    await house.run(shell("echo x > /tmp/mine"))
    assert (await house.run(shell("ls /tmp"))).result == ""


@contract("sandboxed")
async def test_the_home_folder_and_the_runs_own_folder_are_not_there(house):
    home = Path.home()
    report = await house.run(
        shell(f"ls -A {home} /home 2>/dev/null; ls {house.folder} 2>&1; echo $HOME; pwd")
    )
    said = report.result.split("\n")
    assert "No such file" in report.result
    assert said[-2:] == ["/root", "/"]
    # The interpreter may live in a home folder: its own place is all that shows.
    assert not {".bashrc", ".profile", ".ssh", ".bash_history"} & set(said)


@contract("sandboxed")
async def test_the_environment_of_the_driver_does_not_leak(house):
    os.environ["ARGOTUI_TEST_LEAK"] = "secret"
    try:
        report = await house.run(shell("env; cat /proc/1/environ /proc/*/environ"))
    finally:
        del os.environ["ARGOTUI_TEST_LEAK"]
    assert "LEAK" not in report.result
    assert "secret" not in report.result


@contract("sandboxed")
async def test_system_folders_secrets_and_the_kernel_are_out_of_reach(house):
    script = """
    for f in /usr/x /etc/x /bin/x /lib/x /.argotui/x; do
      (echo x > $f) 2>/dev/null && echo WROTE $f
    done
    for f in $(find /proc -maxdepth 3 -type f -not -path '/proc/[0-9]*' -perm -u+w 2>/dev/null); do
      case $f in /proc/sys/*|/proc/irq/*|/proc/sysrq-trigger) : ;; *) continue ;; esac
      [ -w $f ] && echo WRITABLE $f
    done
    cat /etc/shadow /etc/sudoers 2>/dev/null && echo READ
    mount -o remount,rw,bind /usr 2>/dev/null && echo REMOUNTED
    grep -E 'CapEff:.*[1-9a-f]' /proc/self/status
    echo end
    """
    report = await house.run(shell(script, main={"image": "debian"}))
    assert report.result == "end"


@contract("sandboxed")
async def test_processes_of_the_host_are_not_seen(house):
    report = await house.run(shell("ls -d /proc/[0-9]* | wc -l; kill -0 1 && echo ok"))
    assert int(report.result.split("\n")[0]) < 10


@contract(*LOCAL)
async def test_nothing_outlives_its_step(house):
    mark = f"7{uuid.uuid4().int % 10**9}"
    script = f"sleep {mark} & (setsid sleep {mark} &) ; sleep 0.1; echo left"
    report = await house.run(shell(script, main={"image": "debian"}))
    assert report.result == "left"
    await house.until(lambda: not processes_with(mark), "no process left")


@contract(*LOCAL)
async def test_nothing_outlives_the_run(house):
    mark = f"7{uuid.uuid4().int % 10**9}"
    for script in (f"exec sleep {mark}", f"trap '' TERM; sleep {mark}; sleep {mark}"):
        await house.running(await house.start(shell(script)))
    await house.until(lambda: len(processes_with(mark)) >= 2, "both at work")
    await house.runtime.close()
    assert not processes_with(mark)
    assert not processes_with(str(house.folder))


@contract("sandboxed")
async def test_a_link_cannot_lead_a_collected_file_out(house):
    secret = house.folder / "secret"
    secret.write_text("hush")
    for link in (
        f"ln -s {secret} /tmp/x",
        f"ln -s /../../../../../../../..{secret} /tmp/x",
        f"rm -rf /tmp; ln -s {house.folder} /tmp; ln -s secret /x",
        "mkfifo /tmp/x",
        "ln -s x /tmp/x",
        "mkdir /tmp/x",
    ):
        path = "/tmp/secret" if "rm -rf" in link else "/tmp/x"
        report = await house.run(shell(link, collect=[{"name": "a", "path": path}]))
        assert not report.parameters, link
        assert len(report.collect_errors) == 1


@contract("sandboxed")
async def test_a_link_inside_is_followed(house):
    script = "mkdir /data; echo in > /data/f; ln -s /data /tmp/d; ln -s ../data/f /tmp/g"
    collect = [{"name": "d", "path": "/tmp/d/f"}, {"name": "g", "path": "/tmp/x/../g"}]
    report = await house.run(shell(f"{script}; mkdir /tmp/x", collect=collect))
    assert dict(report.parameters) == {"d": "in", "g": "in"}


@contract("sandboxed")
async def test_dots_do_not_lead_above_the_root(house):
    secret = house.folder / "secret"
    secret.write_text("hush")
    path = f"/tmp/../../../../../..{secret}"
    report = await house.run(shell("true", collect=[{"name": "a", "path": path}]))
    assert not report.parameters


@contract("sandboxed")
async def test_a_sub_path_cannot_lead_out_by_a_link(house):
    mount = {"name": "v", "mountPath": "/v"}
    inner = {"name": "v", "mountPath": "/inner", "subPath": "out"}
    work = PodWork(
        pod=pod(
            container("echo gotcha > /inner/f", volumeMounts=[inner]),
            init=[
                container(
                    f"rm -rf /v/out; ln -s {house.folder} /v/out", "ini", volumeMounts=[mount]
                )
            ],
            volumes=[{"name": "v", "emptyDir": {}}],
        )
    )
    report = await house.run(work)
    assert report.containers[0].exit_code == 0
    assert not (house.folder / "f").exists()


@contract("sandboxed")
async def test_a_sub_path_that_became_a_link_leads_no_collected_file_out(house):
    (house.folder / "secret").write_text("hush")
    whole, part = (
        {"name": "v", "mountPath": "/v"},
        {"name": "v", "mountPath": "/part", "subPath": "a"},
    )
    script = f"mv /v/a /v/b; ln -s {house.folder} /v/a"
    for volume in ({"emptyDir": {}}, {"persistentVolumeClaim": {"claimName": "wf-v"}}):
        work = PodWork(
            pod=pod(
                container(script, volumeMounts=[whole, part]), volumes=[{"name": "v", **volume}]
            ),
            collect=(CollectedFile(name="a", container="main", path="/part/secret"),),
        )
        report = await house.run(work)
        assert report.containers[0].exit_code == 0
        assert not report.parameters


@contract("sandboxed")
async def test_a_sub_path_is_a_folder_of_the_volume(house):
    whole = {"name": "v", "mountPath": "/v"}
    part = {"name": "v", "mountPath": "/part", "subPath": "a/b"}
    work = PodWork(
        pod=pod(
            container(
                "echo x > /part/f; cat /v/a/b/f; ls /proc/self/fd", volumeMounts=[whole, part]
            ),
            volumes=[{"name": "v", "emptyDir": {}}],
        ),
        capture_result=True,
    )
    assert (await house.run(work)).result == "x\n0\n1\n2\n3"


@contract("sandboxed")
async def test_a_staged_file_cannot_be_put_on_the_host(house):
    mark = uuid.uuid4().hex
    for path in (f"/usr/{mark}", f"/etc/alternatives/{mark}", f"/bin/{mark}"):
        report = await house.run(shell("true", stage=[{"path": path, "content": "x"}]))
        assert report.stage_errors
        assert not on_host(path)


@contract(*LOCAL)
async def test_text_that_no_process_can_be_given_does_no_harm(house):
    """A NUL byte would end one option of the sandbox and begin another."""
    for env, args in (
        ("x\0--bind\0/\0/host", "ls /host"),
        ("x", "echo a\0b"),
        ("x", "echo \ud800"),
        ("\ud800", "true"),
    ):
        main = {"env": [{"name": "A", "value": env}]}
        report = await house.run(shell(args, main=main))
        (only,) = report.containers
        assert (only.exit_code, report.result) == (64, "")
        assert only.message.startswith("failed to start command: ")
    assert (await house.run(shell("echo alive"))).result == "alive"


@contract(*LOCAL)
async def test_a_log_that_cannot_be_written_is_a_fault_of_that_work_only(house):
    ref = house.ref()
    (house.folder / "logs").mkdir(exist_ok=True)
    (house.folder / "logs" / ref.key).write_text("in the way")
    await house.runtime.start(ref, shell("true"))
    assert "cannot write" in (await house.ended(ref)).fault
    assert (await house.run(shell("echo alive"))).result == "alive"


@contract(*LOCAL)
async def test_a_file_that_is_too_large_is_refused_by_its_size(house):
    path = "/tmp/big" if house.kind == "sandboxed" else str(house.folder / "big")
    work = shell(f"truncate -s 101M {path}", collect=[{"name": "a", "path": path}])
    report = await house.run(work)
    assert report.collect_errors == (
        f"{path}: larger than 100 MB, the most that an output parameter can hold",
    )


@contract(*LOCAL)
async def test_names_that_lead_elsewhere_are_refused(house):
    for spec in (
        container("true", "../up"),
        container("true", volumeMounts=[{"name": "v", "mountPath": "/x", "subPath": "../.."}]),
    ):
        work = PodWork(
            pod=pod(spec, volumes=[{"name": "v", "emptyDir": {}}]), mains=(spec["name"],)
        )
        assert (await house.run(work)).fault


@contract("plain")
async def test_without_a_sandbox_there_is_a_warning(house):
    assert "home folder" in house.runtime.warning
    assert house.runtime.where == "local (no sandbox)"


def test_a_sandbox_that_does_not_work_is_a_fault(tmp_path, monkeypatch):
    import asyncio

    from argotui.model.errors import RuntimeFault
    from argotui.runtimes.local import runtime as module
    from argotui.runtimes.local.doctor import Sandbox
    from tests.contract.house import House

    monkeypatch.setattr(module, "find_sandbox", lambda: Sandbox(problem="bwrap is not installed"))
    with pytest.raises(RuntimeFault, match="bwrap is not installed; --no-sandbox"):
        asyncio.run(House("sandboxed", tmp_path).open())


@contract("sandboxed")
async def test_collected_files_of_a_sidecar_come_from_the_sidecar(house):
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    main = container("until [ -e /v/up ]; do sleep 0.05; done", **mount)
    side = container("echo s > /f; touch /v/up; exec sleep 100", "side", **mount)
    work = PodWork(
        pod=pod(main, side, volumes=[{"name": "v", "emptyDir": {}}]),
        collect=(CollectedFile(name="a", container="side", path="/f"),),
    )
    assert dict((await house.run(work)).parameters) == {"a": "s"}
