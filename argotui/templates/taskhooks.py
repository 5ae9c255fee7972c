"""Hooks and exit handlers of dag tasks: on the task's node, whatever its type. Argo: 4.5.

Used by the dag handler and its loops.
"""

from __future__ import annotations

from dataclasses import replace

from argotui.engine.context import NodeContext, Visit
from argotui.engine.core import HardError
from argotui.engine.hooks import HookPlace, has_hooks, run_exit, run_hooks
from argotui.model.bodies import Task
from argotui.model.status import Node, NodePhase, NodeType
from argotui.templates.plan import DagFrame


def settle_task(cx: NodeContext, frame: DagFrame, task: Task, node: Node) -> Visit:
    """Run what hangs on a task's node; returns the node once all that was started has ended.

    Raises HardError for a target whose hook or exit handler cannot be evaluated: Argo looks at
    those of targets itself, and at those of other tasks on its way to them only.
    """
    if not has_hooks(task):
        return node
    done = yield from task_hooks(cx, frame, task, node)
    if done is not None and node.phase.is_completed and node.type is not NodeType.TASK_GROUP:
        done = yield from exit_of(cx, frame, task, node)
    note_open(frame, task, is_open=done is None)
    return done


def note_open(frame: DagFrame, task: Task, *, is_open: bool) -> None:
    """Remember whether hooks of a task are still running: a target's hold the dag open."""
    if is_open:
        frame.open_hooks.add(task.name)
    else:
        frame.open_hooks.discard(task.name)


def task_hooks(cx: NodeContext, frame: DagFrame, task: Task, node: Node) -> Visit:
    """Run the hooks of a task's node but for its exit handler; None while one is running."""
    is_target = task.name in frame.targets
    if node.phase is NodePhase.PENDING and not is_target:
        return None
    try:
        return (yield from run_hooks(_place(cx, frame, task, node), _filled(cx, task), node))
    except HardError as error:
        if node.phase is not NodePhase.PENDING:
            cx.core.mark(node, NodePhase.ERROR, str(error))
        if is_target:
            raise
        return node


def exit_of(cx: NodeContext, frame: DagFrame, task: Task, node: Node) -> Visit:
    """Run the exit handler of a completed node of a task; returns the node once it has ended.

    `item` is not known to it, also in a loop: Argo takes the task as it is written.
    """
    try:
        return (yield from run_exit(_place(cx, frame, task, node), _filled(cx, task), node))
    except HardError:
        if task.name in frame.targets:
            raise
        return node


def _filled(cx: NodeContext, task: Task) -> Task:
    """Return the task with the dag's own inputs in its hooks."""
    scope = cx.bound.scope
    return replace(
        task, hooks=cx.core.fill(task.hooks, scope), on_exit=cx.core.fill(task.on_exit, scope)
    )


def _place(cx: NodeContext, frame: DagFrame, task: Task, node: Node) -> HookPlace:
    """Hooks are evaluated through the node they hang on, in the dag's boundary."""
    return HookPlace(
        core=cx.core,
        evaluate=cx.evaluate,
        parent=node.name,
        boundary=cx.name,
        owner=cx.bound.owner,
        depth=cx.inv.depth + 1,
        prefix=f"tasks.{task.name}",
        scope=frame.scope(cx.core, cx, task.name),
    )
