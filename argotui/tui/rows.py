"""One row of the tree, and the counts that it keeps of what lies below it.

Written by the presenter alone; read by everything that draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from argotui.model.changes import Planned
from argotui.model.status import Node, NodeType
from argotui.tui.look import BAD, ENDED, OPEN, STATES, State, state_of
from argotui.tui.shown import Block

AUTO_FOLD = 40  # a loop of more items folds itself, unless a person has said otherwise


class Kind(Enum):
    NODE = "node"
    LOOP = "loop"  # the items of one step: no node in Argo's tree, a TaskGroup in a DAG
    ATTEMPT = "attempt"
    HOOK = "hook"
    PLANNED = "planned"


@dataclass(slots=True, eq=False)
class Row:
    """`key` is the node's name; that of a LOOP is the name its items begin with.

    `below` sums what the children count, `hooks_below` what hooks and exit handlers do; `total`
    is what the row counts for as a whole. `folded` is None while nobody said anything.
    """

    key: str
    kind: Kind
    parent: Row | None = None
    node: Node | None = None
    planned: Planned | None = None
    label: str = ""
    state: State = State.TO_COME
    children: list[Row] = field(default_factory=list)
    inner: int = 0  # children that are no hooks
    below: list[int] = field(default_factory=lambda: [0] * STATES)
    hooks_below: list[int] = field(default_factory=lambda: [0] * STATES)
    total: list[int] = field(default_factory=lambda: [0] * STATES)
    folded: bool | None = None
    block: Block | None = None

    @property
    def is_retry(self) -> bool:
        return self.node is not None and self.node.type is NodeType.RETRY

    @property
    def is_to_come(self) -> bool:
        return self.planned is not None and self.node is None

    @property
    def is_loop(self) -> bool:
        if self.node is None:
            return self.kind is Kind.LOOP
        return self.node.type is NodeType.TASK_GROUP

    @property
    def attempts(self) -> list[Row]:
        return [child for child in self.children if child.kind is Kind.ATTEMPT]

    @property
    def is_see_through(self) -> bool:
        """The only attempt of a retry: its retry stands for it."""
        return (
            self.kind is Kind.ATTEMPT
            and self.parent is not None
            and self.parent.is_retry
            and self.parent.inner == 1
        )

    @property
    def is_folded(self) -> bool:
        if self.folded is not None:
            return self.folded
        if self.is_retry:
            return self.inner > 1 and not self.children[0].children
        if self.kind is Kind.ATTEMPT and self.parent is not None and self.parent.is_retry:
            return self.state in ENDED and not self.is_see_through
        return self.is_loop and self.inner > AUTO_FOLD

    @property
    def can_fold(self) -> bool:
        """Something would be seen below it."""
        if not self.children:
            return False
        if self.is_retry and len(self.children) == 1 and self.children[0].is_see_through:
            return bool(self.children[0].children)
        return True

    @property
    def stands_for(self) -> Node | None:
        """The node whose message, pod and log the row shows: of a retry its last attempt."""
        if self.is_retry:
            last = self.last_attempt
            if last is not None and last.node is not None:
                return last.node
        return self.node

    @property
    def last_attempt(self) -> Row | None:
        for child in reversed(self.children):
            if child.kind is Kind.ATTEMPT:
                return child
        return None

    @property
    def count(self) -> int:
        return sum(self.total)

    @property
    def done(self) -> int:
        return sum(self.total[state] for state in ENDED)

    @property
    def shown_state(self) -> State:
        """Its own state; folded and open, the worst that is hidden below it."""
        if self.state not in OPEN or not self.is_folded or not self.children:
            return self.state
        worst = next((state for state in (*BAD, State.WAITING) if self.total[state]), self.state)
        return min(worst, self.state)

    def ancestors(self) -> Iterator[Row]:
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def lineage(self) -> list[Row]:
        """Return the rows above this one that are drawn, the outermost first."""
        found = [row for row in self.ancestors() if not row.is_see_through]
        found.reverse()
        return found


def refresh_state(row: Row) -> bool:
    """Work out the state of `row` anew; return whether it is another one."""
    if row.node is not None:
        state = state_of(row.node)
    elif row.kind is Kind.LOOP:
        state = _loop_state(row)
    else:
        state = State.TO_COME
    changed = state is not row.state
    row.state = state
    return changed


def _loop_state(row: Row) -> State:
    """A loop of a step has no node: open as long as an item is, then as its worst item."""
    for state in OPEN:
        if row.below[state]:
            return State.RUNNING if state is State.WAITING else state
    if row.below[State.TO_COME]:
        return State.RUNNING
    ended = (*BAD, State.SUCCEEDED, State.SKIPPED)
    return next((state for state in ended if row.below[state]), State.TO_COME)


def counted(row: Row) -> list[int]:
    """Return what `row` counts for: what is below it, else itself, and its hooks."""
    if row.is_retry:
        last = row.last_attempt
        below = last.below if last is not None and last.inner else None
    else:
        below = row.below if row.inner else None
    if below is None:
        own = [0] * STATES
        own[row.state] = 1
    else:
        own = list(below)
    return [mine + hooked for mine, hooked in zip(own, row.hooks_below, strict=True)]


def recount(row: Row) -> list[Row]:
    """Bring the counts of `row` and of everything above it up to date; return the rows touched."""
    touched: list[Row] = []
    at: Row | None = row
    while at is not None:
        if at.kind is Kind.LOOP:
            refresh_state(at)
        fresh = counted(at)
        touched.append(at)
        if fresh == at.total and at is not row and at.kind is not Kind.ATTEMPT:
            break  # of an attempt a retry counts what is below it, or else itself
        above = at.parent
        if above is not None:
            sums = above.hooks_below if at.kind is Kind.HOOK else above.below
            for state in range(STATES):
                sums[state] += fresh[state] - at.total[state]
        at.total = fresh
        at = above
    return touched
