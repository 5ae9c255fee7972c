"""What is known of a main that ran by its image's own entrypoint, as if a shim had said it; pure.

Called by report, for the end of pods that have such a main.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.runtimes.kubernetes.draft import Plan
from argotui.runtimes.kubernetes.message import NO_LOG, LastWords

RESULT = "r"  # the key of a result that was read from a log
MIXED = "l"  # the same, where stderr may be in it
_NEVER = "1970-"  # when containers began that could not be started
_NOTE = (
    "the result is the log of the container, with stderr in it: it names no command, and the "
    "cluster does not tell the two apart"
)


def asks(container: str, plan: Plan, pod: Mapping[str, Any]) -> bool:
    """Whether this is our sidecar that speaks now: the mains have ended, and it has not."""
    mains = [
        each.get("state") or {} for each in (pod.get("status") or {}).get("containerStatuses") or ()
    ]
    return container == plan.beside and bool(mains) and all("terminated" in each for each in mains)


def notes_of(plan: Plan, read: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return what people should know of a result that was read so."""
    return (_NOTE,) if plan.result_is_log and MIXED in read else ()


def unwrapped(
    status: Mapping[str, Any],
    plan: Plan,
    words: Mapping[str, LastWords],
    read: Mapping[str, bytes],
) -> dict[str, LastWords]:
    """Return `words` with those of main, unless it never ran or its sidecar says nothing."""
    others = {name: each for name, each in words.items() if name != plan.beside}
    said = words.get(plan.beside) if plan.beside else LastWords(code=0)
    if said is None or not _has_run(status):
        return others
    log = read.get(RESULT, read.get(MIXED, NO_LOG))
    result = {RESULT: log} if plan.result_is_log else {}
    main = LastWords(code=said.code, values={**said.values, **result}, held=said.held)
    return {**others, "main": main}


def _has_run(status: Mapping[str, Any]) -> bool:
    for each in status.get("containerStatuses") or ():
        ended = (each.get("state") or {}).get("terminated") or {}
        if each["name"] == "main":
            at = str(ended.get("startedAt") or _NEVER)
            return bool(ended.get("containerID")) and not at.startswith(_NEVER)
    return False
