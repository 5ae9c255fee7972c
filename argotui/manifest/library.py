"""What documents refer to without having it, and the documents of libraries that have it.

Called by cli, which reads the folders. Argo: 4.12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from argotui.manifest.calls import Edge, edges_of, hook_edges, library_key
from argotui.manifest.load import Loaded, namespace_of
from argotui.model.workflow import LibraryKey, Workflow, WorkflowSpec

_ANY = LibraryKey(scope="any", name="")  # a reference whose name only the run knows


def documents_of(loaded: Loaded) -> tuple[Workflow, ...]:
    """Return every document that can be checked, those of libraries left out."""
    everything = _all_documents(loaded)
    if not loaded.referred:
        return tuple(everything)
    return tuple(one for one in everything if _file_of(one, loaded) not in loaded.referred)


def missing(loaded: Loaded) -> frozenset[LibraryKey]:
    """Return the (Cluster)WorkflowTemplates that some document refers to and that are not there."""
    wanted = {key for document in _all_documents(loaded) for key in _wanted(document.spec)}
    return frozenset(key for key in wanted if key is not _ANY and not _has(loaded, key))


def hint_for(loaded: Loaded, key: LibraryKey) -> str:
    """Return what to do about a template that is not there."""
    hint = "give the file that defines it as well, or its folder: --library DIR"
    why = loaded.absent.get(key)
    return f"{why}; {hint}" if why else hint


def with_library(loaded: Loaded, library: Loaded) -> Loaded:
    """Return what was given with those templates of `library` that it refers to, however far, and
    with its ConfigMaps. What was given itself is never replaced, and Workflows stay out."""
    taken = dict[LibraryKey, Workflow]()
    todo = [key for document in _all_documents(loaded) for key in _wanted(document.spec)]
    while todo:
        key = todo.pop()
        found = _everything(library) if key is _ANY else {key: _of(library, key)}
        for each, document in found.items():
            if document is None or each in taken or _has(loaded, each):
                continue
            taken[each] = document
            todo += _wanted(document.spec)
    return _joined(loaded, library, taken)


def in_namespace(loaded: Loaded, namespace: str) -> Loaded:
    """Return what a run in `namespace` finds: of objects of one name in several namespaces its
    own, else the one that names no namespace. "" is the namespace `default`. Where none of them
    is meant there is none, and `absent` says so."""
    if not loaded.namesakes:
        return loaded
    shelves: dict[str, dict[str, Any]] = {
        "WorkflowTemplate": dict(loaded.workflow_templates),
        "ConfigMap": dict(loaded.config_maps),
        "Secret": dict(loaded.secrets),
    }
    absent = dict(loaded.absent)
    for (kind, name), things in loaded.namesakes.items():
        by_namespace = {namespace_of(each): each for each in things}
        meant = by_namespace.get(namespace or "default", by_namespace.get(""))
        if meant is not None:
            shelves[kind][name] = meant
            continue
        shelves[kind].pop(name, None)
        if kind == "WorkflowTemplate":
            where = ", ".join(sorted(by_namespace))
            absent[library_key(name, cluster_scope=False)] = f"there is one in each of: {where}"
    return replace(
        loaded,
        workflow_templates=shelves["WorkflowTemplate"],
        config_maps=shelves["ConfigMap"],
        secrets=shelves["Secret"],
        absent=absent,
    )


def _joined(loaded: Loaded, library: Loaded, taken: Mapping[LibraryKey, Workflow]) -> Loaded:
    namespaced = {key.name: one for key, one in taken.items() if key.scope == "namespaced"}
    cluster = {key.name: one for key, one in taken.items() if key.scope == "cluster"}
    places = [place for one in taken.values() if (place := library.place(one))]
    concerned = {(place.source.file, place.subject) for place in places}
    given = {place.source.file for place in loaded.places.values()}
    return replace(
        loaded,
        workflow_templates={**namespaced, **loaded.workflow_templates},
        cluster_workflow_templates={**cluster, **loaded.cluster_workflow_templates},
        config_maps={**library.config_maps, **loaded.config_maps},
        problems=(
            *loaded.problems,
            *(each for each in library.problems if (each.file, each.subject) in concerned),
        ),
        places={**library.places, **loaded.places},
        referred=loaded.referred | ({file for file, _ in concerned} - given),
        namesakes={**_namesakes(library, taken, loaded), **loaded.namesakes},
    )


def _namesakes(
    library: Loaded, taken: Mapping[LibraryKey, Workflow], loaded: Loaded
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Those of the library that concern what was taken from it."""
    names = {key.name for key in taken if key.scope == "namespaced"}
    return {
        (kind, name): things
        for (kind, name), things in library.namesakes.items()
        if (kind == "WorkflowTemplate" and name in names)
        or (kind == "ConfigMap" and name not in loaded.config_maps)
    }


def _all_documents(loaded: Loaded) -> Iterator[Workflow]:
    yield from loaded.workflows
    yield from loaded.cron_workflows
    yield from loaded.workflow_templates.values()
    yield from loaded.cluster_workflow_templates.values()
    for (kind, name), things in loaded.namesakes.items():
        if kind == "WorkflowTemplate":
            yield from (each for each in things if each is not loaded.workflow_templates.get(name))


def _wanted(spec: WorkflowSpec) -> Iterator[LibraryKey]:
    if ref := spec.workflow_template_ref:
        yield library_key(ref.name, cluster_scope=ref.cluster_scope)
    for edge in _edges(spec):
        ref_of = edge.template_ref
        if ref_of is not None and ref_of.name:
            is_open = "{{" in ref_of.name
            yield _ANY if is_open else library_key(ref_of.name, cluster_scope=ref_of.cluster_scope)


def _edges(spec: WorkflowSpec) -> Iterator[Edge]:
    yield from hook_edges(spec.hooks, ())
    for template in spec.templates:
        yield from edges_of(template)


def _everything(library: Loaded) -> dict[LibraryKey, Workflow | None]:
    found: dict[LibraryKey, Workflow | None] = {}
    for name, document in library.workflow_templates.items():
        found[library_key(name, cluster_scope=False)] = document
    for name, document in library.cluster_workflow_templates.items():
        found[library_key(name, cluster_scope=True)] = document
    return found


def _of(library: Loaded, key: LibraryKey) -> Workflow | None:
    if key.scope == "cluster":
        return library.cluster_workflow_templates.get(key.name)
    return library.workflow_templates.get(key.name)


def _has(loaded: Loaded, key: LibraryKey) -> bool:
    return _of(loaded, key) is not None


def _file_of(document: Workflow, loaded: Loaded) -> str:
    place = loaded.place(document)
    return place.source.file if place else ""
