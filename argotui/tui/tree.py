"""Walks over the rows: what is on view, what comes before, what a filter keeps.

Pure functions of rows; used by the presenter, and for finding by the widgets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from argotui.tui.look import BAD, ENDED, WORDS, State
from argotui.tui.rows import Kind, Row
from argotui.tui.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Keep only the rows that match (and what they are in), or leave those out."""

    text: str
    keeps: bool = True

    @property
    def pattern(self) -> re.Pattern[str]:
        return pattern(self.text)


def pattern(text: str) -> re.Pattern[str]:
    """Return what a person typed as an expression: text as it stands where it is none, and
    blind to case unless a capital was typed."""
    flags = re.NOFLAG if any(char.isupper() for char in text) else re.IGNORECASE
    try:
        return re.compile(text, flags)
    except re.error:
        return re.compile(re.escape(text), flags)


def matches(row: Row, wanted: re.Pattern[str]) -> bool:
    """Name, state and template are what a row is found by."""
    if wanted.search(row.label) or wanted.search(WORDS[row.state]):
        return True
    template = row.node.template_name if row.node is not None else ""
    return bool(template and wanted.search(template))


def insert_child(parent: Row, row: Row, before: Row | None) -> None:
    """Put `row` among the children: before another one, else after the last one that has
    started; what is to come stays below, hooks stay last."""
    children = parent.children
    if before is not None:
        at = children.index(before)
    else:
        at = len(children)
        while at and _stays_below(children[at - 1], row):
            at -= 1
    children.insert(at, row)
    if row.kind is not Kind.HOOK:
        parent.inner += 1


def _stays_below(other: Row, row: Row) -> bool:
    if row.kind is Kind.HOOK:
        return other.kind is Kind.HOOK and other.is_to_come and not row.is_to_come
    if other.kind is Kind.HOOK:
        return True
    return other.kind is Kind.PLANNED and row.kind is not Kind.PLANNED


def remove_child(parent: Row, row: Row) -> None:
    parent.children.remove(row)
    sums = parent.hooks_below if row.kind is Kind.HOOK else parent.below
    for state, count in enumerate(row.total):
        sums[state] -= count
    if row.kind is not Kind.HOOK:
        parent.inner -= 1


def subtree(row: Row) -> Iterator[Row]:
    """Yield `row` and all that is below it, in order."""
    stack = [row]
    while stack:
        at = stack.pop()
        yield at
        stack.extend(reversed(at.children))


def emitted(row: Row, kept: set[Row] | None = None) -> list[Row]:
    """Return the rows on view of this one and what is below it. With `kept`, just those: a
    filter opens every fold on the way to a match."""
    found: list[Row] = []
    stack = [row]
    while stack:
        at = stack.pop()
        if kept is not None and at not in kept:
            continue
        if not at.is_see_through:
            found.append(at)
        if at.children and (kept is not None or at.is_see_through or not at.is_folded):
            stack.extend(reversed(at.children))
    return found


def kept_by(wanted: Filter, roots: list[Row]) -> set[Row]:
    """Return the rows that a filter leaves on view."""
    expression = wanted.pattern
    kept: set[Row] = set()
    for root in roots:
        for row in subtree(root):
            if matches(row, expression) is wanted.keeps and _may_stay(row, wanted, kept):
                kept.add(row)
                for above in row.ancestors():
                    if above in kept:
                        break
                    kept.add(above)
    return kept


def _may_stay(row: Row, wanted: Filter, kept: set[Row]) -> bool:
    """What is left out goes with all that is below it."""
    return wanted.keeps or row.parent is None or row.parent in kept


def is_in_view(row: Row) -> bool:
    """Nothing above `row` is folded."""
    return all(above.is_see_through or not above.is_folded for above in row.ancestors())


