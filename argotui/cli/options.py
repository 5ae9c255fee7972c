"""The options of the commands, declared once: their type, spelling and help. Used by the command
files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

import typer

from argotui.submit.request import Where

Flag: TypeAlias = bool


class RunOutput(StrEnum):
    """Values of `run -o`."""

    JSON = "json"
    JSONL = "jsonl"


Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE|DIR|-...", help="Manifests: files, folders, - for stdin."),
]
FilesOrFrom = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FILE|DIR|-]...", help="Manifests: files, folders, - for stdin."),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="KIND/NAME",
        help="Run this WorkflowTemplate (wftmpl), ClusterWorkflowTemplate (cwftmpl) or "
        "CronWorkflow (cronwf).",
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="A parameter; repeatable."),
]
ParameterFiles = Annotated[
    list[str] | None,
    typer.Option("-f", "--parameter-file", metavar="FILE", help="Parameters as a YAML map."),
]
Entrypoint = Annotated[
    str | None, typer.Option("--entrypoint", metavar="TEMPLATE", help="Begin here instead.")
]
Name = Annotated[str | None, typer.Option("--name", help="The workflow's name.")]
GenerateName = Annotated[
    str | None,
    typer.Option("--generate-name", metavar="PREFIX", help="Its name: this and five letters."),
]
WorkflowName = Annotated[
    str | None, typer.Option("--workflow", metavar="NAME", help="Which of several Workflows.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse all that the Argo controller refuses.")
]
Library = Annotated[
    list[str] | None,
    typer.Option(
        "--library", metavar="DIR", help="Templates to refer to are in this folder; repeatable."
    ),
]
Runtime = Annotated[
    Where,
    typer.Option(
        "--runtime",
        help="Where to run: on this machine (local), in a cluster (kubernetes), nowhere (fake).",
    ),
]
Context = Annotated[
    str | None,
    typer.Option("--context", metavar="NAME", help="Cluster: context of the kubeconfig."),
]
Namespace = Annotated[
    str | None, typer.Option("-n", "--namespace", metavar="NAME", help="Cluster: the namespace.")
]
LookContext = Annotated[
    str | None,
    typer.Option("--context", metavar="NAME", help="Find what no file has in this cluster."),
]
LookNamespace = Annotated[
    str | None, typer.Option("-n", "--namespace", metavar="NAME", help="... in this namespace.")
]
PendingTimeout = Annotated[
    str | None,
    typer.Option(
        "--pending-timeout", metavar="DURATION", help="Cluster: end pods that wait longer."
    ),
]
NoSandbox = Annotated[
    bool, typer.Option("--no-sandbox", help="Local: plain processes, not isolated.")
]
Parallel = Annotated[
    int | None,
    typer.Option("--parallel", min=1, metavar="N", help="Local: so many containers at once."),
]
ObjectStore = Annotated[
    bool,
    typer.Option("--object-store", help="Local: resource templates work on a store of the run."),
]
Detach = Annotated[
    bool, typer.Option("--detach", help="Run in the background; print the run's id.")
]
Plain = Annotated[bool, typer.Option("--plain", help="Lines of text instead of the screen.")]
NoLogs = Annotated[
    bool, typer.Option("--no-logs", help="Lines: leave out what the containers print.")
]
Output = Annotated[
    RunOutput | None,
    typer.Option("-o", "--output", help="On stdout: the finished Workflow, or every change."),
]
Approve = Annotated[
    list[str] | None,
    typer.Option("--approve", metavar="NODE", help="Let this node go on when it waits."),
]
ApproveParam = Annotated[
    list[str] | None,
    typer.Option("--approve-param", metavar="NODE NAME=VALUE", help="... with this value."),
]
ApproveAll = Annotated[bool, typer.Option("--approve-all", help="Let every node go on that waits.")]
ApprovalTimeout = Annotated[
    str | None,
    typer.Option(
        "--approval-timeout",
        metavar="DURATION",
        help="Exit 4 after waiting for people this long, for instance 30m (with CI=true: 1h).",
    ),
]
MetricsFile = Annotated[
    str | None,
    typer.Option(
        "--metrics-file", metavar="PATH", help="Keep the run's metrics here too, for a collector."
    ),
]
Watch = Annotated[bool, typer.Option("--watch", help="Tell when the manifest changes on disk.")]
Rerun = Annotated[bool, typer.Option("--rerun", help="--watch, and run it again by itself.")]
ExitOnSuccess = Annotated[
    bool, typer.Option("--exit-on-success", help="Leave the screen when the run succeeded.")
]

RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run's id, the beginning of one, a workflow's name, or @latest.",
    ),
]
NodeName = Annotated[str, typer.Argument(metavar="NODE", help="A node's name, path or id.")]
