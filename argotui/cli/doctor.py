"""`argotui doctor`: what of argotui works on this machine, and what to do where it does not."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from argotui.cli import exits
from argotui.cli.text import fit, safe

_SIGNS = {"ok": "✔", "note": "◷", "bad": "✖"}


class DoctorOutput(StrEnum):
    TABLE = "table"
    JSON = "json"


def doctor(
    output: Annotated[
        DoctorOutput, typer.Option("-o", "--output", help="How to print.")
    ] = DoctorOutput.TABLE,
) -> int:
    """Say what works on this machine. Sandbox, images, terminal, state folder, settings, cluster.

    Exit code 0 if workflows can run here, 3 if something that they need is missing.
    """
    from argotui.cli.checks import all_checks

    checks = all_checks()
    if output is DoctorOutput.JSON:
        shown = [
            {"name": c.name, "state": c.state, "detail": c.detail, "advice": c.advice}
            for c in checks
        ]
        typer.echo(json.dumps(shown, indent=2))
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            line = f"{_SIGNS[check.state]} {check.name:<{width}}  {safe(check.detail)}"
            typer.echo(fit(line, sys.stdout))
            if check.advice:
                typer.echo(fit(f"  {'':<{width}}  → {safe(check.advice)}", sys.stdout))
    bad = any(check.state == "bad" for check in checks)
    return exits.INFRASTRUCTURE if bad else exits.SUCCEEDED
