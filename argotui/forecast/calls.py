"""A step or task with all put in that is known before the run; what is not keeps its tag.

Called by forecast.walk. The rules are those of engine/calls, only that nothing has to resolve.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from argotui.engine.calls import item_name, item_scope, loop_items, skip_message
from argotui.engine.core import Core, HardError
from argotui.engine.producers import Layered
from argotui.expr.errors import ExpressionError, TagError
from argotui.expr.programs import evaluate_when
from argotui.expr.scope import Scope
from argotui.expr.template import has_tag
from argotui.model.bodies import Call
from argotui.model.manifest import Json

C = TypeVar("C", bound=Call)


def filled(core: Core, call: C, scope: Scope) -> C:
    """Return the call with everything known put in; hooks as written. Raises HardError."""
    try:
        bare = core.fill(replace(call, hooks={}, inline=None), scope)
        inline = core.fill(call.inline, scope) if call.inline is not None else None
    except (ExpressionError, TagError) as error:
        raise HardError(str(error)) from None
    return replace(bare, hooks=call.hooks, inline=inline)


def refusal(when: str) -> str | None:
    """Return the message of a `when` that is false already; None if it is true or not known.

    Raises HardError for one that Argo cannot read.
    """
    if not when or "{{" in when:
        return None
    try:
        return None if evaluate_when(when) else skip_message(when)
    except (ExpressionError, ValueError) as error:
        raise HardError(str(error)) from None


def known_items(call: Call) -> list[Json] | None:
    """Return the items of a loop, None where they come with the run. Raises HardError."""
    if not call.with_items and has_tag((call.with_param, call.with_sequence)):
        return None
    try:
        return loop_items(call)
    except ExpressionError as error:
        raise HardError(str(error)) from None


def one_of(core: Core, call: C, number: int, item: Json, scope: Scope) -> C:
    """Return the call of one item of a loop. Raises HardError."""
    bare = replace(
        call, name=item_name(call, number, item), with_items=None, with_param=None,
        with_sequence=None,
    )  # fmt: skip
    return filled(core, bare, Layered(item_scope(item), scope))
