"""The bodies of the template types, in the order in which Argo looks for them (Argo: 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from argotui.model.manifest import (
    Arguments,
    ContinueOn,
    Json,
    JsonObject,
    LifecycleHook,
    PlainText,
    Sequence,
    Template,
    TemplateRef,
    names,
)

CONTAINER_FIELDS = names(
    "name image command args env envFrom workingDir volumeMounts volumeDevices resources "
    "resizePolicy ports livenessProbe readinessProbe startupProbe lifecycle securityContext "
    "imagePullPolicy restartPolicy restartPolicyRules stdin stdinOnce terminationMessagePath "
    "terminationMessagePolicy tty"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerBody:
    """A Kubernetes container, carried as JSON (`extra` holds all of it)."""

    CARRIES: ClassVar[frozenset[str]] = CONTAINER_FIELDS
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptBody:
    CARRIES: ClassVar[frozenset[str]] = CONTAINER_FIELDS
    source: str = ""
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerNode:
    CARRIES: ClassVar[frozenset[str]] = CONTAINER_FIELDS - {"name"}
    name: str = ""
    dependencies: tuple[str, ...] = ()
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSetBody:
    containers: tuple[ContainerNode, ...] = ()
    volume_mounts: tuple[JsonObject, ...] = ()
    retry_strategy: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a step and a task share: one invocation of a template."""

    name: str = ""
    template: str = ""
    template_ref: TemplateRef | None = None
    inline: Template | None = None
    arguments: Arguments = field(default_factory=Arguments)
    when: str = ""
    # None: no such loop. An empty list also counts as none. Argo: 4.3
    with_items: tuple[Json, ...] | None = None
    with_param: str | None = None
    with_sequence: Sequence | None = None
    continue_on: ContinueOn | None = None
    on_exit: str = ""
    hooks: Mapping[str, LifecycleHook] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Call):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Call):
    dependencies: tuple[str, ...] = ()
    depends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsBody:
    """`groups` run one after the other, the steps of a group at once."""

    groups: tuple[tuple[Step, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DagBody:
    tasks: tuple[Task, ...] = ()
    target: str = ""
    fail_fast: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceBody:
    action: str = ""
    manifest: str = ""
    manifest_from: JsonObject | None = None
    merge_strategy: str = ""
    flags: tuple[str, ...] = ()
    set_owner_reference: bool = False
    success_condition: str = ""
    failure_condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataBody:
    source: JsonObject = field(default_factory=dict)
    transformation: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendBody:
    duration: PlainText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpBody:
    url: str = ""
    method: str = ""
    headers: tuple[JsonObject, ...] = ()
    body: str = ""
    body_from: JsonObject | None = None
    timeout_seconds: int | None = None
    insecure_skip_verify: bool = False
    success_condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginBody:
    plugin: JsonObject = field(default_factory=dict)


# key -> dataclass; the decoder handles the two that are not plain objects: `steps` (a list of
# lists, into StepsBody.groups) and `plugin` (one free key).
BODIES: Mapping[str, type] = {
    "container": ContainerBody,
    "containerSet": ContainerSetBody,
    "steps": StepsBody,
    "dag": DagBody,
    "script": ScriptBody,
    "resource": ResourceBody,
    "data": DataBody,
    "suspend": SuspendBody,
    "http": HttpBody,
    "plugin": PluginBody,
}
