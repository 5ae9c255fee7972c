"""`argotui metrics`: the custom metrics of runs in Prometheus' text format, those of several runs
added up as one controller would have them."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from argotui.cli import exits
from argotui.cli.failure import say
from argotui.cli.text import safe
from argotui.journal.header import NAME as HEADER
from argotui.journal.index import find_run, list_runs
from argotui.journal.places import METRICS, runs_folder
from argotui.model.errors import RuntimeFault

if TYPE_CHECKING:
    from argotui.model.metrics import Family

Runs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RUN]...",
        help="Runs by id, the beginning of one, a workflow's name, or @latest; without: all.",
    ),
]
_MENTION = b'"prometheus"'  # in the header of a run whose workflow declares metrics


def metrics(run: Runs = None) -> int:
    """Print the custom metrics of runs, for Prometheus or for a look."""
    from argotui.model.exposition import exposition
    from argotui.model.metrics import summed

    if run:
        folders = list(dict.fromkeys(find_run(runs_folder(), name).folder for name in run))
    else:
        known = reversed(list_runs(runs_folder()))
        folders = [each.folder for each in known if not each.problem and _declares(each.folder)]
    families, problems = summed(_of_runs(folders))
    for problem in problems:
        say(f"left out: {problem}")
    text = exposition(families)
    if sys.stdout.isatty():  # what a workflow says must not steer a terminal
        text = "".join(f"{safe(line)}\n" for line in text.split("\n")[:-1])
    sys.stdout.write(text)
    if not families:
        say("no metrics: workflows and templates declare them under metrics.prometheus")
    return exits.SUCCEEDED


def _of_runs(folders: list[Path]) -> list[list[Family]]:
    from argotui.journal.store import read_state
    from argotui.model.exposition import run_metrics

    found = []
    for folder in folders:
        try:
            state = read_state(folder).state
        except RuntimeFault as fault:
            say(f"left out: {fault}")
            continue
        found.append((state.run.created_at or 0.0, run_metrics(state, time.time())))
    return [families for _, families in sorted(found, key=lambda each: each[0])]


def _declares(folder: Path) -> bool:
    """Say whether a run can have metrics, without reading its journal."""
    if (folder / METRICS).exists():
        return True
    try:
        return _MENTION in (folder / HEADER).read_bytes()
    except OSError:
        return False
