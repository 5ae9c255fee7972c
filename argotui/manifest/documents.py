"""One document of Argo's own kinds -> Workflow. Called by load.py and resolve.py. Argo: 9.1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from argotui.manifest.core.read import fits
from argotui.manifest.core.tables import structs
from argotui.manifest.decode import decode_as, decode_spec
from argotui.manifest.decoding import Decoding
from argotui.manifest.hints import removed_cron_hint
from argotui.manifest.source import Path
from argotui.model.manifest import Metadata, Template
from argotui.model.workflow import Workflow, WorkflowSpec

_VERSION = "argoproj.io/v1alpha1"
_TOP_FIELDS = ("apiVersion", "kind", "metadata", "spec", "status")
CRON_FIELDS = tuple(structs()["CronWorkflowSpec"])


def read_workflow(kind: str, data: dict[str, Any], at: Decoding, path: Path) -> Workflow:
    """Return the document; of a CronWorkflow the spec is its workflowSpec."""
    if data.get("apiVersion") != _VERSION:
        given = data.get("apiVersion")
        what = f"apiVersion is {given}" if given else "apiVersion is missing"
        where = (*path, "apiVersion") if given else path
        at.report(where, what, f"write 'apiVersion: {_VERSION}'", warning="api-version")
    _check_fields(data, _TOP_FIELDS, at, path)
    metadata = decode_as(Metadata, data.get("metadata") or {}, at, (*path, "metadata"))
    where = (*path, "spec")
    spec_data = data.get("spec")
    if kind == "CronWorkflow":
        if isinstance(spec_data, dict):
            _read_cron(spec_data, at, where)
            spec_data = spec_data.get("workflowSpec")
        where = (*where, "workflowSpec")
    spec = _read_spec(spec_data, at, where)
    return Workflow(kind=kind, metadata=metadata, spec=spec, source=data)


def _read_spec(data: Any, at: Decoding, path: Path) -> WorkflowSpec:
    if data is None:
        at.report(path, f"{'.'.join(str(part) for part in path)} is required")
        return WorkflowSpec()
    spec = decode_spec(data, at, path)
    if spec.template_defaults is not None:  # kept as JSON for merging; read for its problems
        decode_as(Template, spec.template_defaults, at, (*path, "templateDefaults"))
    return spec


def _read_cron(data: dict[str, Any], at: Decoding, path: Path) -> None:
    """Look at what a CronWorkflow has beside its workflowSpec."""
    _check_fields(data, CRON_FIELDS, at, path)
    outer, at.struct = at.struct, "CronWorkflowSpec"
    for key, shape in structs()["CronWorkflowSpec"].items():
        fits(at, data.get(key), (*path, key), shape)
    at.struct = outer


def _check_fields(data: dict[str, Any], known: Iterable[str], at: Decoding, path: Path) -> None:
    options = list(known)
    for key in data:
        if key not in options:
            at.unknown((*path, key), key, options, removed_cron_hint(key))
