"""Kubernetes' strategic merge patch on plain JSON. Pure; nothing of its input is changed.

Called by manifest/ (workflowTemplateRef, templateDefaults) and pods/ (podSpecPatch).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Lists merged item by item, and the field that says which items are the same.
MERGE_KEYS: Mapping[str, str] = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "sidecars": "name",
    "env": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "volumes": "name",
    "volumeClaimTemplates": "name",
    "ports": "containerPort",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "resourceClaims": "name",
    "claims": "name",
    "topologySpreadConstraints": "topologyKey",
    "parameters": "name",
    "artifacts": "name",
    "templates": "name",
    "tasks": "name",
    "ownerReferences": "uid",
}
# Lists of plain values that are united.
UNITED = frozenset(("finalizers",))
# A volume has one kind of source: that of the patch takes the place of the one before.
_ONE_OF_A_KIND = frozenset(("volumes",))
_DIRECTIVE = "$patch"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_IGNORED = ("$setElementOrder/", "$retainKeys")


def strategic_merge(base: Any, patch: Any, keys: Mapping[str, str] = MERGE_KEYS) -> Any:
    """Return `base` with `patch` laid over it: mappings merge, null deletes, lists named in
    `keys` merge item by item, other lists and values are replaced. `$patch: delete|replace` is
    obeyed in mappings and in items. Parts that do not change are shared with the input."""
    if not isinstance(base, Mapping) or not isinstance(patch, Mapping):
        return _cleaned(patch)
    match patch.get(_DIRECTIVE):
        case "replace":
            return _cleaned({key: value for key, value in patch.items() if key != _DIRECTIVE})
        case "delete":
            return {}
    merged = dict(base)
    for key, value in patch.items():
        if key == _DIRECTIVE or key.startswith(_IGNORED):
            continue
        if key.startswith(_DELETE_FROM):
            _delete_values(merged, key.removeprefix(_DELETE_FROM), value)
        elif value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge_field(key, merged.get(key), value, keys)
    return merged


def _merge_field(name: str, base: Any, patch: Any, keys: Mapping[str, str]) -> Any:
    if isinstance(base, list) and isinstance(patch, list):
        if name in UNITED:
            return [*base, *(value for value in patch if value not in base)]
        if name in keys and _are_mappings(patch) and _are_mappings(base):
            return _merge_items(name, base, patch, keys)
    return strategic_merge(base, patch, keys)


def _are_mappings(items: list[Any]) -> bool:
    return all(isinstance(item, Mapping) for item in items)


def _merge_items(
    name: str, base: list[Any], patch: list[Any], keys: Mapping[str, str]
) -> list[Any]:
    key = keys[name]
    directives = [item.get(_DIRECTIVE) for item in patch]
    if "replace" in directives:  # in any item: the whole list
        return [_cleaned(item) for item in patch if item.get(_DIRECTIVE) != "replace"]
    gone = {_same(item, key) for item in patch if item.get(_DIRECTIVE) == "delete"}
    kept = [item for item in base if _same(item, key) not in gone]
    olds = {_same(item, key): item for item in kept}
    news = []
    for item in patch:
        if item.get(_DIRECTIVE) != "delete":
            old = olds.get(_same(item, key))
            news.append(_cleaned(item) if old is None else _merge_item(name, old, item, keys))
    return _ordered(kept, news, key)


def _merge_item(name: str, old: Any, new: Any, keys: Mapping[str, str]) -> Any:
    if name in _ONE_OF_A_KIND and set(old) != set(new):
        return _cleaned(new)
    return strategic_merge(old, new, keys)


def _ordered(base: list[Any], news: list[Any], key: str) -> list[Any]:
    """Return the items in Kubernetes' order: the patch's own, base items kept before what
    followed them in the base."""
    place = {_same(item, key): i for i, item in enumerate(base)}
    patched = {_same(item, key) for item in news}
    rest = [item for item in base if _same(item, key) not in patched]
    result = []
    for item in news:
        at = place.get(_same(item, key), -1)
        while rest and place[_same(rest[0], key)] < at:
            result.append(rest.pop(0))
        result.append(item)
    return [*result, *rest]


def _same(item: Mapping[str, Any], key: str) -> Any:
    value = item.get(key)
    if value is None and key == "name":  # a volume claim is named in its metadata
        metadata = item.get("metadata")
        value = metadata.get("name") if isinstance(metadata, Mapping) else None
    return value if isinstance(value, str | int | None) else repr(value)


def _delete_values(merged: dict[str, Any], key: str, values: Any) -> None:
    if isinstance(merged.get(key), list) and isinstance(values, list):
        merged[key] = [value for value in merged[key] if value not in values]


def _cleaned(value: Any) -> Any:
    """Return what a patch adds, without its directives; a null in it deletes nothing and goes."""
    if isinstance(value, list):
        items = [item for item in value if not _is_deleted(item)]
        cleaned = [_cleaned(item) for item in items]
        same = len(items) == len(value) and all(a is b for a, b in zip(items, cleaned, strict=True))
        return value if same else cleaned
    if not isinstance(value, Mapping):
        return value
    cleaned_map = {key: _cleaned(part) for key, part in value.items() if not _is_directive(key)}
    unchanged = len(cleaned_map) == len(value) and all(
        cleaned_map[key] is part for key, part in value.items()
    )
    return value if unchanged else cleaned_map


def _is_directive(key: str) -> bool:
    return key == _DIRECTIVE or key.startswith((_DELETE_FROM, *_IGNORED))


def _is_deleted(item: Any) -> bool:
    return isinstance(item, Mapping) and item.get(_DIRECTIVE) == "delete"
