"""From a resolved workflow to its plan: every template it would call, bound as the engine binds it.

Called by cli/plan; starts nothing. The rules are the engine's own functions, held against what is
known before the run: a value that is not known yet keeps its tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from argotui.engine import run as engine_run
from argotui.engine.calls import is_loop
from argotui.engine.core import Core, HardError
from argotui.engine.invocation import MAX_DEPTH, Bound, Invocation, bind, run_arguments
from argotui.engine.retry import strategy_of
from argotui.forecast.calls import filled, known_items, one_of, refusal
from argotui.forecast.depends import fate_of
from argotui.forecast.leaf import images_of, notes_of, pod_of, resources_of
from argotui.forecast.rows import Fate, Forecast, Row
from argotui.model.bodies import Call, DagBody, StepsBody
from argotui.model.manifest import Json, LifecycleHook, Template
from argotui.model.workflow import LibraryKey, ResolvedWorkflow
from argotui.pods.capture import referred_results
from argotui.templates import engine_for
from argotui.templates.plan import DagFrame, open_frame

EACH = 20  # a loop of more items is summarised
MOST_ROWS = 5000
UNNAMED = "{{workflow.name}}"  # stands for a name that the run will get
_EMPTY = "no items: skipped"


def forecast(resolved: ResolvedWorkflow, *, name: str = "", namespace: str = "default") -> Forecast:
    """Return the plan. `name` is the workflow's, empty for one that its run will get."""
    core = engine_for(resolved).core
    core.patch_run(name=name or UNNAMED, namespace=namespace)
    ended = engine_run.prepare(core)
    core.globals.begun = False  # no variable of the run's course has a value
    walker = _Walker(core=core)
    entry = walker.entry()
    notes = [*_run_notes(core), *([ended[1]] if ended is not None else [])]
    others = tuple(walker.around())
    return Forecast(entry=entry, others=others, notes=tuple(notes), cut=walker.rows >= MOST_ROWS)


def _run_notes(core: Core) -> Iterator[str]:
    spec = core.spec
    if spec.suspend:
        yield "suspended from the start: nothing runs before it is resumed"
    if spec.parallelism is not None:
        yield f"{spec.parallelism} pods at a time"
    if spec.active_deadline_seconds is not None:
        yield f"ends after {spec.active_deadline_seconds} seconds"
    for claim in spec.extra.get("volumeClaimTemplates") or ():
        yield f"makes the volume '{(claim.get('metadata') or {}).get('name', '')}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a call stands: in which boundary, on which path of templates."""

    boundary: str
    template: Template | None
    owner: LibraryKey
    depth: int
    path: tuple[tuple[LibraryKey, str], ...]
    prefix: str
    kind: str  # steps or tasks
    bound: Bound
    captured: frozenset[str] = frozenset()
    on_exit: bool = False


