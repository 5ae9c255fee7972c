"""However a run comes in, the rows are those of a presenter that saw all at once; and one change
costs the same in a tree of ten thousand rows as in one of a thousand."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.driver.port import Snapshot
from argotui.model.changes import NodeCreated, NodePatched, NodesRemoved, Planned
from argotui.model.status import NodePhase
from argotui.tui import rows, tree
from argotui.tui.presenter import Presenter
from tests.tui.fake_run import FakeRun
from tests.tui.test_presenter import drawn, fan

PHASES = list(NodePhase)


@st.composite
def scripts(draw):
    """Batches of a run with steps, dags, loops, retries, hooks and rows to come."""
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(
                    [
                        "leaf",
                        "dag",
                        "loop",
                        "item",
                        "retry",
                        "try",
                        "hook",
                        "phase",
                        "plan",
                        "fold",
                        "remove",
                        "suspend",
                    ]
                ),
                st.integers(0, 30),
                st.sampled_from(PHASES),
            ),
            max_size=60,
        )
    )


class Builder:
    """Turns a script into changes that an engine could have sent."""

    def __init__(self):
        self.run = FakeRun(name="w")
        self.made = [("w", "DAG")]
        self.plans: dict[str, list[Planned]] = {}
        self.run.node("", kind="DAG")

    def boundary(self, pick):
        dags = [name for name, kind in self.made if kind == "DAG"]
        return dags[pick % len(dags)]

    def add(self, name, kind, phase, boundary, **more):
        if name in self.run.state.nodes:
            return
        node = self.run.make(name, phase.value, kind=kind, boundary=boundary, **more)
        node.boundary_id = self.run.state.nodes[boundary].id if boundary else ""
        self.run.send(NodeCreated(node=node))
        self.made.append((name, kind))

    def step(self, what, pick, phase):
        boundary = self.boundary(pick)
        match what:
            case "leaf":
                plans = self.plans.get(boundary) or []
                name = plans.pop(0).name if plans else f"{boundary}.n{pick}"
                self.add(name, "Pod", phase, boundary)
                self.run.send(outlook={boundary: tuple(plans)})
            case "suspend":
                self.add(f"{boundary}.u{pick}", "Suspend", phase, boundary)
            case "dag":
                self.add(f"{boundary}.d{pick}", "DAG", phase, boundary)
            case "loop":
                self.add(f"{boundary}.l{pick % 3}", "TaskGroup", phase, boundary)
            case "item":
                self.add(f"{boundary}.l{pick % 3}({pick}:x)", "Pod", phase, boundary)
            case "retry":
                self.add(f"{boundary}.r{pick % 3}", "Retry", phase, boundary)
            case "try":
                above = f"{boundary}.r{pick % 3}"
                if above in self.run.state.nodes:
                    count = sum(name.startswith(f"{above}(") for name, _ in self.made)
                    kind = "DAG" if pick % 2 else "Pod"
                    self.add(f"{above}({count})", kind, phase, boundary, retried=True)
            case "hook":
                name = self.made[pick % len(self.made)][0]
                above = self.run.state.nodes[name]
                boundary = self.run.state.ids.get(above.boundary_id, "")
                self.add(f"{name}.onExit", "Pod", phase, boundary, hooked=True)
            case "phase":
                name = self.made[pick % len(self.made)][0]
                self.run.send(NodePatched(name=name, fields={"phase": phase}))
            case "plan":
                plans = [
                    Planned(name=f"{boundary}.p{pick}{n}", display_name=f"p{n}", parent=boundary)
                    for n in range(pick % 4)
                    if f"{boundary}.p{pick}{n}" not in self.run.state.nodes
                ]
                self.plans[boundary] = plans
                self.run.send(outlook={boundary: tuple(plans)})
            case "remove":
                leaves = [
                    name
                    for name, kind in self.made
                    if kind == "Pod" and not any(n.startswith(f"{name}.") for n, _ in self.made)
                ]
                if leaves:
                    name = leaves[pick % len(leaves)]
                    self.made = [one for one in self.made if one[0] != name]
                    self.run.send(NodesRemoved(names=(name,)))


def check(presenter: Presenter) -> None:
    """What is on view is what the tree says, and every count is the sum of what it counts."""
    expected = [row for root in presenter.roots for row in tree.emitted(root)]
    assert [row.key for row in presenter.shown] == [row.key for row in expected]
    for root in presenter.roots:
        for row in reversed(list(tree.subtree(root))):
            below, hooks = [0] * 8, [0] * 8
            for child in row.children:
                sums = hooks if child.kind is rows.Kind.HOOK else below
                for state in range(8):
                    sums[state] += child.total[state]
            assert row.below == below, row.key
            assert row.hooks_below == hooks, row.key
            assert row.total == rows.counted(row), row.key


@settings(max_examples=150, deadline=None)
@given(scripts())
def test_splices_lead_to_the_same_rows_as_starting_over(script):
    builder, presenter, seen = Builder(), Presenter(), 0
    for batch in copy.deepcopy(builder.run._batches):
        presenter.apply(batch.changes, batch.outlook)
        seen += 1
    for what, pick, phase in script:
        builder.step(what, pick, phase)
        for batch in copy.deepcopy(builder.run._batches[seen:]):
            presenter.apply(batch.changes, batch.outlook)
        seen = len(builder.run._batches)
        if what == "fold" and len(presenter.shown):
            row = presenter.shown[pick % len(presenter.shown)]
            presenter.set_fold(row, not row.is_folded)
        check(presenter)
    whole = Presenter()
    snapshot = Snapshot(
        seq=0,
        info=builder.run.info,
        state=copy.deepcopy(builder.run.state),
        outlook=builder.run.outlook,
    )
    whole.reset(snapshot)
    assert set(whole.rows) == set(presenter.rows)
    assert whole.counts == presenter.counts


def unfolded(count: int) -> tuple[FakeRun, Presenter]:
    run = fan(count)
    presenter = Presenter()
    for batch in run._batches:
        presenter.apply(batch.changes, batch.outlook)
    presenter.set_fold(presenter.rows["fan-x.fan"], False)
    return run, presenter


def cost(run: FakeRun, presenter: Presenter) -> tuple[int, int]:
    """Rows touched by one patch, members moved by one new row."""
    run.patch(".fan(7:i)", phase=NodePhase.FAILED)
    edits = presenter.apply(run._batches[-1].changes, {})
    before = presenter.shown.moved
    run.node(".late", "Pending")
    presenter.apply(run._batches[-1].changes, {})
    return len(edits.changed), presenter.shown.moved - before


def test_a_change_touches_its_row_and_those_above_it_whatever_the_size():
    small, large = cost(*unfolded(1000)), cost(*unfolded(10_000))
    assert small[0] == large[0] == 3
    assert large[1] < 1500
    assert large[1] - small[1] < 200


def test_ten_thousand_rows_scroll_by_the_window():
    _, presenter = unfolded(10_000)
    before = presenter.shown.moved
    assert len(presenter.shown.window(9_000, 50)) == 50
    assert presenter.shown.moved - before < 60


@pytest.mark.parametrize("size", [10_000])
def test_a_snapshot_of_ten_thousand_is_laid_out_once(size):
    run = fan(size)
    presenter = Presenter()
    presenter.reset(Snapshot(seq=1, info=run.info, state=run.state, outlook=run.outlook))
    assert len(presenter.rows) == size + 3
    assert presenter.shown.moved < 30 * size
    assert len(drawn(presenter)) == 3
