"""Running commands: exit codes, output, files, signals, deadlines. Argo: 1.6, 2.7, 3.2 to 3.4."""

from __future__ import annotations

import time

from argotui.model.work import CollectedFile, PodState, PodWork
from tests.contract.house import LOCAL, REAL, container, contract, pod, shell

MISSING = "open /var/run/argo/outputs/parameters/{}: no such file or directory"


@contract(*REAL)
async def test_an_exit_code_is_kept(house):
    codes = (0, 3, 130, 137, 255)
    reports = await house.run_all(*(shell(f"exit {code}") for code in codes))
    for code, report in zip(codes, reports, strict=True):
        (main,) = report.containers
        assert main.exit_code == code
        assert report.state is (PodState.FAILED if code else PodState.SUCCEEDED)
        assert main.reason == ("Error" if code else "Completed")


@contract(*REAL)
async def test_a_main_killed_by_signal_n_ends_with_128_and_n(house):
    numbers = (9, 15, 11)
    works = [shell(f"sh -c 'kill -{number} $$$$'; exit $?") for number in numbers]
    works += [shell(f"exec sh -c 'kill -{number} $$$$'") for number in numbers]
    for number, report in zip(2 * numbers, await house.run_all(*works), strict=True):
        (main,) = report.containers
        assert (main.exit_code, main.reason) == (128 + number, "Error")


@contract(*LOCAL)
async def test_a_command_that_cannot_be_started_is_told_and_is_no_fault_of_ours(house):
    script = {"path": "/argo/staging/script", "content": "#!/no/such/shell", "mode": 0o755}
    work = PodWork(
        pod=pod({"name": "main", "image": "alpine", "command": ["/argo/staging/script"]}),
        stage=shell("", stage=[script]).stage,
    )
    report = await house.run(work)
    (main,) = report.containers
    assert (report.fault, main.reason) == ("", "Error")
    if house.kind == "sandboxed":
        why = "failed to start command: /argo/staging/script: No such file or directory"
        assert (main.exit_code, main.message) == (64, why)


@contract(*REAL)
async def test_the_result_is_stdout_without_its_last_newline(house):
    report = await house.run(shell("printf 'a\\r\\nb\\n\\n'; echo no >&2; echo too >&2"))
    assert report.result == "a\r\nb\n"


@contract(*REAL)
async def test_who_asks_for_a_terminal_has_one_and_nobody_else(house):
    script = "test -t 0 && echo a terminal; echo no more"
    for tty, said in ((True, "a terminal\nno more"), (False, "no more")):
        main = {"tty": tty, "stdin": tty}
        report = await house.run(shell(script, main=main, capture_result=True))
        assert report.result.replace("\r", "") == said
        assert report.state is PodState.SUCCEEDED


@contract(*REAL)
async def test_the_result_is_the_last_256_kib(house):
    script = "head -c 300000 /dev/zero | tr '\\0' x; printf END"
    report = await house.run(shell(script, main={"image": "debian"}))
    assert report.result == "x" * (262144 - 3) + "END"


@contract(*REAL)
async def test_bytes_that_are_no_text_do_no_harm(house):
    report = await house.run(shell("printf 'a\\377\\000b'"))
    assert report.result == "a\ufffd\0b"


@contract(*LOCAL)
async def test_a_command_that_is_not_there_is_told_in_argos_words(house):
    work = PodWork(pod=pod({"name": "main", "image": "busybox", "command": ["no-such-binary"]}))
    (main,) = (await house.run(work)).containers
    assert (main.exit_code, main.reason) == (64, "Error")
    assert main.message == (
        'failed to find name in PATH: exec: "no-such-binary": executable file not found in $PATH'
    )
    assert "--runtime kubernetes" in main.detail


@contract(*LOCAL)
async def test_a_path_that_is_not_there_or_no_program_is_told(house):
    for command, why in (
        ("/no/such", "stat /no/such: no such file or directory"),
        ("/etc/passwd", "permission denied"),
    ):
        work = PodWork(pod=pod({"name": "main", "image": "busybox", "command": [command]}))
        (main,) = (await house.run(work)).containers
        assert main.message == f'failed to find name in PATH: exec: "{command}": {why}'


@contract(*LOCAL)
async def test_an_unknown_image_runs_programs_of_the_machine_and_says_so(house):
    work = PodWork(pod=pod({"name": "main", "image": "acme/tool:3", "command": ["echo", "hi"]}))
    (main,) = (await house.run(work)).containers
    assert main.exit_code == 0
    assert "acme/tool:3 is not known here" in main.detail


@contract(*LOCAL)
async def test_what_cannot_stand_in_is_a_fault_with_a_way_out(house):
    for spec, words in (
        ({"image": "acme/tool:3", "command": ["acme-tool"]}, ("acme/tool:3", "`acme-tool`")),
        ({"image": "acme/tool:3"}, ("acme/tool:3", "names no command")),
    ):
        report = await house.run(PodWork(pod=pod({"name": "main", **spec})))
        assert report.state is PodState.FAILED
        assert all(word in report.fault for word in (*words, "--runtime kubernetes"))


@contract(*REAL)
async def test_output_files_are_collected_also_after_a_failure(house):
    folder = str(house.folder / "out") if house.kind == "plain" else "/tmp/out"
    work = shell(
        f"mkdir -p {folder}; printf 'x\\n\\n' > {folder}/a; exit 4",
        collect=[{"name": "a", "path": f"{folder}/a"}],
    )
    report = await house.run(work)
    assert (report.state, dict(report.parameters)) == (PodState.FAILED, {"a": "x\n"})


