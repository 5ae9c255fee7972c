"""The command line: one Typer app, a file a command. Called by __main__.

Only the command that was asked for is imported, so that `lint` and `runs` start quickly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Annotated

import typer

from argotui.cli import exits, failure
from argotui.cli.app_pairs import pairs_joined

# command -> file in cli/ (and the function's name in it, where that differs), in help's order
COMMANDS: Mapping[str, str] = {
    "run": "run",
    "attach": "attach",
    "approve": "approve",
    "reject": "approve:reject",
    "stop": "control:stop",
    "terminate": "control:terminate",
    "suspend": "control:suspend",
    "resume": "control:resume",
    "recover": "control:recover",
    "get": "get",
    "runs": "runs",
    "logs": "logs",
    "metrics": "metrics",
    "shell": "shell",
    "delete": "delete",
    "lint": "lint",
    "plan": "plan",
    "graph": "graph",
    "doctor": "doctor",
}
_COMPLETION = "_ARGOTUI_COMPLETE"


def build(asked: str | None = None) -> typer.Typer:
    """Return the app, with just the command that is `asked` for if there is one of that name."""
    app = typer.Typer(
        name="argotui",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Run and monitor Argo Workflows in the terminal, with or without a cluster.",
        epilog=exits.EXPLAINED,
    )
    app.callback()(_root)
    for name in (asked,) if asked is not None and asked in COMMANDS else COMMANDS:
        module, _, function = COMMANDS[name].partition(":")
        command = getattr(import_module(f"argotui.cli.{module}"), function or module)
        app.command(name)(command)
    return app


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code; nothing is raised."""
    asked = arguments[0] if arguments and _COMPLETION not in os.environ else None
    with failure.catching() as failed:
        app = build(asked)
        outcome = app(pairs_joined(arguments), prog_name="argotui", standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else exits.SUCCEEDED
    return failed[0]


def _root(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and leave.", is_eager=True)
    ] = False,
) -> None:
    if version:
        from argotui import __version__

        typer.echo(f"argotui {__version__}")
        raise typer.Exit
