"""What Argo calls our types in its own error messages. Called by decode.py."""

from __future__ import annotations

from typing import Any

from argotui.model.manifest import LifecycleHook, PlainText, Text

_NAMES = {
    "ContainerBody": "Container",
    "ScriptBody": "ScriptTemplate",
    "ContainerSetBody": "ContainerSetTemplate",
    "StepsBody": "ParallelSteps",
    "DagBody": "DAGTemplate",
    "ResourceBody": "ResourceTemplate",
    "DataBody": "Data",
    "SuspendBody": "SuspendTemplate",
    "HttpBody": "HTTP",
    "PluginBody": "Plugin",
    "Step": "Template",  # steps are read by a function of their own, inside Template
    "Task": "DAGTask",
    "Metadata": "ObjectMeta",
}
_CORE = frozenset(("EnvVar",))


def go_name(hint: Any) -> str:
    """Return the Go name of a type hint, as it stands in messages about values of it."""
    if hint == Text:
        return "v1alpha1.AnyString"
    if hint is Any:
        return "v1alpha1.Item"  # the only list of anything: withItems
    if isinstance(hint, type):
        if hint in (str, bool):
            return "string" if hint is str else "bool"
        package = "v1" if hint.__name__ in _CORE else "v1alpha1"
        return f"{package}.{struct_name(hint)}" if hint is not int else "int64"
    return "map[string]interface {}"


def go_mapping(hint: Any) -> str:
    """Return the Go name of a mapping of texts to values of a type hint."""
    if hint is LifecycleHook:
        return "v1alpha1.LifecycleHooks"
    return "map[string]string" if hint in (Text, PlainText) else "map[string]interface {}"


def struct_name(kind: type) -> str:
    """Return the Go name of a dataclass of ours, without its package."""
    return _NAMES.get(kind.__name__, kind.__name__)


def go_kind(value: Any) -> str:
    """Return what Go's JSON reader calls the kind of a value."""
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
    return "null"
