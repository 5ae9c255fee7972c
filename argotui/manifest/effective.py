"""The Workflow that will run: references merged in, arguments and entrypoint replaced.

Called by resolve.py and validate.py. Argo: 4.12, 7 (submit), 2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from argotui.expr.golang import compact_json
from argotui.manifest.calls import library_key
from argotui.manifest.decode import decode_as, decode_spec
from argotui.manifest.decoding import Decoding
from argotui.manifest.library import hint_for
from argotui.manifest.load import Loaded, Place
from argotui.manifest.scalars import value_text
from argotui.manifest.shapes import mapping, mappings
from argotui.model.errors import Problem
from argotui.model.manifest import Arguments
from argotui.model.merge import strategic_merge
from argotui.model.workflow import LibraryKey, Workflow, WorkflowSpec, WorkflowTemplateRef

_PREFIX = "workflows.argoproj.io/"
_TEMPLATE_LABELS = {
    "WorkflowTemplate": _PREFIX + "workflow-template",
    "ClusterWorkflowTemplate": _PREFIX + "cluster-workflow-template",
    "CronWorkflow": _PREFIX + "cron-workflow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says about a run.

    `parameters` come from -p, `parameter_file` from -f: text verbatim, all else as compact JSON.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    parameter_file: Mapping[str, Any] = field(default_factory=dict)
    entrypoint: str | None = None


def effective(
    workflow: Workflow, library: Loaded, options: Options
) -> tuple[Workflow, list[Problem]]:
    """Return the Workflow as it would be submitted, and what is wrong with its reference."""
    problems: list[Problem] = []
    submitted = _as_workflow(workflow)
    if workflow.spec.workflow_template_ref is not None:
        submitted, problems = _with_reference(submitted, workflow, library)
    return _with_options(submitted, options), problems


def local_key(workflow: Workflow) -> LibraryKey:
    """Return the owner of the workflow's own templates; its name is a stem until it runs."""
    return LibraryKey(
        scope="local", name=workflow.metadata.name or workflow.metadata.generate_name.rstrip("-")
    )


def referenced(ref: WorkflowTemplateRef, library: Loaded) -> Workflow | None:
    """Return the (Cluster)WorkflowTemplate that a workflowTemplateRef names."""
    shelf = library.cluster_workflow_templates if ref.cluster_scope else library.workflow_templates
    return shelf.get(ref.name)


def _as_workflow(workflow: Workflow) -> Workflow:
    """Return a template or a CronWorkflow as the Workflow that would be made of it."""
    label = _TEMPLATE_LABELS.get(workflow.kind)
    if label is None:
        return workflow
    name = workflow.metadata.name
    labels, annotations = {label: name}, {}
    if workflow.kind == "CronWorkflow":
        extra = mapping(mapping(workflow.source.get("spec")).get("workflowMetadata"))
        labels = {**_texts(extra.get("labels")), **labels}
        annotations = _texts(extra.get("annotations"))
    metadata = replace(
        workflow.metadata,
        name="",
        generate_name=f"{name}-",
        labels=labels,
        annotations=annotations,
        extra={},
    )
    changed = replace(workflow, kind="Workflow", metadata=metadata)
    return _made(changed, _spec_of(workflow), workflow.spec)


def _texts(values: Any) -> dict[str, str]:
    return {key: value_text(value) for key, value in mapping(values).items()}


def _spec_of(workflow: Workflow) -> dict[str, Any]:
    spec = mapping(workflow.source.get("spec"))
    return mapping(spec.get("workflowSpec")) if workflow.kind == "CronWorkflow" else spec


def _made(
    workflow: Workflow, spec: Mapping[str, Any], decoded: WorkflowSpec | None = None
) -> Workflow:
    """Return the workflow with another spec, its source written anew."""
    if decoded is None:
        decoded = decode_spec(spec, Decoding(strict=False), ("spec",))
    metadata = workflow.metadata
    shown = {
        "name": metadata.name,
        "generateName": metadata.generate_name,
        "namespace": metadata.namespace,
        "labels": dict(metadata.labels),
        "annotations": dict(metadata.annotations),
    }
    source = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {key: value for key, value in shown.items() if value},
        "spec": spec,
    }
    return replace(workflow, spec=decoded, source=source)


