"""Stopping work that was asked for."""

from __future__ import annotations

from argotui.engine.core import Core
from argotui.model.commands import StartWork, StopWork
from argotui.model.status import Node


def stop_work(core: Core, node: Node, reason: str, grace: float = 30.0) -> None:
    """Ask for the end of a node's work. Work asked for in the same step is not begun at all."""
    asked = core.state.work.get(node.name)
    if asked is None:
        return
    ref = asked[0]
    for command in core.commands:
        if isinstance(command, StartWork) and command.ref == ref:
            core.commands.remove(command)
            return
    core.commands.append(StopWork(ref=ref, reason=reason, grace=grace))
