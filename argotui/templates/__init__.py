"""One handler a template type, and the engine that has them all. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from argotui.engine.context import Handler
from argotui.engine.machine import Engine
from argotui.model.fold import RunState
from argotui.model.workflow import ResolvedWorkflow
from argotui.templates.dag import DagHandler
from argotui.templates.http import HttpHandler, PluginHandler
from argotui.templates.pod import PodHandler
from argotui.templates.steps import StepsHandler
from argotui.templates.suspend import SuspendHandler

HANDLERS: Mapping[str, Handler] = {
    "container": PodHandler(),
    "containerSet": PodHandler(),
    "steps": StepsHandler(),
    "dag": DagHandler(),
    "script": PodHandler(),
    "resource": PodHandler(),
    "data": PodHandler(),
    "suspend": SuspendHandler(),
    "http": HttpHandler(),
    "plugin": PluginHandler(),
}


def engine_for(resolved: ResolvedWorkflow, state: RunState | None = None) -> Engine:
    """Return an engine that knows every template type; `state` is that of a run to go on with."""
    return Engine(resolved, state, handlers=HANDLERS)
