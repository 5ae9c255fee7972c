"""A row's own short truth: why it waits, what it said, how it ended. Pure.

Worked out when a row is drawn, for the rows on the screen only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType
from argotui.model.values import JsonObject
from argotui.tui.look import BAD, READING_ORDER, STYLES, Glyphs, State
from argotui.tui.placing import ordinal
from argotui.tui.presenter import Presenter
from argotui.tui.rows import Kind, Row
from argotui.tui.text import brief, first_line, safe

_QUOTED_ID = re.compile(r"'([^']+)'")

Piece = tuple[str, str]  # text, style


def truth(row: Row, presenter: Presenter, now: float, glyphs: Glyphs) -> list[Piece]:
    """Return the middle column of `row`."""
    asked = presenter.asked.get(row.key)
    if asked:
        return [(f"{asked}…" if not glyphs.is_ascii else asked, "yellow")]
    if row.is_folded and row.can_fold and not row.is_retry:
        return counts(row.total, glyphs)
    if row.is_to_come:
        return [(_plan_text(row), "dim")]
    node = row.stands_for
    if node is None:
        return []
    if row.state is State.WAITING:
        return [("waits for you: a approve, x reject", "yellow")]
    text = said(row, node, presenter, now)
    return [(text, "red" if row.state in BAD else "dim")] if text else []


def counts(total: Sequence[int], glyphs: Glyphs) -> list[Piece]:
    """Return `✔ 812  ● 40  ✖ 1`: how many rows are in which state."""
    pieces: list[Piece] = []
    by_glyph: dict[str, tuple[int, State]] = {}
    for state in (*(one for one in READING_ORDER if one is not State.SKIPPED), State.SKIPPED):
        seen, first = by_glyph.get(glyphs.of(state), (0, state))
        by_glyph[glyphs.of(state)] = (seen + total[state], first)
    for glyph, (count, state) in by_glyph.items():
        if count:
            style = "yellow" if state is State.WAITING else STYLES[state]
            pieces += [(glyph, style), (f" {count:,}  ", "")]
    return pieces


def _plan_text(row: Row) -> str:
    plan = row.planned
    assert plan is not None
    parts = [f"after {', '.join(safe(name) for name in plan.after)}"] if plan.after else []
    if plan.many:
        parts.append("a loop")
    if plan.when:
        parts.append(f"when {safe(first_line(plan.when))}")
    return ", ".join(parts)


def said(row: Row, node: Node, presenter: Presenter, now: float) -> str:
    """Return one safe line: what holds the node, what went wrong, or what came of it."""
    if row.state in BAD:
        return safe(first_line(named(node.message or _exit_text(node.outputs), presenter.state)))
    if row.state is State.SKIPPED:
        return safe(first_line(node.message)) or str(node.phase).lower()
    if row.state is State.SUCCEEDED:
        said = _approval(node) or first_output(node.outputs) or safe(first_line(node.message))
        return said or presenter.tails.get(node.name, "")
    if node.type is NodeType.SUSPEND and node.wake_at is not None:
        return f"goes on in {brief(node.wake_at - now)}"
    held = node.waits_for or waiting_lock(node) or node.message
    said = safe(first_line(named(held, presenter.state))) or _progress(node)
    return said or presenter.tails.get(node.name, "")


def named(message: str, state: RunState) -> str:
    """Return a message with the ids of nodes in it as the names people know."""
    return _QUOTED_ID.sub(lambda found: _name_of(found, state), message)


def _name_of(found: re.Match[str], state: RunState) -> str:
    node = state.nodes.get(state.ids.get(found[1], ""))
    return f"'{node.display_name or node.name}'" if node is not None else found[0]


def _approval(node: Node) -> str:
    if node.type is not NodeType.SUSPEND or not node.approved_by:
        return ""
    values = ", ".join(f"{key}={value}" for key, value in (node.supplied or {}).items())
    return safe(f"approved by {node.approved_by}" + (f": {values}" if values else ""))


def waiting_lock(node: Node) -> str:
    return f"waits for lock {node.waiting_lock}" if node.waiting_lock else ""


def _progress(node: Node) -> str:
    return safe(node.progress) if node.progress not in ("", "0/1", "1/1") else ""


def _exit_text(outputs: JsonObject) -> str:
    code = outputs.get("exitCode")
    return f"exit code {code}" if code else ""


def first_output(outputs: JsonObject) -> str:
    """Return the first value that a node put out, as one safe line."""
    for parameter in outputs.get("parameters") or ():
        value = parameter.get("value") if isinstance(parameter, Mapping) else None
        if value:
            return safe(first_line(str(value)))
    return safe(first_line(str(outputs.get("result") or "")))


def title(row: Row) -> str:
    """Return the name of a row, with the number of tries where there were several."""
    if row.is_retry and row.inner > 1:
        return f"{row.label} ({ordinal(row.inner)} try)"
    return row.label


def full_name(row: Row) -> str:
    """Return the name that tells a row from its like: `unit-tests(1:linux-arm64)`."""
    node = row.node
    if node is not None and row.parent is not None and row.kind is not Kind.ATTEMPT:
        return safe(node.display_name or node.name)
    if row.kind is Kind.ATTEMPT and row.parent is not None:
        return f"{full_name(row.parent)}, {row.label}"
    return row.label
