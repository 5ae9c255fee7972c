"""The Retry node and its attempts. Argo: 4.4.

Called by engine/visit for every template whose effective retryStrategy is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from argotui.engine import metrics
from argotui.engine.conditions import evaluate_bool
from argotui.engine.context import Visit, create_node
from argotui.engine.core import Core, HardError
from argotui.engine.invocation import Bound, Invocation, bind, rebind
from argotui.engine.links import attempts_among
from argotui.engine.times import moment, seconds, words
from argotui.expr.errors import ExpressionError
from argotui.expr.scope import expand
from argotui.model.manifest import RetryStrategy, Template
from argotui.model.status import Node, NodePhase, NodeType, Shutdown

if TYPE_CHECKING:
    from argotui.engine.visit import Visitor

_MOST_AT_ONCE = 200  # attempts of one Retry node, in answer to one event
_POLICIES = {
    "OnFailure": (True, False),
    "OnError": (False, True),
    "Always": (True, True),
    "OnTransientError": (False, False),
}
# what Argo knows a passing error by, where it has but the text
_TRANSIENT = (
    "Connection closed by foreign host", "net/http: TLS handshake timeout", "i/o timeout",
    "connection timed out", "connection reset by peer", "http2: client connection lost",
    "connect: connection refused", "invalid connection", "etcdserver: leader changed",
    "etcdserver: request timed out", "etcdserver: too many requests", "upper: no more rows in",
)  # fmt: skip


def strategy_of(core: Core, template: Template) -> RetryStrategy | None:
    """Return the template's own strategy, else the one of the spec."""
    return template.retry_strategy or core.spec.retry_strategy


def attempts_of(core: Core, name: str) -> list[Node]:
    """Return the attempts of a Retry node, oldest first; hooks are none."""
    return [core.state.nodes[child] for child in attempts_among(name, core.children(name))]


def visit(visitor: Visitor, inv: Invocation, bound: Bound, strategy: RetryStrategy) -> Visit:
    """Bring the Retry node as far as it goes: start, wait, try again, or end."""
    core = visitor.core
    node = core.state.nodes.get(inv.name)
    if node is None:
        node = create_node(
            core, inv, bound, name=inv.name, node_type=NodeType.RETRY,
            phase=NodePhase.RUNNING, parent=inv.parent,
            retried=inv.hooked,  # Argo shares the flags of a hook with its attempts
        )  # fmt: skip
        metrics.node_made(core, node, bound.template)
    core.take_dirty(inv.name)
    before = attempts_of(core, inv.name)
    begun = len(before)
    if before and before[-1].name in core.unsynced:
        return node
    while True:
        attempts = attempts_of(core, inv.name)
        try:
            if not _goes_on(core, node, attempts, strategy):
                return node
            _check_progress(attempts, begun)
            last = attempts[-1] if attempts else None
            if last is None or last.is_fulfilled:
                last_visit = _next_attempt(visitor, inv, bound, attempts)
            else:
                last_visit = visitor.advance(
                    _context(visitor, inv, bound, last.name, attempts[:-1])
                )
        except HardError as error:
            core.mark(node, NodePhase.ERROR, str(error))
            raise
        try:
            attempt = yield from last_visit
        except HardError:
            attempt = attempts_of(core, inv.name)[-1] if attempts_of(core, inv.name) else None
            if attempt is None or not _retries_errors(strategy):
                raise
        if attempt is None or not attempt.is_fulfilled:
            return node


def _check_progress(attempts: list[Node], begun: int) -> None:
    """Attempts that end as soon as they begin would never let anything else happen."""
    if len(attempts) - begun > _MOST_AT_ONCE:
        raise HardError(
            f"{_MOST_AT_ONCE} attempts ended as soon as they began: retryStrategy needs a limit, "
            "or a backoff"
        )


def _retries_errors(strategy: RetryStrategy) -> bool:
    return _policy_of(strategy) != "OnFailure"


def _policy_of(strategy: RetryStrategy) -> str:
    """Argo: 4.4. An expression alone means that everything may be tried again."""
    return strategy.retry_policy or ("Always" if strategy.expression else "OnFailure")


def _next_attempt(visitor: Visitor, inv: Invocation, bound: Bound, past: list[Node]) -> Visit:
    core = visitor.core
    name = f"{inv.name}({len(past)})"
    if past:
        metrics.attempt_ended(core, past[-1], bound)
    core.bound.pop(inv.name, None)
    fresh = core.bound[inv.name] = bind(core, inv)
    attempt = yield from visitor.advance(_context(visitor, inv, fresh, name, past))
    return attempt


def _context(visitor: Visitor, inv: Invocation, bound: Bound, name: str, past: list[Node]) -> Any:
    core = visitor.core
    values = _variables(past, exit_code="0")
    if bound.is_pod:
        values["pod.name"] = core.pod_name(name, bound.template.name)
    cx = visitor.context(inv, rebind(core, bound, values), name)
    cx.retried = True
    cx.parent = inv.name
    core.parents[name] = inv.name
    core.link(inv.name, name)
    strategy = strategy_of(core, bound.template)
    if strategy and strategy.backoff and strategy.backoff.max_duration and past:
        first = past[0].started_at or core.now
        cx.deadline_at = first + seconds(strategy.backoff.max_duration)
    return cx


