"""One document of Argo's own kinds -> Workflow. Called by load.py and resolve.py. Argo: 9.1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from argotui.manifest.decode import Decoding, decode_as, decode_spec, nearest
from argotui.manifest.hints import removed_cron_hint
from argotui.manifest.source import Path
from argotui.model.manifest import Metadata, Template
from argotui.model.workflow import Workflow, WorkflowSpec

_TOP_FIELDS = ("apiVersion", "kind", "metadata", "spec", "status")
CRON_FIELDS = (
    *("schedules", "timezone", "concurrencyPolicy", "startingDeadlineSeconds", "suspend", "when"),
    *("stopStrategy", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"),
    *("workflowMetadata", "workflowSpec"),
)


def read_workflow(kind: str, data: dict[str, Any], at: Decoding, path: Path) -> Workflow:
    """Return the document; of a CronWorkflow the spec is its workflowSpec."""
    if "apiVersion" not in data:
        what, hint = "apiVersion is missing", "write 'apiVersion: argoproj.io/v1alpha1'"
        at.report(path, what, hint, warning="api-version")
    _check_fields(data, _TOP_FIELDS, at, path)
    metadata = decode_as(Metadata, data.get("metadata") or {}, at, (*path, "metadata"))
    where = (*path, "spec")
    spec_data = data.get("spec")
    if kind == "CronWorkflow":
        if isinstance(spec_data, dict):
            _check_fields(spec_data, CRON_FIELDS, at, where)
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


def _check_fields(data: dict[str, Any], known: Iterable[str], at: Decoding, path: Path) -> None:
    for key in data:
        if key in known:
            continue
        near = nearest(key, list(known))
        hint = removed_cron_hint(key) or (f"did you mean '{near}'?" if near else "")
        if at.strict:
            at.report((*path, key), f'unknown field "{key}"', hint, key=True)
        else:
            what = f'unknown field "{key}" is ignored'
            at.report((*path, key), what, hint, key=True, warning="unknown-field")
