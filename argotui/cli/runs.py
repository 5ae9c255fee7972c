"""`argotui runs`: the runs of this machine, newest first."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from argotui.cli import exits
from argotui.cli.config import load_config
from argotui.cli.failure import say
from argotui.cli.sweep import sweep_runs
from argotui.cli.text import columns, duration, fit, glyph, run_word, safe
from argotui.journal.index import Listed, list_runs
from argotui.journal.keeping import Keeping
from argotui.journal.places import runs_folder

_COLUMNS = ("RUN", "WORKFLOW", "STATUS", "AGE", "DURATION", "WHERE", "GOES", "MESSAGE")
_GOES = _COLUMNS.index("GOES")  # only where some run goes by itself
_GIVING_WAY = ((_COLUMNS.index("WORKFLOW"), 16), (_COLUMNS.index("WHERE"), 12))  # and the least
_LEAST_MESSAGE, _MESSAGE_WIDTH = 12, 60


class RunsOutput(StrEnum):
    TABLE = "table"
    JSON = "json"
    NAME = "name"


def runs(
    output: Annotated[RunsOutput, typer.Option("-o", "--output", help="How.")] = RunsOutput.TABLE,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, help="So many at most.")] = 50,
) -> int:
    """List the runs of this machine, newest first. Those whose time is over are removed."""
    keeping = load_config().keeping
    sweep_runs(keeping)
    found = list_runs(runs_folder())
    shown = found[:limit]
    match output:
        case RunsOutput.JSON:
            print(json.dumps([_as_json(run, keeping) for run in shown], indent=2))
        case RunsOutput.NAME:
            for run in shown:
                print(run.summary.run_id)
        case RunsOutput.TABLE:
            _print_table(shown, keeping)
            if len(found) > limit:
                say(f"{len(found) - limit} more: argotui runs --limit {len(found)}")
    return exits.SUCCEEDED


def _print_table(shown: list[Listed], keeping: Keeping) -> None:
    if not shown:
        say("no runs yet: argotui run FILE")
        return
    rows = [_COLUMNS, *(_row(run, keeping) for run in shown)]
    if not any(row[_GOES] for row in rows[1:]):
        rows = [row[:_GOES] + row[_GOES + 1 :] for row in rows]
    for line in _aligned(rows, columns(sys.stdout)):
        print(fit(line, sys.stdout))


def _aligned(rows: list[tuple[str, ...]], room: int | None) -> Iterator[str]:
    """Yield the table; in a terminal's `room` the names give way, then the ends of lines."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    over = sum(widths) + 2 * len(widths) - 2 - (room or sys.maxsize)
    over -= max(0, widths[-1] - _LEAST_MESSAGE)  # its end can be cut
    for column, least in _GIVING_WAY:
        spare = min(max(0, over), max(0, widths[column] - least))
        widths[column], over = widths[column] - spare, over - spare
    for row in rows:
        cells = [_middle(cell, width) for cell, width in zip(row[:-1], widths[:-1], strict=True)]
        filled = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
        line = "  ".join((*filled, row[-1])).rstrip()
        yield line if not room or len(line) <= room else f"{line[: room - 1]}…"


def _middle(name: str, cells: int) -> str:
    if len(name) <= cells:
        return name
    return f"{name[: cells // 2]}…{name[cells // 2 + 1 - cells :]}"


def _row(listed: Listed, keeping: Keeping) -> tuple[str, ...]:
    now = time.time()
    run, word = listed.summary, word_of(listed)
    started = run.started_at or run.created
    message = safe(_for_people(message_of(listed), run.workflow_name))
    if len(message) > _MESSAGE_WIDTH:
        message = message[: _MESSAGE_WIDTH - 1] + "…"
    return (
        run.run_id,
        safe(run.workflow_name),
        f"{glyph(word)} {word}",
        duration(now - started),
        duration((run.finished_at or now) - started),
        safe(run.where),
        _goes(keeping.expires_at(run), now),
        message,
    )


def _goes(at: float | None, now: float) -> str:
    if at is None:
        return ""
    return f"in {duration(at - now)}" if at > now else "now"


def word_of(listed: Listed) -> str:
    """Return how a run stands, in one word; `Interrupted` needs `argotui recover`."""
    run = listed.summary
    if listed.problem:
        return "Unreadable"
    if run.waiting and listed.driven and not run.phase.is_completed:
        return "Waiting"
    return run_word(run.phase, parked=run.parked, alive=listed.driven)


def message_of(listed: Listed) -> str:
    run = listed.summary
    if listed.problem or run.fault:
        return listed.problem or run.fault
    if run.waiting and not run.phase.is_completed:
        return (
            f"{run.waiting} waits for approval"
            if run.waiting == 1
            else (f"{run.waiting} wait for approval")
        )
    return run.message


def _for_people(message: str, workflow: str) -> str:
    """Return a message without the id of a node, which nobody here can name without its run."""
    return re.sub(rf"child '{re.escape(workflow)}-\d+'", "a step", message)


def _as_json(listed: Listed, keeping: Keeping) -> dict[str, Any]:
    from argotui.model.export import rfc3339

    run = listed.summary
    return {
        "run": run.run_id,
        "workflow": run.workflow_name,
        "status": word_of(listed),
        "phase": str(run.phase),
        "startedAt": rfc3339(run.started_at),
        "finishedAt": rfc3339(run.finished_at),
        "expiresAt": rfc3339(keeping.expires_at(run)),
        "progress": run.progress,
        "waiting": run.waiting,
        "where": run.where,
        "message": message_of(listed),
        "manifest": run.manifest,
        "folder": str(listed.folder),
    }
