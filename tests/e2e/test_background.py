"""Runs that live in a process of their own: left, found, watched, steered, killed, cleaned up."""

import signal
import subprocess

import pytest

from argotui.runtimes.local.doctor import find_sandbox
from tests.contract.house import processes_with

from .conftest import PATIENCE, PROGRAM, hears_signals
from .manifests import GATE, HELD, HELLO, workflow


def test_detach_prints_the_id_and_everything_is_found_afterwards(argotui, write):
    done = argotui.run("--detach", write(HELLO))
    assert done.code == 0, done.err
    run = done.out.strip()
    assert f"argotui attach {run}" in done.err
    assert argotui.wait_for_word("Succeeded") == run
    assert "hello world" in argotui("get", run).out
    shown = argotui("get", run, "-o", "json").json
    assert shown["status"]["phase"] == "Succeeded"
    assert argotui("get", shown["metadata"]["name"], "-o", "name").out.strip() == run
    assert argotui("logs", run).out == "a: hello world\nb: got hello world\n"
    assert argotui("logs", run, "b").out == "got hello world\n"
    assert argotui("logs", run, "b", "-f").out == "got hello world\n"
    assert argotui("logs", run, "nope").code == 2
    attached = argotui("attach", run, "--plain")
    assert attached.code == 0
    assert "✔ Succeeded b" in attached.out
    assert argotui("delete", run).code == 0
    assert argotui.runs() == []
    assert not (argotui.folder / "state" / "runs" / run).exists()


def test_steering_from_another_terminal(argotui, write):
    run = argotui.run("--detach", write(GATE)).out.strip()
    argotui.wait_for_word("Waiting")
    assert argotui("delete", run).code == 2
    assert argotui("suspend", run).code == 0
    resumed = argotui("resume", run)
    assert resumed.code == 0
    assert f"argotui approve {run} gate" in resumed.err
    assert argotui("approve", run, "main").code == 2
    assert argotui("stop", run).code == 0
    argotui.wait_for_word("Failed")
    assert "Stopped with strategy 'Stop'" in argotui("get", run).out
    ended = argotui("stop", run)
    assert ended.code == 3
    assert "has ended" in ended.err
    assert argotui("recover", run).code == 2


@pytest.mark.slow
def test_a_killed_driver_is_recovered_and_nothing_is_done_twice(argotui, write):
    run = argotui.run("--detach", write(HELD)).out.strip()
    argotui.wait_for("the first step", lambda: "began" in argotui("logs", run).out)
    argotui.kill_driver(run)
    refused = argotui("stop", run)
    assert refused.code == 3
    assert f"argotui recover {run}" in refused.err
    assert argotui("recover", run).code == 0
    argotui.let_go(run)
    argotui.wait_for_word("Succeeded")
    said = argotui("logs", run).out
    assert [said.count(f": {word}\n") for word in ("began", "ended", "second", "bye")] == [
        1,
        1,
        1,
        1,
    ]


def test_recovery_releases_nothing(argotui, write):
    run = argotui.run("--detach", write(GATE)).out.strip()
    argotui.wait_for_word("Waiting")
    argotui.kill_driver(run)
    assert argotui("recover", run).code == 0
    argotui.wait_for_word("Waiting")
    assert argotui("approve", run, "--all", "-p", "to=prod").code == 0
    argotui.wait_for_word("Succeeded")
    assert "after: went to prod" in argotui("logs", run).out


def test_approving_a_parked_run_recovers_it(argotui, write):
    parked = argotui.run("--plain", "--approval-timeout", "1s", write(GATE))
    assert parked.code == 4
    run = argotui.wait_for_word("Parked")
    assert f"argotui recover {run}" in parked.out
    assert argotui("approve", run, "after").code == 2
    assert argotui.runs()[0]["status"] == "Parked"  # what is not meant starts no driver
    done = argotui("approve", run, "gate", "-p", "to=prod")
    assert done.code == 0, done.err
    assert "was parked: recovering it" in done.err
    argotui.wait_for_word("Succeeded")
    assert "after: went to prod" in argotui("logs", run).out


