"""`argotui lint`: every problem of manifests at once, without running anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.failure import say
from argotui.cli.sources import read_manifests
from argotui.cli.text import fit
from argotui.manifest.load import Loaded, load
from argotui.manifest.report import one_line, report, summary
from argotui.manifest.validate import validate
from argotui.model.errors import Problem


class LintOutput(StrEnum):
    PRETTY = "pretty"
    SIMPLE = "simple"
    JSON = "json"


def lint(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="FILE|DIR|-...", help="Manifests: files, folders, - for stdin."),
    ],
    strict: o.Strict = False,
    output: Annotated[
        LintOutput, typer.Option("-o", "--output", help="With excerpts, a line each, or JSON.")
    ] = LintOutput.PRETTY,
) -> int:
    """Check manifests: all problems at once, each with its place and what to do.

    References are looked for in all the files given. Exit code 0 if nothing is wrong (warnings
    may be), 2 if something is.
    """
    contents = read_manifests(paths)
    loaded = load(contents.items(), strict=strict)
    found = sorted(problems_of(loaded, strict=strict), key=lambda p: (p.file, p.line, p.column))
    match output:
        case LintOutput.JSON:
            print(json.dumps([_as_json(problem) for problem in found], indent=2))
        case LintOutput.SIMPLE:
            for problem in found:
                print(fit(one_line(problem), sys.stdout))
        case LintOutput.PRETTY:
            print(fit(report(found, texts_of(contents)), sys.stdout), end="")
    return _verdict(loaded, found, len(contents), quiet=output is not LintOutput.PRETTY)


def problems_of(loaded: Loaded, *, strict: bool) -> list[Problem]:
    """Return the problems of everything that was read, each once."""
    found = list(loaded.problems)
    for workflow in (
        *loaded.workflows,
        *loaded.cron_workflows,
        *loaded.workflow_templates.values(),
        *loaded.cluster_workflow_templates.values(),
    ):
        found += validate(workflow, loaded, strict=strict, lint=True)
    return list(dict.fromkeys(found))


def texts_of(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Return the texts for excerpts; what is no text has none worth showing."""
    return {name: raw.decode("utf-8", "replace") for name, raw in contents.items()}


def _verdict(loaded: Loaded, found: Iterable[Problem], files: int, *, quiet: bool) -> int:
    problems = list(found)
    errors = any(problem.severity == "error" for problem in problems)
    objects = len(loaded.workflows) + len(loaded.cron_workflows) + len(loaded.workflow_templates)
    objects += len(loaded.cluster_workflow_templates)
    if not errors and not objects:
        say("argotui: there is nothing to lint: no Workflow, WorkflowTemplate or CronWorkflow")
        return exits.USAGE
    if not quiet:
        what = f"{objects} object{'s' if objects != 1 else ''}"
        where = f"{files} file{'s' if files != 1 else ''}"
        print(fit(f"{'✖' if errors else '✔'} {summary(problems)} ({what} in {where})", sys.stdout))
    return exits.USAGE if errors else exits.SUCCEEDED


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "name": problem.name,
        "subject": problem.subject,
        "what": problem.what,
        "hint": problem.hint,
    }
