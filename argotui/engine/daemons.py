"""Daemons: up until the steps or dag they belong to has ended. Argo: 4.8."""

from __future__ import annotations

from argotui.engine.core import Core
from argotui.engine.work import stop_work
from argotui.model.status import Node, NodePhase


def end_daemons(core: Core, boundary: Node) -> None:
    """Stop the daemons of a boundary that has ended; they count as succeeded."""
    for node in core.daemons_of(boundary.id):
        stop_work(core, node, "daemon")
        core.patch(node, daemoned=False)
        core.mark(node, NodePhase.SUCCEEDED)
