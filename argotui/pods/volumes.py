"""Which volumes a pod has: those that a container of it mounts, and no other. Argo: 3.1.

Called by pods.build.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from argotui.pods.plain import objects
from argotui.pods.request import PodError, PodRequest


def referenced_volumes(
    request: PodRequest, names: Iterable[str], *, own: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the volumes called `names`: of the template, else of the spec, else a claim.

    `own` are volumes of ours, always there. Raises PodError naming the first that is nowhere.
    """
    volumes = {volume["name"]: volume for volume in own}
    known = _known(request)
    for name in names:
        if name in volumes:
            continue
        if name not in known:
            raise PodError(f"volume '{name}' not found in workflow spec")
        volumes[name] = known[name]
    return list(volumes.values())


def _known(request: PodRequest) -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {
        name: {"name": name, "persistentVolumeClaim": {"claimName": claim}}
        for name, claim in request.claims.items()
    }
    for source in (request.spec.extra, request.template.extra):
        known.update({each["name"]: each for each in objects(source.get("volumes"), "volumes")})
    return known
