"""What to write instead of fields that Argo 4 no longer has. Called by decode.py. Argo: 8.37."""

from __future__ import annotations

_REMOVED = {
    ("Synchronization", "mutex"): "Argo 4 has a list: 'mutexes: [{name: ...}]'",
    ("Synchronization", "semaphore"): "Argo 4 has a list: 'semaphores: [{configMapKeyRef: ...}]'",
    ("WorkflowSpec", "podPriority"): "removed in Argo 4; use podPriorityClassName",
    ("CronWorkflowSpec", "schedule"): "Argo 4 has a list: 'schedules: [\"* * * * *\"]'",
}
_MISPLACED = {
    ("WorkflowSpec", "schedule"): "schedules belong to a CronWorkflow",
    ("WorkflowSpec", "schedules"): "schedules belong to a CronWorkflow",
    ("Template", "arguments"): "a template declares 'inputs'; arguments belong to its caller",
    ("Template", "when"): "'when' belongs to the step or task that calls the template",
    ("Template", "onExit"): "a template has no exit handler; put it on the step, task or workflow",
    ("Step", "depends"): "'depends' is for tasks of a dag; steps follow their groups",
    ("Step", "dependencies"): "'dependencies' is for tasks of a dag; steps follow their groups",
    ("Step", "retryStrategy"): "retryStrategy belongs to the template that is called",
    ("Task", "retryStrategy"): "retryStrategy belongs to the template that is called",
    ("Step", "timeout"): "timeout belongs to the template that is called",
    ("Task", "timeout"): "timeout belongs to the template that is called",
}


def removed_hint(kind: type, key: str) -> str:
    """Return what to do about a field of Argo 3, or one in the wrong place; empty if unknown."""
    name = (kind.__name__, key)
    return _REMOVED.get(name) or _MISPLACED.get(name, "")


def removed_cron_hint(key: str) -> str:
    """Return what to do about a field that CronWorkflow has no longer."""
    return _REMOVED.get(("CronWorkflowSpec", key), "")
