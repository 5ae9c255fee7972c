"""`argotui run`: start a workflow, watch it here, leave with the code that says how it ended."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from argotui.cli import options as o
from argotui.cli.app_pairs import PAIR_SEPARATOR
from argotui.cli.config import load_config
from argotui.cli.text import parse_duration
from argotui.model.errors import UsageError
from argotui.model.sought import Elsewhere
from argotui.submit.library import read_library
from argotui.submit.origin import origin_file
from argotui.submit.request import CI_TIMEOUT, Approvals, Choices, Showing, Source, Where
from argotui.submit.sources import (
    STDIN,
    read_manifests,
    read_parameter_files,
    read_parameters,
    split_pair,
)

TRANSIENT_ERRORS = "TRANSIENT_ERROR_PATTERN"


def run(
    context: typer.Context,
    files: o.FilesOrFrom = None,
    origin: o.From = None,
    parameter: o.Parameters = None,
    parameter_file: o.ParameterFiles = None,
    entrypoint: o.Entrypoint = None,
    name: o.Name = None,
    generate_name: o.GenerateName = None,
    workflow: o.WorkflowName = None,
    strict: o.Strict = False,
    library: o.Library = None,
    runtime: o.Runtime = Where.AUTO,
    kube_context: o.Context = None,
    namespace: o.Namespace = None,
    pending_timeout: o.PendingTimeout = None,
    no_sandbox: o.NoSandbox = False,
    parallel: o.Parallel = None,
    object_store: o.ObjectStore = False,
    detach: o.Detach = False,
    plain: o.Plain = False,
    no_logs: o.NoLogs = False,
    output: o.Output = None,
    approve: o.Approve = None,
    approve_param: o.ApproveParam = None,
    approve_all: o.ApproveAll = False,
    approval_timeout: o.ApprovalTimeout = None,
    metrics_file: o.MetricsFile = None,
    watch: o.Watch = False,
    rerun: o.Rerun = False,
    exit_on_success: o.ExitOnSuccess = False,
) -> int:
    """Run a workflow and show it live; without a terminal, as lines.

    What it refers to is found in the files, in libraries, beside the files and, for a run in a
    cluster, in the cluster.

    Exit code 0 if it succeeded, 1 if it failed, 2 for an invalid manifest, 3 if it could not be
    run, 4 if approvals did not come in time, 130 if interrupted.
    """
    from argotui.cli.session import start

    given = context.params
    showing = _showing(given)
    approvals, patience = approvals_of(given), _patience(approval_timeout)
    choices = _choices(given)
    source = read_source(files or (), library, origin=origin)
    return start(source, choices, showing, approvals=approvals, patience=patience)


def read_source(
    names: Sequence[str],
    libraries: Sequence[str] | None = None,
    *,
    origin: str | None = None,
    elsewhere: Elsewhere | None = None,
) -> Source:
    """Read all that was named, and the libraries given and set. Raises UsageError for what cannot
    be read, and where neither files nor an `origin` (--from) are named."""
    if not names and not origin:
        raise UsageError("Missing argument: name manifests, or what is stored: --from KIND/NAME")
    folders = (*(libraries or ()), *load_config().library)
    return Source(
        names=tuple(names) or (origin_file(origin or ""),),
        contents=read_manifests(names),
        folder=str(Path.cwd()),
        libraries=folders,
        library=read_library(folders),
        elsewhere=elsewhere,
    )


def approvals_of(given: Mapping[str, Any]) -> Approvals:
    """Return what --approve, --approve-param and --approve-all say."""
    values: dict[str, dict[str, str]] = {}
    for pair in given["approve_param"] or ():
        node, separator, assignment = pair.partition(PAIR_SEPARATOR)
        if not separator:
            raise UsageError("--approve-param takes two values: NODE NAME=VALUE")
        name, value = split_pair(assignment, "--approve-param")
        values.setdefault(node, {})[name] = value
    return Approvals(
        everything=given["approve_all"], nodes=tuple(given["approve"] or ()), values=values
    )


def _choices(given: Mapping[str, Any]) -> Choices:
    if given["name"] and given["generate_name"]:
        raise UsageError("--name and --generate-name exclude each other")
    if given["origin"] and given["workflow"]:
        raise UsageError("--from and --workflow exclude each other")
    if given["name"] == "" or given["workflow"] == "":
        raise UsageError("--name and --workflow need a name that is not empty")
    return Choices(
        parameters=read_parameters(given["parameter"] or ()),
        parameter_file=read_parameter_files(given["parameter_file"] or ()),
        entrypoint=given["entrypoint"],
        name=given["name"],
        generate_name=given["generate_name"],
        workflow=given["workflow"],
        origin=given["origin"],
        strict=given["strict"],
        runtime=Where(given["runtime"]),  # a text with some versions of Typer
        context=given["kube_context"],
        namespace=given["namespace"],
        pending_timeout=_seconds("--pending-timeout", given["pending_timeout"]),
        no_sandbox=given["no_sandbox"],
        parallel=given["parallel"],
        object_store=given["object_store"],
        metrics_file=_metrics_file(given["metrics_file"]),
        transient_errors=_transient_errors(),
    )


def _transient_errors() -> str:
    """Return the pattern that Argo's controller is told by the same variable. Argo: 4.4"""
    pattern = os.environ.get(TRANSIENT_ERRORS, "")
    if pattern:
        from argotui.expr.errors import ExpressionError
        from argotui.expr.regex import regex

        try:
            regex(pattern)
        except ExpressionError as error:
            raise UsageError(f"{TRANSIENT_ERRORS}: {error.message}") from None
    return pattern


def _metrics_file(path: str | None) -> str | None:
    if path is None:
        return None
    file = Path(path).expanduser().absolute()
    if file.is_dir() or not os.access(file.parent, os.W_OK | os.X_OK):
        raise UsageError(f"--metrics-file {path}: cannot be written")
    return str(file)


def _showing(given: Mapping[str, Any]) -> Showing:
    if (given["watch"] or given["rerun"]) and set(given["files"] or ()) <= {STDIN}:
        raise UsageError("--watch needs a file or a folder to look at, not only stdin")
    if given["detach"] and given["output"]:
        raise UsageError("--detach and -o exclude each other; afterwards: argotui get RUN -o json")
    return Showing(
        output=given["output"],
        plain=given["plain"],
        logs=not given["no_logs"],
        detach=given["detach"],
        watch=given["watch"] or given["rerun"],
        rerun=given["rerun"],
        exit_on_success=given["exit_on_success"],
    )


def _patience(timeout: str | None) -> float | None:
    """Return how many seconds to wait for people; None is without end."""
    if timeout is None:
        return CI_TIMEOUT if os.environ.get("CI", "").lower() in ("1", "true") else None
    return _seconds("--approval-timeout", timeout)


def _seconds(option: str, duration: str | None) -> float | None:
    if duration is None:
        return None
    try:
        return parse_duration(duration)
    except ValueError:
        raise UsageError(
            f"{option}: '{duration}' is no duration; write 90s, 30m or 1h30m"
        ) from None
