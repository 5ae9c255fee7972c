"""The screen driven by keys over a scripted run."""

import asyncio
import time

import pytest

from argotui.driver.port import Verdict
from argotui.model.errors import Problem, RuntimeFault
from argotui.model.events import (
    NodeSetRequested,
    ResumeRequested,
    RunSuspendToggled,
    ShutdownRequested,
)
from argotui.model.status import NodePhase, RunPhase, Shutdown
from argotui.tui.screens.approve import ApproveSheet
from argotui.tui.show import Notice, Way
from tests.tui.apps import app_for
from tests.tui.fake_run import NOW, Clock, FakeRun, release
from tests.tui.waiting import text_of, until

NARROW, WIDE = (80, 24), (160, 50)
GATE = "release-7xk2p.approve-deploy"


def drive(run, script, size=NARROW, **options):
    """Run `script(app, pilot)` once the run is on the screen; return how the app was left."""

    async def main():
        app = app_for(run, **options)
        async with app.run_test(size=size) as pilot:
            await until(pilot, "the run on the screen", lambda: app.presenter.info is not None)
            await script(app, pilot)
        return app.return_value

    return asyncio.run(main())


def cursor(app):
    return app.run_screen.run_tree.cursor.key


def screen_line_of_cursor(app):
    view = app.run_screen.run_tree
    return app.presenter.shown.index(view.cursor) - view.scroll_offset.y


# --- approving -----------------------------------------------------------------------------------


def test_a_follower_is_taken_to_the_step_that_waits_and_can_approve_it():
    run = release()

    async def script(app, pilot):
        assert cursor(app) == GATE
        await pilot.press("a")
        assert isinstance(app.screen, ApproveSheet)
        assert "Deploy 7f3a21 to production?" in text_of(app)
        await pilot.press("left", "tab", *"train", "enter")
        await until(pilot, "the request", lambda: run.sent)
        assert "approving" in text_of(app), "a wish is shown as a wish"
        run.patch(".approve-deploy", phase=NodePhase.SUCCEEDED, approved_by="jan", finished_at=NOW)
        await until(pilot, "the change", lambda: "approved by jan" in text_of(app))

    drive(run, script)
    assert run.sent == [
        ResumeRequested(
            node_name=GATE, values={"environment": "staging", "reason": "train"}, by="jan"
        )
    ]


def test_a_missing_value_is_refused_in_the_sheet():
    run = release()

    async def script(app, pilot):
        await pilot.press("a", "enter")
        await pilot.pause()
        assert isinstance(app.screen, ApproveSheet)
        assert "reason needs a value" in text_of(app)
        await pilot.press(*"ok", "enter")
        await until(pilot, "the request", lambda: run.sent)

    drive(run, script)


def test_a_refusal_comes_back_to_the_sheet_with_its_reason():
    run = release()
    run.verdict = Verdict(accepted=False, why="'mars' is not one of staging, production")

    async def script(app, pilot):
        await pilot.press("a", "tab", "x", "enter")
        await until(pilot, "the sheet again", lambda: "is not one of" in text_of(app))
        assert isinstance(app.screen, ApproveSheet)
        assert not app.presenter.asked

    drive(run, script)


def test_nobody_approves_what_they_did_not_look_at():
    run = release()

    async def script(app, pilot):
        await pilot.press("g", "a")
        await pilot.pause()
        assert not isinstance(app.screen, ApproveSheet)
        assert cursor(app) == GATE
        await pilot.press("a")
        assert isinstance(app.screen, ApproveSheet)

    drive(run, script)


def test_a_second_approval_is_not_sent_while_the_first_is_under_way():
    run = release()
    run.held = asyncio.Event()

    async def script(app, pilot):
        await pilot.press("a", "tab", "x", "enter")
        await until(pilot, "the request", lambda: run.sent)
        await pilot.press("a")
        await pilot.pause()
        assert not isinstance(app.screen, ApproveSheet)
        run.held.set()

    drive(run, script)
    assert len(run.sent) == 1


def test_rejecting_asks_for_a_reason():
    run = release()

    async def script(app, pilot):
        await pilot.press("x", *"too late", "enter")
        await until(pilot, "the request", lambda: run.sent)
        assert "rejecting" in text_of(app)

    drive(run, script)
    assert run.sent == [
        NodeSetRequested(
            node_name=GATE, phase=NodePhase.FAILED, message="rejected by jan: too late", by="jan"
        )
    ]


def test_esc_leaves_the_sheet_and_sends_nothing():
    run = release()

    async def script(app, pilot):
        await pilot.press("a", "escape")
        assert app.screen is app.run_screen

    drive(run, script)
    assert not run.sent


