"""The run as a whole: its start, its entry node, hooks and exit handler, its end. Argo: 1.6, 4.0.

Called by the machine once a pass.
"""

from __future__ import annotations

from dataclasses import replace

from argotui.engine import claims, gc, labels, locks, metrics
from argotui.engine.configmaps import known_value
from argotui.engine.core import ROOT, Core, HardError
from argotui.engine.hooks import NAMELESS, HookPlace, run_hooks
from argotui.engine.invocation import Invocation, run_arguments
from argotui.engine.visit import Visitor, drive
from argotui.engine.work import stop_work
from argotui.expr.errors import ExpressionError, TagError
from argotui.expr.scope import MapScope
from argotui.model.bodies import Step
from argotui.model.commands import FinishRun
from argotui.model.events import RunStarted
from argotui.model.manifest import Arguments, LifecycleHook, Parameter, Synchronization
from argotui.model.status import Node, NodePhase, NodeType, RunPhase, Shutdown

_DONE_WELL = (NodePhase.SUCCEEDED, NodePhase.SKIPPED, NodePhase.OMITTED)


def start(core: Core, event: RunStarted) -> None:
    """Take the run's identity in. Argo: 4.0, first pass."""
    spec = core.wf.spec
    core.patch_run(
        run_id=event.run_id,
        name=event.name,
        uid=event.uid,
        namespace=event.namespace,
        created_at=event.at,
        phase=RunPhase.RUNNING,
        suspended=bool(spec.suspend),
        shutdown=Shutdown(spec.shutdown) if spec.shutdown in list(Shutdown) else Shutdown.NONE,
    )
    _start_clock(core, event.at)


def _start_clock(core: Core, at: float) -> None:
    limit = core.wf.spec.active_deadline_seconds
    core.patch_run(started_at=at, deadline_at=None if limit is None else at + limit)


def prepare(core: Core) -> tuple[RunPhase, str] | None:
    """Compute the globals and the spec with them in; returns how the run ends if that fails.

    Done anew for a recovered run. Argo: 2.3 a, 4.13.
    """
    wf = core.wf
    core.spec = wf.spec
    core.globals.build({}, wf.metadata.labels, wf.metadata.annotations)
    try:
        values = _parameters(core)
        core.globals.build(values, wf.metadata.labels, wf.metadata.annotations)
    except (HardError, ExpressionError, TagError) as error:
        return RunPhase.FAILED, f"failed to set global parameters: {error}"
    try:
        annotations = {**wf.metadata.annotations, **labels.declared(core, "annotations")}
        named = {**wf.metadata.labels, **labels.declared(core, "labels"), **labels.computed(core)}
        core.globals.build(values, named, annotations)
        core.spec = core.fill(replace(wf.spec, templates=()), core.globals)
    except (HardError, ExpressionError, TagError) as error:
        return RunPhase.ERROR, str(error)
    core.globals.begun = True
    core.patch_run(parameters=values, labels=named, annotations=annotations)
    return None


def _parameters(core: Core) -> dict[str, str]:
    return {each.name: _argument(core, each) for each in core.wf.spec.arguments.parameters}


def _argument(core: Core, parameter: Parameter) -> str:
    if parameter.value is not None:
        return core.fill(parameter.value, core.globals)
    source = parameter.value_from
    if source is not None and source.config_map_key_ref is not None:
        ref = core.fill(source.config_map_key_ref, core.globals)
        found = known_value(core, ref)
        if isinstance(found, str):
            return found
        if source.default is None:
            raise HardError(
                f"failed to set global parameter {parameter.name} from configmap with name "
                f"{ref.get('name', '')} and key {ref.get('key', '')}: {found}"
            )
        return source.default
    if source is not None and source.default is not None:
        return source.default
    raise HardError(
        "either value or valueFrom must be specified in order to set global parameter "
        f"{parameter.name}"
    )


def may_walk(core: Core) -> bool:
    """Say whether templates are evaluated at all now: not while the run is suspended, nor while
    it waits for its own locks or its claims. What is dirty stays so."""
    return not core.state.run.suspended and _has_locks(core) and _has_claims(core)


def walk(core: Core, visitor: Visitor) -> None:
    """Do one pass: entry node, workflow hooks, exit handler, end. Argo: 4.0."""
    run = core.state.run
    core.take_dirty(ROOT)
    if run.main_phase is RunPhase.NEW:
        node = _entry(core, visitor)
        if node is None or run.phase.is_completed or not node.is_fulfilled:
            _hooks(core, visitor, node)
            return
        if not _hooks(core, visitor, node):
            return
        _main_ended(core, node)
    _exit(core, visitor)


def _has_locks(core: Core) -> bool:
    wanted = core.spec.synchronization
    if wanted is None:
        return True
    try:
        waiting = _wait(core, wanted)
    except HardError as error:
        why = f"Failed to acquire the synchronization lock. {error}"
        finish(core, RunPhase.FAILED, why)
        return False
    if waiting is None:
        if core.state.run.phase is RunPhase.PENDING:  # Argo: 4.6, from the start of the run itself
            _start_clock(core, core.now)
        core.patch_run(phase=RunPhase.RUNNING, message="", waiting_lock="")
        return True
    if waiting.lock:
        message, lock = waiting.message, waiting.lock
        core.patch_run(phase=RunPhase.PENDING, message=message, waiting_lock=lock)
    return False


