"""A Workflow as written, and a ResolvedWorkflow with nothing left to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from argotui.model.manifest import (
    Arguments,
    JsonObject,
    LifecycleHook,
    Metadata,
    Metrics,
    RetryStrategy,
    Synchronization,
    Template,
    names,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowTemplateRef:
    name: str = ""
    cluster_scope: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowSpec:
    """Argo: 9.2. `extra` holds what goes into pods or concerns the cluster only."""

    CARRIES: ClassVar[frozenset[str]] = names(
        "affinity archiveLogs artifactGC artifactRepositoryRef automountServiceAccountToken "
        "dnsConfig dnsPolicy executor executorPlugins hostAliases hostNetwork imagePullSecrets "
        "nodeSelector podDisruptionBudget podGC podMetadata podPriorityClassName podResources "
        "podSpecPatch priority resourceClaims schedulerName securityContext serviceAccountName "
        "tolerations ttlStrategy volumeClaimGC volumeClaimTemplates volumes"
    )
    entrypoint: str = ""
    arguments: Arguments = field(default_factory=Arguments)
    templates: tuple[Template, ...] = ()
    on_exit: str = ""
    hooks: Mapping[str, LifecycleHook] = field(default_factory=dict)
    active_deadline_seconds: int | None = None
    parallelism: int | None = None
    retry_strategy: RetryStrategy | None = None
    synchronization: Synchronization | None = None
    metrics: Metrics | None = None
    suspend: bool | None = None
    shutdown: str = ""
    template_defaults: JsonObject | None = None
    workflow_metadata: JsonObject | None = None
    workflow_template_ref: WorkflowTemplateRef | None = None
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One document of kind Workflow, WorkflowTemplate, ClusterWorkflowTemplate or CronWorkflow.

    `source` is the document as JSON, after YAML's own conversions and nothing else.
    """

    kind: str
    metadata: Metadata
    spec: WorkflowSpec
    source: JsonObject = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryKey:
    """Whose template: of the workflow itself (`local`), a WorkflowTemplate (`namespaced`) or a
    ClusterWorkflowTemplate (`cluster`). Its text is Argo's templateScope."""

    scope: str
    name: str

    def __str__(self) -> str:
        return f"{self.scope}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedWorkflow:
    """What the engine runs: closed over every template it can reach.

    `spec` is after the merge with workflowTemplateRef. `templates` maps the owner of a template
    and its name to the template, templateDefaults merged under it. `local` is the owner of the
    workflow's own templates (for a workflowTemplateRef still `local/<name>`, as Argo names it).
    `config_maps` holds name -> ConfigMap JSON for parameters and local stores. `lenient` switches
    the closed list of deviations on; `deviations` says which were taken. `transient_errors` is a
    pattern (RE2) of messages that pass for transient errors, "" for none. Argo: 4.4
    """

    metadata: Metadata
    spec: WorkflowSpec
    local: LibraryKey
    templates: Mapping[LibraryKey, Mapping[str, Template]]
    config_maps: Mapping[str, JsonObject] = field(default_factory=dict)
    secrets: Mapping[str, JsonObject] = field(default_factory=dict)
    lenient: bool = True
    deviations: tuple[str, ...] = ()
    transient_errors: str = ""
    source: JsonObject = field(default_factory=dict, compare=False)

    def template(self, owner: LibraryKey, name: str) -> Template | None:
        """Return the template called `name` in the scope of `owner`, None if there is none."""
        return self.templates.get(owner, {}).get(name)
