"""What the rows are: containment, retries, loops, hooks, what is to come; and their counts."""

import pytest

from argotui.driver.port import Snapshot
from argotui.model.changes import NodeCreated, NodesRemoved, Planned
from argotui.model.status import NodePhase, RunPhase
from argotui.tui import draw, tree
from argotui.tui.look import UNICODE, State
from argotui.tui.presenter import Presenter
from argotui.tui.text import cut
from argotui.tui.truth import full_name, title, truth
from tests.tui.fake_run import NOW, FakeRun, release


def presenter_of(run: FakeRun) -> Presenter:
    """A presenter that has been told everything, batch by batch."""
    presenter = Presenter()
    presenter.info = run.info
    for batch in run._batches:
        presenter.apply(batch.changes, batch.outlook)
    return presenter


def drawn(presenter: Presenter) -> list[str]:
    """Rows as indented names."""
    return [
        draw.branch_text(row, UNICODE, 40) + UNICODE.of(row.shown_state) + " " + title(row)
        for row in presenter.shown
    ]


def said(presenter: Presenter, key: str) -> str:
    row = presenter.rows[f"release-7xk2p{key}"]
    return "".join(part for part, _ in truth(row, presenter, NOW, UNICODE)).strip()


def test_the_drawing():
    assert drawn(presenter_of(release())) == [
        "● release",
        "├ ✔ checkout",
        "├ ✔ unit-tests",
        "│  ├ ✔ (0:linux-amd64)",
        "│  ├ ✔ (1:linux-arm64)",
        "│  └ ✔ (2:darwin-arm64)",
        "├ ✔ image",
        "├ ● scan",
        "├ ‖ approve-deploy",
        "├ ○ deploy",
        "└ ○ notify",
    ]


def test_each_row_says_its_own_short_truth():
    presenter = presenter_of(release())
    assert said(presenter, ".image") == "registry/app:7f3a21"
    assert said(presenter, ".scan") == "pulling scanner:2.4"
    assert said(presenter, ".approve-deploy") == "waits for you: a approve, x reject"
    assert said(presenter, ".deploy") == "after approve-deploy, scan"
    presenter.ask("release-7xk2p.approve-deploy", "approving")
    assert said(presenter, ".approve-deploy") == "approving…"


def test_a_row_to_come_starts_where_it_stood():
    run = release()
    presenter = presenter_of(run)
    before = drawn(presenter)
    run.node(".notify", "Pending")
    presenter.apply(run._batches[-1].changes, {})
    assert drawn(presenter) == [*before[:-1], "└ ◷ notify"]


def exit_handler(run: FakeRun) -> dict[str, tuple[Planned, ...]]:
    """What a driver says of the exit handler of a run."""
    name = f"{run.name}.onExit"
    plan = Planned(name=name, display_name="onExit", parent="", after=("release",))
    return {"": (plan,)}


def test_the_exit_handler_is_the_last_row_from_the_start():
    run = FakeRun()
    run.send(outlook=exit_handler(run))
    run.node("", kind="DAG", template_name="release")
    run.plan("", ("build", ()), ("test", ("build",)))
    presenter = presenter_of(run)
    rows = ["● release", "├ ○ build", "├ ○ test", "└ ○ onExit"]
    assert drawn(presenter) == rows
    assert said(presenter, ".onExit") == "after release"
    run.node(".hooks.running", "Succeeded", hooked=True)
    presenter.apply(run._batches[-1].changes, {})
    assert drawn(presenter)[-2:] == ["├ ✔ hook running", "└ ○ onExit"]
    assert presenter.progress == (1, 4)
    run.node(".onExit", "Running", hooked=True)
    presenter.apply(run._batches[-1].changes, {"": ()})
    assert drawn(presenter)[-1] == "└ ● onExit"
    assert presenter.progress == (1, 4)


def test_nothing_is_to_come_of_a_run_that_has_ended():
    run = release()
    run.send(outlook=exit_handler(run))
    presenter = presenter_of(run)
    assert len([row for row in presenter.shown if row.is_to_come]) == 3
    run.run(phase=RunPhase.FAILED)
    presenter.apply(run._batches[-1].changes, {})
    presenter.apply((), exit_handler(run))  # said too late
    assert [row for row in presenter.shown if row.is_to_come] == []
    root = presenter.roots[0]
    assert presenter.progress == (root.done, root.count) == (5, 7)
    again = Presenter()
    again.reset(Snapshot(seq=1, info=run.info, state=run.state, outlook=run.outlook))
    assert drawn(again) == drawn(presenter)


