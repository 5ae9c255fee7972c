"""The containers of a pod: mains, sidecars and init containers, with their mounts.

Called by pods.build.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from argotui.model.bodies import ContainerBody, ContainerSetBody, ScriptBody
from argotui.model.manifest import Template
from argotui.model.work import StagedFile
from argotui.pods.plain import items, objects, plain
from argotui.pods.request import PodError

MAIN = "main"
SCRIPT_PATH = "/argo/staging/script"
STAGING_VOLUME = "argo-staging"
SCRIPT_ARGS_ANNOTATION = "argotui.dev/script-args"

_RESERVED = frozenset({"init", "wait", "supervisor"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mains:
    """The main containers of a template, and what they need beside them."""

    containers: tuple[dict[str, Any], ...]
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stage: tuple[StagedFile, ...] = ()
    volumes: tuple[dict[str, Any], ...] = ()
    in_pod_retry: dict[str, Any] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(container["name"] for container in self.containers)


def main_containers(template: Template) -> Mains:
    """Return the main containers of a container, script or containerSet template.

    Raises PodError for a template of another type, and for names that cannot be.
    """
    match template.body:
        case ContainerBody() as body:
            return Mains(containers=(_named_main(body.extra),))
        case ScriptBody() as body:
            return _script(body, args_last=_args_last(template))
        case ContainerSetBody() as body:
            return _container_set(body)
        case _:
            raise PodError(f"template '{template.name}' has no containers")


def with_mounts(mains: Mains, mounts: list[dict[str, Any]], volumes: list[dict[str, Any]]) -> Mains:
    """Return the mains with these mounts in every container, and the volumes they are of."""
    if not mounts:
        return mains
    containers = tuple(
        {**each, "volumeMounts": [*_mounts(each), *plain(mounts)]} for each in mains.containers
    )
    return replace(mains, containers=containers, volumes=(*mains.volumes, *volumes))


def init_containers(template: Template, mains: Mains) -> list[dict[str, Any]]:
    """Return the user's init containers; those that mirror get the mounts of the mains."""
    return _helpers(template, "initContainers", mains)


def sidecars(template: Template, mains: Mains) -> list[dict[str, Any]]:
    """Return the sidecars; those that mirror get the mounts of the mains."""
    return _helpers(template, "sidecars", mains)


def mounted_volumes(containers: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names of the volumes that these containers mount, in order of appearance."""
    names: dict[str, None] = {}
    for container in containers:
        for key in ("volumeMounts", "volumeDevices"):
            names.update((mount["name"], None) for mount in objects(container.get(key), key))
    return tuple(names)


def _named_main(extra: Mapping[str, Any]) -> dict[str, Any]:
    return {**plain(extra), "name": MAIN}


def _args_last(template: Template) -> bool:
    return template.annotations.get(SCRIPT_ARGS_ANNOTATION) == "after"


def _script(body: ScriptBody, *, args_last: bool) -> Mains:
    """Argo puts args before the path of the script, and knows no empty script. Argo: 3.3."""
    container = _named_main(body.extra)
    if not body.source:
        return Mains(containers=(container,))
    args = items(container.get("args"), "args")
    container["args"] = [SCRIPT_PATH, *args] if args_last else [*args, SCRIPT_PATH]
    staging = {"name": STAGING_VOLUME, "mountPath": SCRIPT_PATH.rpartition("/")[0]}
    container["volumeMounts"] = [*_mounts(container), staging]
    return Mains(
        containers=(container,),
        stage=(StagedFile(container=MAIN, path=SCRIPT_PATH, content=body.source, mode=0o755),),
        volumes=({"name": STAGING_VOLUME, "emptyDir": {}},),
    )


def _container_set(body: ContainerSetBody) -> Mains:
    """Containers keep their names; all of them share the set's mounts. Argo: 3.4."""
    shared = objects(body.volume_mounts, "containerSet.volumeMounts")
    containers = []
    for node in body.containers:
        if not node.name:
            raise PodError("containerSet.containers must have a name")
        if node.name in _RESERVED:
            raise PodError(f"containerSet.containers.{node.name} is a reserved name")
        container = {**plain(node.extra), "name": node.name}
        if mounts := [*_mounts(container), *plain(shared)]:
            container["volumeMounts"] = mounts
        containers.append(container)
    return Mains(
        containers=tuple(containers),
        order={node.name: tuple(node.dependencies) for node in body.containers},
        in_pod_retry=plain(body.retry_strategy) if body.retry_strategy is not None else None,
    )


def _mounts(container: Mapping[str, Any]) -> list[dict[str, Any]]:
    return objects(container.get("volumeMounts"), "volumeMounts", key="mountPath")


def _helpers(template: Template, key: str, mains: Mains) -> list[dict[str, Any]]:
    return [_helper(each, mains) for each in objects(template.extra.get(key), key)]


def _helper(container: dict[str, Any], mains: Mains) -> dict[str, Any]:
    if not container.pop("mirrorVolumeMounts", False):
        return container
    mounts = {mount["mountPath"]: mount for mount in _mounts(container)}
    for main in mains.containers:
        for mount in _mounts(main):
            mounts.setdefault(mount["mountPath"], mount)
    if mounts:
        container["volumeMounts"] = list(mounts.values())
    return container
