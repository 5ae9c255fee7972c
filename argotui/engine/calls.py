"""From a step or task as written to the invocations that are made of it.

Called by templates/steps and templates/dag: references, `when`, loops. Argo: 2.3 c and d, 4.1, 4.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from argotui.engine.core import Core, HardError
from argotui.engine.invocation import Bound, Invocation
from argotui.engine.producers import Layered
from argotui.engine.references import resolve_artifacts
from argotui.expr.errors import AbsentReference, ExpressionError, TagError, Unresolved
from argotui.expr.golang import (
    item_description,
    item_member_text,
    item_text,
    load_items,
    sprintf,
    with_sorted_keys,
)
from argotui.expr.programs import evaluate_when
from argotui.expr.readjson import parse_json
from argotui.expr.scope import MapScope, Scope
from argotui.model.bodies import Call, Step
from argotui.model.manifest import Arguments, Artifact, Json, Parameter, Sequence

C = TypeVar("C", bound=Call)
_ATOI = re.compile(r"[-+]?[0-9]+")
_MAX_ITEMS = 1_000_000  # of a withSequence: more cannot be meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """One call ready to be made: of a loop, one item. `skip` is the message of a `when` that came
    out false, `wrong` that of one which cannot be evaluated; `absent` names arguments that refer
    to outputs which will never be."""

    call: Call
    skip: str | None = None
    wrong: str | None = None
    absent: frozenset[str] = frozenset()


def waits_forever(name: str) -> bool:
    """Names whose absence makes Argo's controller requeue without end."""
    return name.startswith(("steps.", "tasks.")) and ".outputs.artifacts." not in name


def resolve_call(core: Core, call: C, bound: Bound, scope: Scope) -> tuple[C, Expanded | None]:
    """Put globals, inputs and earlier outputs into a call. The second value is set where `when`
    is false already. Raises HardError. Argo: 2.3 b, c.
    """
    bare = replace(call, hooks={}, inline=None)
    everything = Layered(scope, bound.scope)
    try:
        _fill_volumes(core, scope)
        hooks = core.fill(call.hooks, bound.scope)
        # `when` comes first: arguments of a call that is not made may be impossible to compute
        first = core.fill(bare.when, bound.scope)
        when = core.fill(first, everything, must=waits_forever)
        if when and "{{" not in when and not _is_true(when, wrong=is_loop(call)):
            bare = core.fill(replace(bare, arguments=Arguments()), bound.scope)
            skipped = replace(bare, when=when, hooks=hooks, inline=call.inline)
            return skipped, Expanded(call=skipped, skip=skip_message(when))
        bare = core.fill(bare, bound.scope)
        arguments, absent = _arguments(core, bare.arguments, everything)
        taken = _artifacts(core, call, bare, bound, everything)
        arguments = replace(arguments, artifacts=taken)
        bare = core.fill(replace(bare, when=when, arguments=Arguments()), everything,
                          must=waits_forever)  # fmt: skip
    except Unresolved as error:
        raise HardError(_endless(error)) from None
    except (AbsentReference, ExpressionError, TagError, ValueError) as error:
        raise HardError(str(error)) from None
    inline = core.fill(call.inline, bound.scope) if call.inline is not None else None
    found = replace(bare, arguments=arguments, hooks=hooks, inline=inline)
    return found, Expanded(call=found, absent=absent) if absent else None


def _fill_volumes(core: Core, scope: Scope) -> None:
    """Put outputs of steps and tasks into the volumes of the spec. Argo: 2.3 h."""
    volumes = core.spec.extra.get("volumes")
    filled = core.fill(volumes, scope) if volumes else volumes
    if filled is not volumes:
        core.spec = replace(core.spec, extra={**core.spec.extra, "volumes": filled})


def _endless(error: Unresolved) -> str:
    names = ", ".join(error.names)
    return f"{error}: {names} will never have a value (the Argo controller would wait without end)"


def _is_true(when: str, *, wrong: bool | None = None) -> bool:
    """Evaluate a `when`; one that cannot be is `wrong` if that says so. A loop goes on: its items
    are asked one by one."""
    try:
        return evaluate_when(when)
    except (ExpressionError, ValueError):
        if not wrong:
            raise
        return wrong


def skip_message(when: str) -> str:
    return f"when '{when}' evaluated false"


def _arguments(core: Core, arguments: Arguments, scope: Scope) -> tuple[Arguments, frozenset[str]]:
    """Fill arguments in; one that is nothing but a tag on an absent output counts as not given."""
    absent: set[str] = set()
    filled: list[Parameter] = []
    for parameter in arguments.parameters:
        try:
            filled.append(core.fill(parameter, scope, must=waits_forever))
        except AbsentReference as error:
            if not error.whole:
                raise
            absent.add(parameter.name)
    return Arguments(parameters=tuple(filled)), frozenset(absent)


def _artifacts(
    core: Core, written: Call, call: Call, bound: Bound, scope: Scope
) -> tuple[Artifact, ...]:
    """Return the artifacts that a call hands over. Steps say of a bad one that it is a reference.

    Raises ExpressionError.
    """
    inputs = bound.template.inputs
    try:
        return resolve_artifacts(core, call.arguments.artifacts, scope, inputs)
    except ExpressionError as error:
        if isinstance(written, Step):
            raise ExpressionError(f"unable to resolve references: {error}") from None
        raise