@dataclass(slots=True, kw_only=True)
class _Walker:
    core: Core
    rows: int = 0
    surely: set[str] = field(default_factory=set)  # calls whose `when` is true already

    # -- the run ---------------------------------------------------------------------------------

    def entry(self) -> Row:
        core = self.core
        inv = _invocation(core, core.state.run.name, core.spec.entrypoint)
        row = Row(name=inv.name, label=core.spec.entrypoint, role="entry")
        return self.called(row, inv, None, ())

    def around(self) -> Iterator[Row]:
        """Yield the rows of the workflow's own hooks and of its exit handler."""
        core = self.core
        for name, hook in core.spec.hooks.items():
            if name != "exit":
                yield self._own_hook(f"hooks.{name}", "hook", hook)
        last = engine_run.exit_handler(core)
        if last is not None:
            yield self._own_hook("onExit", "exit", last)

    def _own_hook(self, label: str, role: str, hook: LifecycleHook) -> Row:
        core = self.core
        inv = _invocation(core, f"{core.state.run.name}.{label}", hook.template)
        given = hook.arguments if hook.arguments.parameters else inv.arguments
        inv = replace(inv, template_ref=hook.template_ref, arguments=given, on_exit=role == "exit")
        return self.called(_hook_row(inv.name, label, role, hook), inv, None, ())

    # -- a call ----------------------------------------------------------------------------------

    def called(
        self,
        row: Row,
        inv: Invocation,
        boundary: Template | None,
        path: tuple[tuple[LibraryKey, str], ...],
    ) -> Row:
        """Return the row with what its template says, and the rows inside it."""
        self.rows += 1
        row = replace(row, template=_reference(inv))
        try:
            bound = bind(self.core, inv)
        except HardError as error:
            return _failed(row, error)
        row = replace(row, kind=bound.template.kind)
        row = replace(row, notes=(*row.notes, *notes_of(self.core, bound.template)))
        name = inv.name
        if strategy_of(self.core, bound.template) is not None:
            name = f"{inv.name}(0)"  # what runs is the first attempt
        if not bound.is_composite:
            return self._leaf(row, replace(inv, name=name), bound, boundary)
        key = (bound.owner, bound.template.name)
        if bound.template.name and key in path and inv.name not in self.surely:
            return _noted(row, f"calls '{bound.template.name}' again: not told further")
        if inv.depth >= MAX_DEPTH - 1:
            return _failed(row, HardError("Maximum recursion depth exceeded"))
        if self.rows >= MOST_ROWS:
            return _noted(row, "not told further")
        place = _Place(
            boundary=name, template=bound.template, owner=bound.owner, depth=inv.depth,
            path=(*path, key), prefix=name, bound=bound, on_exit=inv.on_exit,
            kind="steps" if bound.template.kind == "steps" else "tasks",
            captured=referred_results(bound.template, bound.template.kind),
        )  # fmt: skip
        try:
            return replace(row, children=tuple(self._inside(place)))
        except HardError as error:
            return _failed(row, error)

    def _leaf(self, row: Row, inv: Invocation, bound: Bound, boundary: Template | None) -> Row:
        pod, why = pod_of(self.core, inv, bound, boundary)
        if why:
            row = _failed(row, HardError(why))
        images = images_of(pod, bound.template)
        return replace(row, pod=pod, images=images, resources=resources_of(pod))

    # -- steps and dag ---------------------------------------------------------------------------

    def _inside(self, place: _Place) -> Iterator[Row]:
        assert place.template is not None
        match place.template.body:
            case StepsBody(groups=groups):
                before: tuple[str, ...] = ()
                for number, group in enumerate(groups):
                    inner = replace(place, prefix=f"{place.boundary}[{number}]")
                    for step in group:
                        yield from self._call(inner, step, "step", before)
                    before = tuple(step.name for step in group) or before
            case DagBody():
                frame = open_frame(self.core, place.boundary, place.template, place.bound.scope)
                yield from self._tasks(replace(place, prefix=place.boundary), frame)

    def _tasks(self, place: _Place, frame: DagFrame) -> Iterator[Row]:
        fates: dict[str, Fate] = {}
        rare: set[str] = set()
        for name in sorted(frame.order, key=frame.order.__getitem__):
            task = frame.tasks[name]
            fate = fate_of(frame.depends.get(name), fates, frozenset(rare))
            if fate is Fate.MAYBE:
                rare.add(name)
            rows = list(self._call(place, task, "task", frame.needs[name], fate, task.depends))
            fates[name] = _told(rows[0]) if rows else Fate.SKIPPED
            yield from rows

    def _call(
        self,
        place: _Place,
        call: Call,
        role: str,
        after: tuple[str, ...],
        fate: Fate = Fate.RUNS,
        depends: str = "",
    ) -> Iterator[Row]:
        row = Row(
            name=f"{place.prefix}.{call.name}", label=call.name, role=role, after=after, fate=fate,
            template=_called(call), condition=f"depends: {depends}" if fate is Fate.MAYBE else "",
        )  # fmt: skip
        if fate is Fate.OMITTED:
            yield _noted(row, "omitted: its depends can never be met")
            return
        try:
            known = filled(self.core, call, place.bound.scope)
            yield self._loop(place, row, known) if is_loop(known) else self._one(place, row, known)
        except HardError as error:
            yield _failed(row, error)

    def _one(self, place: _Place, row: Row, call: Call) -> Row:
        """Return the row of one call that is no loop (any more)."""
        skipped = refusal(call.when)
        if skipped is not None:
            self.rows += 1
            return _noted(replace(row, fate=Fate.SKIPPED), skipped)
        if "{{" in call.when:
            both = ", ".join(filter(None, (row.condition, f"when: {call.when}")))
            row = replace(row, fate=Fate.MAYBE, condition=both)
        elif call.when:
            self.surely.add(row.name)  # a recursion that is known to have an end
        inv = Invocation(
            name=row.name, parent="", boundary=place.boundary, owner=place.owner,
            depth=place.depth + 1, template=call.template, inline=call.inline,
            template_ref=call.template_ref if call.inline is None else None,
            arguments=call.arguments, caller={f"{place.kind}.name": call.name},
            on_exit=place.on_exit, capture_result=call.name.split("(")[0] in place.captured,
        )  # fmt: skip
        found = self.called(row, inv, place.template, place.path)
        hooks = tuple(self._hooks(place, row, call))
        return replace(found, children=(*found.children, *hooks))

    def _hooks(self, place: _Place, row: Row, call: Call) -> Iterator[Row]:
        hooks: dict[str, LifecycleHook] = dict(call.hooks)
        if call.on_exit:
            hooks["exit"] = LifecycleHook(template=call.on_exit)
        for name, hook in hooks.items():
            label = "onExit" if name == "exit" else f"hooks.{name}"
            role = "exit" if name == "exit" else "hook"
            given = hook.arguments if hook.arguments.parameters else run_arguments(self.core)
            inv = Invocation(
                name=f"{row.name}.{label}", parent="", boundary=place.boundary, owner=place.owner,
                depth=place.depth + 1, template=hook.template, template_ref=hook.template_ref,
                arguments=given, on_exit=role == "exit", hooked=True,
            )  # fmt: skip
            shown = _hook_row(inv.name, label, role, hook)
            yield self.called(shown, inv, place.template, place.path)

    # -- loops -----------------------------------------------------------------------------------

    def _loop(self, place: _Place, row: Row, call: Call) -> Row:
        items = known_items(call)
        if items is None:
            inner = replace(call, with_param=None, with_sequence=None, with_items=None)
            each = self._one(place, row, inner)
            source = call.with_param or "withSequence"
            return replace(each, count=None, notes=(f"for each of {source}", *each.notes))
        self.rows += 1
        if not items:
            return _noted(replace(row, fate=Fate.SKIPPED, count=0), _EMPTY)
        runs = self._runs(place, call, items)
        row = replace(row, count=len(items), skipped=runs.count(False))
        if not any(runs):
            row = replace(row, fate=Fate.SKIPPED)
        first = runs.index(True) if any(runs) else 0
        shown = range(len(items)) if len(items) <= EACH else range(first, first + 1)
        children = tuple(self._item(place, row, call, at, items[at]) for at in shown)
        kinds = {child.kind for child in children if child.kind}
        if row.role == "task":  # the group is a node, and has handlers like one
            children += tuple(self._hooks(place, row, replace(call, hooks=_exit_only(call))))
        return replace(row, children=children, kind=kinds.pop() if len(kinds) == 1 else "")

    def _item(self, place: _Place, row: Row, call: Call, number: int, item: Json) -> Row:
        one = one_of(self.core, call, number, item, place.bound.scope)
        label = one.name.removeprefix(call.name)
        shown = Row(
            name=f"{place.prefix}.{one.name}", label=label, role="item", template=_called(call),
            fate=row.fate if row.fate is Fate.MAYBE else Fate.RUNS,
        )  # fmt: skip
        return self._one(place, shown, one)

    def _runs(self, place: _Place, call: Call, items: list[Json]) -> list[bool]:
        """Say of every item whether its `when` lets it run, as far as that is known."""
        if not call.when:
            return [True] * len(items)
        bare = Call(name=call.name, when=call.when)
        scope = place.bound.scope
        each = (one_of(self.core, bare, n, item, scope).when for n, item in enumerate(items))
        return [refusal(when) is None for when in each]


