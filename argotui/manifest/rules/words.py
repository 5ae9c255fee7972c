"""What Argo calls the template types in its messages. Called by the modules of rules/."""

from __future__ import annotations

from collections.abc import Mapping

TYPE_WORDS: Mapping[str, str] = {
    "container": "Container",
    "containerSet": "ContainerSet",
    "steps": "Steps",
    "dag": "DAG",
    "script": "Script",
    "resource": "Resource",
    "data": "Data",
    "suspend": "Suspend",
    "http": "HTTP",
    "plugin": "Plugin",
}
POD_KINDS = frozenset(("container", "containerSet", "script", "resource", "data"))


def type_word(kind: str) -> str:
    """Return Argo's word for a template's kind; the kind itself if there is none."""
    return TYPE_WORDS.get(kind, kind)
