"""Pictures of every state of the screen, at 80x24 and 160x50.

`make snap` shows what differs; look before `--snapshot-update`.
"""

import asyncio

import pytest

from argotui.model.errors import Problem
from argotui.tui.show import Notice
from tests.tui.apps import app_for
from tests.tui.fake_run import Clock, FakeRun, release
from tests.tui.measured_runs import measured
from tests.tui.scenes import failed, fan_out
from tests.tui.waiting import settled, text_of, until

SIZES = {"80x24": (80, 24), "160x50": (160, 50)}


@pytest.fixture(params=SIZES)
def snap(request, snap_compare):
    """Compare a picture of `run` after some keys, once `shows` is on the screen."""

    def compare(run, *keys, shows="", **options):
        app = app_for(run, **options)

        async def before(pilot):
            await until(pilot, "the run", lambda: app.presenter.info is not None)
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
            await until(pilot, shows, lambda: shows in text_of(app))
            await settled(pilot, app)

        return snap_compare(app, terminal_size=SIZES[request.param], run_before=before)

    compare.is_wide = request.param == "160x50"
    return compare


def running(tmp_path):
    run = release(tmp_path)
    scan = run.state.nodes["release-7xk2p.scan"]
    for layer in range(1, 8):
        run.log(scan, b"scanning layer %d of 12\n" % layer, at=1_700_000_000 - 16 + 2 * layer)
    return run


def test_running(snap, tmp_path):
    assert snap(running(tmp_path), "k", shows="follow off")


def test_waiting_for_approval(snap, tmp_path):
    assert snap(running(tmp_path), "a", shows="Deploy 7f3a21")


def test_a_missing_value(snap, tmp_path):
    assert snap(running(tmp_path), "a", "enter", shows="needs a value")


def test_rejecting(snap, tmp_path):
    assert snap(running(tmp_path), "x", *"no", shows="reject")


def test_approving(snap, tmp_path):
    run = running(tmp_path)
    run.held = asyncio.Event()
    assert snap(run, "a", "tab", *"train", "enter", shows="approving")


def test_failed(snap, tmp_path):
    assert snap(failed(tmp_path), shows="FAILED")


def test_failed_tree(snap, tmp_path):
    assert snap(failed(tmp_path), "escape", shows="3rd try")


def test_a_log_with_hits(snap, tmp_path):
    assert snap(failed(tmp_path), "slash", *"retr", "enter", shows="of 3")


def test_a_wrapped_log(snap, tmp_path):
    run = release(tmp_path)
    scan = run.state.nodes["release-7xk2p.scan"]
    run.log(scan, b"short\n" + b"a long line of many words " * 12 + b"\nshort again\n")
    assert snap(run, "k", "l", "w", "t", shows="short again")


def test_a_merged_log(snap, tmp_path):
    run = running(tmp_path)
    scan = run.state.nodes["release-7xk2p.scan"]
    for number in range(3):
        run.log(
            scan, b"GET /layers/%d 200\n" % number, container="proxy", at=1_699_999_987 + number * 4
        )
    assert snap(run, "k", "l", shows="GET /layers/2")


def test_values(snap, tmp_path):
    assert snap(running(tmp_path), "k", "2", shows="inputs")


def test_manifest(snap, tmp_path):
    assert snap(running(tmp_path), "k", "4", shows="as written")


def test_a_fold(snap, tmp_path):
    assert snap(fan_out(tmp_path), "g", shows="811")


def test_a_thousand_items(snap, tmp_path):
    assert snap(fan_out(tmp_path), "F", shows="exit code 1")


def test_help(snap, tmp_path):
    assert snap(running(tmp_path), "question_mark", shows="On the tree")


def test_palette(snap, tmp_path):
    assert snap(running(tmp_path), "colon", *"sus", shows="suspend run")


def test_leaving(snap, tmp_path):
    assert snap(running(tmp_path), "ctrl+c", shows="Leave release-7xk2p?")


def test_ascii(snap, tmp_path):
    assert snap(running(tmp_path), "k", shows="follow off", ascii_only=True)


def test_a_manifest_with_problems(snap, tmp_path):
    async def notices():
        yield Notice(
            text="release.yaml changed: 2 problems",
            problems=(
                Problem(
                    what="template 'scann' is not defined",
                    hint="did you mean 'scan'?",
                    file="release.yaml",
                    line=14,
                    column=19,
                ),
                Problem(what="reads as a subtraction", severity="warning", name="when-unquoted"),
            ),
        )

    assert snap(running(tmp_path), "k", notices=notices(), shows="when-unquoted")


def test_nothing_started_yet(snap):
    assert snap(FakeRun(), shows="nothing has started yet")


def test_driver_gone(snap, tmp_path):
    run = running(tmp_path)
    run.end()
    assert snap(run, shows="argotui recover release-7xk2p")


@pytest.mark.parametrize("size", SIZES)
def test_loading(size, snap_compare):
    clock = Clock()
    run = release()
    app = app_for(run, clock)

    async def connect():
        await asyncio.Event().wait()

    app.connect = connect

    async def before(pilot):
        clock.at += 2
        await until(pilot, "the wait", lambda: "connecting to the driver… 2s" in text_of(app))

    assert snap_compare(app, terminal_size=SIZES[size], run_before=before)


def test_no_colour(snap, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap(running(tmp_path), "a", shows="Deploy 7f3a21")


def test_metrics(snap, tmp_path):
    assert snap(measured(tmp_path), "M", shows="4 metrics, 5 series")


def test_metrics_kept(snap, tmp_path):
    assert snap(measured(tmp_path), "M", "slash", *"failed", "enter", shows="esc shows all")


def test_no_metrics(snap, tmp_path):
    assert snap(running(tmp_path), "M", shows="declares no metrics")
