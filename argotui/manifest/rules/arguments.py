"""Names, and arguments of workflows, steps, tasks and hooks. Argo: 6, A1-A8, O7.

Called by the other modules of rules/.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import Protocol

from argotui.manifest.rules.context import Context, Site
from argotui.manifest.source import Path
from argotui.model.manifest import Arguments, Artifact, Parameter

FIELD_RULE = (
    "name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric "
    "character (e.g. My-name1-2, 123-NAME)"
)
PARAMETER_RULE = (
    "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' "
    "e.g. my_param_1, MY-PARAM-1"
)
_FIELD = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*\Z")
_PARAMETER = re.compile(r"[-a-zA-Z0-9_]+\Z")
_MAX_NAME = 128
# The field that makes a location one; the rest may come from the artifact repository.
_LOCATIONS = {
    "s3": "key",
    "gcs": "key",
    "oss": "key",
    "azure": "blob",
    "http": "url",
    "artifactory": "url",
    "hdfs": "path",
    "git": "repo",
    "raw": "",
    "plugin": "key",
}


class Named(Protocol):
    @property
    def name(self) -> str: ...


def field_name_error(name: str) -> str:
    """Return the rule that the name of a template, step, task or container breaks, or nothing."""
    if len(name) > _MAX_NAME:
        return f"must be no more than {_MAX_NAME} characters"
    return "" if _FIELD.match(name) else FIELD_RULE


def parameter_name_error(name: str) -> str:
    """Return the rule that the name of a parameter or artifact breaks, or nothing."""
    if len(name) > _MAX_NAME:
        return f"must be no more than {_MAX_NAME} characters"
    return "" if _PARAMETER.match(name) else PARAMETER_RULE


def check_names(
    cx: Context,
    site: Site,
    path: Path,
    prefix: str,
    items: Sequence[Named],
    *,
    parameters: bool,
    inputs: Set[str] = frozenset(),
) -> None:
    """Every item has a name of its own that obeys the rule of its kind; tags of the `inputs` may
    be part of it."""
    rule = parameter_name_error if parameters else field_name_error
    seen = set()
    for i, item in enumerate(items):
        where = (*path, i, "name")
        if not item.name:
            cx.error(site, (*path, i), f"{prefix}[{i}].name is required")
        elif item.name in seen:
            cx.error(site, where, f"{prefix}[{i}].name '{item.name}' is not unique")
        elif broken := rule(cx.fake(item.name, inputs)):
            cx.error(site, where, f"{prefix}[{i}].name: '{item.name}' is invalid: {broken}")
        seen.add(item.name)


def check_arguments(
    cx: Context,
    site: Site,
    path: Path,
    prefix: str,
    arguments: Arguments,
    *,
    allow_empty: bool,
    inputs: Set[str] = frozenset(),
) -> None:
    """Argo: A1-A8. `prefix` ends with a dot, as in `spec.arguments.`; `inputs` are those of the
    template around a call, which names may be made of."""
    for part, items in (("parameters", arguments.parameters), ("artifacts", arguments.artifacts)):
        where = (*path, part)
        check_names(cx, site, where, prefix + part, items, parameters=True, inputs=inputs)
    for i, parameter in enumerate(arguments.parameters):
        where = (*path, "parameters", i)
        name = f"{prefix}{parameter.name}"
        _check_value_from(cx, site, where, name, parameter)
        if parameter.value is None and parameter.value_from is None and not allow_empty:
            what = f"{name}.value or {name}.valueFrom is required"
            cx.error(site, where, what, _how_to_give(prefix, parameter))
        _check_enum(cx, site, where, name, parameter, allow_empty=allow_empty)
    for i, artifact in enumerate(arguments.artifacts):
        _check_artifact(cx, site, (*path, "artifacts", i), f"{prefix}{artifact.name}", artifact)


def _how_to_give(prefix: str, parameter: Parameter) -> str:
    return f"give it with -p {parameter.name}=..." if prefix == "spec.arguments." else ""


def _check_value_from(cx: Context, site: Site, path: Path, name: str, parameter: Parameter) -> None:
    source = parameter.value_from
    if source is None:
        return
    allowed = source.config_map_key_ref is not None or source.event or source.supplied is not None
    refused = source.path or source.json_path or source.parameter or source.expression
    if refused or not allowed:
        what = f"{name}.valueFrom only allows: default, configMapKeyRef and supplied"
        cx.error(site, (*path, "valueFrom"), what)


def _check_enum(
    cx: Context, site: Site, path: Path, name: str, parameter: Parameter, *, allow_empty: bool
) -> None:
    if parameter.enum is None:
        return
    where = (*path, "enum")
    if not parameter.enum:
        cx.error(site, where, f"{name}.enum should contain at least one value")
    elif parameter.value is None:
        if not allow_empty:
            cx.error(site, path, f"{name}.value is required")
    elif parameter.value not in parameter.enum:
        what = f"{name}.value should be present in {name}.enum list"
        cx.error(site, (*path, "value"), what, "one of: " + ", ".join(parameter.enum[:12]))


def has_location(artifact: Artifact) -> bool:
    """Say whether an artifact says where its content is."""
    for kind, field in _LOCATIONS.items():
        location = artifact.extra.get(kind)
        if isinstance(location, dict) and (not field or location.get(field)):
            return True
    return False


def _check_artifact(cx: Context, site: Site, path: Path, name: str, artifact: Artifact) -> None:
    if not artifact.from_ and not has_location(artifact):
        what = f"{name}.from, artifact location, or key is required"
        hint = "write `from` instead" if artifact.from_expression else ""
        cx.error(site, path, what, hint)
    if artifact.from_ and artifact.from_expression:
        cx.error(site, path, f"{name} shouldn't have both `from` and `fromExpression` in Artifact")