def _wait(core: Core, wanted: Synchronization) -> locks.Wait | None:
    """Return what the run's own locks wait for. A run that is terminated while it does goes on
    without them: nothing of it starts any more. Argo: 4.14."""
    if core.state.run.shutdown is Shutdown.TERMINATE:
        if core.state.run.waiting_lock:
            locks.release(core, "")
        return None
    return locks.acquire(core, "", wanted)


def _has_claims(core: Core) -> bool:
    if core.state.run.phase.is_completed or not claims.are_made(core):
        return core.state.run.phase.is_completed
    refused = claims.refusal(core)
    if refused is not None:
        finish(core, *refused)
    return refused is None


def _invocation(core: Core, name: str, template: str, arguments: Arguments) -> Invocation:
    return Invocation(
        name=name, parent=ROOT, boundary="", owner=core.wf.local, depth=0, template=template,
        arguments=arguments, caller=NAMELESS,
    )  # fmt: skip


def _entry(core: Core, visitor: Visitor) -> Node | None:
    run, spec = core.state.run, core.spec
    inv = _invocation(core, run.name, spec.entrypoint, run_arguments(core))
    try:
        return drive(visitor.evaluate(inv))
    except HardError as error:
        finish(core, RunPhase.ERROR, f"error in entry template execution: {error}")
        return None


def _hooks(core: Core, visitor: Visitor, node: Node | None) -> bool:
    """Evaluate the workflow's own hooks; says whether all that were started have ended."""
    hooks = {name: hook for name, hook in core.spec.hooks.items() if name != "exit"}
    if not hooks or node is None:
        return True
    place = HookPlace(
        core=core, evaluate=visitor.evaluate, parent=node.name, boundary="", owner=core.wf.local,
        depth=0, prefix="workflow", scope=MapScope({}),
    )  # fmt: skip
    core.watching.add(node.name)
    core.globals.exit_phase = str(_phase_of(node))  # and with it the failures so far
    try:
        done = drive(run_hooks(place, Step(hooks=hooks), node))
    except HardError as error:
        core.mark(node, NodePhase.ERROR, str(error))
        core.revisit.add(node.name)
        return True
    finally:
        if not node.is_fulfilled:
            core.globals.exit_phase = None
    return done is not None or node.created_pass >= core.pass_number


def _phase_of(node: Node) -> RunPhase:
    return RunPhase.SUCCEEDED if node.phase in _DONE_WELL else RunPhase(str(node.phase))


def _main_ended(core: Core, node: Node) -> None:
    core.patch_run(main_phase=_phase_of(node), main_message=node.message)


def _end_as_main(core: Core) -> None:
    """End the run as its entry node did; a run that was shut down says so. Argo: 1.6."""
    run = core.state.run
    message = run.main_message if run.main_phase is not RunPhase.SUCCEEDED else ""
    if run.main_phase is not RunPhase.SUCCEEDED and run.shutdown is not Shutdown.NONE:
        message = f"Stopped with strategy '{run.shutdown}'"
    finish(core, run.main_phase, message)


def _exit(core: Core, visitor: Visitor) -> None:
    """Run the exit handler, if there is one, and finish. Argo: 4.5."""
    run = core.state.run
    hook = exit_handler(core)
    name = f"{run.name}.onExit"
    begun = name in core.state.nodes
    if hook is None or (run.shutdown is Shutdown.TERMINATE and not begun):
        _end_as_main(core)
        return
    core.globals.exit_phase = str(run.main_phase)
    given = hook.arguments
    arguments = given if given.parameters or given.artifacts else run_arguments(core)
    inv = replace(
        _invocation(core, name, hook.template, core.fill(arguments, core.globals)),
        template_ref=hook.template_ref,
        on_exit=True,
        hooked=True,
    )
    try:
        node = drive(visitor.evaluate(inv))
    except HardError as error:
        finish(core, RunPhase.ERROR, f"error in exit template execution : {error}")
        return
    if node is None or not node.is_fulfilled:
        return
    if run.main_phase is RunPhase.SUCCEEDED and node.phase.is_bad:
        finish(core, RunPhase(str(node.phase)), node.message)
    else:
        _end_as_main(core)


def exit_handler(core: Core) -> LifecycleHook | None:
    if core.spec.on_exit:
        return LifecycleHook(template=core.spec.on_exit)
    return core.spec.hooks.get("exit")


def finish(core: Core, phase: RunPhase, message: str) -> None:
    """End the run. What is still running is stopped, and left in the phase it has."""
    entry = core.state.nodes.get(core.state.run.name)
    if phase is RunPhase.ERROR and entry is not None and entry.phase is NodePhase.RUNNING:
        core.mark(entry, NodePhase.ERROR, "Workflow operation error")
    for node in core.state.nodes.values():
        if node.has_ended or node.type is not NodeType.POD or not node.attempt:
            continue
        stop_work(core, node, "run-ended")
        if node.daemoned:
            core.mark(node, NodePhase.SUCCEEDED)
        else:
            core.note(f"{node.display_name} was left {node.phase}", node.name)
    for holder in [key for key in core.state.memory if key.startswith("lock/")]:
        locks.release(core, holder.removeprefix("lock/"))
    gc.release_all(core, phase)
    claims.let_go(core, phase)
    core.patch_run(phase=phase, message=message, finished_at=core.now)
    metrics.run_ended(core, phase)
    core.commands.append(FinishRun(phase=phase))
