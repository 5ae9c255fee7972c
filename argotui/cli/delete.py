"""`argotui delete`: remove a run with its logs and kept sandboxes."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from argotui.cli import exits
from argotui.cli.failure import say
from argotui.model.errors import UsageError

if TYPE_CHECKING:
    from argotui.journal.index import Listed


def delete(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="RUN...", help="As for the other commands.")
    ] = None,
    completed: Annotated[
        bool, typer.Option("--completed", help="Every run that has ended.")
    ] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
) -> int:
    """Delete runs of this machine: journal, logs, kept sandboxes. What they have left in a cluster
    goes with them. A live run is not deleted; what a killed driver left running is ended first."""
    from argotui.journal.index import delete_run, find_run, list_runs, once_left
    from argotui.journal.places import runs_folder

    if bool(runs) == completed:
        raise UsageError("name the runs, or say --completed")
    where = runs_folder()
    chosen = [find_run(where, name) for name in runs or ()]
    if completed:
        chosen = [run for run in list_runs(where) if run.summary.phase.is_completed]
    chosen = [once_left(run) for run in {run.folder: run for run in chosen}.values()]
    for run in chosen:
        if run.driven:
            name = run.folder.name
            raise UsageError(f"{name} still runs; end it first: argotui terminate {name}")
    if len(chosen) > 1 and not yes and sys.stdin.isatty():
        typer.confirm(f"Delete {len(chosen)} runs?", abort=True, err=True)
    for run in chosen:
        delete_run(run.folder, partial(_end, run))
        say(f"deleted {run.folder.name} ({run.summary.workflow_name})")
    return exits.SUCCEEDED


def _end(run: Listed) -> None:
    from argotui.bootstrap import end_all
    from argotui.cli.sweep import forget

    end_all(run)
    _remove_claims(run)
    forget(run.folder)


def _remove_claims(run: Listed) -> None:
    """Remove what a run that did not succeed has kept in a cluster. Raises RuntimeFault."""
    from argotui.journal.header import read_header
    from argotui.journal.store import read_state

    if run.problem or run.summary.at_rest:
        return
    header, state = read_header(run.folder), read_state(run.folder).state
    claims = state.run.extra.get("claims") or ()
    names = [str(each["persistentVolumeClaim"]["claimName"]) for each in claims]
    names += state.memory.get("withdrawn/claims", ())  # as the driver died that was to do it
    if header.runtime != "kubernetes" or not names:
        return
    from argotui.runtimes.kubernetes.claims import remove_kept

    options = {
        name: header.runtime_options[name] for name in ("context", "namespace", "kubeconfig")
    }
    remove_kept(names, header.run_id, **options)
