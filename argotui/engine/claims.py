"""The volumes a run claims: made before its first node. Argo: 4.0, 4.13.

Called by engine/run once a pass; the driver has the runtime make them.
"""

from __future__ import annotations

from typing import Any

from argotui.engine.core import Core
from argotui.expr.golang import compact_json
from argotui.model.commands import Ask

_QUESTION = "claims"
_ANSWER, _FAULT = f"answer/{_QUESTION}", f"fault/{_QUESTION}"


def named(core: Core) -> dict[str, Any]:
    """Return the volumeClaimTemplates by the names that their claims have in this run."""
    return {
        f"{core.state.run.name}-{(claim.get('metadata') or {}).get('name', '')}": claim
        for claim in core.spec.extra.get("volumeClaimTemplates") or ()
    }


def are_made(core: Core) -> bool:
    """Say whether the run has its claims; the first call asks for them. The answer is remembered,
    so that a recovered engine does not ask again."""
    claims = named(core)
    if not claims or _ANSWER in core.state.memory:
        return True
    if _QUESTION not in core.asked:
        core.asked[_QUESTION] = core.state.run.name
        core.commands.append(Ask(question=_QUESTION, kind="claims", subject=compact_json(claims)))
    core.awaited_answers.add(_QUESTION)
    return False


def refusal(core: Core) -> str:
    """Return why a claim could not be made, empty if all were."""
    fault = core.state.memory.get(_FAULT)
    return f"pvc create error: {fault}" if fault else ""
