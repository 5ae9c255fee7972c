"""Mutexes that wait for themselves. Argo: 4.10, 8.24. Called by rules/warnings.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from argotui.manifest.calls import Edge, edges_of, root_edges
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.source import Path
from argotui.model.manifest import Synchronization, Template
from argotui.model.workflow import LibraryKey, WorkflowSpec


def warn_template_locks(cx: Context, site: Site, template: Template) -> None:
    """A template holds its mutexes until all that it calls has ended."""
    held = _mutexes(template.synchronization)
    if held:
        start = [(site.owner, edge) for edge in edges_of(template)]
        _warn(cx, site, ("synchronization",), held, start)


def warn_workflow_locks(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> None:
    """A workflow holds its mutexes until it has ended."""
    held = _mutexes(spec.synchronization)
    if held:
        start = [(site.owner, edge) for edge in root_edges(spec)]
        _warn(cx, site, (*path, "synchronization"), held, start)


def _warn(
    cx: Context,
    site: Site,
    path: Path,
    held: frozenset[tuple[str, str]],
    start: list[tuple[LibraryKey, Edge]],
) -> None:
    for template in _below(cx, start):
        for name, _ in sorted(held & _mutexes(template.synchronization)):
            what = f"template '{template.name}', which is called, wants mutex '{name}' as well"
            hint = "it waits for the mutex that is only given back when it has ended"
            cx.warn(site, path, "nested-mutex", what, hint)


def _below(cx: Context, start: Iterable[tuple[LibraryKey, Edge]]) -> Iterator[Template]:
    todo = list(start)
    seen: set[int] = set()
    while todo:
        owner, edge = todo.pop()
        target = edge.target(owner)
        template = edge.inline
        if target is not None:
            owner, name = target
            template = cx.templates.get(owner, {}).get(name)
        if template is None or id(template) in seen:
            continue
        seen.add(id(template))
        yield template
        todo += [(owner, below) for below in edges_of(template)]


def _mutexes(synchronization: Synchronization | None) -> frozenset[tuple[str, str]]:
    """Return name and namespace of the mutexes whose name is known."""
    if synchronization is None:
        return frozenset()
    names = {
        (str(mutex.get("name") or ""), str(mutex.get("namespace") or ""))
        for mutex in synchronization.mutexes
    }
    return frozenset(name for name in names if name[0] and "{{" not in "".join(name))