def row_before(row: Row, roots: list[Row]) -> Row | None:
    """Return the row on view after which `row` comes; None: it is the first."""
    siblings = row.parent.children if row.parent is not None else roots
    at = len(siblings) - 1
    while siblings[at] is not row:
        at -= 1
    if at == 0:
        return _drawn(row.parent) if row.parent is not None else None
    return _last_on_view(siblings[at - 1])


def _drawn(row: Row) -> Row:
    return row.parent if row.is_see_through and row.parent is not None else row


def _last_on_view(row: Row) -> Row:
    while row.children and (row.is_see_through or not row.is_folded):
        row = row.children[-1]
    return _drawn(row)


def count_below(shown: Shown[Row], at: int, row: Row) -> int:
    """Return how many rows on view after number `at` are below `row`."""
    count = 0
    step = 64
    while True:
        window = shown.window(at + 1 + count, step)
        for other in window:
            if not _is_below(other, row):
                return count
            count += 1
        if len(window) < step:
            return count


def _is_below(other: Row, row: Row) -> bool:
    return any(above is row for above in other.ancestors())


def next_with(roots: list[Row], after: Row | None, states: tuple[State, ...]) -> Row | None:
    """Return the next leaf in one of `states` after `after`, in the order of the tree, from the
    top again at its end. Subtrees that hold none are not entered."""
    found = [row for root in roots for row in _leaves_with(root, states)]
    if not found:
        return None
    if after is None:
        return found[0]
    at = bisect_right(found, _path(after, roots), key=lambda row: _path(row, roots))
    return found[at % len(found)]


def _leaves_with(root: Row, states: tuple[State, ...]) -> Iterator[Row]:
    stack = [root]
    while stack:
        row = stack.pop()
        if not any(row.total[state] for state in states):
            continue
        inner = [child for child in row.children if child.kind is not Kind.ATTEMPT]
        if row.is_retry and row.last_attempt is not None and row.last_attempt.children:
            inner = [*row.last_attempt.children, *inner]
        if row.state in states and not any(
            child.total[state] for child in inner for state in states
        ):
            yield row
        stack.extend(reversed(inner))


def find(
    roots: list[Row],
    start: Row | None,
    wanted: re.Pattern[str],
    by: int,
    *,
    with_this: bool = False,
) -> Row | None:
    """Return the next row (`by` 1) or the one before (-1) whose name, state or template matches,
    around the end; folded ones too."""
    rows = [row for root in roots for row in subtree(root) if not row.is_see_through]
    if by < 0:
        rows.reverse()
    at = rows.index(start) if start in rows else 0
    first = at if with_this else at + 1
    turned = rows[first:] + rows[:first]
    return next((row for row in turned if matches(row, wanted)), None)


def _path(row: Row, roots: list[Row]) -> tuple[int, ...]:
    """Return where `row` stands, comparable in the order of the tree."""
    path: list[int] = []
    at = row
    while at.parent is not None:
        path.append(at.parent.children.index(at))
        at = at.parent
    path.append(roots.index(at))
    return tuple(reversed(path))


def first_failed(roots: list[Row]) -> Row | None:
    """Return the leaf that failed first: the likeliest cause of all that failed after it."""
    found = [row for root in roots for row in _leaves_with(root, BAD)]
    blamed = [row for row in found if all(above.state in BAD for above in row.ancestors())]
    return min(blamed or found, key=_ended_at, default=None)


def _ended_at(row: Row) -> float:
    node = row.stands_for
    ended = node.finished_at if node is not None else None
    return ended if ended is not None else float("inf")


def newest_open(roots: list[Row]) -> Row | None:
    """Return the leaf that started last and has not ended: where a follower looks."""
    stack, newest, when = list(roots), None, float("-inf")
    while stack:
        row = stack.pop()
        if not row.total[State.RUNNING] and not row.total[State.PENDING]:
            continue
        inner = [child for child in row.children if child.state not in ENDED]
        started = row.node.started_at if row.node is not None else None
        if not row.inner and started is not None and started >= when and row.state not in ENDED:
            newest, when = row, started
        stack.extend(reversed(inner))
    return newest
