"""Outputs of templates. Argo: 6, U1-U9, L5."""

from __future__ import annotations

import posixpath

from argotui.manifest.rules.arguments import check_names, parameter_name_error
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.tags import check_tags
from argotui.manifest.rules.words import type_word
from argotui.manifest.source import Path
from argotui.model.manifest import Artifact, Parameter, Template, ValueFrom

_SOURCES = ("path", "jq_filter", "json_path", "parameter", "expression")
_CHOICES = "path, jqFilter, jsonPath, parameter, raw, expression"
_GROUPS = ("steps", "dag")


def check_outputs(
    cx: Context, site: Site, template: Template, names: set[str], inputs: set[str]
) -> None:
    """`names` is the scope at the template's end."""
    prefix = f"templates.{template.name}.outputs"
    outputs = template.outputs
    for part, items in (("parameters", outputs.parameters), ("artifacts", outputs.artifacts)):
        where = ("outputs", part)
        check_names(cx, site, where, f"{prefix}.{part} ", items, parameters=True, inputs=inputs)
    if template.kind in _GROUPS:  # of a leaf, the whole template is looked through already
        check_tags(
            cx,
            site,
            ("outputs",),
            f"{prefix} ",
            template.source.get("outputs"),
            names.__contains__,
            inputs,
            names,
        )
    for i, parameter in enumerate(outputs.parameters):
        where_parameter: Path = ("outputs", "parameters", i)
        _check_parameter(cx, site, where_parameter, prefix, parameter, template.kind)
        _check_global_name(cx, site, where_parameter, prefix, parameter.name, parameter.global_name)
    for i, artifact in enumerate(outputs.artifacts):
        where_artifact: Path = ("outputs", "artifacts", i)
        if template.kind in _GROUPS and artifact.path:
            what = (
                f"{prefix}.artifacts.{artifact.name}.path only valid in container/script templates"
            )
            cx.error(site, (*where_artifact, "path"), what)
        elif template.kind not in _GROUPS and (broken := path_error(artifact)):
            what = f"error in {prefix}.artifacts.{artifact.name}: {broken}"
            cx.error(site, (*where_artifact, "path"), what)
        _check_global_name(cx, site, where_artifact, prefix, artifact.name, artifact.global_name)


def path_error(artifact: Artifact) -> str:
    """Return what is wrong with the path of an artifact of a leaf: it has none, or it climbs out of
    the folder that it begins with. Argo: T5, U3."""
    path = artifact.path
    if not path:
        return f"Artifact '{artifact.name}' did not specify a path"
    head, climbs, _ = f"{path}/".partition("/../")
    cleaned = posixpath.normpath(path)
    inside = cleaned.startswith(f"{head}/") and len(cleaned) > len(head) + 1
    if path.split("/")[0] == ".." or (climbs and head and not inside):
        return (
            f"Artifact '{artifact.name}' attempted to use a path containing '..'. "
            "Directory traversal is not permitted"
        )
    return ""


def _check_global_name(
    cx: Context, site: Site, path: Path, prefix: str, name: str, global_name: str
) -> None:
    if global_name and "{{" not in global_name and (broken := parameter_name_error(global_name)):
        what = f"{prefix}.{path[1]}.{name}.globalName: {broken}"
        cx.error(site, (*path, "globalName"), what)


def _check_parameter(
    cx: Context, site: Site, path: Path, prefix: str, parameter: Parameter, kind: str
) -> None:
    name = f"{prefix}.parameters.{parameter.name}"
    source = parameter.value_from
    if source is not None and parameter.value is not None:
        cx.error(site, path, f"{name} has both valueFrom and value specified, choose one")
    elif source is None:
        if parameter.value is None:
            cx.error(site, path, f"{name} does not have valueFrom or value specified")
        elif kind in _GROUPS:
            hint = f"write valueFrom: {{expression: \"'{parameter.value[:20]}'\"}}"
            what = f"a literal output value of a {kind} template fails when it ends"
            cx.warn(site, (*path, "value"), "literal-output", what, hint)
    elif broken := _source_error(source, kind, name):
        cx.error(site, (*path, "valueFrom"), broken)


def _source_error(source: ValueFrom, kind: str, name: str) -> str:
    given = [part for part in _SOURCES if getattr(source, part)]
    given += ["supplied"] if source.supplied is not None else []
    word = type_word(kind)
    if kind in _GROUPS and {"parameter", "expression"} <= set(given):
        return (
            f"{name} shouldn't have both `from` and `expression` specified in `ValueFrom` "
            f"for {word} templates"
        )
    if len(given) > 1:
        return f"{name} multiple valueFrom types specified. choose one of: {_CHOICES}"
    if not given:
        return f"{name} valueFrom type unspecified. choose one of: {_CHOICES}"
    return _wrong_kind(given[0], kind, word, name)


def _wrong_kind(given: str, kind: str, word: str, name: str) -> str:
    match kind:
        case "container" | "script" | "containerSet" if given != "path":
            return f"{name}.path must be specified for {word} templates"
        case "resource" if given not in ("jq_filter", "json_path"):
            return f"{name} .jqFilter or jsonPath must be specified for {word} templates"
        case "steps" | "dag" if given not in ("parameter", "expression"):
            return f"{name}.parameter or expression must be specified for {word} templates"
    return ""
