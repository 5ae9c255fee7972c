"""Argo's own environment variables, for the containers that read them. Argo: 3.1.

Called by shim: nobody who does not name one gets one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from argotui.model.work import StagedFile

_WORDS = ("ARGO_NODE_ID", "ARGO_WORKFLOW_NAME", "ARGO_CONTAINER_NAME", "ARGO_PROGRESS_FILE")


def name_argo_words(
    spec: Mapping[str, Any], stage: Iterable[StagedFile], values: Mapping[str, str], home: str
) -> None:
    """Give each container the variables that it, or a file staged for it, mentions."""
    staged = tuple(stage)
    for container in [*spec["containers"], *(spec.get("initContainers") or ())]:
        mine = {
            **values,
            "ARGO_CONTAINER_NAME": container["name"],
            "ARGO_PROGRESS_FILE": progress_file(home, container["name"]),
        }
        known = {each.get("name") for each in container.get("env") or ()}
        for word in _WORDS:
            if word not in known and mentions(container, staged, word):
                env = {"name": word, "value": mine[word]}
                container["env"] = [env, *(container.get("env") or ())]


def progress_file(home: str, container: str) -> str:
    """Return where a container writes how far it is."""
    return f"{home}/ctr/{container}/progress"


def mentions(container: Mapping[str, Any], stage: Iterable[StagedFile], word: str) -> bool:
    """Whether a container, or a file staged for it, has this word in it."""
    staged = (each.content for each in stage if each.container == container["name"])
    return any(word in text for text in (*_texts(container), *staged))


def _texts(value: Any) -> Iterable[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