def test_a_retry_counts_what_its_attempt_holds_from_the_first_row_on():
    run = FakeRun()
    run.node("", kind="DAG")
    run.node(".r", "Pending", kind="Retry")
    run.node(".r(0)", kind="DAG", retried=True)
    presenter = presenter_of(run)
    run.node(".r(0).leaf", boundary=".r(0)")
    presenter.apply(run._batches[-1].changes, {})
    assert presenter.rows["release-7xk2p.r"].total[State.RUNNING] == 1
    assert presenter.counts[State.RUNNING] == 1


def test_what_is_no_longer_to_come_goes():
    run = release()
    presenter = presenter_of(run)
    run.plan("", ("deploy", ("scan",)))
    presenter.apply((), run._batches[-1].outlook)
    assert drawn(presenter)[-1] == "└ ○ deploy"
    assert said(presenter, ".deploy") == "after scan"


def steps_run() -> FakeRun:
    run = FakeRun()
    run.node("", kind="Steps", template_name="main")
    run.node("[0]", "Succeeded", kind="StepGroup", ran=2)
    return run


def test_step_groups_are_no_rows_and_the_items_of_a_step_are_gathered():
    run = steps_run()
    run.node("[0].a(0:x)", "Succeeded", ran=1)
    run.node("[0].a(1:y)", "Failed", ran=1)
    run.node("[1].b", "Running")
    presenter = presenter_of(run)
    assert drawn(presenter) == ["● main", "├ ✖ a", "│  ├ ✔ (0:x)", "│  └ ✖ (1:y)", "└ ● b"]
    assert full_name(presenter.shown[3]) == "a(1:y)"


def test_a_planned_loop_keeps_its_place_when_its_items_come():
    run = steps_run()
    main = run.name
    plans = (
        Planned(name=f"{main}[0].a", display_name="a", parent=main, many=True),
        Planned(name=f"{main}[1].b", display_name="b", parent=main, after=("a",)),
    )
    run.send(outlook={main: plans})
    presenter = presenter_of(run)
    assert drawn(presenter) == ["● main", "├ ○ a", "└ ○ b"]
    run.send(
        NodeCreated(node=run.make("[0].a(0:x)")),
        NodeCreated(node=run.make("[0].a(1:y)", "Pending")),
        outlook={main: plans[1:]},
    )
    presenter.apply(run._batches[-1].changes, run._batches[-1].outlook)
    assert drawn(presenter) == ["● main", "├ ● a", "│  ├ ● (0:x)", "│  └ ◷ (1:y)", "└ ○ b"]


def test_a_retry_with_one_try_is_one_row():
    run = steps_run()
    run.node("[0].flaky", kind="Retry")
    run.node("[0].flaky(0)", retried=True, waits_for="pulling image")
    presenter = presenter_of(run)
    assert drawn(presenter) == ["● main", "└ ● flaky"]
    assert said(presenter, "[0].flaky") == "pulling image"


def test_tries_are_collapsed_and_unfold():
    run = steps_run()
    run.node("[0].flaky", kind="Retry")
    for number, phase in enumerate(["Failed", "Error", "Running"]):
        run.node(f"[0].flaky({number})", phase, retried=True, ran=1)
    presenter = presenter_of(run)
    row = presenter.rows[f"{run.name}[0].flaky"]
    pieces = draw.name_pieces(row, 40, UNICODE, at_cursor=False)
    assert "".join(part for part, _ in pieces) == "└ ✖⚠● ▸ flaky (3rd try)"
    assert presenter.set_fold(row, False)
    assert drawn(presenter)[1:] == [
        "└ ● flaky (3rd try)",
        "   ├ ✖ 1st try",
        "   ├ ⚠ 2nd try",
        "   └ ● 3rd try",
    ]