def test_a_sheet_closes_when_somebody_else_decided():
    run = release()

    async def script(app, pilot):
        await pilot.press("a")
        run.patch(".approve-deploy", phase=NodePhase.FAILED, message="rejected by eva")
        await until(pilot, "the sheet gone", lambda: app.screen is app.run_screen)
        assert "does not wait any more" in text_of(app)

    drive(run, script)


def test_a_step_that_waits_is_shouted_in_the_header_and_reached_with_one_key():
    run = release()

    async def script(app, pilot):
        assert "‖ 1 waits for you" in text_of(app).splitlines()[0]
        await pilot.press("g", "w")
        assert cursor(app) == GATE

    drive(run, script)


# --- the cursor ----------------------------------------------------------------------------------


def test_the_cursors_row_never_moves_by_itself():
    run = FakeRun()
    run.node("", kind="DAG", template_name="main")
    for number in range(60):
        run.node(f".n{number:02}", "Succeeded", ran=1)

    async def script(app, pilot):
        await pilot.press("g", *["j"] * 30)
        line, row = screen_line_of_cursor(app), cursor(app)
        run.node(".n05.onExit", "Running", hooked=True)
        run.node(".n55.onExit", "Running", hooked=True)
        await until(pilot, "both hooks", lambda: len(app.presenter.shown) == 63)
        assert (screen_line_of_cursor(app), cursor(app)) == (line, row)

    drive(run, script)


def test_nor_does_it_in_a_tree_that_fits_the_screen():
    run = release()

    async def script(app, pilot):
        await pilot.press("G")
        line = screen_line_of_cursor(app)
        run.node(".checkout.onExit", "Running", hooked=True)
        await until(pilot, "the hook", lambda: len(app.presenter.shown) == 12)
        assert screen_line_of_cursor(app) == line
        await pilot.press("g")
        assert app.run_screen.run_tree.scroll_offset.y == 0

    drive(run, script)


def test_the_cursor_goes_to_the_row_above_when_its_own_is_folded_away():
    run = release()

    async def script(app, pilot):
        await pilot.press("g", "j", "j", "j", "left")
        assert cursor(app) == "release-7xk2p.unit-tests"
        await pilot.press("left")
        assert len(app.presenter.shown) == 8
        await pilot.press("right")
        assert len(app.presenter.shown) == 11

    drive(run, script)


def test_following_is_shown_and_ends_with_the_first_move():
    run = release()

    async def script(app, pilot):
        assert text_of(app).rstrip().endswith("follow on")
        await pilot.press("k")
        assert text_of(app).rstrip().endswith("follow off")
        await pilot.press("f")
        assert text_of(app).rstrip().endswith("follow on")
        assert cursor(app) == GATE

    drive(run, script)


def test_find_goes_through_folds_and_round():
    run = release()

    async def script(app, pilot):
        await pilot.press("slash", *"arm64", "enter")
        assert cursor(app).endswith("(1:linux-arm64)")
        await pilot.press("n")
        assert cursor(app).endswith("(2:darwin-arm64)")
        await pilot.press("N")
        assert cursor(app).endswith("(1:linux-arm64)")

    drive(run, script)


def test_a_filter_is_shown_and_esc_ends_it():
    run = release()

    async def script(app, pilot):
        await pilot.press("ampersand", *"arm64", "enter")
        assert len(app.presenter.shown) == 4
        assert "&arm64" in text_of(app).splitlines()[-1]
        await pilot.press("escape")
        assert len(app.presenter.shown) == 11

    drive(run, script)


# --- panes ---------------------------------------------------------------------------------------


def test_narrow_opens_the_node_over_the_screen_and_comes_back_to_the_same_row():
    run = release()

    async def script(app, pilot):
        await pilot.press("k", "enter")
        await pilot.pause()
        shown = text_of(app)
        assert "scanner:2.4" in shown
        assert "unit-tests" not in shown
        await pilot.press("q")
        await pilot.pause()
        assert "unit-tests" in text_of(app)
        assert cursor(app) == "release-7xk2p.scan"

    drive(run, script)


def test_wide_shows_both_and_zooms():
    run = release()

    async def script(app, pilot):
        await pilot.press("k")
        shown = text_of(app)
        assert "unit-tests" in shown
        assert "scanner:2.4" in shown
        await pilot.press("z")
        await pilot.pause()
        assert "1 Summary" not in text_of(app)
        await pilot.press("z")
        await pilot.pause()
        assert "1 Summary" in text_of(app)

    drive(run, script, size=WIDE)


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_the_tabs_of_a_node(size):
    run = release()

    async def script(app, pilot):
        await pilot.press("k", "2")
        await pilot.pause()
        assert "image = registry/app:7f3a21" in text_of(app)
        await pilot.press("4")
        await pilot.pause()
        assert "- --fail-on" in text_of(app)

    drive(run, script, size=size)