def _variables(past: list[Node], *, exit_code: str) -> dict[str, str]:
    """`retries` and `lastRetry.*`, as the body of an attempt sees them. Argo: 2.5."""
    last = past[-1] if past else None
    if last is None:
        return {
            "retries": "0",
            "lastRetry.exitCode": exit_code,
            "lastRetry.status": "",
            "lastRetry.duration": "0",
            "lastRetry.message": "",
        }
    # Argo keeps times in whole seconds
    duration = int(last.finished_at or 0.0) - int(last.started_at or 0.0)
    return {
        "retries": str(len(past)),
        "lastRetry.exitCode": str(last.outputs.get("exitCode", exit_code)),
        "lastRetry.status": str(last.phase),
        "lastRetry.duration": str(max(0, duration)),
        "lastRetry.message": last.message,
    }


def _goes_on(core: Core, node: Node, attempts: list[Node], strategy: RetryStrategy) -> bool:
    """Decide after the attempts so far: True to work on an attempt, False to wait or be done."""
    last = attempts[-1] if attempts else None
    if last is None or not last.is_fulfilled:
        return True
    if not last.phase.is_bad:
        _adopt(core, node, last, None)
        return False
    ended = _shut_down(core)
    if ended is None:
        ended = _out_of_time(core, attempts, strategy)
    if ended is None and _waits(core, node, attempts, strategy):
        return False
    if ended is None:
        ended = _not_covered(core, last, strategy)
    if ended is None:
        ended = _no_more(core, attempts, strategy)
    if ended is not None:
        _adopt(core, node, last, ended or last.message)
        return False
    return True


def _adopt(core: Core, node: Node, last: Node, message: str | None) -> None:
    """The Retry node ends as its last attempt did."""
    core.patch(node, outputs=last.outputs, daemoned=last.daemoned, pod_ip=last.pod_ip)
    core.mark(node, last.phase, message)


def _shut_down(core: Core) -> str | None:
    run = core.state.run
    if run.shutdown is not Shutdown.NONE:
        return f"Stopped with strategy '{run.shutdown}'"
    if run.deadline_at is not None and core.now >= run.deadline_at:
        return f"retry exceeded workflow deadline {moment(run.deadline_at)}"
    return None


def _out_of_time(core: Core, attempts: list[Node], strategy: RetryStrategy) -> str | None:
    backoff = strategy.backoff
    if backoff is None:
        return None
    end = None
    if backoff.max_duration:
        end = (attempts[0].started_at or core.now) + seconds(backoff.max_duration)
        if core.now > end:
            return "Max duration limit exceeded"
    if not backoff.duration:
        raise HardError("no base duration specified for retryStrategy")
    due = (attempts[-1].finished_at or core.now) + _wait(attempts, strategy)
    if end is not None and due > end:
        return "Backoff would exceed max duration limit"
    return None


def _wait(attempts: list[Node], strategy: RetryStrategy) -> float:
    """Return the seconds between the last attempt's end and the next one's start."""
    backoff = strategy.backoff
    if backoff is None or not backoff.duration:
        return 0.0
    base = seconds(backoff.duration)
    factor = _number(backoff.factor) if backoff.factor is not None else 0
    if factor > 0:
        base *= int(float(factor) ** min(len(attempts) - 1, 60))
    return min(base, seconds(backoff.cap)) if backoff.cap else base


def _waits(core: Core, node: Node, attempts: list[Node], strategy: RetryStrategy) -> bool:
    """Without a limit nothing ever waits. Argo: 4.4 TRAP."""
    if strategy.backoff is None:
        return False
    wait = _wait(attempts, strategy)
    due = (attempts[-1].finished_at or core.now) + wait
    if strategy.limit is None or len(attempts) > _number(strategy.limit) or core.now >= due:
        core.patch(node, message="", waits_for="")
        return False
    text = f"Backoff for {words(wait)}"
    core.mark(node, node.phase, text)
    core.patch(node, waits_for=text)
    core.wake_at(node, due)
    return True


def _not_covered(core: Core, last: Node, strategy: RetryStrategy) -> str | None:
    policy = _policy_of(strategy)
    if policy not in _POLICIES:
        raise HardError(f"{policy} is not a valid RetryPolicy")
    on_failed, on_error = _POLICIES[policy]
    if policy == "OnTransientError":
        on_failed = on_error = _is_transient(core, last.message)
    covered = on_failed if last.phase is NodePhase.FAILED else on_error
    return None if covered else ""


def _is_transient(core: Core, message: str) -> bool:
    if any(word in message for word in _TRANSIENT):
        return True
    return bool(core.wf.transient_errors) and _matches(core.wf.transient_errors, message)


def _matches(pattern: str, message: str) -> bool:
    from argotui.expr.regex import matches  # few runs have a pattern

    try:
        return matches(pattern, message)
    except ExpressionError:  # it would take too long
        return False


def _no_more(core: Core, attempts: list[Node], strategy: RetryStrategy) -> str | None:
    if strategy.limit is not None and len(attempts) > _number(strategy.limit):
        return "No more retries left"
    if not strategy.expression:
        return None
    values = _variables(attempts, exit_code="-1")
    values["retries"] = str(len(attempts) - 1)
    verdict = evaluate_bool(strategy.expression, expand(values), core.now)
    return None if verdict else "retryStrategy.expression evaluated to false"


def _number(value: int | str) -> int:
    try:
        return int(value)
    except ValueError:
        raise HardError(f"value '{value}' cannot be resolved to an int") from None
