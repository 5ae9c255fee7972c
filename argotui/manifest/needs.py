"""What a document needs that no file has: templates, however far, and ConfigMaps of parameters.

Called by submit, which may ask a cluster for it. Argo: 4.12, 2.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from argotui.manifest.calls import calls_of, edges_of, hook_edges
from argotui.manifest.effective import Options, effective
from argotui.manifest.load import Loaded
from argotui.model.manifest import Parameter, Template
from argotui.model.sought import (
    CLUSTER_WORKFLOW_TEMPLATE,
    CONFIG_MAP,
    WORKFLOW_TEMPLATE,
    Sought,
)
from argotui.model.workflow import LibraryKey, Workflow, WorkflowSpec

_PARAMETER = re.compile(r"\{\{\s*workflow\.parameters\.([-\w]+)\s*\}\}")
_OBJECT_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")  # what an API server takes
_KINDS = {"namespaced": WORKFLOW_TEMPLATE, "cluster": CLUSTER_WORKFLOW_TEMPLATE}
_NO_OPTIONS = Options()


def needs(workflow: Workflow, loaded: Loaded, options: Options = _NO_OPTIONS) -> frozenset[Sought]:
    """Return what the workflow, and every template document that it leads to, refers to and that
    is not there. Tags of its own parameters are filled in; what only the run knows stays out."""
    submitted, _ = effective(workflow, loaded, options)
    values = {
        parameter.name: parameter.value
        for parameter in submitted.spec.arguments.parameters
        if parameter.value is not None
    }
    wanted = _wanted(submitted.spec)
    if ref := workflow.spec.workflow_template_ref:
        wanted = (*wanted, _template(ref.name, cluster_scope=ref.cluster_scope))
    known: set[Sought] = set()
    todo = list(wanted)
    while todo:
        sought = _filled(todo.pop(), values)
        if sought in known or not _OBJECT_NAME.fullmatch(sought.name):
            continue
        known.add(sought)
        document = _document(sought, loaded)
        todo += _wanted(document.spec) if document is not None else ()
    return frozenset(sought for sought in known if not _is_there(sought, loaded))


def key_of(sought: Sought) -> LibraryKey | None:
    """Return under which key a library has what is sought; None for what is no template."""
    scopes = {kind: scope for scope, kind in _KINDS.items()}
    scope = scopes.get(sought.kind)
    return LibraryKey(scope=scope, name=sought.name) if scope else None


def _template(name: str, *, cluster_scope: bool) -> Sought:
    return Sought(kind=_KINDS["cluster" if cluster_scope else "namespaced"], name=name)


def _filled(sought: Sought, values: Mapping[str, str]) -> Sought:
    if "{{" not in sought.name:
        return sought
    name = _PARAMETER.sub(lambda tag: values.get(tag[1], tag[0]), sought.name)
    return Sought(kind=sought.kind, name=name)


def _document(sought: Sought, loaded: Loaded) -> Workflow | None:
    match sought.kind:
        case "WorkflowTemplate":
            return loaded.workflow_templates.get(sought.name)
        case "ClusterWorkflowTemplate":
            return loaded.cluster_workflow_templates.get(sought.name)
    return None


def _is_there(sought: Sought, loaded: Loaded) -> bool:
    if sought.kind == CONFIG_MAP:
        return sought.name in loaded.config_maps
    return _document(sought, loaded) is not None


def _wanted(spec: WorkflowSpec) -> tuple[Sought, ...]:
    return tuple(_of_spec(spec))


def _of_spec(spec: WorkflowSpec) -> Iterator[Sought]:
    yield from _config_maps(spec.arguments.parameters)
    edges = [*hook_edges(spec.hooks, ())]
    for template in spec.templates:
        edges += edges_of(template)
        yield from _of_inputs(template)
    for edge in edges:
        if (ref := edge.template_ref) is not None and ref.name:
            yield _template(ref.name, cluster_scope=ref.cluster_scope)
        yield from _config_maps(edge.arguments.parameters)


def _of_inputs(template: Template) -> Iterator[Sought]:
    yield from _config_maps(template.inputs.parameters)
    for _, call in calls_of(template):
        if call.inline is not None:
            yield from _of_inputs(call.inline)


def _config_maps(parameters: Iterable[Parameter]) -> Iterator[Sought]:
    for parameter in parameters:
        source = parameter.value_from
        if parameter.value is None and source is not None and source.config_map_key_ref:
            yield Sought(kind=CONFIG_MAP, name=str(source.config_map_key_ref.get("name") or ""))