def test_a_retried_dag_shows_the_tasks_of_its_last_try():
    run = FakeRun()
    run.node("", kind="Retry", template_name="main")
    run.node("(0)", kind="DAG", retried=True, boundary_id="")
    run.node("(0).a", boundary="(0)")
    presenter = presenter_of(run)
    assert drawn(presenter) == ["● main", "└ ● a"]
    run.patch("(0)", phase=NodePhase.FAILED)
    run.node("(1)", kind="DAG", retried=True, boundary_id="")
    run.node("(1).a", boundary="(1)")
    for batch in run._batches[-3:]:
        presenter.apply(batch.changes, {})
    assert drawn(presenter) == ["● main (2nd try)", "├ ✖ 1st try", "└ ● 2nd try", "   └ ● a"]


def test_hooks_stand_under_their_node_and_last():
    run = steps_run()
    run.node("[0].a", "Succeeded", ran=1)
    run.node("[0].a.hooks.ping", "Succeeded", ran=1, hooked=True)
    run.node("[0].a.onExit", "Running", hooked=True)
    run.node("[1].b", "Pending")
    run.node(".onExit", "Pending", hooked=True, boundary_id="")
    assert drawn(presenter_of(run)) == [
        "● main",
        "├ ✔ a",
        "│  ├ ✔ hook ping",
        "│  └ ● onExit",
        "├ ◷ b",
        "└ ◷ onExit",
    ]


def test_containers_of_a_set_stand_under_their_pod():
    run = steps_run()
    pod = run.node("[0].set")
    run.node("[0].set.main", kind="Container", boundary="[0].set", boundary_id=pod.id)
    assert drawn(presenter_of(run)) == ["● main", "└ ● set", "   └ ● main"]


def test_counts_are_of_leaves_and_follow_every_change():
    run = release()
    presenter = presenter_of(run)
    counts = presenter.counts
    assert sum(counts) == 9
    assert counts[State.SUCCEEDED] == 5
    assert counts[State.TO_COME] == 2
    run.patch(".scan", phase=NodePhase.FAILED, finished_at=NOW)
    presenter.apply(run._batches[-1].changes, {})
    assert presenter.counts[State.FAILED] == 1
    assert presenter.counts[State.RUNNING] == 0


def test_waiting_nodes_are_known_and_the_wish_ends_with_the_change():
    run = release()
    presenter = presenter_of(run)
    name = "release-7xk2p.approve-deploy"
    assert list(presenter.waiting) == [name]
    presenter.ask(name, "approving")
    run.patch(".approve-deploy", phase=NodePhase.SUCCEEDED, approved_by="jan")
    presenter.apply(run._batches[-1].changes, {})
    assert not presenter.waiting
    assert not presenter.asked
    assert said(presenter, ".approve-deploy") == "approved by jan"


def fan(count: int, phases=("Succeeded",)) -> FakeRun:
    run = FakeRun(name="fan-x")
    run.node("", kind="DAG", template_name="main")
    run.node(".fan", kind="TaskGroup")
    run.send(
        *(
            NodeCreated(node=run.make(f".fan({n}:i)", phases[n % len(phases)], ran=1))
            for n in range(count)
        )
    )
    run.plan("", ("after", ("fan",)))
    return run


def test_a_large_loop_folds_itself_and_shows_its_worst_state_and_counts():
    presenter = presenter_of(fan(100, ("Succeeded", "Running", "Failed", "Pending")))
    assert drawn(presenter) == ["● main", "├ ✖ fan", "└ ○ after"]
    row = presenter.rows["fan-x.fan"]
    text = "".join(part for part, _ in truth(row, presenter, NOW, UNICODE))
    assert text.split() == ["✔", "25", "✖", "25", "●", "25", "◷", "25"]
    presenter.set_fold(row, False)
    assert len(presenter.shown) == 103


def test_a_failed_item_is_reached_in_a_fold():
    run = fan(100, ("Succeeded",) * 99 + ("Failed",))
    presenter = presenter_of(run)
    found = tree.next_with(presenter.roots, presenter.shown[0], (State.FAILED,))
    assert found is not None
    assert full_name(found) == "fan(99:i)"
    presenter.reveal(found)
    assert presenter.shown.index(found) == 101


