"""Carrying out a run: on the screen, as lines in the foreground, or left in the background.

Called by `run`.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from argotui import bootstrap
from argotui.cli import exits
from argotui.cli.config import load_config
from argotui.cli.elsewhere import Cluster
from argotui.cli.failure import say
from argotui.cli.sweep import sweep_runs
from argotui.cli.text import columns
from argotui.model.errors import ManifestError
from argotui.submit.prepare import Prepared, prepare
from argotui.submit.request import Approvals, Choices, Showing, Source, is_terminal


def start(
    source: Source,
    choices: Choices,
    showing: Showing,
    *,
    approvals: Approvals,
    patience: float | None,
) -> int:
    """Run what was asked for and return the exit code. `patience`: seconds to wait for people."""
    asked = is_terminal() and not showing.output
    config = load_config()
    sweep_runs(config.keeping)
    cluster = Cluster(choices, config, ask=asked)
    try:
        prepared = prepare(replace(source, elsewhere=cluster), choices)
    except ManifestError as error:
        from argotui.cli.lint import texts_of
        from argotui.manifest.report import report

        texts, room = texts_of(source.contents), columns(sys.stderr)
        say(report(error.problems, texts, width=room).rstrip("\n"))
        return exits.USAGE
    place = cluster.place(prepared.resolved.metadata.namespace)
    if place.note:
        say(place.note)
    if showing.detach:
        return detach(prepared, place, approvals, patience)
    if showing.has_screen:
        from argotui.cli.screen import run_screen

        return run_screen(prepared, place, showing, approvals, patience)
    from argotui.cli.foreground import headless

    return asyncio.run(headless(prepared, place, showing, approvals, patience))


def detach(
    prepared: Prepared, place: bootstrap.Place, approvals: Approvals, patience: float | None
) -> int:
    """Leave the run to a driver in the background; stdout gets its id and nothing else."""
    journal = bootstrap.create_run(prepared, place, approvals)
    folder = journal.folder
    journal.close()
    asyncio.run(bootstrap.launch_run(prepared, folder, patience))
    print(folder.name)
    say(f"  argotui attach {folder.name}     argotui logs -f {folder.name}")
    return exits.SUCCEEDED
