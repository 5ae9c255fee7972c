"""What a run has beside its pods: the volumes it claims, its disruption budget. Argo: 4.0, 4.13.

Called by engine/run: asked for before the first node, let go of at the end; the driver has the
runtime do it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from argotui.engine.core import Core
from argotui.expr.golang import compact_json
from argotui.model.commands import Ask, Withdraw
from argotui.model.status import RunPhase

CLAIMS = "claims"  # in the run's `extra`: the volumes that are there, as Argo's status has them
_BUDGET = "budget"
_FIELDS = ("volumeClaimTemplates", "podDisruptionBudget")  # of the spec
_ANSWER, _FAULT = "answer/", "fault/"
WITHDRAWN = "withdrawn/claims"  # remembered: the names that were to go as the run ended


def named(core: Core) -> dict[str, Any]:
    """Return the volumeClaimTemplates by the names that their claims have in this run."""
    return {
        f"{core.state.run.name}-{(claim.get('metadata') or {}).get('name', '')}": claim
        for claim in core.spec.extra.get("volumeClaimTemplates") or ()
    }


def are_made(core: Core) -> bool:
    """Say whether the run has its claims and its budget; the first call asks for them. The answers
    are remembered, so that a recovered engine does not ask again."""
    if not any(map(core.spec.extra.get, _FIELDS)):
        return True
    unanswered = [ask for ask in _asks(core) if _ANSWER + ask.question not in core.state.memory]
    for ask in unanswered:
        if ask.question not in core.asked:
            core.asked[ask.question] = core.state.run.name
            core.commands.append(ask)
        core.awaited_answers.add(ask.question)
    if not unanswered:
        _note_volumes(core)
    return not unanswered


def outstanding(core: Core) -> list[Ask | Withdraw]:
    """Return what a driver before may have died over; to ask twice does no harm. Without an answer
    there are no nodes yet."""
    run = core.state.run
    if run.phase.is_completed:
        gone = core.state.memory.get(WITHDRAWN)
        return [Withdraw(claims=tuple(gone))] if gone else []
    if run.phase is RunPhase.NEW or run.suspended or run.waiting_lock or core.state.nodes:
        return []
    return [ask for ask in _asks(core) if _ANSWER + ask.question not in core.state.memory]


def refusal(core: Core) -> tuple[RunPhase, str] | None:
    """Return how the run ends for want of what it needs; None if all is there."""
    memory, name = core.state.memory, core.state.run.name
    if why := memory.get(_FAULT + CLAIMS):
        return RunPhase.ERROR, f"pvc create error: {why}"
    if why := memory.get(_FAULT + _BUDGET):
        what = f"Unable to create PDB resource for workflow, {name} error: {why}"
        return RunPhase.FAILED, what
    return None


def let_go(core: Core, phase: RunPhase) -> None:
    """Have the claims removed, unless the run did not succeed and volumeClaimGC does not say
    OnWorkflowCompletion. Argo: 4.13."""
    claims = named(core)
    was_asked = CLAIMS in core.asked or _ANSWER + CLAIMS in core.state.memory
    if not claims or not was_asked or not _goes(core, phase):
        return
    core.commands.append(Withdraw(claims=tuple(claims)))
    core.remember(WITHDRAWN, list(claims))
    extra = core.state.run.extra
    if CLAIMS in extra:
        core.patch_run(extra={key: value for key, value in extra.items() if key != CLAIMS})


def _goes(core: Core, phase: RunPhase) -> bool:
    rule = core.spec.extra.get("volumeClaimGC") or {}
    match rule.get("strategy") or "OnWorkflowSuccess":
        case "OnWorkflowCompletion":
            return True
        case "OnWorkflowSuccess":
            return phase is RunPhase.SUCCEEDED
    return False  # a strategy that there is not: Argo leaves them where they are


def _asks(core: Core) -> Iterator[Ask]:
    if claims := named(core):
        yield Ask(question=CLAIMS, kind="claims", subject=compact_json(claims))
    budget = core.spec.extra.get("podDisruptionBudget")
    if isinstance(budget, Mapping):
        yield Ask(question=_BUDGET, kind="budget", subject=compact_json(budget))


def _note_volumes(core: Core) -> None:
    claims = named(core)
    if not claims or CLAIMS in core.state.run.extra or _FAULT + CLAIMS in core.state.memory:
        return
    volumes = [
        {
            "name": (template.get("metadata") or {}).get("name", ""),
            "persistentVolumeClaim": {"claimName": name},
        }
        for name, template in claims.items()
    ]
    core.patch_run(extra={**core.state.run.extra, CLAIMS: volumes})
