"""Name, labels and annotations of a pod, under Argo's own keys. Argo: 3.1.

Called by pods.build.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.model.manifest import Json
from argotui.pods.containers import MAIN
from argotui.pods.plain import an_object
from argotui.pods.request import PodRequest

LABEL_WORKFLOW = "workflows.argoproj.io/workflow"
LABEL_COMPLETED = "workflows.argoproj.io/completed"
LABEL_ON_EXIT = "workflows.argoproj.io/on-exit"
LABEL_RUN = "argotui.dev/run"
ANNOTATION_NODE_NAME = "workflows.argoproj.io/node-name"
ANNOTATION_NODE_ID = "workflows.argoproj.io/node-id"
ANNOTATION_POD_GC = "workflows.argoproj.io/pod-gc-strategy"
ANNOTATION_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"

_POD_GC_DELAY = "5s"


def pod_metadata(request: PodRequest, mains: tuple[str, ...]) -> dict[str, Any]:
    """Return the metadata of the pod: the user's words win over Argo's, ours over the user's."""
    labels = _argo_labels(request)
    annotations = _argo_annotations(request, mains)
    for given in _given(request):
        labels.update(_texts(given.get("labels"), "labels"))
        annotations.update(_texts(given.get("annotations"), "annotations"))
    labels[LABEL_RUN] = request.run_id
    return {
        "name": request.pod_name,
        "namespace": request.namespace,
        "labels": labels,
        "annotations": annotations,
    }


def _argo_labels(request: PodRequest) -> dict[str, str]:
    labels = {LABEL_WORKFLOW: request.workflow_name, LABEL_COMPLETED: "false"}
    if request.on_exit:
        labels[LABEL_ON_EXIT] = "true"
    return labels


def _argo_annotations(request: PodRequest, mains: tuple[str, ...]) -> dict[str, str]:
    annotations = {
        ANNOTATION_NODE_NAME: request.node_name,
        ANNOTATION_NODE_ID: request.node_id,
        ANNOTATION_DEFAULT_CONTAINER: mains[0] if mains and MAIN not in mains else MAIN,
    }
    pod_gc = request.spec.extra.get("podGC")
    if isinstance(pod_gc, Mapping) and pod_gc.get("strategy"):
        delay = pod_gc.get("deleteDelayDuration") or _POD_GC_DELAY
        annotations[ANNOTATION_POD_GC] = f"{pod_gc['strategy']}/{delay}"
    return annotations


def _given(request: PodRequest) -> tuple[dict[str, Any], ...]:
    """Later ones win."""
    return (
        an_object(request.spec.extra.get("podMetadata"), "podMetadata"),
        an_object(request.template.extra.get("metadata"), "metadata"),
    )


def _texts(values: Json, what: str) -> dict[str, str]:
    return {key: _text(value) for key, value in an_object(values, what).items()}


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
