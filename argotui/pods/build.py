"""From a template with nothing left to substitute to a finished core/v1 pod.

Called by the template types that run containers: container, script, containerSet.
"""

from __future__ import annotations

from typing import Any

from argotui.model.work import CollectedFile, PodWork
from argotui.pods.artifacts import empty_artifacts, staged_artifacts, unkept_artifacts
from argotui.pods.containers import (
    MAIN,
    Mains,
    init_containers,
    main_containers,
    mounted_volumes,
    sidecars,
    with_mounts,
)
from argotui.pods.metadata import pod_metadata
from argotui.pods.patch import patched_spec
from argotui.pods.request import PodError, PodRequest
from argotui.pods.settings import deadline_setting, pod_settings
from argotui.pods.volumes import referenced_volumes

_NO_MAIN = 'containerSet.containers must have a container named "main" for input or output'


def build_pod(request: PodRequest) -> PodWork:
    """Return the work of one node: its pod, and what goes with it.

    Raises PodError where Argo could not build the pod either.
    """
    mains = main_containers(request.template)
    spec = patched_spec(_pod_spec(request, mains), request)
    return PodWork(
        pod={
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": pod_metadata(request, mains.names),
            "spec": spec,
        },
        mains=mains.names,
        order=mains.order,
        stage=(*mains.stage, *staged_artifacts(request.template, mains.names)),
        collect=_collected(request, mains),
        capture_result=request.capture_result and MAIN in mains.names,
        daemon=bool(request.template.daemon),
        deadline_seconds=_deadline(request, spec),
        in_pod_retry=mains.in_pod_retry,
        unkept=unkept_artifacts(request.template),
    )


def _pod_spec(request: PodRequest, mains: Mains) -> dict[str, Any]:
    mounts, own = empty_artifacts(request.template)
    mains = with_mounts(mains, mounts, own)
    inits = init_containers(request.template, mains)
    containers = [*mains.containers, *sidecars(request.template, mains)]
    mounted = mounted_volumes([*containers, *inits])
    spec = pod_settings(request)
    if inits:
        spec["initContainers"] = inits
    spec["containers"] = containers
    if volumes := referenced_volumes(request, mounted, own=mains.volumes):
        spec["volumes"] = volumes
    return spec


def _collected(request: PodRequest, mains: Mains) -> tuple[CollectedFile, ...]:
    """Output parameters come from files of `main`, also in a containerSet. Argo: 3.4."""
    files = tuple(
        CollectedFile(
            name=parameter.name,
            container=MAIN,
            path=parameter.value_from.path,
            default=parameter.value_from.default,
        )
        for parameter in request.template.outputs.parameters
        if parameter.value_from is not None and parameter.value_from.path
    )
    if files and MAIN not in mains.names:
        raise PodError(_NO_MAIN)
    return files


def _deadline(request: PodRequest, spec: dict[str, Any]) -> float | None:
    """A patch may set a deadline of its own; else the exact one, not that in whole seconds."""
    patched: float | None = spec.get("activeDeadlineSeconds")
    asked = deadline_setting(request.deadline_seconds)
    return request.deadline_seconds if patched == asked else patched