def test_a_log_follows_finds_and_keeps(tmp_path):
    run = release(tmp_path)
    scan = run.state.nodes["release-7xk2p.scan"]
    run.log(
        scan, b"".join(b"line %d%s\n" % (n, b" error" if n % 50 == 7 else b"") for n in range(200))
    )

    async def script(app, pilot):
        view = app.run_screen.detail.log_view
        await pilot.press("k", "l")
        await until(pilot, "the log's end", lambda: "line 199" in text_of(app))
        run.log(scan, b"one more\n")
        await until(pilot, "the new line", lambda: "one more" in text_of(app))
        await pilot.press("k")
        assert not view.following
        await pilot.press("slash", *"error", "enter")
        await until(pilot, "the hits", lambda: "of 4" in text_of(app))
        await pilot.press("n")
        await pilot.pause()
        assert "error" in text_of(app)
        await pilot.press("ampersand", *"error", "enter")
        await until(pilot, "only those", lambda: view.rows == 4)
        await pilot.press("escape")
        await pilot.pause()
        assert view.rows == 201

    drive(run, script)


def test_attempts_of_a_log(tmp_path):
    run = FakeRun(folder=tmp_path)
    run.node("", kind="Steps", template_name="main")
    run.node("[0].flaky", kind="Retry")
    for number, said in enumerate([b"first\n", b"second\n"]):
        phase = "Running" if number else "Failed"
        node = run.node(f"[0].flaky({number})", phase, retried=True, ran=1)
        run.log(node, said)

    async def script(app, pilot):
        await pilot.press("g", "j", "l")
        await until(pilot, "the last try", lambda: "second" in text_of(app))
        assert "attempt 2 of 2" in text_of(app)
        await pilot.press("left_square_bracket")
        await until(pilot, "the first try", lambda: "first" in text_of(app))
        await pilot.press("right_square_bracket")
        await until(pilot, "the last again", lambda: "second" in text_of(app))

    drive(run, script)


# --- the run -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "request_"),
    [
        ("s", ShutdownRequested(strategy=Shutdown.STOP, by="jan")),
        ("t", ShutdownRequested(strategy=Shutdown.TERMINATE, by="jan")),
    ],
)
def test_ctrl_c_asks_and_ends_nothing_by_itself(key, request_):
    run = release()

    async def script(app, pilot):
        await pilot.press("ctrl+c")
        assert "Leave release-7xk2p?" in text_of(app)
        assert not run.sent
        await pilot.press("c")
        assert not run.sent
        await pilot.press("ctrl+c", key)
        await until(pilot, "the request", lambda: run.sent)
        assert app.is_running

    drive(run, script)
    assert run.sent == [request_]


@pytest.mark.parametrize(
    "keys", [["a"], ["a", "tab"], ["x"], ["colon"], ["slash"], ["question_mark"]]
)
def test_ctrl_c_leaves_a_sheet_first(keys):
    run = release()

    async def script(app, pilot):
        await pilot.press(*keys, "ctrl+c")
        await pilot.pause()
        assert app.screen is app.run_screen
        assert not app.run_screen.prompt.display
        await pilot.press("ctrl+c")
        assert "Leave release-7xk2p?" in text_of(app)

    drive(run, script)
    assert not run.sent


def test_q_detaches_and_the_run_goes_on():
    run = release()

    async def script(app, pilot):
        await pilot.press("q")
        await until(pilot, "the end", lambda: app.return_value is not None)

    left = drive(run, script)
    assert left.way is Way.DETACHED
    assert left.state.run.name == "release-7xk2p"
    assert not run.sent


def test_esc_never_leaves():
    run = release()

    async def script(app, pilot):
        await pilot.press(*["escape"] * 5)
        await pilot.pause()
        assert app.return_value is None
        assert app.screen is app.run_screen

    drive(run, script)


def test_the_palette_suspends_the_run():
    run = release()

    async def script(app, pilot):
        await pilot.press("colon", *"suspend", "enter")
        await until(pilot, "the request", lambda: run.sent)

    drive(run, script)
    assert run.sent == [RunSuspendToggled(suspended=True, by="jan")]


def failing(tmp_path):
    run = FakeRun(folder=tmp_path)
    run.node("", kind="DAG", template_name="main")
    run.node(".ok", "Succeeded", ran=1)
    bad = run.node(".bad", "Running")
    run.log(bad, b"about to fail\n")
    return run


def end_badly(run):
    run.patch(".bad", phase=NodePhase.FAILED, message="main: Error (exit code 2)", finished_at=NOW)
    run.patch("", phase=NodePhase.FAILED, finished_at=NOW)
    run.run(phase=RunPhase.FAILED, finished_at=NOW)


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_a_failure_stays_with_the_cause_and_its_log_open(tmp_path, size):
    run = failing(tmp_path)

    async def script(app, pilot):
        end_badly(run)
        await until(pilot, "the log", lambda: "about to fail" in text_of(app))
        assert cursor(app) == "release-7xk2p.bad"
        assert "✖ bad: main: Error (exit code 2)" in text_of(app).splitlines()[2]
        assert app.return_value is None
        await pilot.press("q", "q", "q")
        await until(pilot, "the end", lambda: app.return_value is not None)

    assert drive(run, script, size=size).way is Way.ENDED


