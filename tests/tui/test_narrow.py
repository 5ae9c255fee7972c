"""What a person needs is on a narrow screen too: names give way, and long texts go on below."""

from __future__ import annotations

import asyncio

import pytest

from argotui.model.status import RunPhase
from argotui.tui import heading, summary, text
from argotui.tui.look import UNICODE
from argotui.tui.presenter import Presenter
from argotui.tui.show import Hint
from tests.tui.apps import app_for
from tests.tui.fake_run import NOW, Clock, FakeRun, release
from tests.tui.waiting import text_of, until

LONG = "zoo-with-a-really-long-workflow-name-that-does-not-fit-fsv5w"
QUESTION = "Deploy to production? " + "It goes on for more than one line of this terminal. " * 2


def header(run, width):
    presenter = Presenter()
    presenter.reset(asyncio.run(run.snapshot()))
    first, _ = heading.lines(presenter, Hint(), width, now=NOW, glyphs=UNICODE)
    line = "".join(part for part, _ in first)
    assert text.width(line) == width
    return line


@pytest.mark.parametrize(
    ("width", "waits"), [(160, "‖ 1 waits for you"), (80, "‖ 1 waits for you"), (52, "‖ 1 waits ")]
)
def test_the_header_shouts_whatever_the_name(width, waits):
    run = FakeRun(name=LONG, where="local (no sandbox)")
    run.node("", kind="DAG", ago=221)
    run.node(".gate", kind="Suspend")
    run.node(".bad", "Failed", ran=1)
    line = header(run, width)
    assert waits in line
    assert "✖ 1" in line


def test_the_header_says_where_or_nothing_of_it():
    run = FakeRun(name=LONG, where="local (no sandbox)")
    run.node("", kind="DAG", ago=221)
    assert header(run, 160).rstrip().endswith("local (no sandbox)")
    ends = {header(run, width).rstrip().rsplit("  ", 1)[-1] for width in range(40, 160)}
    assert not any(text.width(end) < 6 for end in ends if "…" in end and "zoo" not in end)


def test_the_line_left_in_the_scrollback_stays_one():
    run = FakeRun(name=LONG)
    run.node("", kind="DAG", ago=221)
    first = summary.lines(run.state, run.info, now=NOW, width=80)[0]
    assert text.width(first) <= 80
    assert first.startswith("● zoo-")
    assert "goes on" in first
    assert LONG in summary.lines(run.state, run.info, now=NOW)[0]


def on_screen(run, script, clock=None, **options):
    async def main():
        app = app_for(run, clock, **options)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, "the run on the screen", lambda: app.presenter.info is not None)
            await script(app, pilot)

    asyncio.run(main())


def gated():
    run = FakeRun()
    run.node("", kind="DAG", ago=221)
    question = {"parameters": [{"name": "message", "value": QUESTION}]}
    run.node(".gate", kind="Suspend", ago=80, inputs=question)
    return run


def test_who_approves_reads_the_whole_question():
    async def script(app, pilot):
        await pilot.press("a")
        words = " ".join(text_of(app).split())
        assert " ".join(QUESTION.split()) in words

    on_screen(gated(), script)


def test_the_wait_goes_on_while_the_sheet_is_open():
    clock = Clock()

    async def script(app, pilot):
        await pilot.press("a")
        assert "waiting for 1m20s" in text_of(app)
        clock.at += 65
        await until(pilot, "the time goes on", lambda: "waiting for 2m25s" in text_of(app))

    on_screen(gated(), script, clock)


def test_a_value_is_shown_to_its_end():
    run = FakeRun()
    run.node("", kind="DAG", ago=221)
    value = "".join(f"[{number}]" for number in range(900)) + "the-end"
    outputs = {"parameters": [{"name": "report", "value": value}]}
    run.node(".big", "Succeeded", ran=1, outputs=outputs)

    async def script(app, pilot):
        await pilot.press("g", "down", "enter", "2", "G")
        assert "the-end" in text_of(app)

    on_screen(run, script)


def test_a_line_of_a_log_that_goes_on_says_so(tmp_path):
    run = FakeRun(folder=tmp_path)
    run.node("", kind="DAG", ago=221)
    run.log(run.node(".chatty"), b"x" * 200 + b"\n" + b"short\n")

    async def script(app, pilot):
        await pilot.press("g", "down", "l")
        await until(pilot, "the log", lambda: "short" in text_of(app))
        long, short = (row for row in text_of(app).splitlines() if "xx" in row or "short" in row)
        assert long.rstrip().endswith("x…")
        assert "…" not in short

    on_screen(run, script)


def test_who_keeps_rows_is_told_how_to_see_all():
    async def script(app, pilot):
        await pilot.press("ampersand", *"scan", "enter")
        await until(pilot, "the rows kept", lambda: "&scan" in text_of(app))
        assert "esc shows all" in text_of(app)

    on_screen(release(), script)


def test_a_terminal_without_unicode_keeps_its_columns(tmp_path):
    run = FakeRun(folder=tmp_path)
    run.node("", kind="DAG", ago=221)
    said = "\u4e16\u754c" * 40
    run.node(".bad", "Failed", ran=7, message=said)

    async def script(app, pilot):
        (row,) = (row for row in text_of(app).splitlines() if " x bad" in row)
        assert row.rstrip().endswith("~    7s")
        assert row.isascii()
        await pilot.press("g", "down", "enter")
        assert text_of(app).isascii()

    on_screen(run, script, ascii_only=True)


def test_what_went_wrong_is_read_to_its_end():
    said = "cannot write " + "/a-folder" * 12 + ": No space left on device"
    run = FakeRun()
    run.node("", kind="DAG", ago=221)
    run.node(".bad", "Failed", ran=7, message=said)
    run.run(phase=RunPhase.FAILED, finished_at=NOW)

    async def script(app, pilot):
        assert "No space left on device" in text_of(app)

    on_screen(run, script)


def test_a_lost_driver_says_once_what_to_do():
    presenter = Presenter()
    why = "the driver of run r-1 is gone; go on with: argotui recover r-1"
    assert heading.lost(presenter, Hint(name="r-1"), why) == why
    assert heading.lost(presenter, Hint(name="r-1"), "") == "driver gone; argotui recover r-1"