def is_loop(call: Call) -> bool:
    """Argo: 4.3. An empty literal list counts as no loop."""
    return bool(call.with_items) or call.with_param is not None or call.with_sequence is not None


def expand(
    core: Core, call: Call, bound: Bound, scope: Scope, absent: frozenset[str]
) -> list[Expanded]:
    """Return the items of a loop, or the call itself. Raises HardError. Argo: 2.3 d, 4.3."""
    if not is_loop(call):
        return [_judged(call, absent)]
    try:
        items = loop_items(call)
    except ExpressionError as error:
        raise HardError(str(error)) from None
    everything = Layered(scope, bound.scope)
    return [
        _item_call(core, call, number, item, everything, absent)
        for number, item in enumerate(items)
    ]


def _judged(call: Call, absent: frozenset[str]) -> Expanded:
    try:
        go = not call.when or _is_true(call.when)
    except (ExpressionError, ValueError) as error:
        raise HardError(str(error)) from None
    return Expanded(call=call, absent=absent, skip=None if go else skip_message(call.when))


def loop_items(call: Call) -> list[Json]:
    """Return the items of a loop whose texts are filled in. Raises HardError, ExpressionError."""
    if call.with_items:
        return [with_sorted_keys(item) for item in call.with_items]
    if call.with_param is not None:
        return load_items(call.with_param)
    assert call.with_sequence is not None
    return list(_sequence(call.with_sequence))


def _sequence(loop: Sequence) -> list[str]:
    start = _whole(loop.start, 0)
    if loop.count is not None:
        count = _whole(loop.count, 0)
        if count == 0:
            return []
        end = start + count - 1
    elif loop.end is not None:
        end = _whole(loop.end, 0)
    else:
        raise HardError("must have end or count in withSequence")
    if abs(end - start) >= _MAX_ITEMS:
        raise HardError(f"withSequence asks for more than {_MAX_ITEMS} items")
    numbers = range(start, end + 1) if start <= end else range(start, end - 1, -1)
    if not loop.format:
        return [str(number) for number in numbers]
    # Argo reads the text as one of JSON that it has put in quotes as it is
    return [str(parse_json(f'"{sprintf(loop.format, number)}"')) for number in numbers]


def _whole(value: int | str | None, default: int) -> int:
    if value is None:
        return default
    if isinstance(value, int) or _ATOI.fullmatch(value):
        return int(value)
    raise HardError(f'strconv.Atoi: parsing "{value}": invalid syntax')


def item_name(call: Call, number: int, item: Json) -> str:
    """Return what one item of a loop is called. Argo: 1.3."""
    return f"{call.name}({number}:{item_description(item)})"


def _item_call(
    core: Core, call: Call, number: int, item: Json, scope: Scope, absent: frozenset[str]
) -> Expanded:
    """Return the call of one item. Any tag that is left is an error, unless `when` is false."""
    name = item_name(call, number, item)
    inner = Layered(item_scope(item), scope)
    try:
        when = core.fill(call.when, inner)
        go, wrong = _item_goes(when)
        one = replace(
            call, name=name, when=when, with_items=None, with_param=None, with_sequence=None
        )
        if not go:
            return Expanded(call=one, skip=skip_message(when))
        if call.inline is None:
            one = core.fill(one, inner, must=_always)
        else:
            filled = core.fill(replace(one, inline=None), inner, must=_always)
            one = replace(filled, inline=core.fill(call.inline, inner))
    except (Unresolved, AbsentReference, ExpressionError, TagError, ValueError) as error:
        raise HardError(str(error)) from None
    return Expanded(call=one, absent=absent, wrong=wrong)


def _always(_name: str) -> bool:
    return True


def _item_goes(when: str) -> tuple[bool, str | None]:
    """Say whether an item's `when` holds, and why that cannot be said."""
    if not when or "{{" in when:
        return True, None
    try:
        return _is_true(when), None
    except (ExpressionError, ValueError) as error:
        return True, str(error)


def item_scope(item: Json) -> MapScope:
    """Return the variables `item` and `item.KEY` of one item."""
    values: dict[str, Any] = {"item": item_text(item)}
    if isinstance(item, Mapping):
        values.update({f"item.{key}": item_member_text(value) for key, value in item.items()})
    return MapScope(values)


def invocation(
    ready: Expanded,
    *,
    bound: Bound,
    name: str,
    parent: str,
    boundary: str,
    depth: int,
    kind: str,
    capture_result: bool,
    on_exit: bool,
) -> Invocation:
    """Return what is to be evaluated for a call. `kind` is `steps` or `tasks`."""
    call = ready.call
    return Invocation(
        name=name,
        parent=parent,
        boundary=boundary,
        owner=bound.owner,
        depth=depth,
        template=call.template,
        template_ref=call.template_ref if call.inline is None else None,
        inline=call.inline,
        arguments=call.arguments,
        absent=ready.absent,
        caller={f"{kind}.name": call.name},
        on_exit=on_exit,
        capture_result=capture_result,
    )
