"""Dag templates. Argo: 6, D1-D12, T15."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from argotui.manifest.rules.arguments import check_arguments, field_name_error
from argotui.manifest.rules.calls import add_outputs, check_call, is_loop, knows, loop_names
from argotui.manifest.rules.context import Check, Context, Site
from argotui.manifest.rules.depends import LOOP_RESULTS, RESULTS, needed_names, terms_of
from argotui.manifest.rules.graph import Ancestors, find_cycle, sorted_names
from argotui.manifest.rules.steps import call_scope, check_no_deadline
from argotui.manifest.rules.tags import check_tags
from argotui.manifest.rules.warnings import warn_call, warn_depends, warn_strangers
from argotui.manifest.shapes import at_path
from argotui.manifest.source import Path
from argotui.model.bodies import DagBody, Task
from argotui.model.manifest import Template

_LEADING_TASK = re.compile(r"\{\{\s*tasks\.([^.{}]+)\.")
_STATUS = re.compile(r"tasks\.(.+)\.status\Z")


def check_dag(
    cx: Context, site: Site, template: Template, names: set[str], inputs: set[str]
) -> Check:
    """Tasks are visited in the order in which they may run; what they leave behind is in scope
    everywhere, except for their status."""
    check_no_deadline(cx, site, template)
    body = template.body
    assert isinstance(body, DagBody)
    if not body.tasks:
        cx.error(site, ("dag",), f"templates.{template.name} must have at least one task", key=True)
        return
    graph = {task.name: needed_names(task) for task in body.tasks}
    _check_order(cx, site, template, body.tasks, graph)
    order = sorted_names(graph)
    places = {task.name: i for i, task in enumerate(body.tasks)}
    uses_depends = any(task.depends for task in body.tasks)
    called: dict[str, Template | None] = {}
    for name in order:
        task, path = body.tasks[places[name]], ("dag", "tasks", places[name])
        _check_task(cx, site, template, path, task, graph, body.tasks, inputs, uses_depends)
        prefix = f"templates.{template.name}.tasks.{name}"
        called[name] = yield from check_call(cx, site, path, prefix, task, inputs)
        known = cx.fake(name, inputs)
        add_outputs(cx, names, f"tasks.{known}", called[name], looped=is_loop(task))
    _check_target(cx, site, template, body, names, inputs)
    ancestors = Ancestors(graph, order)
    for name in order:
        path = ("dag", "tasks", places[name])
        task = body.tasks[places[name]]
        _check_scope(cx, site, template, path, task, names, inputs, ancestors, called[name])


def _check_order(
    cx: Context,
    site: Site,
    template: Template,
    tasks: Sequence[Task],
    graph: Mapping[str, tuple[str, ...]],
) -> None:
    """Argo: D2. Names twice, dependencies on nothing, cycles."""
    prefix = f"templates.{template.name} sorting failed:"
    seen = set()
    for i, task in enumerate(tasks):
        path: Path = ("dag", "tasks", i)
        if task.name in seen:
            cx.error(site, (*path, "name"), f"{prefix} duplicated nodeName {task.name}")
        seen.add(task.name)
        for term in terms_of(task):
            if term.task not in graph:
                where = (*path, "depends" if task.depends else "dependencies")
                hint = cx.near(term.task, (name for name in graph if name != task.name))
                what = f"{prefix} invalid dependency {term.task}"
                cx.error(site, where, what, hint, find=term.task)
    if cycle := find_cycle(graph):
        places = {task.name: i for i, task in enumerate(tasks)}
        hint = " -> ".join(cycle[:12])
        cx.error(site, ("dag", "tasks", places[cycle[0]]), f"{prefix} graph with cycle", hint)


def _check_task(
    cx: Context,
    site: Site,
    template: Template,
    path: Path,
    task: Task,
    graph: Mapping[str, tuple[str, ...]],
    tasks: Sequence[Task],
    inputs: set[str],
    uses_depends: bool,
) -> None:
    name = f"templates.{template.name}"
    prefix = f"{name}.tasks.{task.name}"
    _check_name(cx, site, path, name, task.name, inputs)
    if uses_depends and task.dependencies:
        what = f"{name} cannot use both 'depends' and 'dependencies' in the same DAG template"
        hint = f'write depends: "{" && ".join(task.dependencies)}"'
        cx.error(site, (*path, "dependencies"), what, hint, key=True)
    if uses_depends and task.continue_on is not None:
        what = (
            f"{name} cannot use 'continueOn' when using 'depends'. "
            "Instead use 'dep-task.Failed'/'dep-task.Errored'"
        )
        cx.error(site, (*path, "continueOn"), what, key=True)
    if (uses_depends or task.dependencies) and task.name[:1].isdigit():
        what = (
            f"{prefix} name cannot begin with a digit when using either 'depends' or 'dependencies'"
        )
        cx.error(site, (*path, "name"), what)
    _check_terms(cx, site, path, prefix, task, tasks)


def _check_name(
    cx: Context, site: Site, path: Path, name: str, task: str, inputs: set[str]
) -> None:
    at = f"{name}.tasks[{path[-1]}].name"
    if not task:
        cx.error(site, path, f"{at} is required")
    elif broken := field_name_error(cx.with_values(task)):
        cx.error(site, (*path, "name"), f"{at}: '{task}' is invalid: {broken}")


def _check_terms(
    cx: Context, site: Site, path: Path, prefix: str, task: Task, tasks: Sequence[Task]
) -> None:
    """Argo: D7, D9."""
    for term in terms_of(task):
        if not term.result or term.result in RESULTS:
            continue
        where = (*path, "depends")
        if term.result not in LOOP_RESULTS:
            what = f"{prefix} task result '{term.result}' for task '{term.task}' is invalid"
            hint = cx.near(term.result, (*RESULTS, *LOOP_RESULTS))
            cx.error(site, where, what, hint, find=term.text)
        elif any(other.name == term.task and not is_loop(other) for other in tasks):
            what = (
                f"{prefix} dependency '{term.task}' uses an items-based condition such as "
                ".AnySucceeded or .AllFailed but does not contain any items"
            )
            cx.error(site, where, what, find=term.text)


def _check_target(
    cx: Context, site: Site, template: Template, body: DagBody, names: set[str], inputs: set[str]
) -> None:
    path: Path = ("dag", "target")
    prefix = f"templates.{template.name}.targets"
    check_tags(
        cx, site, path, f"{prefix} ", body.target, lambda tag: knows(names, tag), inputs, names
    )
    tasks = [task.name for task in body.tasks]
    for target in body.target.split(" ") if body.target and "{{" not in body.target else ():
        if target not in tasks:
            what = f"{prefix}: target '{target}' is not defined"
            cx.error(site, path, what, cx.near(target, tasks), find=target)


def _check_scope(
    cx: Context,
    site: Site,
    template: Template,
    path: Path,
    task: Task,
    names: set[str],
    inputs: set[str],
    ancestors: Ancestors,
    called: Template | None,
) -> None:
    prefix = f"templates.{template.name}.tasks.{task.name}"
    items = loop_names(cx, site, path, prefix, task)
    own = call_scope(cx, f"tasks.{task.name}", task, called)

    def known(tag: str) -> bool:
        if tag in items or knows(names, tag) or knows(own, tag):
            return True
        status = _STATUS.match(tag)
        if status is None:
            return False
        return ancestors.has(task.name, status[1]) or (status[1] == task.name and bool(task.hooks))

    source = at_path(template.source, path)
    check_tags(cx, site, path, f"{prefix} ", source, known, inputs, names)
    where = (*path, "arguments")
    check_arguments(
        cx,
        site,
        where,
        f"{prefix}.arguments.",
        task.arguments,
        allow_empty=False,
        inputs=inputs,
    )
    _check_missing(cx, site, path, prefix, task, ancestors)
    warn_depends(cx, site, path, task)
    warn_strangers(cx, site, path, source, task, ancestors)
    warn_call(cx, site, path, task)


def _check_missing(
    cx: Context, site: Site, path: Path, prefix: str, task: Task, ancestors: Ancestors
) -> None:
    """Argo: D12. An argument that begins with what is no ancestor."""
    values = [
        ("parameter", "parameters", i, "value", parameter.name, parameter.value or "")
        for i, parameter in enumerate(task.arguments.parameters)
    ]
    values += [
        ("artifact", "artifacts", i, "from", artifact.name, artifact.from_)
        for i, artifact in enumerate(task.arguments.artifacts)
    ]
    for kind, part, i, key, name, text in values:
        match = _LEADING_TASK.match(text)
        if match and not ancestors.has(task.name, match[1]):
            what = f"{prefix} missing dependency '{match[1]}' for {kind} '{name}'"
            word = "depends" if task.depends or not task.dependencies else "dependencies"
            hint = f"add it to {word} of '{task.name}'"
            cx.error(site, (*path, "arguments", part, i, key), what, hint)
