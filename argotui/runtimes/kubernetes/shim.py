"""What is added to a pod so that it does what Argo's executor would do in it; pure. Argo: 3.12.

Called by runtime for every pod. A pod that needs nothing stays the user's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.work import CollectedFile, PodWork, WorkRef
from argotui.runtimes.kubernetes.argo_words import mentions, name_argo_words, progress_file
from argotui.runtimes.kubernetes.beside import BESIDE, COPY, Wanted, helper_context, put_beside
from argotui.runtimes.kubernetes.retries import Tries, tries_of
from argotui.runtimes.kubernetes.script import Wrap, shim_text, sidecar_text
from argotui.runtimes.kubernetes.shells import shell_of
from argotui.runtimes.kubernetes.signals import TERMINATION_LOG, hear_signals, relay, say_first

LABEL_RUN = "argotui.dev/run"
LABEL_ATTEMPT = "argotui.dev/attempt"
ANNOTATION_NODE_NAME = "workflows.argoproj.io/node-name"
ANNOTATION_NODE_ID = "workflows.argoproj.io/node-id"
HOME = "/var/run/argo"
SIDECARS_SINCE = (1, 29)
_VOLUME = "argotui"
_STAGE = "argotui-stage"
_TOOLS = "argotui-tools"
_TOOL = f"{HOME}/busybox"
_STAGE_MAX = 1_000_000  # bytes of all staged files: what a ConfigMap holds
_NO_COMMAND = (
    "container '{name}' names no command, and one is needed {why}: write `command:` with the "
    "image's entrypoint"
)


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
class _Draft:
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


def shape(ref: WorkRef, work: PodWork, setting: Setting) -> Shaped:
    """Return the pod as it is sent. Raises RuntimeFault for what cannot be done in a pod."""
    pod = json.loads(json.dumps(_plain(work.pod)))
    draft = _Draft(
        work=work,
        ref=ref,
        setting=setting,
        spec=pod.setdefault("spec", {}),
        nonce=hashlib.sha256(f"{ref.run_id}/{ref.key}".encode()).hexdigest()[:16],
        tries=tries_of(work.in_pod_retry),
    )
    pod["metadata"] = _metadata(pod.get("metadata") or {}, draft)
    draft.spec.setdefault("restartPolicy", "Never")
    if work.deadline_seconds is not None and not draft.spec.get("activeDeadlineSeconds"):
        draft.spec["activeDeadlineSeconds"] = max(1, -int(-work.deadline_seconds // 1))
    config_map = _stage(draft)
    _wrap_mains(draft)
    _move_sidecars(draft)
    hear_signals(draft.spec, draft.shimmed)
    words = {"ARGO_NODE_ID": ref.node_id, "ARGO_WORKFLOW_NAME": setting.workflow_name}
    name_argo_words(draft.spec, work.stage, words, HOME)
    _add_volumes(draft)
    return Shaped(pod=pod, plan=_plan(draft), config_map=config_map)


def _plan(draft: _Draft) -> Plan:
    work = draft.work
    return Plan(
        mains=work.mains,
        sidecars=tuple(draft.sidecars),
        own=tuple(draft.own),
        shimmed=tuple(draft.shimmed),
        collect=work.collect,
        capture_result=work.capture_result,
        daemon=work.daemon,
        nonce=draft.nonce if draft.shimmed else "",
        shell=draft.shell,
        tools=_TOOL if draft.needs_tools else "",
        beside=BESIDE if draft.beside else "",
        result_is_log=draft.result_is_log,
    )


def stage_name(ref: WorkRef) -> str:
    """Return the name of the ConfigMap that holds the staged files of this work."""
    digest = hashlib.sha256(f"{ref.run_id}/{ref.key}".encode()).hexdigest()[:10]
    return f"argotui-stage-{digest}-{ref.attempt}"


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _metadata(given: dict[str, Any], draft: _Draft) -> dict[str, Any]:
    ref, setting = draft.ref, draft.setting
    return {
        **given,
        "name": ref.pod_name,
        "namespace": setting.namespace,
        "labels": {**(given.get("labels") or {}), **labels_of(ref)},
        "annotations": {
            **(given.get("annotations") or {}),
            ANNOTATION_NODE_NAME: ref.node_name,
            ANNOTATION_NODE_ID: ref.node_id,
        },
        **({"ownerReferences": [dict(setting.owner)]} if setting.owner else {}),
    }


def labels_of(ref: WorkRef) -> dict[str, str]:
    """Return the labels by which a pod is known as this incarnation of this run."""
    return {LABEL_RUN: ref.run_id, LABEL_ATTEMPT: str(ref.attempt)}


# -- staging: files in a ConfigMap, each mounted at its own path ----------------------------------


def _stage(draft: _Draft) -> dict[str, Any] | None:
    files = draft.work.stage
    if not files:
        return None
    size = sum(len(each.content.encode()) for each in files)
    if size > _STAGE_MAX:
        raise RuntimeFault(
            f"the script has {size} bytes; a ConfigMap, which brings it into the pod, holds "
            f"{_STAGE_MAX}"
        )
    name = stage_name(draft.ref)
    keys = {f"f{number}": each for number, each in enumerate(files)}
    for key, each in keys.items():
        mount = {"name": _STAGE, "mountPath": each.path, "subPath": key, "readOnly": True}
        _append(_container(draft.spec, each.container), "volumeMounts", mount)
    items = [{"key": key, "path": key, "mode": each.mode} for key, each in keys.items()]
    _append(draft.spec, "volumes", {"name": _STAGE, "configMap": {"name": name, "items": items}})
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _owned(name, draft),
        "immutable": True,
        "data": {key: each.content for key, each in keys.items()},
    }


def _owned(name: str, draft: _Draft) -> dict[str, Any]:
    owner = draft.setting.owner
    return {
        "name": name,
        "namespace": draft.setting.namespace,
        "labels": labels_of(draft.ref),
        **({"ownerReferences": [dict(owner)]} if owner else {}),
    }


# -- the shim: a shell around the command, where something must come back -------------------------


def _wrap_mains(draft: _Draft) -> None:
    work = draft.work
    ordered = any(work.order.values())
    for name in work.mains:
        container = _container(draft.spec, name)
        captures = work.capture_result and name == "main"
        collects = [each for each in work.collect if each.container == name]
        progress = mentions(container, work.stage, "ARGO_PROGRESS_FILE")
        if captures or collects or ordered or draft.tries or progress:
            hand = _wrap if container.get("command") else _leave
            hand(draft, container, captures=captures, collects=collects, progress=progress)


def _leave(
    draft: _Draft,
    container: dict[str, Any],
    *,
    captures: bool,
    collects: list[CollectedFile],
    progress: bool,
) -> None:
    """Let the image's own entrypoint run as it is, and have its outputs all the same."""
    name = container["name"]
    if why := _needs_command(draft, name):
        raise RuntimeFault(_NO_COMMAND.format(name=name, why=why))
    draft.result_is_log = captures
    if not collects and not progress:
        return
    wanted = Wanted(
        nonce=draft.nonce,
        image=draft.setting.shim_image,
        home=HOME,
        volume=_VOLUME,
        files=tuple(each.path for each in collects),
        progress=progress_file(HOME, name) if progress else "",
        hold_seconds=draft.setting.hold_seconds,
    )
    draft.beside, copy = put_beside(draft.spec, container, wanted)
    draft.needs_home = True
    draft.shimmed.append(BESIDE)
    draft.own.append(BESIDE)
    if copy is not None:
        draft.needs_tools = True
        draft.spec["initContainers"] = [copy, *(draft.spec.get("initContainers") or ())]
        draft.own.append(COPY)


