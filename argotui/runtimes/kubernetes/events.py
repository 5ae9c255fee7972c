"""Why a pod waits that does not say so itself: the warnings in its events (volumes, sandboxes).

Called by runtime, as one task a run. Only pods that have waited a while are asked about, a few at
a time; a user who may not read events loses these words and nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.errors import ApiError
from argotui.runtimes.kubernetes.pods import Pods
from argotui.runtimes.kubernetes.tracked import Tracked

_EVERY_SECONDS = 3.0
_PATIENT_SECONDS = 4.0  # a pod that waits less is not asked about
_AGAIN_SECONDS = 20.0
_AT_ONCE = 3


async def explain_waiting(client: Client, namespace: str, pods: Pods) -> None:
    """Look for reasons until cancelled."""
    path = f"/api/v1/namespaces/{namespace}/events"
    asked: dict[str, float] = {}
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        now = time.time()
        waiting = [
            each
            for each in pods.pending
            if _is_puzzling(each, now) and now - asked.get(each.ref.key, 0.0) > _AGAIN_SECONDS
        ]
        for tracked in waiting[:_AT_ONCE]:
            asked[tracked.ref.key] = now
            try:
                selector = f"involvedObject.uid={tracked.kept.uid}"
                query = {"fieldSelector": selector, "limit": 50}
                answer = await client.call("GET", path, query=query, patience=5.0)
            except ApiError as error:
                if error.status == 403:
                    return
                continue
            if words := latest_warning(answer.get("items") or ()):
                pods.explain(tracked, words)


def latest_warning(events: Any) -> str:
    """Return reason and message of the newest warning, "" if there is none."""
    warnings = [each for each in events if each.get("type") == "Warning"]
    if not warnings:
        return ""
    newest = max(warnings, key=_when)
    return ": ".join(str(newest.get(key) or "") for key in ("reason", "message")).strip(": ")


def _when(event: Mapping[str, Any]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def _is_puzzling(tracked: Tracked, now: float) -> bool:
    return (
        bool(tracked.kept.uid) and now - tracked.since > _PATIENT_SECONDS and not tracked.says_why
    )
