"""The last line of a step: as it grows, and the very last one."""

from argotui.model.status import NodePhase
from argotui.tui.presenter import Presenter
from argotui.tui.tails import Tails
from tests.tui.fake_run import FakeRun
from tests.tui.test_app import drive
from tests.tui.test_presenter import presenter_of
from tests.tui.waiting import until


def step(folder) -> tuple[FakeRun, Presenter]:
    run = FakeRun(folder=folder)
    run.node("", kind="DAG")
    run.log(run.node(".a"), b"first\n")
    return run, presenter_of(run)


def end(run: FakeRun, presenter: Presenter) -> None:
    run.patch(".a", phase=NodePhase.SUCCEEDED)
    presenter.apply(run._batches[-1].changes, {})


def test_a_line_that_comes_just_after_the_end_is_still_read(tmp_path):
    run, presenter = step(tmp_path)
    row, tails = presenter.rows["release-7xk2p.a"], Tails()
    assert tails.look([row], run.info.logs) == {row}
    end(run, presenter)
    assert tails.look([row], run.info.logs) == set()
    run.log(row.node, b"last\n")
    assert tails.look([row], run.info.logs) == {row}
    assert tails.of(row.node) == "last"


def test_a_step_that_ended_a_while_ago_is_not_read_again(tmp_path):
    run, presenter = step(tmp_path)
    row, tails = presenter.rows["release-7xk2p.a"], Tails()
    end(run, presenter)
    tails.look([row], run.info.logs)
    tails.look([row], run.info.logs)
    run.log(row.node, b"nobody looks\n")
    assert tails.look([row], run.info.logs) == set()


def test_the_tree_reads_the_last_line_when_the_step_ends(tmp_path):
    run, _ = step(tmp_path)

    async def script(app, pilot):
        app.run_screen.tick()
        node = app.presenter.state.nodes["release-7xk2p.a"]
        run.log(node, b"last\n")
        run.patch(".a", phase=NodePhase.SUCCEEDED)
        await until(pilot, "the end of the step", lambda: node.has_ended)
        assert app.presenter.tails[node.name] == "last"  # no tick needed

    drive(run, script)