def _needs_command(draft: _Draft, name: str) -> str:
    if any(draft.work.order.values()):
        return "where containers of a set wait for each other"
    if draft.tries:
        return "to be tried again in its pod"
    return "" if name == "main" else "to tell of its progress"


def _wrap(
    draft: _Draft,
    container: dict[str, Any],
    *,
    captures: bool,
    collects: list[CollectedFile],
    progress: bool,
) -> None:
    shell = shell_of(container)
    wrap = Wrap(
        **_basics(draft, container, shell),
        captures=captures,
        files=tuple(each.path for each in collects),
        after=tuple(draft.work.order.get(container["name"], ())),
        is_ordered=any(draft.work.order.values()),
        tries=draft.tries,
        progress=progress,
        hold_seconds=draft.setting.hold_seconds,
    )
    if container["name"] == "main":
        draft.shell = shell or "sh"
    _put_around(draft, container, shell, shim_text(wrap))
    draft.shimmed.append(container["name"])


def _basics(draft: _Draft, container: dict[str, Any], shell: str | None) -> dict[str, Any]:
    return {
        "name": container["name"],
        "nonce": draft.nonce,
        "home": HOME,
        "message": container.get("terminationMessagePath") or TERMINATION_LOG,
        "tools": "" if shell else _TOOL,
    }


