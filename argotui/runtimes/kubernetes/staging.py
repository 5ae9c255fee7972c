"""Files that work brings along: in a ConfigMap, each mounted at its own path. Called by shim."""

from __future__ import annotations

import hashlib
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.work import WorkRef
from argotui.runtimes.kubernetes.draft import Draft, append, container_of, labels_of

_STAGE = "argotui-stage"
_STAGE_MAX = 1_000_000  # bytes of all staged files: what a ConfigMap holds


def stage(draft: Draft) -> dict[str, Any] | None:
    """Mount the files; return the ConfigMap that holds them, None without any. Raises
    RuntimeFault."""
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
        append(container_of(draft.spec, each.container), "volumeMounts", mount)
    items = [{"key": key, "path": key, "mode": each.mode} for key, each in keys.items()]
    append(draft.spec, "volumes", {"name": _STAGE, "configMap": {"name": name, "items": items}})
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _owned(name, draft),
        "immutable": True,
        "data": {key: each.content for key, each in keys.items()},
    }


def _owned(name: str, draft: Draft) -> dict[str, Any]:
    owner = draft.setting.owner
    return {
        "name": name,
        "namespace": draft.setting.namespace,
        "labels": labels_of(draft.ref),
        **({"ownerReferences": [dict(owner)]} if owner else {}),
    }


def stage_name(ref: WorkRef) -> str:
    """Return the name of the ConfigMap that holds the staged files of this work."""
    digest = hashlib.sha256(f"{ref.run_id}/{ref.key}".encode()).hexdigest()[:10]
    return f"argotui-stage-{digest}-{ref.attempt}"
