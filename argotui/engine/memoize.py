"""Results remembered from one run to the next; the cache is the driver's. Argo: 4.11.

Called by engine/visit when a node is about to be made, and by the machine when one has ended.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from enum import Enum
from math import inf

from argotui.engine.context import create_node, memo_status
from argotui.engine.core import Core, HardError
from argotui.engine.gates import type_of
from argotui.engine.invocation import Bound, Invocation
from argotui.engine.times import seconds_with_unit
from argotui.expr.golang import compact_json, rfc3339
from argotui.model.commands import Ask, SaveCache
from argotui.model.events import Answered, CacheNotSaved
from argotui.model.manifest import Memoize
from argotui.model.status import Node, NodePhase

_KEY = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*")
_ANSWER = "answer/"
_FAULT = "fault/"


class Lookup(Enum):
    """MISS: go on and do the work. WAITS: the answer is not there yet."""

    MISS = "miss"
    WAITS = "waits"


def look_up(core: Core, node: Node | None, bound: Bound, inv: Invocation) -> Node | Lookup:
    """Return the node of a hit, made and ended; else what to do. Raises HardError."""
    memo = bound.template.memoize
    if memo is None or (node is not None and (node.phase is not NodePhase.PENDING or node.attempt)):
        return Lookup.MISS
    if not _KEY.fullmatch(memo.key):
        raise HardError("invalid cache key")
    question = f"{inv.name}:{_subject(memo)}"
    if fault := core.state.memory.get(_FAULT + question):
        raise HardError(str(fault))
    answer = core.state.memory.get(_ANSWER + question)
    if answer is None:
        if question not in core.asked:
            core.asked[question] = inv.name if node is not None else inv.parent
            core.commands.append(Ask(question=question, kind="cache", subject=_subject(memo)))
        core.awaited_answers.add(question)
        return Lookup.WAITS
    entry = _entry(answer.get(memo.key), memo, core.now)
    if entry is None:
        return Lookup.MISS
    return _hit(core, node, bound, inv, memo, entry)


def answered(core: Core, event: Answered) -> None:
    """Keep an answer of the world, so that a recovered engine does not ask again."""
    core.remember(_ANSWER + event.question, dict(event.values or {}))
    if event.fault:
        core.remember(_FAULT + event.question, event.fault)


def not_saved(core: Core, event: CacheNotSaved) -> None:
    """The work was done all the same: only the next run has to do it again."""
    name, _, key = event.subject.partition("/")
    core.note(f"the result is not kept in the cache {name} under {key}: {event.why}")


def _subject(memo: Memoize) -> str:
    return f"{memo_status(memo, hit=False)['cacheName']}/{memo.key}"


def _entry(text: str | None, memo: Memoize, now: float) -> dict[str, object] | None:
    """Return what is remembered, None if nothing is or it has grown too old. Raises HardError."""
    try:
        found = json.loads(text or "null")
    except ValueError as error:
        why = f"could not unmarshal JSON; unable to parse: {error}"
        raise HardError(f"malformed cache entry: {why}") from error
    limit = seconds_with_unit(memo.max_age, "invalid maxAge: ") if memo.max_age else inf
    try:
        created = datetime.strptime(found["creationTimestamp"], "%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, KeyError, TypeError):  # of another kind of entry
        return None
    age = now - created.replace(tzinfo=UTC).timestamp()
    return None if age > limit else dict(found)


def _hit(
    core: Core,
    node: Node | None,
    bound: Bound,
    inv: Invocation,
    memo: Memoize,
    entry: dict[str, object],
) -> Node:
    given = entry.get("outputs")
    outputs = given if isinstance(given, dict) else {}
    status = memo_status(memo, hit=True)
    if node is not None:  # it waited for a lock
        core.patch(node, outputs=outputs, memoization=status)
        return core.mark(node, NodePhase.SUCCEEDED)
    return create_node(
        core,
        inv,
        bound,
        name=inv.name,
        node_type=type_of(core, bound.template),
        phase=NodePhase.SUCCEEDED,
        parent=inv.parent,
        outputs=outputs,
        memoization=status,
    )


def remember(core: Core, node: Node) -> None:
    """Have the outputs of a memoized node kept, once it succeeded."""
    memo = node.memoization
    if memo is None or memo.get("hit") or node.phase is not NodePhase.SUCCEEDED:
        return
    entry = {
        "nodeID": node.id,
        "outputs": dict(node.outputs),
        "creationTimestamp": rfc3339(core.now),
        "lastHitTimestamp": rfc3339(core.now),
    }
    subject = f"{memo['cacheName']}/{memo['key']}"
    core.commands.append(SaveCache(subject=subject, entry=compact_json(entry)))
