"""What concerns the pod of a template: init containers, sidecars, claims. Argo: T3, T9, T11, L6."""

from __future__ import annotations

from typing import Any

from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.words import POD_KINDS, type_word
from argotui.manifest.shapes import mapping, mappings
from argotui.manifest.source import Path
from argotui.model.manifest import Template

_RESERVED = ("wait", "supervisor")
_RESERVED_PREFIX = "artifact-plugin-"


def is_reserved(name: str) -> bool:
    """Say whether Argo has a container of its own under this name."""
    return name in _RESERVED or name.startswith(_RESERVED_PREFIX)


def check_pod_fields(cx: Context, site: Site, template: Template) -> None:
    """What goes into the pod, and what has no place where there is none."""
    name, extra = f"templates.{template.name}", template.extra
    word = type_word(template.kind)
    for i, container in enumerate(mappings(extra.get("initContainers"))):
        if not container.get("name"):
            what = "initContainers must all have container name"
            cx.error(site, ("initContainers", i), what)
    for i, container in enumerate(mappings(extra.get("sidecars"))):
        if is_reserved(str(container.get("name") or "")):
            what = f'{name}.sidecars: "{container["name"]}" is a reserved Argo container name'
            cx.error(site, ("sidecars", i, "name"), what)
    if extra.get("resourceClaims") and template.kind not in POD_KINDS:
        what = (
            f"{name}.resourceClaims is not supported for {word} templates, "
            "which do not create a pod"
        )
        cx.error(site, ("resourceClaims",), what, key=True)
    if extra.get("podResources") is None:
        return
    if template.kind in ("http", "plugin"):
        what = f"{name}.podResources is not supported for {word} templates"
        cx.error(site, ("podResources",), what, key=True)
    check_pod_resources(cx, site, ("podResources",), f"{name}.podResources", extra["podResources"])


def check_pod_resources(cx: Context, site: Site, path: Path, name: str, resources: Any) -> None:
    """Argo: O12. Only cpu, memory and huge pages belong to a whole pod."""
    if not isinstance(resources, dict):
        return
    if resources.get("claims"):
        what = f"{name}.claims is not supported for pod-level resources"
        cx.error(site, (*path, "claims"), what, key=True)
    for part in ("limits", "requests"):
        for resource in mapping(resources.get(part)):
            if resource not in ("cpu", "memory") and not resource.startswith("hugepages-"):
                what = (
                    f'{name}: "{resource}" is not a valid pod-level resource, '
                    "only cpu, memory and hugepages-* are supported"
                )
                cx.error(site, (*path, part, resource), what, key=True)
