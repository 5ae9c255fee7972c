"""What building a pod needs to know, and the error that says why it cannot be built.

Made by the template types of the engine, read by the builders of this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from argotui.model.manifest import Template
from argotui.model.workflow import WorkflowSpec


class PodError(Exception):
    """No pod can be made of this template: the node ends in Error with `text`. Argo: 1.1.

    `text` is Argo's message where it has one; `detail` is what Argo keeps to itself (which line of
    a patch is wrong), for people.
    """

    def __init__(self, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class PodRequest:
    """One pod to be built: `template` and `spec` hold no tag any more that could be resolved.

    `boundary` is the template of the enclosing steps or dag (scheduling is inherited from it),
    `deadline_seconds` the least of the limits of Argo: 3.1, counted from the pod's start.
    `claims` maps a volumeClaimTemplate to its PersistentVolumeClaim. `failed_hosts` are the hosts
    a retry must avoid.
    """

    template: Template
    spec: WorkflowSpec
    node_name: str
    node_id: str
    pod_name: str
    run_id: str
    workflow_name: str
    namespace: str = "default"
    uid: str = ""
    boundary: Template | None = None
    on_exit: bool = False
    deadline_seconds: float | None = None
    capture_result: bool = False
    claims: Mapping[str, str] = field(default_factory=dict)
    failed_hosts: tuple[str, ...] = ()
