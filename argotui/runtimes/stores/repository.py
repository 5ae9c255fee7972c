"""What an artifact location leaves out, from archiveLocation or the artifact repository. Argo: 5.2.

Called by runtimes/data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from argotui.model.manifest import JsonObject
from argotui.model.work import DataWork
from argotui.runtimes.stores.errors import StoreError

DEFAULT_MAP = "artifact-repositories"
DEFAULT_KEY = "workflows.argoproj.io/default-artifact-repository"
_FORMATS = ("keyFormat", "blobNameFormat")
# kind -> what says in which store, and in which part of it, the keys are
_PLACES = {
    "s3": ("endpoint", "bucket"),
    "gcs": ("bucket",),
    "azure": ("endpoint", "container"),
    "oss": ("endpoint", "bucket"),
}


def completed(work: DataWork, config_map: Callable[[str], JsonObject | None]) -> JsonObject:
    """Return the location with all that it needs. Raises StoreError."""
    kind = next((each for each in _PLACES if work.location.get(each) is not None), "")
    if not kind:
        given = ", ".join(sorted(set(work.location) - {"name"})) or "nothing"
        raise StoreError(f"keys can be listed of {', '.join(_PLACES)}; the source says {given}")
    own = _mapping(work.location.get(kind))
    if _says_where(kind, own):
        return {kind: own}
    archive = _mapping(work.archive.get(kind))
    if not _says_where(kind, {**archive, **own}):
        archive = _mapping(_repository(work.repository, config_map).get(kind))
    found = {**{key: archive[key] for key in archive if key not in _FORMATS}, **own}
    if not _says_where(kind, found):
        lacking = ", ".join(key for key in _PLACES[kind] if not found.get(key))
        raise StoreError(f"the {kind} location has no {lacking}, nor has the artifact repository")
    return {kind: found}


def _says_where(kind: str, location: Mapping[str, Any]) -> bool:
    return all(location.get(key) for key in _PLACES[kind])


def _repository(
    ref: Mapping[str, Any], config_map: Callable[[str], JsonObject | None]
) -> Mapping[str, Any]:
    """Return the artifact repository that a workflow refers to. Argo: 4.13."""
    name = str(ref.get("configMap") or DEFAULT_MAP)
    found = config_map(name)
    if found is None:
        raise StoreError(
            f"the location is incomplete, and there is no ConfigMap '{name}' with an artifact "
            "repository (see artifactRepositoryRef)"
        )
    annotations = _mapping(_mapping(found.get("metadata")).get("annotations"))
    key = str(ref.get("key") or annotations.get(DEFAULT_KEY) or "")
    text = _mapping(found.get("data")).get(key)
    if not isinstance(text, str):
        raise StoreError(f"ConfigMap '{name}' has no artifact repository '{key}'")
    try:
        return _mapping(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise StoreError(f"artifact repository '{key}' of ConfigMap '{name}': {error}") from None


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
