"""What is to come: the rows of a steps or dag node that have no node yet. Pure.

Called by the driver for the boundaries a step touched; later by `plan`.
"""

from __future__ import annotations

from collections.abc import Iterable

from argotui.engine.calls import is_loop
from argotui.engine.core import ROOT
from argotui.engine.machine import Engine
from argotui.engine.run import exit_handler
from argotui.expr.depends import normalise, parse_depends
from argotui.expr.errors import ExpressionError
from argotui.model.bodies import Call, DagBody, StepsBody, Task
from argotui.model.changes import Planned
from argotui.model.manifest import Template
from argotui.model.status import Node, NodeType, Shutdown
from argotui.model.workflow import LibraryKey


def outlook(engine: Engine, boundaries: Iterable[str]) -> dict[str, tuple[Planned, ...]]:
    """Return, for each Steps or DAG node named, its rows not started; none once it has ended. For
    "", what the run itself has to come: its exit handler."""
    found: dict[str, tuple[Planned, ...]] = {}
    for name in boundaries:
        if name == ROOT:
            found[name] = tuple(_exit_rows(engine))
        node = engine.state.nodes.get(name)
        if node is not None and node.type in (NodeType.STEPS, NodeType.DAG):
            found[name] = () if node.has_ended else tuple(_rows(engine, node))
    return found


def _exit_rows(engine: Engine) -> list[Planned]:
    """Return the exit handler of the run, as long as it may yet come. Argo: 4.5."""
    run, hook = engine.state.run, exit_handler(engine.core)
    name = f"{run.name}.onExit"
    is_over = run.phase.is_completed or run.shutdown is Shutdown.TERMINATE
    if hook is None or is_over or name in engine.state.nodes:
        return []
    call = Call(name="onExit", template=hook.template, template_ref=hook.template_ref)
    after = (engine.core.spec.entrypoint,)
    return [_planned(engine, ROOT, call, name, engine.core.wf.local, after)]


def _rows(engine: Engine, node: Node) -> list[Planned]:
    frame = engine.core.frames.get(node.name)
    if frame is None:
        return []
    body = frame.template.body
    owner = _owner(engine, node)
    if isinstance(body, StepsBody):
        return _steps(engine, node, body, owner)
    return _tasks(engine, node, body, owner) if isinstance(body, DagBody) else []


def _owner(engine: Engine, node: Node) -> LibraryKey:
    if node.template_ref is not None:
        scope = "cluster" if node.template_ref.get("clusterScope") else "namespaced"
        return LibraryKey(scope=scope, name=str(node.template_ref.get("name")))
    return engine.core.owner_of(node)


def _steps(engine: Engine, node: Node, body: StepsBody, owner: LibraryKey) -> list[Planned]:
    nodes = engine.state.nodes
    rows: list[Planned] = []
    before: tuple[str, ...] = ()
    for number, group in enumerate(body.groups):
        for step in group:
            name = f"{node.name}[{number}].{step.name}"
            made = name in nodes or (f"{node.name}[{number}]" in nodes and is_loop(step))
            if not made:
                rows.append(_planned(engine, node.name, step, name, owner, before))
        before = tuple(step.name for step in group) or before
    return rows


def _tasks(engine: Engine, node: Node, body: DagBody, owner: LibraryKey) -> list[Planned]:
    tasks = {task.name: task for task in body.tasks}
    frame = engine.core.frames[node.name]
    rows: list[Planned] = []
    for task in sorted(frame.order, key=frame.order.__getitem__):
        name = f"{node.name}.{task}"
        if name not in engine.state.nodes:
            after = _needs(tasks, task)
            rows.append(_planned(engine, node.name, tasks[task], name, owner, after))
    return rows


def _needs(tasks: dict[str, Task], task: str) -> tuple[str, ...]:
    text = normalise(tasks[task], tasks)
    try:
        return tuple(sorted(parse_depends(text).tasks)) if text else ()
    except ExpressionError:
        return ()


def _planned(
    engine: Engine, parent: str, call: Call, name: str, owner: LibraryKey, after: tuple[str, ...]
) -> Planned:
    return Planned(
        name=name,
        display_name=call.name,
        parent=parent,
        template_name=call.template or (call.template_ref.template if call.template_ref else ""),
        kind=_kind(engine, call, owner),
        after=after,
        many=is_loop(call),
        when=call.when,
    )


def _kind(engine: Engine, call: Call, owner: LibraryKey) -> str:
    found: Template | None = call.inline
    if found is None and call.template_ref is not None:
        ref = call.template_ref
        key = LibraryKey(scope="cluster" if ref.cluster_scope else "namespaced", name=ref.name)
        found = engine.core.wf.template(key, ref.template)
    elif found is None:
        found = engine.core.wf.template(owner, call.template)
    return found.kind if found is not None else ""
