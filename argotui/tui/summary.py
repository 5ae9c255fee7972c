"""What is left in the scrollback after leaving: plain lines, the same for the screen and the cli.

Called by cli with the run as it was last seen. Imports no Textual.
"""

from __future__ import annotations

from collections.abc import Mapping

from argotui.driver.port import RunInfo, Snapshot
from argotui.logs.spool import SpoolReader, log_path
from argotui.model.changes import Planned
from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType, RunPhase
from argotui.tui import ansi, heading, text, tree
from argotui.tui.look import ASCII, BAD, UNICODE, Glyphs, State, run_state
from argotui.tui.presenter import Presenter
from argotui.tui.rows import Row
from argotui.tui.truth import full_name, named

_MOST = 3  # failed or waiting steps told, and outputs
_LEAST_NAME = 12  # cells of a run's name that are kept
_TAIL = 5  # lines of a failed step's log
_BOUNDARIES = (NodeType.STEPS, NodeType.DAG)
_WORDS: Mapping[RunPhase, str] = {
    RunPhase.SUCCEEDED: "succeeded",
    RunPhase.FAILED: "failed",
    RunPhase.ERROR: "ended in error",
}


def lines(
    state: RunState,
    info: RunInfo,
    *,
    now: float,
    outlook: Mapping[str, tuple[Planned, ...]] | None = None,
    gone: bool = False,
    glyphs: Glyphs = UNICODE,
    width: int | None = None,
) -> list[str]:
    """Return the summary of a run that ended, waits, goes on, or lost its driver (`gone`). In
    `width` the run's name gives way, so that its line stays one.

    Every line is safe to print and without colour.
    """
    presenter = Presenter()
    presenter.reset(Snapshot(seq=0, info=info, state=state, outlook=outlook or {}))
    body = [_first(presenter, info, now, gone, glyphs, width)]
    if state.run.phase.is_completed:
        body += _of_end(presenter, info)
    elif gone:
        body.append(f"  the driver is gone; argotui recover {text.safe(info.run_id)}")
    else:
        body += _of_open(presenter, info)
    body += [f"  {text.safe(one)}" for one in info.deviations]
    return [text.safe(line, ascii_only=glyphs is ASCII) for line in body]


def _first(
    presenter: Presenter, info: RunInfo, now: float, gone: bool, glyphs: Glyphs, width: int | None
) -> str:
    run = presenter.state.run
    age = heading.run_age(run, now)
    took = text.brief(age) if age is not None else ""
    state = State.WAITING if presenter.waiting and not gone else run_state(run.phase)
    word = _WORDS.get(run.phase) or _open_word(presenter, gone)
    time = (
        f" after {took}" if took and run.phase.is_completed else f", {took} so far" if took else ""
    )
    done, count = presenter.progress
    nodes = f"{done:,} of {count:,} nodes, " if count else ""
    name = text.safe(run.name or info.workflow_name)
    said = f" {word}{time}   ({nodes}{text.safe(info.where)})"
    if width is not None:
        room = width - text.width(said) - 2
        name = text.middle(name, max(_LEAST_NAME, room), glyphs.ellipsis)
    return f"{glyphs.of(state)} {name}{said}"


def _open_word(presenter: Presenter, gone: bool) -> str:
    if gone:
        return "was running when last seen"
    if presenter.state.run.parked:
        return "is parked"
    if presenter.waiting:
        return "waits for you"
    return "is suspended" if presenter.state.run.suspended else "goes on"


def _of_end(presenter: Presenter, info: RunInfo) -> list[str]:
    run = presenter.state.run
    if run_state(run.phase) in BAD:
        return _of_failure(presenter, info)
    values = run.outputs.get("parameters") or ()
    told = [f"  {one.get('name')} = {text.first_line(str(one.get('value', '')))}" for one in values]
    return told[:_MOST]


def _of_failure(presenter: Presenter, info: RunInfo) -> list[str]:
    run = presenter.state.run
    row = tree.first_failed(presenter.roots)
    node = row.stands_for if row is not None else None
    if row is None or node is None:
        said = text.first_line(named(run.message, presenter.state))
        return [f"  {said}"] if said else []
    told = [f"  {full_name(row)}  {text.first_line(named(node.message, presenter.state))}".rstrip()]
    told += [f"    {line}" for line in tail_of(node, info)]
    others = sum(presenter.counts[state] for state in BAD) - 1
    if others > 0:
        told.append(f"  and {others:,} more failed")
    run_id = _word(info.run_id)
    told.append(f"  argotui logs {run_id} {_word(path_of(row))}     argotui get {run_id}")
    return told


def _of_open(presenter: Presenter, info: RunInfo) -> list[str]:
    run_id = _word(info.run_id)
    waiting = list(presenter.waiting.values())
    told = []
    if presenter.state.run.parked:
        told = [f"  nobody approved in time: parked; argotui recover {run_id}, or at once:"]
    told += [
        f"  {full_name(row)}     argotui approve {run_id} {_word(path_of(row))}"
        for row in waiting[:_MOST]
    ]
    if len(waiting) > _MOST:
        told.append(f"  and {len(waiting) - _MOST} more")
    return [*told, f"  argotui attach {run_id}"]


def path_of(row: Row) -> str:
    """Return where a node is, as the command line takes it: display names of its boundaries and
    its own, without the run's."""
    parts: list[str] = []
    at: Row | None = row
    while at is not None and (at.parent is not None or not parts):
        if at.node is not None and (at is row or at.node.type in _BOUNDARIES):
            parts.append(at.node.display_name or at.node.name)
        at = at.parent
    return "/".join(reversed(parts)) or row.key


def tail_of(node: Node, info: RunInfo, count: int = _TAIL) -> list[str]:
    """Return the last lines that a node printed, as visible text without colours."""
    if not node.attempt or node.type is NodeType.SUSPEND:
        return []
    reader = SpoolReader(log_path(info.logs, f"{node.id}.{node.attempt}", "main"))
    try:
        total = reader.refresh()
        found = reader.lines(max(0, total - count), total)
        return [ansi.plain(line.text)[:500].rstrip() for line in found]
    except (OSError, ValueError):
        return []
    finally:
        reader.close()


def _word(name: str) -> str:
    """Return a name as one word of a shell's command line, safe to print and to paste."""
    shown = text.safe(name)
    plain = shown.replace("-", "").replace(".", "").replace("_", "").replace("/", "")
    if plain.isascii() and plain.isalnum():
        return shown
    quoted = shown.replace("'", "'\\''")
    return f"'{quoted}'"
