"""What is known of every field that a manifest may have, and which tests show it.

Read by docs/compatibility_page.py. What a field means follows from the model: a field that it
types is acted on, one that it carries goes to the pod; here stand the exceptions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from argotui.model import bodies, manifest, workflow

ROOT = Path(__file__).parents[1]
ACTS, POD, CLUSTER, NOT_YET = (
    "supported",
    "carried to the pod",
    "read, means something on a cluster only",
    "not yet",
)
SECTIONS: Mapping[str, tuple[type, ...]] = {
    "Workflow spec": (workflow.WorkflowSpec,),
    "Template": (manifest.Template,),
    "Steps and tasks": (bodies.Step, bodies.Task, bodies.DagBody),
    "Parameters": (manifest.Parameter, manifest.ValueFrom),
    "Artifacts": (manifest.Artifact,),
    "Retries, loops, hooks": (
        manifest.RetryStrategy,
        manifest.Backoff,
        manifest.Sequence,
        manifest.ContinueOn,
        manifest.LifecycleHook,
    ),
    "Locks, memory, metrics": (manifest.Synchronization, manifest.Memoize, manifest.Metrics),
    "Containers": (bodies.ScriptBody, bodies.ContainerSetBody, bodies.ContainerNode),
    "Other template bodies": (
        bodies.SuspendBody,
        bodies.HttpBody,
        bodies.ResourceBody,
        bodies.DataBody,
        bodies.PluginBody,
    ),
    "References": (manifest.TemplateRef, workflow.WorkflowTemplateRef),
}
_NO_STORE = "artifacts other than raw inputs need a store"
# field (with its type where the name alone is not clear) -> (status, what to know)
EXCEPTIONS: Mapping[str, tuple[str, str]] = {
    "WorkflowSpec.archiveLogs": (NOT_YET, _NO_STORE),
    "WorkflowSpec.artifactGC": (CLUSTER, ""),
    "WorkflowSpec.artifactRepositoryRef": (NOT_YET, _NO_STORE),
    "WorkflowSpec.executor": (CLUSTER, "argotui has no executor container"),
    "WorkflowSpec.executorPlugins": (CLUSTER, "refused in a template: no plugin runs"),
    "WorkflowSpec.metrics": (NOT_YET, "checked, not written"),
    "WorkflowSpec.podDisruptionBudget": (CLUSTER, ""),
    "WorkflowSpec.podGC": (ACTS, ""),
    "WorkflowSpec.priority": (CLUSTER, "known as {{workflow.priority}}"),
    "WorkflowSpec.ttlStrategy": (CLUSTER, ""),
    "WorkflowSpec.volumeClaimGC": (ACTS, "local claims end with their run"),
    "WorkflowSpec.volumeClaimTemplates": (ACTS, "on this machine: folders of the run"),
    "WorkflowSpec.podMetadata": (POD, ""),
    "Template.archiveLocation": (NOT_YET, _NO_STORE),
    "Template.executor": (CLUSTER, "argotui has no executor container"),
    "Template.metrics": (NOT_YET, "checked, not written"),
    "Template.sidecars": (ACTS, "ended with the main containers"),
    "Template.initContainers": (ACTS, ""),
    "Template.volumes": (ACTS, ""),
    "Template.data": (NOT_YET, _NO_STORE),
    "Template.plugin": (CLUSTER, "the node fails, saying so"),
    "Template.resource": (ACTS, "on this machine: on the objects of the run"),
    "ValueFrom.event": (CLUSTER, "of a WorkflowEventBinding"),
    "ValueFrom.jqFilter": (ACTS, "of resource templates"),
    "ValueFrom.jsonPath": (ACTS, "of resource templates"),
    "RetryStrategy.affinity": (POD, "nodeAntiAffinity"),
    "Metrics.prometheus": (NOT_YET, "checked, not written"),
    "DataBody.source": (NOT_YET, _NO_STORE),
    "DataBody.transformation": (NOT_YET, _NO_STORE),
    "PluginBody.plugin": (CLUSTER, "the node fails, saying so"),
    "ResourceBody.manifestFrom": (NOT_YET, _NO_STORE),
    "ContainerSetBody.volumeMounts": (POD, ""),
    **{
        f"Artifact.{name}": (NOT_YET, _NO_STORE)
        for name in (
            *("s3", "gcs", "azure", "oss", "hdfs", "http", "artifactory", "git", "plugin"),
            *("archiveLogs", "artifactGC", "from", "fromExpression", "subPath", "archive"),
            *("globalName", "deleted"),
        )
    },
    "Artifact.raw": (ACTS, "of inputs"),
}
_COMMON = frozenset({"data", "metadata", "name", "source", "path", "plugin"})  # keys of much else
_INNER = frozenset({"extra", "source", "kind", "body"})


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    status: str
    note: str
    tests: int


def fields_of(section: str) -> list[Field]:
    """Return the fields of a section in order of their names, each once."""
    found: dict[str, Field] = {}
    for kind in SECTIONS[section]:
        for name, status in _named(kind):
            status, note = EXCEPTIONS.get(f"{kind.__name__}.{name}", (status, ""))
            uses = 0 if name in _COMMON else _uses().get(name, 0)
            found.setdefault(name, Field(name, status, note, uses))
    return sorted(found.values(), key=lambda each: each.name.lower())


def _named(kind: type) -> Iterator[tuple[str, str]]:
    for each in dataclasses.fields(kind):
        if each.name not in _INNER or (kind, each.name) == (bodies.ScriptBody, "source"):
            yield str(each.metadata.get("json") or _camel(each.name)), ACTS
    if kind is manifest.Template:
        yield from ((name, ACTS) for name in bodies.BODIES)
    for name in getattr(kind, "CARRIES", ()):
        yield name, POD


def _camel(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


@cache
def _uses() -> Mapping[str, int]:
    """Return in how many of the recorded probes a key is used."""
    found: dict[str, int] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted((ROOT / "tests" / "probes").glob("*.yaml")):
        for key in set(_keys(list(yaml.load_all(path.read_text(), Loader=loader)))):
            found[key] = found.get(key, 0) + 1
    return found


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)