@contract(*REAL)
async def test_a_missing_output_file_is_told_in_argos_words(house):
    report = await house.run(shell("true", collect=[{"name": "a", "path": "/no/such/file"}]))
    assert report.collect_errors == (MISSING.format("no/such/file"),)
    assert report.state is PodState.FAILED
    assert report.containers[0].exit_code == 0


@contract(*REAL)
async def test_an_empty_file_is_not_a_missing_one(house):
    work = PodWork(
        pod=pod(
            container(": > /data/empty", volumeMounts=[{"name": "v", "mountPath": "/data"}]),
            volumes=[{"name": "v", "emptyDir": {}}],
        ),
        collect=(CollectedFile(name="a", container="main", path="/data/empty", default="d"),),
    )
    assert dict((await house.run(work)).parameters) == {"a": ""}


@contract(*REAL)
async def test_a_script_is_staged_and_can_be_run(house):
    staging = {"name": "argo-staging", "mountPath": "/argo/staging"}
    main = {
        "name": "main",
        "image": "python:3.12",
        "command": ["python"],
        "args": ["/argo/staging/script"],
        "volumeMounts": [staging],
    }
    work = shell("", stage=[{"path": "/argo/staging/script", "content": "print(6 * 7)\n"}])
    work = PodWork(
        pod=pod(main, volumes=[{"name": "argo-staging", "emptyDir": {}}]),
        stage=work.stage,
        capture_result=True,
    )
    assert (await house.run(work)).result == "42"


@contract(*REAL)
async def test_a_staged_file_needs_no_volume_and_runs_by_its_first_line(house):
    work = PodWork(
        pod=pod({"name": "main", "image": "alpine", "command": ["/argo/staging/script"]}),
        stage=shell(
            "",
            stage=[
                {"path": "/argo/staging/script", "content": "#!/bin/sh\necho she", "mode": 0o755}
            ],
        ).stage,
        capture_result=True,
    )
    assert (await house.run(work)).result == "she"


@contract(*REAL)
async def test_stopping_is_polite_first(house):
    ref = await house.start(shell("trap 'echo bye; exit 7' TERM; echo up; sleep 100 & wait"))
    await house.said(ref, "up")
    await house.runtime.stop(ref, 10.0)
    report = await house.ended(ref)
    assert (report.containers[0].exit_code, report.result) == (7, "up\nbye")


@contract(*LOCAL)
async def test_what_does_not_listen_is_ended_by_force(house):
    ref = await house.start(shell("trap '' TERM; echo up; while :; do sleep 0.1; done"))
    await house.said(ref, "up")
    began = time.monotonic()
    await house.runtime.stop(ref, 0.3)
    report = await house.ended(ref)
    assert report.containers[0].exit_code == 137
    assert time.monotonic() - began > 0.25


@contract(*REAL)
async def test_an_end_that_was_asked_for_shows_as_143(house):
    ref = await house.start(shell("echo up; exec sleep 100"))
    await house.said(ref, "up")
    await house.runtime.stop(ref, 10.0)
    assert (await house.ended(ref)).containers[0].exit_code == 143


@contract(*REAL)
async def test_stopping_at_once_after_starting_ends_it_soon(house):
    refs = [await house.start(shell("sleep 100")) for _ in range(3)]
    for ref in refs:
        await house.runtime.stop(ref, 2.0)
    for ref in refs:
        assert (await house.ended(ref)).state is PodState.FAILED


@contract(*REAL)
async def test_a_deadline_ends_the_pod(house):
    """Whether something comes back of it or not. A kubelet's time runs from before its start."""
    seconds = 8.0 if house.kind == "kubernetes" else 0.3
    main = {"name": "main", "image": "busybox:1.37", "command": ["sleep", "100"]}
    wrapped = await house.start(shell("exec sleep 100", deadline_seconds=seconds))
    bare = await house.start(PodWork(pod=pod(main), deadline_seconds=seconds))
    for ref in (wrapped, bare):
        report = await house.ended(ref)
        assert (report.state, report.reason) == (PodState.FAILED, "DeadlineExceeded")
        assert report.message == "Pod was active on the node longer than the specified deadline"
        assert report.containers[0].exit_code == 143


@contract(*REAL)
async def test_progress_is_reported_as_it_is_written(house):
    script = "echo 3/10 > $ARGO_PROGRESS_FILE; exit 0"
    assert (await house.run(shell(script))).progress == "3/10"


@contract(*LOCAL, options={"parallel": 1})
async def test_more_pods_than_places_wait_and_say_for_what(house):
    first = await house.start(shell("echo up; exec sleep 100"))
    await house.said(first, "up")
    second = await house.start(shell("echo mine"))
    waiting = await house.waits(second, "waits for one of 1 places on this machine")
    assert waiting.state is PodState.PENDING
    third = await house.start(shell("echo never"))
    await house.runtime.stop(third, 1.0)
    assert (await house.ended(third)).state is PodState.FAILED
    await house.runtime.stop(first, 5.0)
    assert (await house.ended(second)).result == "mine"


@contract(*LOCAL, options={"parallel": 1})
async def test_a_daemon_that_is_up_takes_no_place(house):
    daemon = await house.start(PodWork(pod=pod(container("exec sleep 100")), daemon=True))
    await house.running(daemon)
    assert (await house.run(shell("echo served"))).result == "served"


@contract(*LOCAL)
async def test_a_stop_is_heard_however_early_it_comes(house):
    """Between the start of a process and that of its command nobody listens: it must wait."""
    for _ in range(8):
        ref = await house.start(shell("exec sleep 100"))
        await house.running(ref)
        await house.runtime.stop(ref, 30.0)
        assert (await house.ended(ref)).containers[0].exit_code == 143
