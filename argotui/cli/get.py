"""`argotui get`: one run, as a tree of lines or in Argo's JSON, whether it still runs or not."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.text import fit


class GetOutput(StrEnum):
    TREE = "tree"
    JSON = "json"
    NAME = "name"


def get(
    run: o.RunName,
    output: Annotated[GetOutput, typer.Option("-o", "--output", help="How.")] = GetOutput.TREE,
) -> int:
    """Show a run: its nodes, messages and outputs."""
    from argotui.cli.tree import tree_lines
    from argotui.driver.states import look
    from argotui.journal.index import find_run
    from argotui.journal.places import runs_folder
    from argotui.model.export import workflow_json

    known = find_run(runs_folder(), run)
    seen = look(known)
    match output:
        case GetOutput.JSON:
            print(json.dumps(workflow_json(seen.info.source, seen.state), indent=2))
        case GetOutput.NAME:
            print(known.summary.run_id)
        case GetOutput.TREE:
            for line in tree_lines(seen, alive=known.driven):
                print(fit(line, sys.stdout))
    return exits.SUCCEEDED
