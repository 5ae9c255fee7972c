"""Objects that a manifest needs and no file has, and what came of asking for them elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from argotui.model.values import JsonObject

WORKFLOW_TEMPLATE = "WorkflowTemplate"
CLUSTER_WORKFLOW_TEMPLATE = "ClusterWorkflowTemplate"
CRON_WORKFLOW = "CronWorkflow"
CONFIG_MAP = "ConfigMap"
ANNOTATION_READ = "argotui.dev/read-from"  # on what came from a cluster: nobody has to make it


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Sought:
    """An object by its kind and name; its namespace is that of the run."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`document` None: it is not there, and `why`, in words that end a sentence. `place` is where
    it was looked for, for people."""

    document: JsonObject | None = None
    why: str = ""
    place: str = ""


class Elsewhere(Protocol):
    """Who is asked for what no file has: the cluster that a run goes to, if it goes to one.

    `written` is the namespace that the manifest names, or "".
    """

    def namespace(self, written: str) -> str:
        """Return the namespace that the run goes to. Raises UsageError, RuntimeFault."""
        ...

    def look(self, sought: Sequence[Sought], written: str) -> Mapping[Sought, Answer]:
        """Return what was found, and what is known not to be there; nothing without a cluster.

        Raises RuntimeFault where nothing can be learnt.
        """
        ...