def test_whoever_looks_elsewhere_is_not_dragged_to_the_failure(tmp_path):
    run = failing(tmp_path)

    async def script(app, pilot):
        await pilot.press("g", "j")
        end_badly(run)
        await until(pilot, "the banner", lambda: "✖ bad: main" in text_of(app))
        assert cursor(app) == "release-7xk2p.ok"
        await pilot.press("F")
        assert cursor(app) == "release-7xk2p.bad"

    drive(run, script)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_success_leaves_only_if_asked(leaves):
    run = release()

    async def script(app, pilot):
        run.run(phase=RunPhase.SUCCEEDED, finished_at=NOW)
        await until(pilot, "the end", lambda: app.presenter.state.run.phase.is_completed)
        if leaves:
            await until(pilot, "the way out", lambda: app.return_value is not None)
        await pilot.pause()

    left = drive(run, script, exit_on_success=leaves)
    assert (left is not None) is leaves


def test_a_lost_driver_is_said_with_what_to_do_and_can_be_asked_again():
    run = release()

    async def script(app, pilot):
        run.end(RuntimeFault("connection reset"))
        said = "driver gone (connection reset); argotui recover release-7xk2p"
        await until(pilot, "the banner", lambda: said in text_of(app))
        await pilot.press("a")
        await pilot.pause()
        assert app.screen is app.run_screen
        run.fault = None
        await pilot.press("ctrl+r")
        await until(pilot, "the run again", lambda: "driver gone" not in text_of(app))

    drive(run, script)


def test_the_first_frame_comes_before_the_driver():
    clock = Clock()
    answer = asyncio.Event()
    run = release()

    async def main():
        app = app_for(run, clock)

        async def connect():
            await answer.wait()
            return run

        app.connect = connect
        async with app.run_test(size=NARROW) as pilot:
            await pilot.pause()
            assert "release-7xk2p" in text_of(app)
            assert "connecting" not in text_of(app)
            clock.at += 2
            await until(pilot, "the wait", lambda: "connecting to the driver… 2s" in text_of(app))
            answer.set()
            await until(pilot, "the rows", lambda: "approve-deploy" in text_of(app))

    asyncio.run(main())


def test_a_changed_manifest_is_told_and_reruns_on_a_key():
    run = release()
    go_on = asyncio.Event()

    async def notices():
        problem = Problem(what="template 'scann' is not defined", file="r.yaml", line=14, column=19)
        yield Notice(text="r.yaml changed: 1 problem", problems=(problem,))
        await go_on.wait()
        yield Notice(text="r.yaml changed: R reruns", can_rerun=True)

    async def script(app, pilot):
        await until(pilot, "the problem", lambda: "r.yaml:14:19: template 'scann'" in text_of(app))
        await pilot.press("R")
        await pilot.pause()
        assert app.return_value is None
        go_on.set()
        await until(pilot, "the good news", lambda: "R reruns" in text_of(app))
        await pilot.press("R")
        await until(pilot, "the end", lambda: app.return_value is not None)

    assert drive(run, script, notices=notices()).way is Way.RERUN


def test_nothing_is_painted_when_nothing_happens(tmp_path):
    run = failing(tmp_path)
    end_badly(run)

    async def script(app, pilot):
        await until(pilot, "the end", lambda: app.presenter.state.run.phase.is_completed)
        painted = [time.monotonic()]
        display = app._display
        app._display = lambda *a, **k: painted.append(time.monotonic()) or display(*a, **k)
        still = 1.5  # seconds: longer than any clock of the app
        await until(pilot, "it to come to rest", lambda: time.monotonic() > painted[-1] + still)
        app._display = display

    drive(run, script, size=WIDE)


def test_ten_thousand_rows_answer_keys():
    from tests.tui.test_presenter import fan

    run = fan(10_000, ("Succeeded", "Running"))

    async def script(app, pilot):
        await pilot.press("g", "j", "space", "G")
        await pilot.pause()
        assert "10,003/10,003" in text_of(app)
        run.patch(".fan(9999:i)", phase=NodePhase.FAILED, message="boom")
        await until(pilot, "the change", lambda: "boom" in text_of(app))

    drive(run, script)


def test_the_first_frame_is_the_run_no_empty_screen_lies_below_it():
    async def script(app, pilot):
        assert app.screen_stack == [app.run_screen]

    drive(release(), script)