def _invocation(core: Core, name: str, template: str) -> Invocation:
    return Invocation(
        name=name, parent="", boundary="", owner=core.wf.local, depth=0, template=template,
        arguments=run_arguments(core), caller={"steps.name": ""},
    )  # fmt: skip


def _told(row: Row) -> Fate:
    """Return what a task is to those that depend on it: a loop whose items are all skipped has
    succeeded. Argo: 4.1."""
    return Fate.RUNS if row.fate is Fate.SKIPPED and row.count and row.is_loop else row.fate


def _exit_only(call: Call) -> dict[str, LifecycleHook]:
    return {name: hook for name, hook in call.hooks.items() if name == "exit"}


def _hook_row(name: str, label: str, role: str, hook: LifecycleHook) -> Row:
    condition = f"if: {hook.expression}" if hook.expression else ""
    fate = Fate.MAYBE if condition else Fate.RUNS
    return Row(name=name, label=label, role=role, condition=condition, fate=fate)


def _reference(inv: Invocation) -> str:
    if inv.inline is not None:
        return "(inline)"
    ref = inv.template_ref
    return f"{ref.name}/{ref.template}" if ref is not None else inv.template


def _called(call: Call) -> str:
    if call.inline is not None:
        return "(inline)"
    ref = call.template_ref
    return f"{ref.name}/{ref.template}" if ref is not None else call.template


def _noted(row: Row, note: str) -> Row:
    return replace(row, notes=(*row.notes, note))


def _failed(row: Row, error: HardError) -> Row:
    return _noted(replace(row, fate=Fate.ERROR), str(error))


__all__ = ["EACH", "MOST_ROWS", "UNNAMED", "forecast"]
