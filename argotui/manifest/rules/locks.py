"""Locks that wait for themselves. Argo: 4.10, 8.24. Called by rules/warnings.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from argotui.manifest.calls import Edge, edges_of, root_edges
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.shapes import mapping
from argotui.manifest.source import Path
from argotui.model.manifest import JsonObject, Synchronization, Template
from argotui.model.workflow import LibraryKey, WorkflowSpec


def warn_template_locks(cx: Context, site: Site, template: Template) -> None:
    """A template holds its locks until all that it calls has ended."""
    if template.synchronization is not None:
        _check_kept(cx, site, ("synchronization",), template.synchronization)
        start = [(site.owner, edge) for edge in edges_of(template)]
        _warn(cx, site, ("synchronization",), template.synchronization, start)


def warn_workflow_locks(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> None:
    """A workflow holds its locks until it has ended."""
    if spec.synchronization is not None:
        _check_kept(cx, site, (*path, "synchronization"), spec.synchronization)
        start = [(site.owner, edge) for edge in root_edges(spec)]
        _warn(cx, site, (*path, "synchronization"), spec.synchronization, start)


def _check_kept(cx: Context, site: Site, path: Path, wanted: Synchronization) -> None:
    """Locks in a database are those of a controller that was set up with one."""
    for part, locks in (("mutexes", wanted.mutexes), ("semaphores", wanted.semaphores)):
        for number, lock in enumerate(locks):
            if lock.get("database"):
                what = "a lock that a database keeps needs Argo's controller and its database"
                hint = "without `database` argotui keeps it; a semaphore has configMapKeyRef then"
                where = (*path, part, number, "database")
                if cx.lint:  # Argo takes it; only a run of ours cannot
                    cx.warn(site, where, "cluster-only-field", what, hint)
                else:
                    cx.error(site, where, what, hint)


def _warn(
    cx: Context,
    site: Site,
    path: Path,
    held: Synchronization,
    start: list[tuple[LibraryKey, Edge]],
) -> None:
    mutexes, semaphores = _mutexes(held), _semaphores(held)
    if not mutexes and not semaphores:
        return
    for template in _below(cx, start):
        called = f"template '{template.name}', which is called, wants"
        for name, _ in sorted(mutexes & _mutexes(template.synchronization)):
            what = f"{called} mutex '{name}' as well"
            hint = "it waits for the mutex that is only given back when it has ended"
            cx.warn(site, path, "nested-mutex", what, hint)
        for name, _ in sorted(semaphores & _semaphores(template.synchronization)):
            what = f"{called} semaphore '{name}' as well"
            hint = "when callers hold all its places, all of them wait for ever"
            cx.warn(site, path, "nested-semaphore", what, hint)


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


def _mutexes(held: Synchronization | None) -> frozenset[tuple[str, str]]:
    """Return name and namespace of the mutexes whose name is known."""
    if held is None:
        return frozenset()
    return _known((str(one.get("name") or ""), one) for one in held.mutexes)


def _semaphores(held: Synchronization | None) -> frozenset[tuple[str, str]]:
    """Return `ConfigMap/key` and namespace of the semaphores whose name is known."""
    return _known((_semaphore_name(one), one) for one in held.semaphores) if held else frozenset()


def _semaphore_name(one: JsonObject) -> str:
    ref, stored = mapping(one.get("configMapKeyRef")), mapping(one.get("database"))
    name, key = ref.get("name"), ref.get("key") or stored.get("key")
    return f"{name or 'database'}/{key}" if key else ""


def _known(locks: Iterable[tuple[str, JsonObject]]) -> frozenset[tuple[str, str]]:
    names = ((name, str(one.get("namespace") or "")) for name, one in locks)
    return frozenset(name for name in names if name[0] and "{{" not in "".join(name))
