"""The command line: one Typer app, a file a command. Called by __main__.

Commands import what they need when they run, so that `lint` and `runs` stay quick to start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from argotui.cli import exits, failure
from argotui.cli.app_pairs import pairs_joined
from argotui.cli.approve import approve, reject
from argotui.cli.attach import attach
from argotui.cli.control import recover, resume, stop, suspend, terminate
from argotui.cli.delete import delete
from argotui.cli.doctor import doctor
from argotui.cli.drive import drive
from argotui.cli.get import get
from argotui.cli.lint import lint
from argotui.cli.logs import logs
from argotui.cli.run import run as run_command
from argotui.cli.runs import runs
from argotui.cli.shell import shell

app = typer.Typer(
    name="argotui",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Run and monitor Argo Workflows in the terminal, with or without a cluster.",
    epilog=exits.EXPLAINED,
)
for _name, _command in (
    ("run", run_command),
    ("attach", attach),
    ("approve", approve),
    ("reject", reject),
    ("stop", stop),
    ("terminate", terminate),
    ("suspend", suspend),
    ("resume", resume),
    ("recover", recover),
    ("get", get),
    ("runs", runs),
    ("logs", logs),
    ("shell", shell),
    ("delete", delete),
    ("lint", lint),
    ("doctor", doctor),
):
    app.command(_name)(_command)
app.command("_drive", hidden=True)(drive)


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and leave.", is_eager=True)
    ] = False,
) -> None:
    if version:
        from argotui import __version__

        typer.echo(f"argotui {__version__}")
        raise typer.Exit


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code; nothing is raised."""
    with failure.catching() as failed:
        outcome = app(pairs_joined(arguments), prog_name="argotui", standalone_mode=False)
        return outcome if isinstance(outcome, int) else exits.SUCCEEDED
    return failed[0]

