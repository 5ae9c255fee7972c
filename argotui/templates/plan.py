"""What a dag node knows of its tasks: who needs whom, who is ready, who sees whom. Argo: 4.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappush

from argotui.engine.context import NodeContext
from argotui.engine.core import Core, HardError
from argotui.engine.invocation import Invocation, find_template
from argotui.engine.links import last_attempt, outbound_of
from argotui.engine.producers import Producer, ProducerScope
from argotui.expr.depends import Depends, normalise, parse_depends
from argotui.expr.errors import ExpressionError, TagError
from argotui.expr.scope import Scope
from argotui.model.bodies import DagBody, Task
from argotui.model.manifest import Template
from argotui.model.status import NodeType
from argotui.pods.capture import referred_results
from argotui.templates.items import Items


@dataclass(slots=True, kw_only=True)
class DagFrame:
    """An open dag node. `order` numbers the tasks so that dependencies come first; `unmet` are
    the dependencies of a task that are not settled; `ready` is a heap of (order, task)."""

    template: Template
    tasks: Mapping[str, Task]
    needs: Mapping[str, tuple[str, ...]]
    depends: Mapping[str, Depends]
    targets: tuple[str, ...]
    order: Mapping[str, int]
    dependents: Mapping[str, tuple[str, ...]]
    captured: frozenset[str]
    fail_fast: bool
    unmet: dict[str, set[str]] = field(default_factory=dict)
    ready: list[tuple[int, str]] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    loops: dict[str, Items] = field(default_factory=dict)
    open_hooks: set[str] = field(default_factory=set)
    seen_by: dict[str, int] = field(default_factory=dict)  # task -> bits of its ancestors' orders

    def settle(self, task: str, heap: list[tuple[int, str]]) -> None:
        """Note that a task and its hooks have ended; push who became ready."""
        self.settled.add(task)
        for dependent in self.dependents.get(task, ()):
            if dependent not in self.order:
                continue  # no target needs it
            unmet = self.unmet[dependent]
            unmet.discard(task)
            if not unmet:
                heappush(heap, (self.order[dependent], dependent))

    def ancestors(self, task: str) -> int:
        """Return the transitive dependencies of a task as bits at their order."""
        found = self.seen_by.get(task)
        if found is None:
            found = 0
            for need in self.needs[task]:
                found |= self.ancestors_of_need(need)
            self.seen_by[task] = found
        return found

    def ancestors_of_need(self, need: str) -> int:
        # dependencies have smaller numbers and were asked before: the recursion is one deep
        return self.seen_by.get(need, 0) | (1 << self.order[need])

    def producer(self, core: Core, cx: NodeContext, task: str) -> Producer | None:
        """Return what a task offers to others, None before it has a node."""
        node = core.state.nodes.get(f"{cx.name}.{task}")
        if node is None:
            return None
        items = None
        if node.type is NodeType.TASK_GROUP:
            children = [core.state.nodes[name] for name in core.children(node.name)]
            items = tuple(child for child in children if not child.hooked)
        template = _called(cx, self.tasks[task])
        node = last_attempt(core, node)
        return Producer(node=node, items=items, template=template, lenient=core.wf.lenient)

    def scope(self, core: Core, cx: NodeContext, task: str) -> ProducerScope:
        """Return what `task` may see: its transitive ancestors, and nobody else."""
        mask = self.ancestors(task)

        def find(other: str) -> Producer | None:
            place = self.order.get(other)
            if place is None or not mask >> place & 1:
                return None
            return self.producer(core, cx, other)

        return ProducerScope("tasks", find, lambda: self.tasks)


def _called(cx: NodeContext, task: Task) -> Template | None:
    inv = Invocation(
        name="", parent="", boundary="", owner=cx.bound.owner, depth=0, template=task.template,
        template_ref=task.template_ref, inline=task.inline,
    )  # fmt: skip
    try:
        return find_template(cx.core, inv)[0]
    except HardError:
        return None


def open_frame(core: Core, name: str, template: Template, scope: Scope) -> DagFrame:
    """Return the frame of a dag node, new or found after a recovery. Raises HardError."""
    body = template.body
    assert isinstance(body, DagBody)
    try:
        target = core.fill(body.target, scope)
    except (ExpressionError, TagError) as error:
        raise HardError(str(error)) from None
    tasks = {task.name: task for task in body.tasks}
    depends = _logic(tasks)
    needs = {task: _needs(depends[task], tasks) if task in depends else () for task in tasks}
    targets = tuple(target.split(" ")) if target else _leaves(tasks, needs)
    order = _order(targets, needs)
    frame = DagFrame(
        template=template, tasks=tasks, needs=needs, depends=depends,
        targets=tuple(task for task in targets if task in tasks), order=order,
        dependents=_reverse(needs), captured=referred_results(template, "dag"),
        fail_fast=body.fail_fast is not False,
    )  # fmt: skip
    for task in sorted(order, key=order.__getitem__):
        frame.ancestors(task)
        frame.unmet[task] = set(needs[task])
        if not needs[task] or f"{name}.{task}" in core.state.nodes:
            heappush(frame.ready, (order[task], task))
    return frame


def _needs(logic: Depends, tasks: Mapping[str, Task]) -> tuple[str, ...]:
    """Return the dependencies in the order in which they are mentioned: the roll-up asks it."""
    mentioned = dict.fromkeys(task for task, _ in logic.conditions)
    return tuple(task for task in mentioned if task in tasks)


def _logic(tasks: Mapping[str, Task]) -> dict[str, Depends]:
    found: dict[str, Depends] = {}
    for task in tasks.values():
        text = normalise(task, tasks)
        try:
            if text:
                found[task.name] = parse_depends(text)
        except ExpressionError as error:
            raise HardError(f"task '{task.name}': {error}") from None
    return found


def _leaves(tasks: Mapping[str, Task], needs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the tasks that nobody depends on, by name. Argo: 1.6."""
    needed = {need for each in needs.values() for need in each}
    return tuple(sorted(name for name in tasks if name not in needed))


def _order(targets: tuple[str, ...], needs: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Number the tasks the targets reach in the order in which Argo's walk comes to start them."""
    order: dict[str, int] = {}
    entered: set[str] = set()
    stack = [(target, False) for target in reversed(targets)]
    while stack:
        task, done = stack.pop()
        if done:
            order.setdefault(task, len(order))
        elif task in needs and task not in entered:
            entered.add(task)
            stack.append((task, True))
            stack += [(need, False) for need in reversed(needs[task])]
    return order


def _reverse(needs: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for task, needed in needs.items():
        for need in needed:
            found.setdefault(need, []).append(task)
    return {need: tuple(tasks) for need, tasks in found.items()}


def link_task(core: Core, boundary: str, frame: DagFrame, task: str, name: str) -> None:
    """Link a task's node to where its dependencies lead. Argo: 1.5."""
    needed = frame.needs[task]
    if not needed:
        core.link(boundary, name)
    for dependency in needed:
        for outbound in outbound_of(core, f"{boundary}.{dependency}"):
            core.link(outbound, name)
