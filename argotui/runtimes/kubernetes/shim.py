"""What is added to a pod so that it does what Argo's executor would do in it; pure. Argo: 3.12.

Called by runtime for every pod. A pod that needs nothing stays the user's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.work import PodWork, WorkRef
from argotui.runtimes.kubernetes.argo_words import mentions, name_argo_words, progress_file
from argotui.runtimes.kubernetes.beside import BESIDE, COPY, Wanted, helper_context, put_beside
from argotui.runtimes.kubernetes.draft import (
    ANNOTATION_NODE_ID,
    ANNOTATION_NODE_NAME,
    HOME,
    TOOL,
    VOLUME,
    Draft,
    Plan,
    Setting,
    Shaped,
    append,
    basics,
    container_of,
    labels_of,
    put_around,
)
from argotui.runtimes.kubernetes.retries import tries_of
from argotui.runtimes.kubernetes.script import Wrap, shim_text
from argotui.runtimes.kubernetes.shells import shell_of
from argotui.runtimes.kubernetes.sidecars import move_sidecars
from argotui.runtimes.kubernetes.signals import hear_signals
from argotui.runtimes.kubernetes.staging import stage

_TOOLS = "argotui-tools"
_NO_COMMAND = (
    "container '{name}' names no command, and one is needed {why}: write `command:` with the "
    "image's entrypoint"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Back:
    """What has to come back from a container."""

    result: bool = False
    files: tuple[str, ...] = ()
    progress: bool = False


_NOTHING = _Back()


def shape(ref: WorkRef, work: PodWork, setting: Setting) -> Shaped:
    """Return the pod as it is sent. Raises RuntimeFault for what cannot be done in a pod."""
    pod = json.loads(json.dumps(_plain(work.pod)))
    draft = Draft(
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
    config_map = stage(draft)
    _wrap_mains(draft)
    move_sidecars(draft)
    hear_signals(draft.spec, draft.shimmed)
    words = {"ARGO_NODE_ID": ref.node_id, "ARGO_WORKFLOW_NAME": setting.workflow_name}
    name_argo_words(draft.spec, work.stage, words, HOME)
    _add_volumes(draft)
    return Shaped(pod=pod, plan=_plan(draft), config_map=config_map)


def _plan(draft: Draft) -> Plan:
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
        tools=TOOL if draft.needs_tools else "",
        beside=BESIDE if draft.beside else "",
        result_is_log=draft.result_is_log,
    )


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _metadata(given: dict[str, Any], draft: Draft) -> dict[str, Any]:
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


def _wrap_mains(draft: Draft) -> None:
    work = draft.work
    ordered = any(work.order.values())
    for name in work.mains:
        container = container_of(draft.spec, name)
        back = _Back(
            result=work.capture_result and name == "main",
            files=tuple(each.path for each in work.collect if each.container == name),
            progress=mentions(container, work.stage, "ARGO_PROGRESS_FILE"),
        )
        if back != _NOTHING or ordered or draft.tries:
            hand = _wrap if container.get("command") else _leave
            hand(draft, container, back)


def _leave(draft: Draft, container: dict[str, Any], back: _Back) -> None:
    """Let the image's own entrypoint run as it is, and have its outputs all the same."""
    name = container["name"]
    if why := _needs_command(draft, name):
        raise RuntimeFault(_NO_COMMAND.format(name=name, why=why))
    draft.result_is_log = back.result
    if not back.files and not back.progress:
        return
    wanted = Wanted(
        nonce=draft.nonce,
        image=draft.setting.shim_image,
        home=HOME,
        volume=VOLUME,
        files=back.files,
        progress=progress_file(HOME, name) if back.progress else "",
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


def _needs_command(draft: Draft, name: str) -> str:
    if any(draft.work.order.values()):
        return "where containers of a set wait for each other"
    if draft.tries:
        return "to be tried again in its pod"
    return "" if name == "main" else "to tell of its progress"


def _wrap(draft: Draft, container: dict[str, Any], back: _Back) -> None:
    shell = shell_of(container)
    wrap = Wrap(
        **basics(draft, container, shell),
        captures=back.result,
        files=back.files,
        after=tuple(draft.work.order.get(container["name"], ())),
        is_ordered=any(draft.work.order.values()),
        tries=draft.tries,
        progress=back.progress,
        hold_seconds=draft.setting.hold_seconds,
    )
    if container["name"] == "main":
        draft.shell = shell or "sh"
    put_around(draft, container, shell, shim_text(wrap))
    draft.shimmed.append(container["name"])


def _add_volumes(draft: Draft) -> None:
    spec = draft.spec
    if draft.beside is not None:  # last: a kubelet ends it first, while the user's are there
        append(spec, "initContainers", draft.beside)
    if draft.needs_home:
        append(spec, "volumes", {"name": VOLUME, "emptyDir": {}})
    if not draft.needs_tools:
        return
    main = container_of(spec, draft.work.mains[0])
    tool: dict[str, Any] = {
        "name": _TOOLS,
        "image": draft.setting.shim_image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["/bin/busybox", "cp", "/bin/busybox", TOOL],
        "volumeMounts": [{"name": VOLUME, "mountPath": HOME}],
    }
    # A quota may ask for limits, and a policy for a context: what main may, its helper may.
    if main.get("resources"):
        tool["resources"] = main["resources"]
    tool |= helper_context(spec, main)
    spec["initContainers"] = [tool, *(spec.get("initContainers") or ())]
    draft.own.append(_TOOLS)
