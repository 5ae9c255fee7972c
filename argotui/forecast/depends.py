"""Which tasks of a dag can run at all, judged before anything has.

Called by forecast.walk for each task, dependencies first. Argo: 4.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod

from argotui.expr.depends import Depends
from argotui.expr.errors import ExpressionError
from argotui.forecast.rows import Fate

_OUTCOMES = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned")
_MOST = 2_000  # combinations of outcomes that are tried out
_SETTLED = {Fate.SKIPPED: "Skipped", Fate.OMITTED: "Omitted", Fate.ERROR: "Errored"}
_OPEN = {
    Fate.SKIPPED: ("Skipped", "Omitted"),  # its own depends may come out otherwise
    Fate.ERROR: ("Errored", "Omitted"),
    Fate.OMITTED: ("Omitted",),
}


def fate_of(logic: Depends | None, fates: Mapping[str, Fate], rare: frozenset[str]) -> Fate:
    """Return RUNS if the task starts when all goes well, MAYBE if it can, else OMITTED.

    `fates` are those of the tasks it needs; `rare` are the tasks that start only when something
    has not gone well. ERROR for a condition that Argo cannot read.
    """
    if logic is None:
        return Fate.RUNS
    well = {task: _when_well(task, fates, rare) for task in logic.tasks}
    try:
        if _holds(logic, well):
            return Fate.RUNS
    except ExpressionError:
        return Fate.ERROR
    return Fate.MAYBE if _can_hold(logic, fates) else Fate.OMITTED


def _when_well(task: str, fates: Mapping[str, Fate], rare: frozenset[str]) -> str:
    if task in rare:
        return "Omitted"
    return _SETTLED.get(fates.get(task, Fate.OMITTED), "Succeeded")


def _can_hold(logic: Depends, fates: Mapping[str, Fate]) -> bool:
    open_to = {task: _OPEN.get(fates.get(task, Fate.RUNS), _OUTCOMES) for task in logic.tasks}
    if prod(len(outcomes) for outcomes in open_to.values()) > _MOST:
        return True
    return any(
        _holds(logic, dict(zip(open_to, outcomes, strict=True)), mixed=mixed)
        for outcomes in product(*open_to.values())
        for mixed in (False, True)
    )


def _holds(logic: Depends, outcomes: Mapping[str, str], *, mixed: bool = False) -> bool:
    """`mixed`: of a loop that failed some items succeeded, too."""

    def fact(task: str, result: str) -> bool:
        outcome = outcomes.get(task, "")
        match result:
            case "AnySucceeded":
                return outcome == "Succeeded" or (mixed and outcome in ("Failed", "Errored"))
            case "AllFailed":
                return outcome == "Failed" and not mixed
            case _:
                return outcome == result

    return logic.evaluate(fact)
