"""The names of a plan's rows, held against those of a run's nodes. Argo: 1.4, 1.5.

Used by test_recorded and by tests/differential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from argotui.forecast.rows import Fate, Forecast, Row

# Our own names for what a plan cannot tell: how often it is tried, and containers of one pod.
MADE_LATER = ("StepGroup", "Container")


def rows(row: Row) -> Iterator[Row]:
    yield row
    for child in row.children:
        yield from rows(child)


def all_rows(found: Forecast) -> list[Row]:
    return [row for top in (found.entry, *found.others) for row in rows(top)]


def is_open(row: Row) -> bool:
    """Say whether the run decides what becomes of the row."""
    summarised = row.count is None or (row.is_loop and len(row.children) < row.count)
    later = any("not told further" in note or "result kept" in note for note in row.notes)
    return row.fate in (Fate.MAYBE, Fate.ERROR) or summarised or later


def is_only_told(row: Row) -> bool:
    """Say whether a row is no node: the loop of a step has none of its own, in a dag it has."""
    return row.role == "step" and any(child.role == "item" for child in row.children)


def node_names(tree: dict[str, Any]) -> set[str]:
    """Return the names of the nodes that a plan can know: of attempts what is in the first one."""
    nodes = [node for node in tree["nodes"] if node["type"] not in MADE_LATER]
    retried = sorted((node["name"] for node in nodes if node["type"] == "Retry"), key=len)
    names = {node["name"] for node in nodes}
    for start in retried:
        attempt = re.compile(re.escape(start) + r"\(\d+\)")
        first = f"{start}(0)"
        names = {attempt.sub(lambda _, first=first: first, name) for name in names} - {first}
    return names


def below(name: str, open_names: set[str]) -> bool:
    """Say whether a node belongs to something whose course only the run decides."""
    return any(name.startswith(f"{start}{sign}") for start in open_names for sign in "([.")


def strangers(found: Forecast, tree: dict[str, Any]) -> set[str]:
    """Return recorded nodes that the plan knows nothing of."""
    planned = all_rows(found)
    known = {row.name for row in planned}
    open_names = {row.name for row in planned if is_open(row)}
    return {name for name in node_names(tree) if name not in known and not below(name, open_names)}
