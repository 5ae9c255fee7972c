"""Sidecars as native ones, which a kubelet ends after the mains. Called by shim. Argo: 3.1."""

from __future__ import annotations

from typing import Any

from argotui.runtimes.kubernetes.draft import Draft, basics, put_around
from argotui.runtimes.kubernetes.script import Wrap, sidecar_text
from argotui.runtimes.kubernetes.shells import shell_of
from argotui.runtimes.kubernetes.signals import relay


def move_sidecars(draft: Draft) -> None:
    """Containers that are no mains become native sidecars: a kubelet ends them after the mains."""
    spec, mains = draft.spec, set(draft.work.mains)
    for container in spec.get("initContainers") or ():
        if container.get("restartPolicy") == "Always":
            relay(container)
    stay: list[dict[str, Any]] = []
    move: list[dict[str, Any]] = []
    for container in spec.get("containers") or ():
        (stay if container["name"] in mains else move).append(container)
    if not move:
        return
    spec["containers"] = stay
    for container in move:
        if container.get("command"):
            _let_end(draft, container)
        container["restartPolicy"] = "Always"
        draft.sidecars.append(container["name"])
    spec["initContainers"] = [*(spec.get("initContainers") or ()), *move]


def _let_end(draft: Draft, container: dict[str, Any]) -> None:
    """Let a sidecar's command end by itself, once and for all. Argo: 1.6, 3.1.

    Of native sidecars a kubelet awaits the startupProbe before the mains; Argo does not, and one
    that has ended would never pass it.
    """
    shell = shell_of(container)
    text = sidecar_text(Wrap(**basics(draft, container, shell)))
    put_around(draft, container, shell, text)
    startup, liveness = container.pop("startupProbe", None), container.get("livenessProbe")
    if startup and liveness:
        tries, period = startup.get("failureThreshold", 3), startup.get("periodSeconds", 10)
        first = startup.get("initialDelaySeconds", 0) + tries * period
        delay = max(first, liveness.get("initialDelaySeconds", 0))
        container["livenessProbe"] = {**liveness, "initialDelaySeconds": delay}