def test_rejecting_in_an_interrupted_run_recovers_it(argotui, write):
    run = argotui.run("--detach", write(GATE)).out.strip()
    argotui.wait_for_word("Waiting")
    argotui.kill_driver(run)
    done = argotui("reject", run, "gate")
    assert done.code == 0, done.err
    assert "was interrupted: recovering it" in done.err
    argotui.wait_for_word("Failed")


def test_an_approval_that_the_engine_refuses_is_a_fault_of_the_command_line(argotui, write):
    run = argotui.run("--detach", write(GATE)).out.strip()
    argotui.wait_for_word("Waiting")
    refused = argotui("approve", run, "gate", "-p", "nope=1")
    assert refused.code == 2
    assert "it asks for: to" in refused.err


def test_a_driver_in_the_background_gives_the_approvals_it_was_told(argotui, write):
    run = argotui.run("--detach", "--approve-param", "gate", "to=prod", write(GATE)).out.strip()
    argotui.wait_for_word("Succeeded")
    assert "after: went to prod" in argotui("logs", run).out


def test_two_drivers_are_refused(argotui, write):
    run = argotui.run("--detach", write(GATE)).out.strip()
    argotui.wait_for_word("Waiting")
    done = argotui("_drive", str(argotui.folder / "state" / "runs" / run))
    assert done.code == 3
    assert "already driven" in done.err


def test_ctrl_c_on_a_watcher_leaves_the_run_alone(argotui, write):
    run = argotui.run("--detach", write(GATE)).out.strip()
    argotui.wait_for_word("Waiting")
    watcher = subprocess.Popen(
        [*PROGRAM, "attach", run, "--plain"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=argotui.environment,
        preexec_fn=hears_signals,
    )  # fmt: skip
    assert watcher.stdout is not None
    while "Waiting" not in (line := watcher.stdout.readline()):
        assert line, "it has ended"
    watcher.send_signal(signal.SIGINT)
    watcher.communicate(timeout=PATIENCE)
    assert watcher.returncode == 0
    assert argotui.runs()[0]["status"] == "Waiting"


LEAVES_A_FILE = workflow(
    "leaves",
    """
  - name: main
    retryStrategy: {limit: 1}
    container:
      image: alpine
      command: [sh, -c]
      args: ["echo evidence > /kept.txt; exit 1"]
      env: [{name: WHO, value: me}]
""",
)


@pytest.mark.sandbox
@pytest.mark.skipif(not find_sandbox().program, reason="bubblewrap does not work here")
def test_a_shell_finds_what_a_failed_step_left(argotui, write):
    assert argotui.run("--plain", write(LEAVES_A_FILE)).code == 1
    run = argotui.runs()[0]["run"]
    name = argotui.runs()[0]["workflow"]
    looked = argotui("shell", run, name, stdin="cat /kept.txt; echo $WHO; pwd; exit 5\n")
    assert looked.code == 5
    assert looked.out == "evidence\nme\n/\n"
    assert argotui("shell", run, name, "-c", "nope").code == 3


def test_a_shell_says_where_nothing_is_left(argotui, write):
    assert argotui.run("--plain", write(HELLO)).code == 0
    done = argotui("shell", "@latest", "a")
    assert done.code == 3
    assert "nothing is left" in done.err
    assert argotui("shell", "@latest", argotui.runs()[0]["workflow"]).code == 2


LEFT = """
  - name: main
    steps:
    - - {name: server, template: server}
    - - {name: nap, template: nap}
  - name: server
    daemon: true
    container: {image: alpine, command: [sh, -c], args: ["echo up; exec sleep 86411"]}
  - name: nap
    container: {image: alpine, command: [sh, -c], args: ["echo began; exec sleep 86411"]}
"""


def test_delete_ends_what_a_killed_driver_left_running(argotui, write):
    run = argotui.run("--detach", write(workflow("left", LEFT))).out.strip()
    folder = argotui.folder / "state" / "runs" / run
    argotui.wait_for("the nap", lambda: "nap: began" in argotui("logs", run).out)
    argotui.kill_driver(run)
    assert processes_with(str(folder))
    done = argotui("delete", run)
    assert done.code == 0, done.err
    assert not folder.exists()
    assert not processes_with(str(folder))
    assert not list(folder.parent.iterdir())
