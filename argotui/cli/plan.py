"""`argotui plan`: what a workflow would do, without doing any of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.failure import say
from argotui.cli.text import fit
from argotui.forecast.rows import Forecast, Row
from argotui.model.sought import Elsewhere


class PlanOutput(StrEnum):
    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


Output = Annotated[
    PlanOutput, typer.Option("-o", "--output", help="The tree, as JSON, or the pods' manifests.")
]


def plan(
    files: o.FilesOrFrom = None,
    origin: o.From = None,
    parameter: o.Parameters = None,
    parameter_file: o.ParameterFiles = None,
    entrypoint: o.Entrypoint = None,
    workflow: o.WorkflowName = None,
    strict: o.Strict = False,
    library: o.Library = None,
    kube_context: o.LookContext = None,
    namespace: o.LookNamespace = None,
    output: Output = PlanOutput.TEXT,
) -> int:
    """Show the tree that would run, as far as it can be known. Nothing is started or written.

    Values that come with the run keep their tag, such as {{steps.a.outputs.result}}. Exit code 0,
    2 for an invalid manifest, 3 where --context names a cluster that cannot be read.
    """
    from argotui.cli.run import read_source
    from argotui.forecast.walk import forecast
    from argotui.submit.prepare import prepare
    from argotui.submit.request import Choices, Where
    from argotui.submit.sources import read_parameter_files, read_parameters

    choices = Choices(
        parameters=read_parameters(parameter or ()),
        parameter_file=read_parameter_files(parameter_file or ()),
        entrypoint=entrypoint,
        workflow=workflow,
        origin=origin,
        strict=strict,
        runtime=Where.LOCAL,
    )
    cluster = _cluster(kube_context, namespace)
    source = read_source(files or (), library, origin=origin, elsewhere=cluster)
    prepared = prepare(source, choices)
    for warning in prepared.warnings:
        say(warning)
    written = prepared.resolved.metadata
    name = written.name if prepared.workflow.metadata.name == written.name else ""
    found = forecast(prepared.resolved, name=name, namespace=written.namespace or "default")
    title = name or f"{prepared.workflow.metadata.generate_name or prepared.name}"
    _print(found, title if name else f"{title.rstrip('-')}-*****", output)
    return exits.SUCCEEDED


def _cluster(context: str | None, namespace: str | None) -> Elsewhere | None:
    if not (context or namespace):
        return None  # most plans ask no cluster: they do not wait for the runtimes
    from argotui.cli.elsewhere import named_cluster

    return named_cluster(context, namespace)


def _print(found: Forecast, title: str, output: PlanOutput) -> None:
    from argotui.cli.plan_lines import plan_lines

    match output:
        case PlanOutput.TEXT:
            for line in plan_lines(found, title, sys.stdout):
                print(fit(line, sys.stdout))
        case PlanOutput.JSON:
            print(json.dumps(_as_json(found, title), indent=2))
        case PlanOutput.YAML:
            for text in _manifests(found):
                print(text, end="")


def _as_json(found: Forecast, title: str) -> dict[str, Any]:
    rows = [_row_json(row) for row in (found.entry, *found.others)]
    return {"name": title, "notes": list(found.notes), "cut": found.cut, "rows": rows}


def _row_json(row: Row) -> dict[str, Any]:
    """Return a row without what is empty; `count` stays, null is a loop not counted yet."""
    own = {key: value for key, value in asdict(_bare(row)).items() if key == "count" or value}
    own.pop("children", None)
    if row.pod is not None:
        own["pod"] = row.pod
    if row.children:
        own["children"] = [_row_json(child) for child in row.children]
    return own


def _bare(row: Row) -> Row:
    from dataclasses import replace

    return replace(row, children=(), pod=None)


def _manifests(found: Forecast) -> Iterator[str]:
    """Yield the pods as YAML documents, each with the node it belongs to as a comment."""
    import yaml

    for row, times in _pods(found.entry, 1, *found.others):
        assert isinstance(row.pod, Mapping)
        comment = json.dumps(row.name)[1:-1] + ("" if times == 1 else f"  x{times:,}")
        text = yaml.safe_dump(
            json.loads(json.dumps(row.pod)), sort_keys=False, width=1000, default_flow_style=False
        )
        yield f"---\n# {comment}\n{text}"


def _pods(row: Row, times: int, *others: Row) -> Iterator[tuple[Row, int]]:
    if row.pod is not None:
        yield row, times
    summarised = row.count is not None and row.count > len(row.children) > 0 and row.is_loop
    inner = times * (row.count - row.skipped) if summarised and row.count else times
    for child in row.children:
        yield from _pods(child, inner if child.role == "item" else times)
    for other in others:
        yield from _pods(other, 1)
