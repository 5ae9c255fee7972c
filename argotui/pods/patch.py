"""podSpecPatch: the spec's, then the template's, merged over a finished pod spec. Argo: 3.1.

Called by pods.build.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from argotui.model.merge import MergeError, strategic_merge
from argotui.pods.plain import plain
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
            spec = _patched(spec, _without_argo(_read(text)))
    return spec


def _read(text: Any) -> dict[str, Any]:
    """A patch is text, JSON or YAML; an object is taken as it stands."""
    if isinstance(text, Mapping):
        return plain(text)  # type: ignore[no-any-return]
    try:
        value = _parsed(str(text))
        size = _count(value)
    except (yaml.YAMLError, RecursionError) as error:
        raise PodError(_FAILED, f"podSpecPatch is neither JSON nor YAML: {error}") from error
    if not isinstance(value, dict):
        raise PodError(_FAILED, "podSpecPatch must be an object with fields of a pod's spec")
    if size > _MAX_VALUES:
        raise PodError(_FAILED, f"podSpecPatch holds over {_MAX_VALUES} values")
    return plain(value)  # type: ignore[no-any-return]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return yaml.safe_load(text)


def _count(value: Any, seen: int = 0) -> int:
    """Count values as if aliases were written out, no further than is needed."""
    seen += 1
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
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
    return isinstance(item, dict) and item.get("name") in _ARGO_CONTAINERS


def _patched(spec: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    try:
        return strategic_merge(spec, patch)
    except MergeError as error:
        raise PodError(_FAILED, str(error)) from error
