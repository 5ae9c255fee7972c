"""Runs worth a picture: one that failed, one with a fan-out, one with several tries."""

from __future__ import annotations

from pathlib import Path

from argotui.model.changes import NodeCreated
from argotui.model.status import RunPhase
from tests.tui.fake_run import NOW, FakeRun

PYTEST_LOG = b"""\x1b[1m============= test session starts =============\x1b[0m
collected 214 items
tests/test_plan.py \x1b[32m.....................\x1b[0m
tests/test_retry.py \x1b[32m.....\x1b[0m\x1b[31mF\x1b[0m
downloading  1%\rdownloading 50%\rdownloading 100%
\x1b]0;owned\x07 a title, \x1b[2J\x1b[H a cleared screen
\ttab, \xe4\xb8\xad\xe6\x96\x87 wide, \xff no UTF-8
\x1b[31mE   AssertionError: expected 3 retries, saw 1\x1b[0m
\x1b[31mFAILED\x1b[0m tests/test_retry.py::test_gives_up - AssertionError
"""


def failed(folder: Path) -> FakeRun:
    """A step of a loop failed, another one only at its third try."""
    run = FakeRun(folder=folder)
    run.node("", "Failed", kind="Steps", ago=221, ran=130, template_name="ci")
    run.node("[0]", "Succeeded", kind="StepGroup", ago=221, ran=12)
    run.node("[0].checkout", "Succeeded", ago=220, ran=12, outputs={"result": "7f3a21"})
    run.node("[1].unit-tests(0:linux-amd64)", "Succeeded", ago=200, ran=31)
    bad = run.node(
        "[1].unit-tests(1:linux-arm64)",
        "Failed",
        ago=200,
        ran=48,
        message="main: Error (exit code 2)",
        template_name="unit-tests",
        inputs={"parameters": [{"name": "platform", "value": "linux-arm64"}]},
        outputs={"exitCode": "2"},
        observed={
            "containers": [
                {
                    "name": "main",
                    "state": "terminated",
                    "exit_code": 2,
                    "reason": "Error",
                    "started_at": NOW - 198,
                }
            ]
        },
    )
    run.node(
        "[1].unit-tests(2:windows)",
        "Skipped",
        kind="Skipped",
        message="when 'windows != windows' evaluated false",
    )
    run.node("[1].flaky", "Succeeded", kind="Retry", ago=200, ran=60)
    for number, phase in enumerate(["Failed", "Failed", "Succeeded"]):
        message = "main: Error (exit code 1)" if phase == "Failed" else ""
        run.node(
            f"[1].flaky({number})",
            phase,
            ago=200 - 20 * number,
            ran=18,
            retried=True,
            message=message,
        )
    run.patch("", message=f"child '{bad.id}' failed")
    run.node(".onExit", "Succeeded", ago=93, ran=2, hooked=True, boundary_id="")
    run.log(bad, PYTEST_LOG, at=NOW - 198, step=1.5)
    run.run(phase=RunPhase.FAILED, finished_at=NOW - 91, message=f"child '{bad.id}' failed")
    return run


def fan_out(folder: Path) -> FakeRun:
    """A thousand items, some of each kind."""
    run = FakeRun(folder=folder, name="fan-out-9qk2m", where="local")
    run.node("", kind="DAG", ago=400, template_name="main")
    run.node(".prepare", "Succeeded", ago=400, ran=3, outputs={"result": "1000 shards"})
    run.node(".shards", kind="TaskGroup", ago=390)
    changes = []
    for number in range(1000):
        phase = "Succeeded" if number < 812 else "Running" if number < 852 else "Pending"
        phase = "Failed" if number == 433 else phase
        changes.append(
            NodeCreated(
                node=run.make(
                    f".shards({number}:shard-{number:04})",
                    phase,
                    ago=300 - number / 5,
                    ran=40,
                    waits_for="40 of 40 local places taken" if phase == "Pending" else "",
                    message="main: Error (exit code 1)" if phase == "Failed" else "",
                )
            )
        )
    run.send(*changes)
    run.plan("", ("collect", ("shards",)), ("report", ("collect",)))
    return run
