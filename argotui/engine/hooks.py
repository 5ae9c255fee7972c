"""Lifecycle hooks and exit handlers of steps and tasks: ordinary nodes with a flag. Argo: 4.5.

Called by templates/steps and templates/dag for every child that has any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from argotui.engine.conditions import evaluate_bool
from argotui.engine.context import Visit
from argotui.engine.core import Core, HardError
from argotui.engine.invocation import Invocation, run_arguments
from argotui.engine.producers import Layered
from argotui.expr.errors import AbsentReference, ExpressionError, TagError
from argotui.expr.scope import MapScope, Scope
from argotui.model.bodies import Call
from argotui.model.manifest import Arguments, LifecycleHook
from argotui.model.status import Node, Shutdown
from argotui.model.workflow import LibraryKey

NAMELESS = {"steps.name": ""}  # Argo calls what no step calls as a step without name
Evaluate = Callable[[Invocation], Visit]


@dataclass(frozen=True, slots=True, kw_only=True)
class HookPlace:
    """Where a child's hooks run: who evaluates them, in which boundary and scope.

    `prefix` is `steps.NAME` or `tasks.NAME`, by which the child's own values go.
    """

    core: Core
    evaluate: Evaluate
    parent: str
    boundary: str
    owner: LibraryKey
    depth: int
    prefix: str
    scope: Scope


def exit_hook(call: Call) -> LifecycleHook | None:
    """Return the exit handler of a step or task; `onExit` is called with the spec's arguments."""
    if call.on_exit:
        return LifecycleHook(template=call.on_exit)
    return call.hooks.get("exit")


def has_hooks(call: Call) -> bool:
    return bool(call.on_exit or call.hooks)


def run_hooks(place: HookPlace, call: Call, child: Node) -> Visit:
    """Evaluate the hooks of `child`. Returns the child once all that were started have ended,
    None before. Raises HardError for an expression that cannot be evaluated."""
    core = place.core
    others = {name: hook for name, hook in call.hooks.items() if name != "exit"}
    if others and child.created_pass >= core.pass_number:
        core.revisit.add(child.name)  # hooks are looked at from the second pass on
        return None
    done = True
    for name, hook in others.items():
        hook_name = f"{child.name}.hooks.{name}"
        if hook_name not in core.state.nodes and not _wanted(place, hook, child, hook_name):
            core.watching.add(child.name)
            continue
        node = yield from _run(place, hook, child, hook_name, on_exit=False)
        if node is None or not node.is_fulfilled:
            done = False
    return child if done else None


def run_exit(place: HookPlace, call: Call, child: Node) -> Visit:
    """Evaluate the exit handler of a completed child; returns the child once it has ended."""
    hook = exit_hook(call)
    if hook is None or place.core.state.run.shutdown is Shutdown.TERMINATE:
        return child
    name = f"{child.name}.onExit"
    is_new = name not in place.core.state.nodes
    if is_new and hook.expression and not _wanted(place, hook, child, name):
        return child
    node = yield from _run(place, hook, child, name, on_exit=True)
    return child if node is not None and node.is_fulfilled else None


def _wanted(place: HookPlace, hook: LifecycleHook, child: Node, name: str) -> bool:
    if not hook.expression:
        raise HardError(f"Expression required for hook {name}")
    scope = Layered(
        MapScope({f"{place.prefix}.status": str(child.phase)}), place.scope, place.core.globals
    )
    return evaluate_bool(hook.expression, scope.env(), place.core.now)


def _run(place: HookPlace, hook: LifecycleHook, child: Node, name: str, *, on_exit: bool) -> Visit:
    core = place.core
    inv = Invocation(
        name=name,
        parent=place.parent,
        boundary=place.boundary,
        owner=place.owner,
        depth=place.depth,
        template=hook.template,
        template_ref=hook.template_ref,
        arguments=_hook_arguments(place, hook, child, on_exit=on_exit),
        caller=NAMELESS,
        on_exit=on_exit,
        hooked=True,
    )
    try:
        return (yield place.evaluate(inv))
    finally:
        if name in core.state.nodes:
            core.link(child.name, name)


def _hook_arguments(
    place: HookPlace, hook: LifecycleHook, child: Node, *, on_exit: bool
) -> Arguments:
    """Argo: 2.3 j. The hooked node's own parameters and status, not its result; what is not known
    stays in place. Arguments of a node without outputs are passed as they are. An exit handler
    without arguments is given the workflow's, any other hook nothing."""
    arguments = hook.arguments
    if not arguments.parameters and not arguments.artifacts:
        return run_arguments(place.core) if on_exit else arguments
    if not child.outputs:
        return arguments
    own = {f"{place.prefix}.status": str(child.phase)}
    if child.phase.is_bad:  # what it did not come to write is empty
        declared = place.core.template_of(child).outputs.parameters
        own.update({f"{place.prefix}.outputs.parameters.{each.name}": "" for each in declared})
    for parameter in child.outputs.get("parameters", ()):
        if parameter.get("value") is not None:
            own[f"{place.prefix}.outputs.parameters.{parameter['name']}"] = parameter["value"]
    scope = Layered(MapScope(own), place.scope, place.core.globals)
    try:
        return place.core.fill(arguments, scope)
    except (AbsentReference, ExpressionError, TagError) as error:
        raise HardError(str(error)) from None


def hooks_ended(core: Core, name: str) -> bool:
    """Say whether every hook node of this node has ended. Argo: 4.2."""
    children = (core.state.nodes[child] for child in core.children(name))
    return all(child.is_fulfilled for child in children if child.hooked)
