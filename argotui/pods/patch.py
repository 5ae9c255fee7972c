"""podSpecPatch: the spec's, then the template's, merged over a finished pod spec. Argo: 3.1.

Called by pods.build.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from argotui.model.merge import strategic_merge
from argotui.pods.plain import an_object, objects, plain
from argotui.pods.request import PodError, PodRequest

# Argo's own containers may be patched by name; here they do not exist.
_ARGO_CONTAINERS = frozenset({"init", "wait", "supervisor"})
_FAILED = "Error applying PodSpecPatch"
_MAX_VALUES = 100_000


def patched_spec(spec: dict[str, Any], request: PodRequest) -> dict[str, Any]:
    """Return `spec` with both patches merged over it.

    Raises PodError, with the reason as detail, for a patch that is neither JSON nor YAML, or
    that does not fit.
    """
    for source in (request.spec.extra, request.template.extra):
        if text := source.get("podSpecPatch"):
            spec = _patched(spec, text)
    return spec


def _patched(spec: dict[str, Any], text: Any) -> dict[str, Any]:
    try:
        result: dict[str, Any] = plain(strategic_merge(spec, _without_argo(_read(text))))
        _check(result, spec)
    except PodError as error:
        raise PodError(_FAILED, error.detail or error.text) from error
    return result


def _read(text: Any) -> dict[str, Any]:
    """A patch is text, JSON or YAML; an object is taken as it stands."""
    try:
        value = _parsed(text) if isinstance(text, str) else text
        if _count(value) > _MAX_VALUES:
            raise PodError(_FAILED, f"podSpecPatch holds over {_MAX_VALUES} values")
        return an_object(value, "podSpecPatch")
    except (yaml.YAMLError, RecursionError) as error:
        raise PodError(_FAILED, f"podSpecPatch is neither JSON nor YAML: {error}") from error


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return yaml.safe_load(text)


def _count(value: Any, seen: int = 0) -> int:
    """Count values as if aliases were written out, no further than is needed."""
    seen += 1
    inner = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    )
    for item in inner:
        if seen > _MAX_VALUES:
            break
        seen = _count(item, seen)
    return seen


def _without_argo(patch: dict[str, Any]) -> dict[str, Any]:
    for key in ("containers", "initContainers"):
        if isinstance(patch.get(key), list):
            patch[key] = [item for item in patch[key] if not _is_argo(item)]
    return patch


def _is_argo(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("name")) in _ARGO_CONTAINERS


def _check(patched: dict[str, Any], spec: dict[str, Any]) -> None:
    """A pod without its mains, or with a deadline that is no number, is none."""
    left = {each["name"] for each in objects(patched.get("containers"), "containers")}
    for container in spec["containers"]:
        if container["name"] not in left:
            raise PodError(f"podSpecPatch takes container '{container['name']}' away")
    for key in ("initContainers", "volumes"):
        objects(patched.get(key), key)
    if type(patched.get("activeDeadlineSeconds")) not in (int, type(None)):
        raise PodError("activeDeadlineSeconds must be a whole number")