def test_next_goes_round():
    run = steps_run()
    for number, phase in enumerate(["Failed", "Succeeded", "Error", "Failed"]):
        run.node(f"[{number}].s{number}", phase, ran=1)
    presenter = presenter_of(run)
    bad = (State.FAILED, State.ERROR)
    seen, at = [], None
    for _ in range(4):
        at = tree.next_with(presenter.roots, at, bad)
        seen.append(at.label)
    assert seen == ["s0", "s2", "s3", "s0"]


def test_the_first_failed_step_is_the_one_to_look_at():
    run = steps_run()
    run.patch("", phase=NodePhase.FAILED)
    run.node("[0].tolerated", "Failed", ran=1, ago=90)
    run.node("[1].inner", "Failed", kind="Steps", ran=20, ago=50)
    run.node("[1].inner[0].later", "Failed", boundary="[1].inner", ran=9, ago=20)
    run.node("[1].inner[0].cause", "Failed", boundary="[1].inner", ran=1, ago=25)
    run.patch("[0].tolerated", phase=NodePhase.SUCCEEDED)
    assert tree.first_failed(presenter_of(run).roots).label == "cause"


def test_keep_only_and_leave_out():
    presenter = presenter_of(release())
    presenter.set_filter(tree.Filter(text="arm64"))
    assert drawn(presenter) == [
        "● release",
        "├ ✔ unit-tests",
        "│  ├ ✔ (1:linux-arm64)",
        "│  └ ✔ (2:darwin-arm64)",
    ]
    presenter.set_filter(tree.Filter(text="unit|^image", keeps=False))
    assert not any("linux" in row or "image" in row for row in drawn(presenter))
    presenter.set_filter(tree.Filter(text="succeeded"))
    assert [row.split()[-1] for row in drawn(presenter)][:2] == ["release", "checkout"]
    presenter.set_filter(None)
    assert len(presenter.shown) == 11


def test_a_filter_holds_for_what_comes_later():
    run = release()
    presenter = presenter_of(run)
    presenter.set_filter(tree.Filter(text="failed"))
    assert drawn(presenter) == []
    run.patch(".scan", phase=NodePhase.FAILED)
    presenter.apply(run._batches[-1].changes, {})
    assert drawn(presenter) == ["● release", "├ ✖ scan"]


def test_removed_nodes_go_with_what_is_below_them():
    run = steps_run()
    run.node("[0].a(0:x)", "Succeeded", ran=1)
    run.node("[0].b", "Running")
    presenter = presenter_of(run)
    presenter.apply((NodesRemoved(names=(f"{run.name}[0].a(0:x)",)),), {})
    assert drawn(presenter) == ["● main", "└ ● b"]
    assert presenter.counts[State.SUCCEEDED] == 0


def test_messages_name_nodes_as_people_do():
    run = steps_run()
    bad = run.node("[0].bad", "Failed", ran=1, message="main: Error (exit code 2)")
    run.patch("", phase=NodePhase.FAILED, message=f"child '{bad.id}' failed")
    assert said(presenter_of(run), "") == "child 'bad' failed"


@pytest.mark.parametrize("size", [40, 80, 160])
def test_every_line_is_exactly_as_wide_as_the_screen(size):
    from argotui.tui.text import width

    presenter = presenter_of(release())
    columns = draw.Columns.of(size)
    for row in presenter.shown:
        pieces = draw.row_pieces(row, presenter, columns, now=NOW, glyphs=UNICODE)
        assert width("".join(part for part, _ in pieces)) == size


def test_a_deep_tree_stays_within_its_column():
    run = FakeRun()
    run.node("", kind="Steps", template_name="main")
    name = run.name
    for depth in range(100):
        above, name = name, f"{name}[0].s{depth}"
        run.node(name, kind="Steps", boundary=above)
    presenter = presenter_of(run)
    assert len(presenter.shown) == 101
    row = presenter.rows[name]
    assert draw.branch_text(row, UNICODE, 14) == "…" + " " * 11 + "└ "
    assert cut(title(row), 40) == "s99"


def test_the_bar_has_a_cell_for_every_state_there_is():
    total = [0] * 8
    total[State.SUCCEEDED], total[State.FAILED], total[State.TO_COME] = 9990, 1, 9
    pieces = draw.bar(total, 40, UNICODE)
    assert sum(len(part) for part, _ in pieces) == 40
    assert ("━", "red") in pieces
    assert ("─", "dim") in pieces