def _put_around(draft: _Draft, container: dict[str, Any], shell: str | None, text: str) -> None:
    say_first(container, [shell] if shell else [_TOOL, "sh"], text)
    _append(container, "volumeMounts", {"name": _VOLUME, "mountPath": HOME})
    draft.needs_home = True
    draft.needs_tools = draft.needs_tools or shell is None


def _move_sidecars(draft: _Draft) -> None:
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


def _let_end(draft: _Draft, container: dict[str, Any]) -> None:
    """Let a sidecar's command end by itself, once and for all. Argo: 1.6, 3.1.

    Of native sidecars a kubelet awaits the startupProbe before the mains; Argo does not, and one
    that has ended would never pass it.
    """
    shell = shell_of(container)
    text = sidecar_text(Wrap(**_basics(draft, container, shell)))
    _put_around(draft, container, shell, text)
    startup, liveness = container.pop("startupProbe", None), container.get("livenessProbe")
    if startup and liveness:
        tries, period = startup.get("failureThreshold", 3), startup.get("periodSeconds", 10)
        first = startup.get("initialDelaySeconds", 0) + tries * period
        delay = max(first, liveness.get("initialDelaySeconds", 0))
        container["livenessProbe"] = {**liveness, "initialDelaySeconds": delay}


def _add_volumes(draft: _Draft) -> None:
    spec = draft.spec
    if draft.beside is not None:  # last: a kubelet ends it first, while the user's are there
        _append(spec, "initContainers", draft.beside)
    if draft.needs_home:
        _append(spec, "volumes", {"name": _VOLUME, "emptyDir": {}})
    if not draft.needs_tools:
        return
    main = _container(spec, draft.work.mains[0])
    tool: dict[str, Any] = {
        "name": _TOOLS,
        "image": draft.setting.shim_image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["/bin/busybox", "cp", "/bin/busybox", _TOOL],
        "volumeMounts": [{"name": _VOLUME, "mountPath": HOME}],
    }
    # A quota may ask for limits, and a policy for a context: what main may, its helper may.
    if main.get("resources"):
        tool["resources"] = main["resources"]
    tool |= helper_context(spec, main)
    spec["initContainers"] = [tool, *(spec.get("initContainers") or ())]
    draft.own.append(_TOOLS)


def _container(spec: Mapping[str, Any], name: str) -> dict[str, Any]:
    for container in spec.get("containers") or ():
        if container.get("name") == name:
            found: dict[str, Any] = container
            return found
    raise RuntimeFault(f"the pod has no container '{name}'")


def _append(holder: dict[str, Any], key: str, item: dict[str, Any]) -> None:
    holder[key] = [*(holder.get(key) or ()), item]


__all__ = ["Plan", "Setting", "Shaped", "labels_of", "shape", "stage_name"]
