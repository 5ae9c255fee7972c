"""A pod as it is made ready: what that has to know, what it has come to, and what is told of it.

Used by shim, staging and sidecars, which each do a part; Plan and labels by whoever reads the pod.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.work import CollectedFile, PodWork, WorkRef
from argotui.runtimes.kubernetes.retries import Tries
from argotui.runtimes.kubernetes.signals import TERMINATION_LOG, say_first

LABEL_RUN = "argotui.dev/run"
LABEL_ATTEMPT = "argotui.dev/attempt"
ANNOTATION_NODE_NAME = "workflows.argoproj.io/node-name"
ANNOTATION_NODE_ID = "workflows.argoproj.io/node-id"
HOME = "/var/run/argo"
VOLUME = "argotui"  # mounted at HOME
TOOL = f"{HOME}/busybox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What shaping a pod needs to know of the run and of the cluster."""

    run_id: str
    workflow_name: str
    namespace: str
    shim_image: str = "busybox"
    owner: Mapping[str, Any] | None = None  # an owner reference
    hold_seconds: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a pod of ours is read. Kept with the run, so that a new driver reads it alike.

    `shimmed` are the containers whose last words are ours, `sidecars` those that we moved among
    the init containers, `own` those that the user never wrote. `nonce` marks our lines in logs.
    `beside` is the one of ours that speaks for main where main runs unwrapped; with
    `result_is_log` main's log is its result.
    """

    mains: tuple[str, ...]
    sidecars: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    shimmed: tuple[str, ...] = ()
    collect: tuple[CollectedFile, ...] = ()
    capture_result: bool = False
    daemon: bool = False
    nonce: str = ""
    shell: str = "sh"
    tools: str = ""
    beside: str = ""
    result_is_log: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """The pod to be created, the ConfigMap it needs first, if any, and how to read it."""

    pod: dict[str, Any]
    plan: Plan
    config_map: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class Draft:
    work: PodWork
    ref: WorkRef
    setting: Setting
    spec: dict[str, Any]
    nonce: str
    tries: Tries | None
    shimmed: list[str] = field(default_factory=list)
    sidecars: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    shell: str = "sh"
    needs_home: bool = False
    needs_tools: bool = False
    beside: dict[str, Any] | None = None
    result_is_log: bool = False


def labels_of(ref: WorkRef) -> dict[str, str]:
    """Return the labels by which a pod is known as this incarnation of this run."""
    return {LABEL_RUN: ref.run_id, LABEL_ATTEMPT: str(ref.attempt)}


def basics(draft: Draft, container: dict[str, Any], shell: str | None) -> dict[str, Any]:
    return {
        "name": container["name"],
        "nonce": draft.nonce,
        "home": HOME,
        "message": container.get("terminationMessagePath") or TERMINATION_LOG,
        "tools": "" if shell else TOOL,
    }


def put_around(draft: Draft, container: dict[str, Any], shell: str | None, text: str) -> None:
    say_first(container, [shell] if shell else [TOOL, "sh"], text)
    append(container, "volumeMounts", {"name": VOLUME, "mountPath": HOME})
    draft.needs_home = True
    draft.needs_tools = draft.needs_tools or shell is None


def container_of(spec: Mapping[str, Any], name: str) -> dict[str, Any]:
    for container in spec.get("containers") or ():
        if container.get("name") == name:
            found: dict[str, Any] = container
            return found
    raise RuntimeFault(f"the pod has no container '{name}'")


def append(holder: dict[str, Any], key: str, item: dict[str, Any]) -> None:
    holder[key] = [*(holder.get(key) or ()), item]
