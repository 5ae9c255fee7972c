"""`argotui run` as a script sees it: what is on stdout, what on stderr, and the exit code."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import PATIENCE, PROGRAM
from .manifests import FAILS, GATE, HELD, HELLO, workflow

COMPARE = Path(__file__).parents[3] / "shared" / "corpus" / "compare.py"


def node(shown: dict, name: str) -> dict:
    (found,) = [n for n in shown["status"]["nodes"].values() if n["displayName"] == name]
    return found


def test_json_is_the_finished_workflow_and_nothing_else_on_stdout(argotui, write):
    done = argotui.run("-o", "json", "-p", "who=me", write(HELLO))
    assert done.code == 0, done.err
    shown = done.json
    assert shown["kind"] == "Workflow"
    assert shown["status"]["phase"] == "Succeeded"
    assert shown["status"]["progress"] == "2/2"
    assert node(shown, "a")["outputs"] == {"result": "hello me", "exitCode": "0"}
    assert node(shown, "b")["inputs"]["parameters"] == [{"name": "text", "value": "got hello me"}]
    assert shown["spec"]["arguments"]["parameters"] == [{"name": "who", "value": "me"}]
    assert "✔ Succeeded" in done.err
    assert "b: got hello me" in done.err


@pytest.mark.skipif(not COMPARE.exists(), reason="compare.py is not beside the repository")
def test_argos_tooling_reads_what_is_printed(argotui, write, tmp_path):
    (tmp_path / "o.json").write_text(argotui.run("-o", "json", write(HELLO)).out)
    done = subprocess.run(
        [sys.executable, COMPARE, "--normalise", tmp_path / "o.json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    normal = json.loads(done.stdout)
    assert [n["name"] for n in normal["nodes"]] == [
        "$WF", "$WF[0]", "$WF[0].a", "$WF[1]", "$WF[1].b",
    ]  # fmt: skip
    assert normal["nodes"][0]["children"] == ["$WF[0]"]
    assert normal["nodes"][2]["result"] == "hello world"


def test_jsonl_streams_every_node(argotui, write):
    done = argotui.run("-o", "jsonl", "--no-logs", write(HELLO))
    assert done.code == 0
    lines = [json.loads(line) for line in done.out.splitlines()]
    phases = [
        line["node"]["phase"] for line in lines if line.get("node", {}).get("displayName") == "a"
    ]
    assert phases[-1] == "Succeeded"
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
    assert lines[-1]["kind"] == "run"
    assert lines[-1]["status"]["phase"] == "Succeeded"
    assert "got hello" not in done.err


def test_a_failure_is_exit_1_with_the_last_words_of_the_log(argotui, write):
    done = argotui.run("--plain", write(FAILS))
    assert done.code == 1
    assert "main: Error (exit code 7)" in done.out
    assert "broken" in done.out.splitlines()[-2]
    assert "argotui logs" in done.out


SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: hush-5ac1}\n---"
READS_SECRET = SECRET + workflow(
    "secret",
    """
  - name: main
    container:
      image: alpine
      command: [sh, -c]
      args: ["echo it has ${#S} letters"]
      env: [{name: S, valueFrom: {secretKeyRef: {name: s, key: key}}}]
