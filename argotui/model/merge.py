"""Kubernetes' strategic merge patch on plain JSON: which lists are merged, and by which key.

Called by manifest (templateDefaults, workflowTemplateRef) and pods (podSpecPatch).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from argotui.model.manifest import Json, JsonObject

# Field of a list -> the key its objects are known by. A list that is not named here is replaced
# whole, as Kubernetes does with it (args, command, tolerations of a pod, envFrom).
POD_KEYS: Mapping[str, str] = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "ports": "containerPort",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "volumes": "name",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey",
    "resourceClaims": "name",
    "schedulingGates": "name",
}

_DIRECTIVE = "$patch"
_RETAIN = "$retainKeys"
_ORDER = "$setElementOrder/"
_DELETE_SCALARS = "$deleteFromPrimitiveList/"


class MergeError(ValueError):
    """The patch is none: a directive that does not exist, or an element without its key."""


def strategic_merge(
    base: JsonObject, patch: JsonObject, *, keys: Mapping[str, str] = POD_KEYS
) -> dict[str, Any]:
    """Return `base` with `patch` merged over it, as new dicts and lists; both stay as they are.

    null takes a key away. `$patch: replace|delete|merge`, `$retainKeys` and
    `$deleteFromPrimitiveList/x` are understood; `$setElementOrder/x` is not needed and dropped.
    Raises MergeError.
    """
    match patch.get(_DIRECTIVE):
        case None | "merge":
            return _merged_object(base, patch, keys)
        case "replace":
            return _cleaned(patch, keys)
        case "delete":
            return {}
        case other:
            raise MergeError(f"Unknown patch type: {other}")


def _merged_object(base: JsonObject, patch: JsonObject, keys: Mapping[str, str]) -> dict[str, Any]:
    merged = {key: _copy(value) for key, value in base.items()}
    if (retained := patch.get(_RETAIN)) is not None:
        merged = {key: value for key, value in merged.items() if key in retained}
    for key, value in patch.items():
        if key.startswith(_DELETE_SCALARS):
            field = key.removeprefix(_DELETE_SCALARS)
            merged[field] = [item for item in merged.get(field) or () if item not in value]
        elif key.startswith((_ORDER, _DIRECTIVE, _RETAIN)):
            continue
        elif value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged_value(merged.get(key), value, keys.get(key), keys)
    return merged


def _merged_value(base: Json, patch: Json, key: str | None, keys: Mapping[str, str]) -> Any:
    if isinstance(patch, Mapping):
        return strategic_merge(base if isinstance(base, Mapping) else {}, patch, keys=keys)
    if isinstance(patch, list | tuple) and key is not None:
        return _merged_list(base if isinstance(base, list | tuple) else (), patch, key, keys)
    return _copy(patch)


def _merged_list(
    base: Iterable[Json], patch: Iterable[Json], key: str, keys: Mapping[str, str]
) -> list[Any]:
    """Objects are known by `key`; those of the patch that base lacks come after base's own."""
    asked = [_element(item, key) for item in patch]
    if any(set(item) == {_DIRECTIVE} and item[_DIRECTIVE] == "replace" for item in asked):
        return [_cleaned(item, keys) for item in asked if set(item) != {_DIRECTIVE}]
    merged = {_identity(item, key, at): _copy(item) for at, item in enumerate(base)}
    touched: list[Any] = []
    for item in asked:
        if item.get(_DIRECTIVE) == "delete":
            merged.pop(item[key], None)
            continue
        known = merged.get(item[key])
        merged[item[key]] = strategic_merge(known if known is not None else {}, item, keys=keys)
        touched.append(item[key])
    return [merged[name] for name in _ordered(list(merged), touched)]


def _element(item: Json, key: str) -> JsonObject:
    if not isinstance(item, Mapping):
        raise MergeError(f"expected an object with the merge key {key}, not {item!r}")
    if not isinstance(item.get(key), str | int) and set(item) != {_DIRECTIVE}:
        raise MergeError(f"map: {dict(item)} does not contain declared merge key: {key}")
    return item


def _identity(item: Json, key: str, at: int) -> Any:
    """An object of base without the key belongs to nobody: it stays, under a name of its own."""
    if isinstance(item, Mapping) and isinstance(item.get(key), str | int):
        return item[key]
    return ("", at)


def _ordered(names: list[Any], touched: list[Any]) -> list[Any]:
    """Elements that the patch names follow its order, the others keep theirs (as Kubernetes)."""
    place = {name: at for at, name in enumerate(names)}
    asked = [name for name in dict.fromkeys(touched) if name in place]
    chosen = frozenset(asked)
    ordered: list[Any] = []
    for name in (name for name in names if name not in chosen):
        while asked and place[asked[0]] < place[name]:
            ordered.append(asked.pop(0))
        ordered.append(name)
    return ordered + asked


def _cleaned(patch: JsonObject, keys: Mapping[str, str]) -> dict[str, Any]:
    """Return what a patch says where there is nothing to merge it with."""
    return _merged_object({}, {k: v for k, v in patch.items() if k != _DIRECTIVE}, keys)


def _copy(value: Json) -> Any:
    match value:
        case Mapping():
            return {key: _copy(item) for key, item in value.items()}
        case list() | tuple():
            return [_copy(item) for item in value]
        case _:
            return value
