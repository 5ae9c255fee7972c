"""What is known of every field that a manifest may have, and which tests show it.

Read by docs/compatibility_page.py. What a field means follows from the model: a field that it
types is acted on, one that it carries goes to the pod; here stand the exceptions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from argotui.model import bodies, manifest, workflow
from tests.fields_used import json_name, of_probes
from tests.results import CORPUS_FIELDS, kept

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
    "WorkflowSpec.artifactRepositoryRef": (ACTS, "for the locations of data templates"),
    "WorkflowSpec.executor": (CLUSTER, "argotui has no executor container"),
    "WorkflowSpec.executorPlugins": (CLUSTER, "refused in a template: no plugin runs"),
    "WorkflowSpec.metrics": (ACTS, "a file, a screen, `argotui metrics`: docs/metrics.md"),
    "WorkflowSpec.podDisruptionBudget": (ACTS, "in a cluster, as long as the run"),
    "WorkflowSpec.podGC": (ACTS, "here: the sandbox of a failed step stays"),
    "WorkflowSpec.priority": (ACTS, "who gets a lock first"),
    "WorkflowSpec.ttlStrategy": (ACTS, "the run's folder goes"),
    "WorkflowSpec.volumeClaimGC": (ACTS, ""),
    "WorkflowSpec.volumeClaimTemplates": (ACTS, "on this machine: folders of the run"),
    "WorkflowSpec.podMetadata": (POD, ""),
    "Template.archiveLocation": (ACTS, "for the locations of data templates"),
    "Template.executor": (CLUSTER, "argotui has no executor container"),
    "Template.metrics": (ACTS, "a file, a screen, `argotui metrics`: docs/metrics.md"),
    "Template.sidecars": (ACTS, "ended with the main containers"),
    "Template.initContainers": (ACTS, ""),
    "Template.volumes": (ACTS, ""),
    "Template.data": (ACTS, "needs an extra: docs/artifacts.md"),
    "Template.plugin": (CLUSTER, "the node fails, saying so"),
    "Template.resource": (ACTS, "on this machine: on the objects of the run"),
    "ValueFrom.event": (CLUSTER, "of a WorkflowEventBinding"),
    "ValueFrom.jqFilter": (ACTS, "of resource templates"),
    "ValueFrom.jsonPath": (ACTS, "of resource templates"),
    "RetryStrategy.affinity": (POD, "nodeAntiAffinity"),
    "Metrics.prometheus": (ACTS, ""),
    "DataBody.source": (ACTS, "s3, gcs, azure, oss"),
    "DataBody.transformation": (ACTS, ""),
    "PluginBody.plugin": (CLUSTER, "the node fails, saying so"),
    "ResourceBody.manifestFrom": (ACTS, "of a raw artifact"),
    "ContainerSetBody.volumeMounts": (POD, ""),
    **{
        f"Artifact.{name}": (NOT_YET, _NO_STORE)
        for name in (
            *("hdfs", "http", "artifactory", "git", "plugin"),
            *("archiveLogs", "artifactGC", "subPath", "archive", "deleted"),
        )
    },
    **{
        f"Artifact.{name}": (NOT_YET, "data templates list their keys, nothing is fetched or kept")
        for name in ("s3", "gcs", "azure", "oss")
    },
    **{
        f"Artifact.{name}": (ACTS, "of raw artifacts; others need a store")
        for name in ("from", "fromExpression", "globalName")
    },
    "Artifact.raw": (ACTS, "of inputs and arguments"),
}
_INNER = frozenset({"extra", "source", "kind", "body"})
EQUAL = 3  # the level up to which a case counts as equal


@dataclasses.dataclass(frozen=True)
class Uses:
    """In how many cases of a suite a field is used, and how many of these are equal."""

    cases: int = 0
    equal: int = 0

    def __str__(self) -> str:
        return f"{self.equal} of {self.cases}" if self.cases else ""


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    status: str
    note: str
    probes: Uses
    corpus: Uses


def fields_of(section: str) -> list[Field]:
    """Return the fields of a section in order of their names, each once."""
    found: dict[str, Field] = {}
    for kind in SECTIONS[section]:
        for name, status in _named(kind):
            status, note = EXCEPTIONS.get(f"{kind.__name__}.{name}", (status, ""))
            if name not in found:
                probes, corpus = _probe_uses(section, name), _corpus_uses(section, name)
                found[name] = Field(name, status, note, probes, corpus)
    return sorted(found.values(), key=lambda each: each.name.lower())


def _named(kind: type) -> Iterator[tuple[str, str]]:
    for each in dataclasses.fields(kind):
        if each.name not in _INNER or (kind, each.name) == (bodies.ScriptBody, "source"):
            yield json_name(each), ACTS
    if kind is manifest.Template:
        yield from ((name, ACTS) for name in bodies.BODIES)
    for name in getattr(kind, "CARRIES", ()):
        yield name, POD


def expression_cases() -> int:
    """Return how many expressions are tested with the values that Go gives."""
    folder = Path(__file__).parent / "unit" / "expr" / "cases"
    lines = [line for path in folder.glob("*.txt") for line in path.read_text().splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def uses(section: str, name: str, used: Mapping[str, frozenset[str]], equal: Set[str]) -> Uses:
    """Count the cases of `used` that have the field; `equal` are the names of those that are."""
    keys = {f"{kind.__name__}.{name}" for kind in SECTIONS[section]}
    having = {case for case, fields in used.items() if fields & keys}
    return Uses(cases=len(having), equal=len(having & equal))


def _probe_uses(section: str, name: str) -> Uses:
    return uses(section, name, of_probes(), equal_cases("probes"))


def equal_cases(suite: str) -> frozenset[str]:
    """Return the cases of a suite that came out equal in its last kept run."""
    found = kept().get(suite, {})
    return frozenset(case for case, said in found.items() if said["level"] >= EQUAL)


def _corpus_uses(section: str, name: str) -> Uses:
    return Uses(**kept().get(CORPUS_FIELDS, {}).get(f"{section}/{name}", {}))