""",
)


def test_a_secret_from_stdin_reaches_its_step_and_no_file(argotui):
    done = argotui.run("--plain", "-", stdin=READS_SECRET)
    assert done.code == 0, done.out + done.err
    assert "it has 9 letters" in done.out
    detached = argotui.run("--detach", "-", stdin=READS_SECRET)
    assert detached.code == 0, detached.err
    argotui.wait_for_word("Succeeded")
    assert "it has 9 letters" in argotui("logs", detached.out.strip()).out
    kept = [path for path in (argotui.folder / "state").rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if b"hush-5ac1" in path.read_bytes()] == []


def test_approvals_given_beforehand(argotui, write):
    done = argotui.run("-o", "json", "--approve-param", "gate", "to=prod", write(GATE))
    assert done.code == 0, done.err
    assert node(done.json, "after")["outputs"] == {"exitCode": "0"}
    assert "went to prod" in done.err


def test_an_approval_that_does_not_come_parks_the_run(argotui, write):
    done = argotui.run("--plain", "--approval-timeout", "200ms", write(GATE))
    assert done.code == 4
    run = argotui.runs()[0]["run"]
    assert f"argotui approve {run} gate -p to=…" in done.out
    assert f"argotui recover {run}" in done.out
    assert argotui.runs()[0]["status"] == "Parked"


def test_another_process_approves_a_headless_run(argotui, write):
    process = argotui.start("--plain", write(GATE))
    run = argotui.wait_for_word("Waiting")
    refused = argotui("approve", run, "gate")
    assert refused.code == 2
    assert "it asks for: to" in refused.err
    assert argotui("approve", run, "gate", "-p", "to=prod").code == 0
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "after: went to prod" in out


def test_a_rejection_fails_the_run_with_its_reason(argotui, write):
    process = argotui.start("--plain", write(GATE))
    run = argotui.wait_for_word("Waiting")
    assert argotui("reject", run, "gate", "-m", "not today").code == 0
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "✖ Failed    gate  not today" in out


@pytest.mark.slow
def test_ctrl_c_stops_in_order_and_is_130(argotui, write):
    process = argotui.start("--plain", write(HELD))
    argotui.wait_for("the first step", lambda: "began" in argotui("logs", "@latest").out)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "stopping" in err
    assert "bye" in out  # the exit handler ran
    assert "│ second" not in out


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_run_to_be_recovered(argotui, write, number):
    process = argotui.start("--plain", write(HELD))
    argotui.wait_for("the first step", lambda: "began" in argotui("logs", "@latest").out)
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    run = argotui.runs()[0]["run"]
    assert f"argotui recover {run}" in err
    argotui.let_go(run)
    attached = argotui("attach", run, "--plain")
    assert attached.code == 0, attached.err
    assert attached.out.count("│ first: began") == 1
    assert "second" in attached.out


def test_the_version_is_nearly_as_fast_as_python_itself():
    import statistics
    import time

    def seconds(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start

    pairs = [
        (
            seconds(sys.executable, "-c", "pass"),
            seconds(*PROGRAM, "--version"),
        )
        for _ in range(11)
    ]
    nothing, version = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert version <= 2 * nothing


def test_a_machine_without_a_sandbox_asks_for_a_yes(argotui, write, tmp_path):
    empty = tmp_path / "bin"
    empty.mkdir()
    done = subprocess.run(
        [*PROGRAM, "run", "--plain", write(HELLO)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=PATIENCE,
        env={**argotui.environment, "PATH": str(empty)},
    )  # fmt: skip
    assert done.returncode == 3
    assert "--no-sandbox" in done.stderr
    assert argotui.runs() == []


def test_without_a_cluster_the_other_runtime_is_named(argotui, write):
    done = argotui("run", "--runtime", "kubernetes", write(HELLO))
    assert done.code == 3
    assert "--runtime local" in done.err


def test_the_fake_runtime_needs_no_machine(argotui, write):
    done = argotui("run", "--runtime", "fake", "-o", "json", write(HELLO))
    assert done.code == 0, done.err
    assert node(done.json, "b")["phase"] == "Succeeded"


def test_a_reader_that_leaves_does_not_end_the_run(argotui, write):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PROGRAM, "run", *argotui.local, "--plain", write(HELLO)],
        stdout=writer, stderr=subprocess.PIPE, text=True, env=argotui.environment,
        stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False,
    )  # fmt: skip
    os.close(writer)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    assert argotui.runs()[0]["status"] == "Succeeded"


PASSES = workflow(
    "passes",
    """
  - name: main
    retryStrategy: {limit: 1, retryPolicy: OnTransientError}
    container: {image: alpine, command: [sh, -c], args: ["exit 7"]}
""",
)


def test_a_pattern_in_the_environment_tells_transient_errors(argotui, write, monkeypatch):
    monkeypatch.setenv("TRANSIENT_ERROR_PATTERN", r"exit code \d$")
    done = argotui.run("-o", "json", write(PASSES))
    nodes = json.loads(done.out)["status"]["nodes"].values()
    assert sorted(node["type"] for node in nodes) == ["Pod", "Retry"], "it ends otherwise"
    monkeypatch.setenv("TRANSIENT_ERROR_PATTERN", "exit code [0-9]")
    done = argotui.run("-o", "json", write(PASSES))
    nodes = json.loads(done.out)["status"]["nodes"].values()
    assert sorted(node["type"] for node in nodes) == ["Pod", "Pod", "Retry"]


def test_a_pattern_that_is_none_is_said_before_anything_runs(argotui, write, monkeypatch):
    monkeypatch.setenv("TRANSIENT_ERROR_PATTERN", "(")
    done = argotui.run(write(PASSES))
    assert done.code == 2
    assert "TRANSIENT_ERROR_PATTERN: error parsing regexp: missing closing )" in done.err
