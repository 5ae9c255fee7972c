"""Folds a run's changes into the rows of its tree, splice by splice; pure.

The feed hands in what the driver says; widgets read `shown` and the counts, and never write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from argotui.driver.port import RunInfo, Snapshot
from argotui.model import fold
from argotui.model.changes import (
    Change,
    NodeCreated,
    NodePatched,
    NodesRemoved,
    Noted,
    Planned,
    RunPatched,
)
from argotui.model.fold import RunState
from argotui.model.status import Node
from argotui.tui import placing, tree
from argotui.tui.look import State
from argotui.tui.rows import Kind, Row, recount, refresh_state
from argotui.tui.shown import Shown
from argotui.tui.text import safe

_SEEN = frozenset(("phase", "wake_at", "type"))  # what a state depends on


@dataclass(slots=True)
class Edits:
    """What a batch did: rows that read differently now, and whether rows came, went or moved."""

    changed: set[Row] = field(default_factory=set)
    spliced: bool = False
    run: bool = False
    notes: list[str] = field(default_factory=list)


class Presenter:
    """A client's copy of a run and the rows made of it.

    `roots` are the outermost rows, `waiting` those that wait for a person, `asked` what this
    person asked of a node and has no answer to yet ("approving").
    """

    def __init__(self) -> None:
        self.state = RunState()
        self.info: RunInfo | None = None
        self.seq = 0
        self.shown: Shown[Row] = Shown()
        self.rows: dict[str, Row] = {}
        self.roots: list[Row] = []
        self.waiting: dict[str, Row] = {}
        self.asked: dict[str, str] = {}
        self.outlook: dict[str, tuple[Planned, ...]] = {}
        self.tails: dict[str, str] = {}  # what steps printed last, by node name
        self.filter: tree.Filter | None = None
        self._edits = Edits()

    # --- what comes from the driver -----------------------------------------------------------

    def reset(self, snapshot: Snapshot) -> None:
        """Start over from a snapshot; what a person folded stays folded."""
        folds = {key: row.folded for key, row in self.rows.items() if row.folded is not None}
        self.state, self.info, self.seq = snapshot.state, snapshot.info, snapshot.seq
        self.rows, self.roots, self.outlook = {}, [], {}
        self.waiting.clear()
        self.shown.replace(())
        for node in self.state.nodes.values():
            self._create(node)
        for name, planned in snapshot.outlook.items():
            self._plan(name, planned)
        for key, folded in folds.items():
            if key in self.rows:
                self.rows[key].folded = folded
        self.rebuild()

    def apply(
        self,
        changes: tuple[Change, ...],
        outlook: Mapping[str, tuple[Planned, ...]] | None = None,
    ) -> Edits:
        """Fold changes in; return what reads differently afterwards."""
        self._edits = Edits()
        for change in changes:
            self._apply(change)
        for name, planned in (outlook or {}).items():
            self._plan(name, planned)
        if self.filter is not None and (self._edits.spliced or self._edits.changed):
            self.rebuild()
            self._edits.spliced = True
        return self._edits

    def _apply(self, change: Change) -> None:
        match change:
            case NodePatched():
                fold.apply(self.state, change)
                self._patched(change.name, change.fields)
            case NodeCreated():
                fold.apply(self.state, change)
                self._create(change.node)
            case NodesRemoved():
                for name in change.names:
                    self._remove(name)
                fold.apply(self.state, change)
            case RunPatched():
                fold.apply(self.state, change)
                self._edits.run = True
                if self.state.run.phase.is_completed:
                    for name in list(self.outlook):
                        self._plan(name, ())
            case Noted():
                self._edits.notes.append(safe(change.text))
            case _:
                fold.apply(self.state, change)

    def _create(self, node: Node) -> None:
        if not placing.is_row(node):
            return
        boundary = self.state.ids.get(node.boundary_id, "") if node.boundary_id else ""
        key, kind = placing.place(node, boundary)
        parent = self._parent(key, kind, boundary)
        row = self.rows.get(node.name)
        if row is not None and (row.parent is not parent or row.node is not None):
            self._drop(row)
            row = None
        if row is None:
            row = Row(key=node.name, kind=kind, parent=parent)
            row.node, row.label = node, placing.label_of(node, kind, key)
            self._attach(row, before=None)
        else:
            row.node, row.planned, row.kind = node, None, kind
            row.label = placing.label_of(node, kind, key)
        self._settle(row)
        if row.parent is None and self.outlook.get(""):
            self._plan("", self.outlook[""])  # it was told of before there was a row to put it in

    def _parent(self, key: str, kind: Kind, boundary: str) -> Row | None:
        """Return the row that something with this key belongs under; a step's loop gets one."""
        found = self.rows.get(key)
        if kind is not Kind.LOOP:
            return found or self.rows.get(boundary) or self._root_unless(key)
        if found is None:
            above = self.rows.get(boundary)
            found = Row(key=key, kind=Kind.LOOP, parent=above)
            self._attach(found, before=None)
        if found.node is None:
            found.kind, found.planned = Kind.LOOP, None
            found.label = placing.loop_label(key, boundary)
        return found

    def _root_unless(self, key: str) -> Row | None:
        return self.roots[0] if self.roots and key else None

    def _patched(self, name: str, fields: Mapping[str, Any]) -> None:
        row = self.rows.get(name)
        if row is None or row.node is None:
            return
        if "display_name" in fields and row.kind is Kind.NODE and row.parent is not None:
            row.label = safe(row.node.display_name)
        if _SEEN.isdisjoint(fields):
            self._touch(row)
        else:
            self._settle(row)

    def _settle(self, row: Row) -> None:
        """Bring the state of `row`, and the counts above it, up to date."""
        folded = row.is_folded
        refresh_state(row)
        self._edits.changed.update(recount(row))
        self._touch(row)
        if row.state is State.WAITING:
            self.waiting[row.key] = row
        elif self.waiting.pop(row.key, None) is not None or row.key in self.asked:
            self.asked.pop(row.key, None)
        if row.is_folded is not folded:
            self._respliced(row)

    def _touch(self, row: Row) -> None:
        self._edits.changed.add(row)
        if row.kind is Kind.ATTEMPT and row.parent is not None:
            self._edits.changed.add(row.parent)

    # --- what is to come ----------------------------------------------------------------------

    def _plan(self, parent: str, planned: tuple[Planned, ...]) -> None:
        """Take the rows to come of one open node: those that are new come after the one before
        them in the plan, so that a row never changes place when it starts. Those of the run
        itself ("") come last. Once it has ended, nothing is to come, whatever was said."""
        if self.state.run.phase.is_completed:
            planned = ()
        above = self.rows.get(parent) if parent else next(iter(self.roots), None)
        before, self.outlook[parent] = self.outlook.get(parent, ()), planned
        if above is None:
            return
        now = {plan.name for plan in planned}
        for plan in before:
            row = self.rows.get(plan.name)
            if plan.name not in now and row is not None and row.is_to_come:
                self._drop(row)
        last: Row | None = None
        for plan in planned:
            row = self.rows.get(plan.name)
            if row is None:
                row = self._planned_row(plan, above, last)
            elif row.planned is not None and row.planned != plan:
                row.planned = plan
                self._touch(row)
            last = row if row.parent is above else last

    def _planned_row(self, plan: Planned, above: Row, last: Row | None) -> Row:
        kind = Kind.PLANNED if plan.parent else Kind.HOOK
        row = Row(key=plan.name, kind=kind, parent=above, planned=plan)
        row.label = safe(plan.display_name or plan.name)
        after = above.children.index(last) + 1 if last is not None else None
        at_end = after is None or after >= len(above.children)
        self._attach(row, before=None if at_end else above.children[after or 0])
        self._settle(row)
        return row

    # --- the tree -----------------------------------------------------------------------------

    def _attach(self, row: Row, before: Row | None) -> None:
        """Put `row` among its parent's children and, where these are seen, on view."""
        self.rows[row.key] = row
        parent = row.parent
        if parent is None:
            self.roots.append(row)
            self._show(row)
            return
        folded, alone = parent.is_folded, parent.inner == 1
        tree.insert_child(parent, row, before)
        if parent.is_folded is not folded or (parent.is_retry and alone):
            self._respliced(parent)
        else:
            self._show(row)

    def _show(self, row: Row) -> None:
        self._edits.spliced = True
        if self.filter is None and tree.is_in_view(row):
            anchor = tree.row_before(row, self.roots)
            at = self.shown.index(anchor) + 1 if anchor is not None else 0
            self.shown.insert(at, tree.emitted(row))

    def _respliced(self, row: Row) -> None:
        """Show what is below `row` anew: it was folded, unfolded, or got a second attempt."""
        self._edits.spliced = True
        self._edits.changed.add(row)
        if self.filter is not None:
            return
        at = self.shown.index(row)
        if at < 0:
            if row.is_see_through and row.parent is not None:
                self._respliced(row.parent)
            return
        below = tree.count_below(self.shown, at, row)
        if below:
            self.shown.remove(at + 1, below)
        self.shown.insert(at + 1, tree.emitted(row)[1:])

    def _remove(self, name: str) -> None:
        row = self.rows.get(name)
        if row is not None:
            self._drop(row)

    def _drop(self, row: Row) -> None:
        """Take `row` out with all that is below it."""
        parent = row.parent
        at = self.shown.index(row)
        if at >= 0:
            self.shown.remove(at, 1 + tree.count_below(self.shown, at, row))
        for gone in tree.subtree(row):
            self.rows.pop(gone.key, None)
            self.waiting.pop(gone.key, None)
            self.asked.pop(gone.key, None)
        self._edits.spliced = True
        if parent is None:
            self.roots.remove(row)
            return
        tree.remove_child(parent, row)
        self._edits.changed.update(recount(parent))
        if parent.kind is Kind.LOOP and parent.node is None and not parent.children:
            self._drop(parent)
        elif parent.is_retry:
            self._respliced(parent)

    def rebuild(self) -> None:
        """Make the rows on view from scratch: after a snapshot, or for a filter."""
        kept = tree.kept_by(self.filter, self.roots) if self.filter is not None else None
        self.shown.replace(row for root in self.roots for row in tree.emitted(root, kept))

    # --- what a person does -------------------------------------------------------------------

    def set_fold(self, row: Row, folded: bool) -> bool:
        """Fold or unfold; return whether anything is different."""
        if not row.can_fold or row.is_folded is folded:
            return False
        row.folded = folded
        self._respliced(row)
        return True

    def reveal(self, row: Row) -> None:
        """Unfold whatever hides `row`; a filter that leaves it out ends."""
        if self.filter is not None and row.block is None:
            self.set_filter(None)
        for above in reversed(list(row.ancestors())):
            if above.is_folded and not above.is_see_through:
                above.folded = False
                self._respliced(above)

    def set_filter(self, wanted: tree.Filter | None) -> None:
        self.filter = wanted
        self.rebuild()

    def in_view(self, row: Row | None) -> Row | None:
        """Return `row`, or what stands for it on view: the nearest row above it that does."""
        at = row if row is not None and self.rows.get(row.key) is row else None
        while at is not None and at.block is None:
            at = at.parent
        return at or (self.shown[0] if len(self.shown) else None)

    def ask(self, name: str, what: str) -> None:
        """Remember that this person asked `what` of a node; "" takes it back."""
        if what:
            self.asked[name] = what
        else:
            self.asked.pop(name, None)

    # --- the run as a whole -------------------------------------------------------------------

    @property
    def counts(self) -> list[int]:
        """Rows by state, of the whole run."""
        totals = [root.total for root in self.roots]
        return [sum(column) for column in zip(*totals, strict=True)] if totals else []

    @property
    def progress(self) -> tuple[int, int]:
        """How many rows have ended, of how many: what the header, the summary and `get` say."""
        return sum(root.done for root in self.roots), sum(root.count for root in self.roots)
