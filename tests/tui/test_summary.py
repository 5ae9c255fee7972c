import subprocess
import sys

from argotui.model.status import NodePhase, RunPhase
from argotui.tui import summary
from argotui.tui.look import ASCII
from tests.tui.fake_run import NOW, FakeRun, release


def told(run, **more):
    return summary.lines(run.state, run.info, now=NOW, outlook=run.outlook, **more)


def failed(folder):
    run = FakeRun(folder=folder)
    run.node("", "Failed", kind="DAG", ran=130, ago=221, template_name="release")
    run.node(".checkout", "Succeeded", ran=12)
    run.node(".unit-tests", "Failed", kind="TaskGroup", ran=40)
    bad = run.node(
        ".unit-tests(1:linux-arm64)", "Failed", ran=40, message="main: Error (exit code 2)"
    )
    run.log(bad, b"collected 3\n\x1b[31mE   AssertionError: expected 3 retries, saw 1\x1b[0m\n")
    run.run(phase=RunPhase.FAILED, finished_at=NOW - 91)
    return run


def test_a_failed_run_leaves_its_cause(tmp_path):
    assert told(failed(tmp_path)) == [
        "✖ release-7xk2p failed after 2m10s   (2 of 2 nodes, k8s prod/builds)",
        "  unit-tests(1:linux-arm64)  main: Error (exit code 2)",
        "    collected 3",
        "    E   AssertionError: expected 3 retries, saw 1",
        "  argotui logs release-7xk2p 'unit-tests(1:linux-arm64)'     argotui get release-7xk2p",
    ]


def test_a_run_that_waits_leaves_the_way_to_approve():
    assert told(release()) == [
        "‖ release-7xk2p waits for you, 3m41s so far   (5 of 9 nodes, k8s prod/builds)",
        "  approve-deploy     argotui approve release-7xk2p approve-deploy",
        "  argotui attach release-7xk2p",
    ]


def test_a_parked_run_leaves_the_way_to_recover_before_the_one_to_approve():
    run = release()
    run.run(parked=True)
    assert told(run) == [
        "‖ release-7xk2p is parked, 3m41s so far   (5 of 9 nodes, k8s prod/builds)",
        "  nobody approved in time: parked; argotui recover release-7xk2p, or at once:",
        "  approve-deploy     argotui approve release-7xk2p approve-deploy",
        "  argotui attach release-7xk2p",
    ]


def test_a_run_that_goes_on_leaves_the_way_back():
    run = release()
    run.patch(".approve-deploy", phase=NodePhase.SUCCEEDED)
    lines = told(run)
    assert lines[0].startswith("● release-7xk2p goes on, 3m41s so far")
    assert lines[1:] == ["  argotui attach release-7xk2p"]


def test_a_lost_driver_is_said():
    lines = told(release(), gone=True)
    assert "when last seen" in lines[0]
    assert lines[1] == "  the driver is gone; argotui recover release-7xk2p"


def test_a_good_end_leaves_its_outputs():
    run = FakeRun(deviations=("ran here; the Argo controller would refuse: script args",))
    run.node("", "Succeeded", kind="DAG", ran=3)
    run.run(
        phase=RunPhase.SUCCEEDED,
        finished_at=NOW,
        outputs={"parameters": [{"name": "tag", "value": "v1\x1b[2J"}]},
    )
    lines = told(run, glyphs=ASCII)
    assert lines[0].startswith("+ release-7xk2p succeeded after 3m41s")
    assert lines[1].startswith("  tag = v1\\u241b[2J")
    assert lines[2] == "  ran here; the Argo controller would refuse: script args"
    assert all(line.isascii() and line.isprintable() for line in lines)


def test_neither_summary_nor_presenter_loads_textual():
    code = "import sys, argotui.tui.summary, argotui.tui.presenter, argotui.tui.show; "
    code += "sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
