"""Bodies that do work themselves: tags, mounts, images, resources. Argo: 6, L1-L13, T15."""

from __future__ import annotations

import re
from typing import Any

from argotui.manifest.rules.arguments import check_names
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.graph import find_cycle
from argotui.manifest.rules.pods import is_reserved
from argotui.manifest.rules.tags import check_tags
from argotui.manifest.shapes import mapping, mappings
from argotui.manifest.source import Path
from argotui.manifest.yaml import compose
from argotui.model.bodies import ContainerBody, ContainerSetBody, ResourceBody, ScriptBody
from argotui.model.manifest import Template

_EXPRESSION = re.compile(r"\{\{=.*?\}\}", re.DOTALL)
_ACTIONS = ("get", "create", "apply", "delete", "replace", "patch")


def check_leaf(
    cx: Context, site: Site, template: Template, names: set[str], inputs: set[str]
) -> None:
    """`names` are those that tags may have; those of the outputs are always known."""
    name = f"templates.{template.name}"
    check_tags(cx, site, (), f"{name}: ", template.source, names.__contains__, inputs, names)
    match template.body:
        case ContainerBody(extra=extra):
            _check_mounts(cx, site, template, extra, "container")
            _check_image(cx, site, template, extra)
        case ScriptBody(extra=extra):
            _check_image(cx, site, template, extra)
        case ContainerSetBody():
            _check_container_set(cx, site, template, template.body)
        case ResourceBody():
            _check_resource(cx, site, template, template.body, inputs)
    _check_deadline(cx, site, template)
    if template.parallelism is not None:
        what = f"{name}.parallelism is only valid for steps and dag templates"
        cx.error(site, ("parallelism",), what, key=True)


def _check_image(cx: Context, site: Site, template: Template, extra: Any) -> None:
    kind = template.kind
    if extra.get("image") or mapping(cx.defaults_of(site.owner).get(kind)).get("image"):
        return
    cx.error(site, (kind,), f"templates.{template.name}.{kind}.image may not be empty", key=True)


def _check_mounts(cx: Context, site: Site, template: Template, extra: Any, part: str) -> None:
    name = f"templates.{template.name}"
    taken: dict[str, str] = {}
    for i, mount in enumerate(mappings(extra.get("volumeMounts"))):
        path = str(mount.get("mountPath") or "")
        if previous := taken.get(path):
            what = (
                f"{name}.{part}.volumeMounts[{i}].mountPath '{path}' already mounted in {previous}"
            )
            cx.error(site, (part, "volumeMounts", i, "mountPath"), what)
        taken[path] = f"{part}.volumeMounts.{mount.get('name')}"
    for i, artifact in enumerate(template.inputs.artifacts):
        if not artifact.path:
            continue
        if previous := taken.get(artifact.path):
            what = (
                f"{name}.inputs.artifacts[{i}].path '{artifact.path}' already mounted in {previous}"
            )
            cx.error(site, ("inputs", "artifacts", i, "path"), what)
        taken[artifact.path] = f"inputs.artifacts.{artifact.name}"


def _check_container_set(
    cx: Context, site: Site, template: Template, body: ContainerSetBody
) -> None:
    name = f"templates.{template.name}.containerSet.containers"
    path: Path = ("containerSet", "containers")
    if not body.containers:
        cx.error(site, ("containerSet",), f"{name} must have at least one container", key=True)
        return
    check_names(cx, site, path, name, body.containers, parameters=False)
    known = [container.name for container in body.containers]
    for i, container in enumerate(body.containers):
        if is_reserved(container.name):
            what = f'{name}: "{container.name}" is a reserved Argo container name'
            cx.error(site, (*path, i, "name"), what)
        for j, dependency in enumerate(container.dependencies):
            if dependency not in known:
                what = f"{name}.{container.name} dependency '{dependency}' not defined"
                hint = cx.near(dependency, known)
                cx.error(site, (*path, i, "dependencies", j), what, hint)
    _check_set_mounts(cx, site, template, body)
    if cycle := find_cycle({c.name: c.dependencies for c in body.containers}):
        what = f"{name} dependency cycle detected: {'->'.join(cycle)}"
        cx.error(site, (*path, known.index(cycle[0])), what)
    has_values = template.inputs.artifacts or template.outputs.parameters
    if (has_values or template.outputs.artifacts) and "main" not in known:
        what = f'{name} must have a container named "main" for input or output'
        cx.error(site, path, what)