def _with_reference(
    submitted: Workflow, workflow: Workflow, library: Loaded
) -> tuple[Workflow, list[Problem]]:
    ref = workflow.spec.workflow_template_ref
    assert ref is not None
    place = library.place(workflow)
    problems: list[Problem] = []
    if workflow.spec.templates:
        what = "Templates is invalid field in spec if workflow referred WorkflowTemplate reference"
        problems.append(_at(place, ("spec", "templates"), what, "remove one of the two"))
    base = referenced(ref, library)
    if base is None:
        kind = "clusterworkflowtemplates" if ref.cluster_scope else "workflowtemplates"
        what = f'{kind}.argoproj.io "{ref.name}" not found'
        hint = hint_for(library, library_key(ref.name, cluster_scope=ref.cluster_scope))
        problems.append(_at(place, ("spec", "workflowTemplateRef", "name"), what, hint))
        return submitted, problems
    labels = {**submitted.metadata.labels, _TEMPLATE_LABELS[base.kind]: ref.name}
    metadata = replace(submitted.metadata, labels=labels)
    spec = _joined(_spec_of(base), _spec_of(submitted))
    return _made(replace(submitted, metadata=metadata), spec), problems


def _at(place: Place | None, path: tuple[str | int, ...], what: str, hint: str = "") -> Problem:
    if place is None:
        return Problem(what=what, hint=hint)
    line, column = place.source.locate((*place.path, *path))
    return Problem(
        what=what,
        hint=hint,
        file=place.source.file,
        line=line,
        column=column,
        subject=place.subject,
    )


def _joined(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the Workflow's spec over that of the template; arguments are replaced by name, whole."""
    kept = {key: part for key, part in base.items() if key not in ("suspend", "arguments")}
    laid = {key: part for key, part in own.items() if key not in ("arguments", "templates")}
    merged: dict[str, Any] = strategic_merge(kept, laid)
    arguments = {
        part: _by_name(_list(base, part), _list(own, part)) for part in ("parameters", "artifacts")
    }
    if any(arguments.values()):
        merged["arguments"] = {part: items for part, items in arguments.items() if items}
    return merged


def _list(spec: Mapping[str, Any], part: str) -> list[Any]:
    return mappings(mapping(spec.get("arguments")).get(part))


def _by_name(base: list[Any], own: list[Any]) -> list[Any]:
    names = [item.get("name") for item in own]
    return [*own, *(item for item in base if item.get("name") not in names)]


def _with_options(workflow: Workflow, options: Options) -> Workflow:
    given = [{"name": name, "value": value} for name, value in options.parameters.items()]
    given += [
        {"name": name, "value": file_text(value)} for name, value in options.parameter_file.items()
    ]
    if not given and not options.entrypoint:
        return workflow
    spec, decoded = {**_spec_of(workflow)}, workflow.spec
    if given:
        parameters = _replaced(_list(spec, "parameters"), given)
        spec["arguments"] = {**mapping(spec.get("arguments")), "parameters": parameters}
        arguments = decode_as(Arguments, spec["arguments"], Decoding(strict=False), ())
        decoded = replace(decoded, arguments=arguments)
    if options.entrypoint:
        spec["entrypoint"] = options.entrypoint
        decoded = replace(decoded, entrypoint=options.entrypoint)
    return _made(workflow, spec, decoded)


def _replaced(declared: list[Any], given: list[dict[str, Any]]) -> list[Any]:
    """Replace the whole parameter, as Argo does, and add the rest (a name given twice stays)."""
    return _by_name(declared, given)


def file_text(value: Any) -> str:
    """Return a value of a parameter file as text. Argo: 7."""
    if isinstance(value, str):
        return value
    return compact_json(value)
