"""The metrics screen: what it says, and its own keys."""

import asyncio

from argotui.model.changes import Measured
from argotui.model.metrics import Kind, Operation
from argotui.tui import measured
from argotui.tui.look import ASCII, UNICODE
from argotui.tui.text import width
from tests.tui.apps import app_for
from tests.tui.fake_run import NOW, FakeRun
from tests.tui.measured_runs import measured as measured_run
from tests.tui.waiting import text_of, until


def said(run, cells=80, glyphs=UNICODE, **options):
    found = measured.lines(run.state, {}, cells, now=NOW, glyphs=glyphs, **options)
    return ["".join(part for part, _ in line) for line in found]


def test_values_end_in_one_column_and_no_line_is_too_long(tmp_path):
    for cells in (80, 160):
        lines = said(measured_run(tmp_path / str(cells)), cells)
        ends = {len(line) for line in lines if line[-1:].isdigit() and "buckets" not in line}
        assert len(ends) == 1
        assert all(width(line) <= cells - 2 for line in lines)


def test_nothing_reaches_the_screen_raw_and_ascii_stays_ascii(tmp_path):
    run = measured_run(tmp_path)
    run.send(
        Measured(
            name="odd", kind=Kind.COUNTER, help="\x1b[2J", labels=(("a", "\x1b]0;x\x07é"),),
            at=NOW, value=1, operation=Operation.ADD,
        )
    )  # fmt: skip
    text = "\n".join(said(run))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "≤" not in "\n".join(said(run, glyphs=ASCII))


def test_what_is_declared_and_not_measured_yet_is_told():
    run = FakeRun()
    source = {"spec": {"templates": [{"metrics": {"prometheus": [{"name": "x"}]}}]}}
    (line,) = measured.lines(run.state, source, 80, now=NOW, glyphs=UNICODE)
    assert "Nothing has been measured yet" in line[0][0]
    assert "declares no metrics" in said(run)[0]


def play(run, script):
    async def main():
        app = app_for(run)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, "the run", lambda: app.presenter.info is not None)
            await script(app, pilot)

    asyncio.run(main())


def test_the_filter_narrows_as_it_is_typed_and_esc_ends_it_first(tmp_path):
    async def script(app, pilot):
        await pilot.press("M", "slash", *"platform")
        await until(pilot, "one", lambda: "image_bytes" not in text_of(app))
        assert "tests_run" in text_of(app)
        await pilot.press("enter", "escape")
        await until(pilot, "all again", lambda: "image_bytes" in text_of(app))
        await pilot.press("slash", *"zzz")
        await until(pilot, "none", lambda: "nothing matches zzz" in text_of(app))
        await pilot.press("escape", "escape")
        await until(pilot, "the tree", lambda: app.screen is app.run_screen)

    play(measured_run(tmp_path), script)


def test_it_follows_what_is_measured(tmp_path):
    run = FakeRun(folder=tmp_path)
    seen = Measured(name="c", kind=Kind.COUNTER, help="h", at=NOW, value=7, operation=Operation.ADD)

    async def script(app, pilot):
        await pilot.press("M")
        await until(pilot, "nothing", lambda: "declares no metrics" in text_of(app))
        run.send(seen)
        await until(pilot, "it", lambda: "1 metric, 1 series" in text_of(app))
        await pilot.press("M")
        await until(pilot, "the tree", lambda: app.screen is app.run_screen)

    play(run, script)
