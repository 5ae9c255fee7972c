"""Where the log of a row lies: its attempts, the oldest first, each with its folders. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from argotui.model.status import Node, NodeType
from argotui.tui.log_source import Folder
from argotui.tui.look import OPEN, State
from argotui.tui.rows import Kind, Row
from argotui.tui.truth import full_name

_MOST_MERGED = 16  # works whose logs are merged for a row that holds others


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`name` says which one it is; `is_over`: nothing more will be written."""

    name: str
    folders: tuple[Folder, ...]
    is_over: bool


def attempts_of(row: Row, logs: Path) -> list[Attempt]:
    """Return the attempts that have a log; of a row that holds others, all theirs as one."""
    if row.is_retry:
        found = [one for child in row.attempts for one in attempts_of(child, logs)]
        return [_named(one, number, len(found)) for number, one in enumerate(found, 1)]
    node = row.node
    if node is not None and node.type is NodeType.CONTAINER:
        return _of_container(row, node, logs)
    if node is not None and node.attempt:
        return _of_work(node, logs)
    return _merged(row, logs)


def has_log(row: Row) -> bool:
    node = row.stands_for
    if node is not None and (node.attempt or node.type is NodeType.CONTAINER):
        return True
    return bool(row.children) and row.inner > 0


def _named(one: Attempt, number: int, of: int) -> Attempt:
    name = f"attempt {number} of {of}" if of > 1 else ""
    return Attempt(name=name, folders=one.folders, is_over=one.is_over)


def _of_work(node: Node, logs: Path) -> list[Attempt]:
    return [
        _named(
            Attempt(
                name="",
                folders=(Folder(label="", path=logs / f"{node.id}.{number}"),),
                is_over=node.has_ended or number < node.attempt,
            ),
            number,
            node.attempt,
        )
        for number in range(1, node.attempt + 1)
    ]


def _of_container(row: Row, node: Node, logs: Path) -> list[Attempt]:
    pod = row.parent.stands_for if row.parent is not None else None
    if pod is None:
        return []
    container = node.name.rpartition(".")[2]
    return [
        Attempt(
            name=one.name,
            folders=tuple(
                Folder(label=each.label, path=each.path, container=container)
                for each in one.folders
            ),
            is_over=node.has_ended,
        )
        for one in _of_work(pod, logs)
    ]


def _merged(row: Row, logs: Path) -> list[Attempt]:
    """The works below a row as one log: the last ones only, where there are many."""
    works = list(islice(_works_from_the_end(row), _MOST_MERGED))
    if not works:
        return []
    folders = tuple(
        Folder(label=full_name(below), path=logs / f"{node.id}.{node.attempt}")
        for below, node in reversed(works)
    )
    is_over = not any(row.total[state] for state in (*OPEN, State.TO_COME))
    return [Attempt(name="", folders=folders, is_over=is_over)]


def _works_from_the_end(row: Row) -> Iterator[tuple[Row, Node]]:
    stack = list(row.children)
    while stack:
        below = stack.pop()
        retry = below.parent if below.kind is Kind.ATTEMPT else None
        if retry is not None and retry.last_attempt is not below:
            continue
        if below.node is not None and below.node.attempt:
            yield below, below.node
        stack.extend(below.children)