def _check_set_mounts(cx: Context, site: Site, template: Template, body: ContainerSetBody) -> None:
    """Argo looks at the mounts of the whole set only; the API server at those of each container."""
    taken: dict[str, str] = {}
    for i, mount in enumerate(body.volume_mounts):
        where = str(mount.get("mountPath") or "")
        if previous := taken.get(where):
            what = (
                f"templates.{template.name}.containerSet.volumeMounts[{i}].mountPath '{where}' "
                f"already mounted in {previous}"
            )
            cx.error(site, ("containerSet", "volumeMounts", i, "mountPath"), what)
        taken[where] = f"volumeMounts.{mount.get('name')}"
    for i, container in enumerate(body.containers):
        own = dict(taken)
        for j, mount in enumerate(mappings(container.extra.get("volumeMounts"))):
            where = str(mount.get("mountPath") or "")
            if previous := own.get(where):
                what = f"'{where}' is already mounted in {previous}: the pod is refused"
                place = ("containerSet", "containers", i, "volumeMounts", j, "mountPath")
                cx.warn(site, place, "mounted-twice", what)
            own[where] = f"volumeMounts.{mount.get('name')}"


def _check_resource(
    cx: Context, site: Site, template: Template, body: ResourceBody, inputs: set[str]
) -> None:
    name = f"templates.{template.name}.resource"
    if body.action not in _ACTIONS and "{{" not in body.action:
        what = f"{name}.action must be one of: {', '.join(_ACTIONS)}"
        cx.error(site, ("resource", "action"), what, cx.near(body.action, _ACTIONS))
        return
    if body.action in ("get", "delete"):
        return
    if not body.manifest and body.manifest_from is None:
        if body.flags:
            return
        what = f"either {name}.manifest or {name}.manifestFrom must be specified"
        cx.error(site, ("resource",), what, key=True)
    elif body.manifest and body.manifest_from is not None:
        what = (
            "shouldn't have both `manifest` and `manifestFrom` specified in `Manifest` "
            "for resource template"
        )
        cx.error(site, ("resource", "manifestFrom"), what, key=True)
    _check_manifest(cx, site, template, body, name, inputs)


def _check_manifest(
    cx: Context, site: Site, template: Template, body: ResourceBody, name: str, inputs: set[str]
) -> None:
    source = mapping(mapping(body.manifest_from).get("artifact"))
    if source:
        wanted = source.get("name", "")
        if wanted not in [artifact.name for artifact in template.inputs.artifacts]:
            what = f"artifact {wanted} in `manifestFrom` refer to a non-exist artifact"
            cx.error(site, ("resource", "manifestFrom"), what)
    masked = cx.fake(_EXPRESSION.sub("placeholder", body.manifest), inputs)
    if masked and "{{" not in masked:
        _, problems = compose(masked, "")
        if any(problem.severity == "error" for problem in problems):
            what = f"{name}.manifest must be a valid yaml"
            first = problems[0]
            hint = f"line {first.line} of it: {first.what}"
            cx.error(site, ("resource", "manifest"), what, hint)


def _check_deadline(cx: Context, site: Site, template: Template) -> None:
    deadline = template.active_deadline_seconds
    if deadline is None:
        return
    text = str(deadline).strip()
    if (text.isdigit() and int(text) > 0) or "{{" in text:
        return
    what = (
        f"templates.{template.name}.activeDeadlineSeconds must be a positive integer > 0 "
        "or an argo variable"
    )
    cx.error(site, ("activeDeadlineSeconds",), what)
