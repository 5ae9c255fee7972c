"""The steps and dag templates of a workflow as figures, the entry template's first.

Called by cli/graph. Argo: 1.6, 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from argotui.expr.depends import normalise, parse_depends
from argotui.expr.errors import ExpressionError
from argotui.graph.figure import Box, Figure, figure
from argotui.model.bodies import Call, DagBody, StepsBody, Task
from argotui.model.manifest import Template
from argotui.model.workflow import LibraryKey, ResolvedWorkflow

_WELL = frozenset({"Succeeded", "Skipped", "Daemoned"})
_Found = tuple[LibraryKey, Template, str]  # owner, template, title


def figures(resolved: ResolvedWorkflow) -> list[Figure]:
    """Return a figure for every steps or dag template that the run can reach, callers first."""
    found: list[Figure] = []
    waiting = [*_entries(resolved)]
    known = {title for _, _, title in waiting}
    while waiting:
        owner, template, title = waiting.pop(0)
        found.append(_figure(resolved, owner, template, title))
        for call in _calls(template):
            inner = _called(resolved, owner, call, title)
            if inner is not None and inner[2] not in known:
                known.add(inner[2])
                waiting.append(inner)
    return found


def _entries(resolved: ResolvedWorkflow) -> Iterator[_Found]:
    spec = resolved.spec
    names = [spec.entrypoint, spec.on_exit, *(hook.template for hook in spec.hooks.values())]
    for name in dict.fromkeys(filter(None, names)):
        template = resolved.template(resolved.local, name)
        if template is not None and _is_composite(template):
            yield resolved.local, template, name
    if not any(True for name in names if _drawn(resolved, name)):
        template = resolved.template(resolved.local, spec.entrypoint)
        if template is not None:
            yield resolved.local, template, spec.entrypoint


def _drawn(resolved: ResolvedWorkflow, name: str) -> bool:
    template = resolved.template(resolved.local, name) if name else None
    return template is not None and _is_composite(template)


def _is_composite(template: Template) -> bool:
    return isinstance(template.body, StepsBody | DagBody)


def _calls(template: Template) -> Iterator[Call]:
    match template.body:
        case StepsBody(groups=groups):
            for group in groups:
                yield from group
        case DagBody(tasks=tasks):
            yield from tasks


def _called(resolved: ResolvedWorkflow, owner: LibraryKey, call: Call, title: str) -> _Found | None:
    """Return the steps or dag template that a call leads to, None for any other."""
    if call.inline is not None:
        inner, place, name = call.inline, owner, f"{title}.{call.name}"
    elif call.template_ref is not None:
        ref = call.template_ref
        place = LibraryKey(scope="cluster" if ref.cluster_scope else "namespaced", name=ref.name)
        found = resolved.template(place, ref.template)
        if found is None:
            return None
        inner, name = found, f"{ref.name}/{ref.template}"
    else:
        found = resolved.template(owner, call.template)
        if found is None:
            return None
        prefix = "" if owner == resolved.local else f"{owner.name}/"
        inner, place, name = found, owner, prefix + call.template
    return (place, inner, name) if _is_composite(inner) else None


def _figure(
    resolved: ResolvedWorkflow, owner: LibraryKey, template: Template, title: str
) -> Figure:
    def box(key: str, call: Call) -> Box:
        inner = _called(resolved, owner, call, title)
        return Box(key=key, text=call.name + _times(call), calls=inner[2] if inner else "")

    match template.body:
        case StepsBody(groups=groups):
            return _steps(
                title, [[box(f"{n}.{s.name}", s) for s in g] for n, g in enumerate(groups)]
            )
        case DagBody(tasks=tasks):
            return _dag(title, tasks, [box(task.name, task) for task in tasks])
    return figure(title, template.kind, [Box(key=title, text=title)], [])


def _steps(title: str, groups: list[list[Box]]) -> Figure:
    full = [group for group in groups if group]
    arrows = [
        (before.key, after.key)
        for number in range(1, len(full))
        for before in full[number - 1]
        for after in full[number]
    ]
    return figure(title, "steps", [box for group in full for box in group], arrows)


def _dag(title: str, tasks: tuple[Task, ...], boxes: list[Box]) -> Figure:
    by_name = {task.name: task for task in tasks}
    arrows: list[tuple[str, str]] = []
    labels: list[tuple[tuple[str, str], str]] = []
    for task in tasks:
        for need, results in _needs(task, by_name).items():
            arrows.append((need, task.name))
            if task.depends and not results & _WELL:
                labels.append(((need, task.name), "/".join(sorted(results))))
    return figure(title, "dag", boxes, arrows, labels)


def _needs(task: Task, by_name: dict[str, Task]) -> dict[str, set[str]]:
    """Return who a task waits for, and for which results of theirs."""
    text = normalise(task, by_name)
    found: dict[str, set[str]] = {}
    try:
        conditions = parse_depends(text).conditions if text else ()
    except ExpressionError:
        return {}
    for need, result in conditions:
        found.setdefault(need, set()).add(result)
    return found


def _times(call: Call) -> str:
    """Say that a call is a loop, and of how many where that is written."""
    if call.with_items:
        return f" ×{len(call.with_items):,}"
    if call.with_sequence is not None:
        count = str(call.with_sequence.count or "")
        return f" ×{int(count):,}" if count.isdecimal() else " ×?"
    return " ×?" if call.with_param is not None else ""
