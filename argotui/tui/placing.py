"""Where a node stands in the tree of containment, and what it is called there (Argo: 1.4, 1.5).

Called by the presenter for every node it has not seen yet.
"""

from __future__ import annotations

import re

from argotui.model.status import Node, NodeType
from argotui.tui.rows import Kind
from argotui.tui.text import safe

_ITEM = re.compile(r"((?:\[\d+\])?\.?[^()]*)\(\d+:", re.DOTALL)
_HOOK = re.compile(r"\.(?:onExit|hooks\.[^.()]+)$")
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def place(node: Node, boundary: str) -> tuple[str, Kind]:
    """Return the key of the row that `node` belongs under, and as what.

    `boundary` is the name of its boundary node, "" without one. A loop's items belong under a key
    that may have no row yet: the presenter makes one.
    """
    if node.retried and node.name.endswith(")"):
        return node.name[: node.name.rindex("(")], Kind.ATTEMPT
    if node.hooked or node.name.endswith(".onExit"):
        hook = _HOOK.search(node.name)
        if hook is not None:
            return node.name[: hook.start()], Kind.HOOK
    if boundary and node.name.startswith(boundary):
        item = _ITEM.match(node.name, len(boundary))
        if item is not None:
            return boundary + item[1], Kind.LOOP
    return boundary, Kind.NODE


def is_row(node: Node) -> bool:
    """Step groups are no rows: the steps of a group stand side by side under their template."""
    return node.type is not NodeType.STEP_GROUP


def label_of(node: Node, kind: Kind, parent: str) -> str:
    """Return what a row is called below the row with the key `parent`; safe to print."""
    if kind is Kind.ATTEMPT:
        return _attempt_label(node.name)
    if kind is Kind.HOOK and node.name.startswith(parent):
        return safe(node.name[len(parent) :].removeprefix(".").replace("hooks.", "hook "))
    if kind is Kind.LOOP and node.name.startswith(parent):
        return safe(node.name[len(parent) :])
    if not parent and node.template_name:
        return safe(node.template_name)  # the run's own name stands in the header
    return safe(node.display_name or node.name)


def loop_label(key: str, boundary: str) -> str:
    """Return what the row of a step's loop is called."""
    return safe(re.sub(r"^(\[\d+\])?\.", "", key.removeprefix(boundary)))


def _attempt_label(name: str) -> str:
    digits = name[name.rindex("(") + 1 : -1]
    return f"{ordinal(int(digits) + 1)} try" if digits.isdecimal() else safe(name)


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, ... 11th, ... 21st."""
    ending = "th" if number % 100 in (11, 12, 13) else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"
