"""`argotui lint`: every problem of manifests at once, without running anything."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.config import load_config
from argotui.cli.failure import say
from argotui.cli.text import columns, fit
from argotui.manifest.check import load_problems
from argotui.manifest.effective import Options
from argotui.manifest.library import documents_of, in_namespace
from argotui.manifest.load import WORKFLOW_KINDS, Loaded, load
from argotui.manifest.report import one_line, report, summary
from argotui.manifest.validate import validate
from argotui.model.errors import Problem, UsageError
from argotui.submit.library import completed, read_library
from argotui.submit.sources import read_manifests

_SHORT = {
    "workflows": "Workflow",
    "workflowtemplates": "WorkflowTemplate",
    "clusterworkflowtemplates": "ClusterWorkflowTemplate",
    "cronworkflows": "CronWorkflow",
}


class LintOutput(StrEnum):
    PRETTY = "pretty"
    SIMPLE = "simple"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What a look at manifests has found. `texts` are those of the files, for excerpts."""

    problems: Sequence[Problem]
    objects: int
    files: int
    texts: Mapping[str, str]
    notes: Sequence[str] = ()

    @property
    def errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)


def lint(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Manifests: files, folders, - for stdin."),
    ],
    strict: o.Strict = False,
    library: o.Library = None,
    kube_context: o.LookContext = None,
    namespace: o.LookNamespace = None,
    kinds: Annotated[
        str,
        typer.Option(
            "--kinds", metavar="KIND,...", help="Look at these kinds only, such as workflows."
        ),
    ] = "all",
    output: Annotated[
        LintOutput,
        typer.Option(
            "-o", "--output", help="With excerpts, a line each, as data, or for GitHub's checks."
        ),
    ] = LintOutput.PRETTY,
) -> int:
    """Check manifests: all problems at once. Each has its place and what to do.

    References are looked for in all the files given, in the libraries and beside the files, and
    with --context in a cluster. Exit code 0 if nothing is wrong (warnings may be), 2 if something
    is, 3 if the cluster cannot be read.
    """
    wanted = kinds_of(kinds)
    contents = read_manifests(paths)
    others = read_library((*(library or ()), *load_config().library))
    given = load(contents.items(), strict=strict)
    loaded, notes = completed(given, others, tuple(contents), strict=strict)
    if kube_context or namespace:
        loaded, read = _with_cluster(loaded, kube_context, namespace)
        notes = (*notes, *read)
    linted = Linted(
        problems=problems_of(loaded, strict=strict, kinds=wanted, namespace=namespace or ""),
        objects=sum(one.kind in wanted for one in documents_of(loaded)),
        files=len(contents),
        texts=texts_of({**contents, **others}),
        notes=notes,
    )
    for note in notes:
        say(f"argotui: {note}")
    _printer(output)(linted)
    return _verdict(linted)


def _with_cluster(
    loaded: Loaded, context: str | None, namespace: str | None
) -> tuple[Loaded, tuple[str, ...]]:
    """Return what was given with what the cluster has of the rest. Raises RuntimeFault."""
    from argotui.cli.elsewhere import named_cluster
    from argotui.submit.library import from_elsewhere

    roots = documents_of(loaded)
    return from_elsewhere(loaded, roots, named_cluster(context, namespace))


def kinds_of(text: str) -> frozenset[str]:
    """Return the kinds that --kinds names. Raises UsageError for one that there is not."""
    if text == "all":
        return WORKFLOW_KINDS
    names = [part.strip() for part in text.split(",")]
    kinds = [_SHORT.get(f"{name.lower().removesuffix('s')}s", "") for name in names]
    if not all(kinds):
        raise UsageError(f"--kinds: there are {', '.join(_SHORT)}; or all of them: all")
    return frozenset(kinds)


def problems_of(
    loaded: Loaded,
    *,
    strict: bool,
    kinds: frozenset[str] = WORKFLOW_KINDS,
    namespace: str = "",
) -> list[Problem]:
    """Return the problems of everything that was given, by file and line, each once. Of libraries
    there are those errors that make something given impossible."""
    skipped = WORKFLOW_KINDS - kinds
    found = [
        problem
        for problem in loaded.problems
        if problem.file not in loaded.referred and problem.subject.split("/")[0] not in skipped
    ]
    for workflow in documents_of(loaded):
        if workflow.kind in kinds:
            seen = in_namespace(loaded, workflow.metadata.namespace or namespace)
            found += validate(workflow, seen, strict=strict, lint=True)
            if loaded.referred:
                found += load_problems(workflow, seen, Options())
    kept = (p for p in found if p.severity == "error" or p.file not in loaded.referred)
    return sorted(dict.fromkeys(kept), key=lambda p: (p.file, p.line, p.column))


def texts_of(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Return the texts for excerpts; what is no text has none worth showing."""
    return {
        name: "" if b"\0" in raw else raw.decode("utf-8", "replace")
        for name, raw in contents.items()
    }


def _printer(output: LintOutput) -> Callable[[Linted], None]:
    if output is LintOutput.PRETTY:
        return _pretty
    if output is LintOutput.SIMPLE:
        return _simple
    from argotui.cli import lint_formats

    match output:
        case LintOutput.JSON:
            return lint_formats.print_json
        case LintOutput.GITHUB:
            return lint_formats.print_github
    return lint_formats.print_sarif


def _pretty(linted: Linted) -> None:
    room = columns(sys.stdout)
    print(fit(report(linted.problems, linted.texts, width=room), sys.stdout), end="")
    if not linted.objects and not linted.errors:
        return
    counted = f"{linted.errors} linting error{'s' if linted.errors != 1 else ''} found!"
    verdict = f"✖ {counted}" if linted.errors else "✔ no linting errors found!"
    objects = f"{linted.objects} object{'s' if linted.objects != 1 else ''}"
    files = f"{linted.files} file{'s' if linted.files != 1 else ''}"
    warnings = [problem for problem in linted.problems if problem.severity == "warning"]
    told = f"{summary(warnings)}; " if warnings else ""
    print(fit(f"{verdict} ({told}{objects} in {files})", sys.stdout))


def _simple(linted: Linted) -> None:
    for problem in linted.problems:
        print(fit(one_line(problem), sys.stdout))


def _verdict(linted: Linted) -> int:
    if linted.errors:
        return exits.USAGE
    if not linted.objects:
        say("argotui: there is nothing to lint: no Workflow, WorkflowTemplate or CronWorkflow")
        return exits.USAGE
    return exits.SUCCEEDED
