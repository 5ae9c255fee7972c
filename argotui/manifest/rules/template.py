"""One template: its type, inputs, body and outputs. Argo: 6, T1-T15.

Called by validate.py for every template that the walk comes to.
"""

from __future__ import annotations

import re

from argotui.expr.duration import parse_duration
from argotui.manifest.rules.arguments import Named, check_names, has_location
from argotui.manifest.rules.calls import has_value
from argotui.manifest.rules.context import Check, Context, Site, Visit
from argotui.manifest.rules.dag import check_dag
from argotui.manifest.rules.leaf import check_leaf
from argotui.manifest.rules.limits import check_template_limits
from argotui.manifest.rules.locations import check_location
from argotui.manifest.rules.metrics import check_metrics
from argotui.manifest.rules.outputs import check_outputs, path_error
from argotui.manifest.rules.pods import check_pod_fields
from argotui.manifest.rules.steps import check_steps
from argotui.manifest.rules.warnings import warn_template
from argotui.manifest.rules.words import POD_KINDS, type_word
from argotui.manifest.shapes import mapping
from argotui.manifest.source import Path
from argotui.model.bodies import BODIES, DagBody, StepsBody
from argotui.model.manifest import Arguments, Artifact, Template

_TYPES = "container, containerSet, steps, script, resource, dag, suspend, template, template ref"
_WHOLE = re.compile(r"[-+]?[0-9]+\Z")
_POLICIES = ("Always", "OnFailure", "OnError", "OnTransientError")


def check_template(cx: Context, visit: Visit) -> Check:
    """Check what the caller gives, and, at the first visit, the template itself."""
    template, site = visit.template, visit.site
    if visit.arguments is not None:
        _check_supplied(cx, visit, visit.arguments)
    if id(template.source) in cx.visited:
        return
    cx.visited.add(id(template.source))
    if not _has_one_type(cx, site, template) or template.body is None:
        return
    _check_common(cx, site, template)
    names = _scope(cx, site, template) | visit.outer
    inputs = {name for name in names if name.startswith("inputs.")}
    match template.body:
        case StepsBody():
            yield from check_steps(cx, site, template, names, inputs)
        case DagBody():
            yield from check_dag(cx, site, template, names, inputs)
        case _:
            check_leaf(cx, site, template, names, inputs)
    check_outputs(cx, site, template, names, inputs)
    where: Path = ("archiveLocation",)
    location = mapping(template.extra.get("archiveLocation"))
    check_location(cx, site, where, f"templates.{template.name}.archiveLocation", location)
    if template.metrics is not None:
        check_metrics(cx, site, ("metrics",), f"templates.{template.name} ", template.metrics)
    warn_template(cx, site, template)


def _check_supplied(cx: Context, visit: Visit, arguments: Arguments) -> None:
    """Argo: T10. An argument may come without value where values are not asked for."""
    template = visit.template
    given = {parameter.name for parameter in arguments.parameters}
    at = visit.path
    for parameter in filter(_has_name, template.inputs.parameters):
        if parameter.name not in given and not has_value(parameter):
            what = f"templates.{template.name} inputs.parameters.{parameter.name} was not supplied"
            near = cx.near(parameter.name, sorted(given - _declared(template)))
            hint = (
                near if near.startswith("did") else "pass it as an argument, or declare a default"
            )
            cx.error(visit.caller, at, what, hint)
    artifacts = {artifact.name for artifact in arguments.artifacts}
    for artifact in filter(_has_name, template.inputs.artifacts):
        if artifact.name not in artifacts and not artifact.optional and not has_location(artifact):
            what = f"templates.{template.name} inputs.artifacts.{artifact.name} was not supplied"
            cx.error(visit.caller, at, what)


def _has_name(thing: Named) -> bool:
    return bool(thing.name)  # that it has none is told


def _declared(template: Template) -> set[str]:
    return {parameter.name for parameter in template.inputs.parameters}


def _has_one_type(cx: Context, site: Site, template: Template) -> bool:
    name = f"templates.{template.name}"
    kinds = [kind for kind in BODIES if template.source.get(kind) is not None]
    if kinds == ["steps"] and template.source["steps"] == []:
        hint = "an empty list counts as nothing; `steps: [[]]` is a template that does nothing"
        cx.error(site, ("steps",), f"template '{template.name}' type is unknown", hint)
        return False
    if not kinds:
        what = f"{name} template type unspecified. choose one of: {_TYPES}"
        if cx.by_reference:
            what = f"template '{template.name}' type is unknown"
        cx.error(site, (), what, _null_body(template))
        return False
    if len(kinds) > 1:
        what = f"{name} multiple template types specified. choose one of: {_TYPES}"
        cx.error(site, (kinds[1],), what, f"it has: {', '.join(kinds)}", key=True)
        return False
    return True


def _null_body(template: Template) -> str:
    empty = next((kind for kind in BODIES if kind in template.source), "")
    if not empty:
        return ""
    written = "; write `suspend: {}`" if empty == "suspend" else ": check the indentation"
    return f"`{empty}:` has nothing below it{written}"


def _check_common(cx: Context, site: Site, template: Template) -> None:
    kind, word = template.kind, type_word(template.kind)
    retry = template.retry_strategy
    if retry and retry.retry_policy and retry.retry_policy not in _POLICIES:
        what = f"{retry.retry_policy} is not a valid RetryPolicy"
        where = ("retryStrategy", "retryPolicy")
        cx.error(site, where, what, cx.near(retry.retry_policy, _POLICIES))
    if template.timeout and kind in ("steps", "dag", "suspend"):
        cx.error(site, ("timeout",), f"{word} template doesn't support timeout field", key=True)
    else:
        _check_timeout(cx, site, template)
    if template.pending_timeout and kind in ("steps", "dag"):
        what = f"{word} template doesn't support pendingTimeout field"
        cx.error(site, ("pendingTimeout",), what, key=True)
    check_template_limits(cx, site, template)
    check_pod_fields(cx, site, template)


def _check_timeout(cx: Context, site: Site, template: Template) -> None:
    """Argo: T13. Of what is no duration only whole numbers are refused beforehand."""
    text, hint = cx.with_values(template.timeout), "write a number and a unit: 30s, 5m, 1h30m"
    if _WHOLE.match(text):
        what = f"{template.name} has invalid duration format in timeout"
        cx.error(site, ("timeout",), what, hint)
    for key, given in (("timeout", text), ("pendingTimeout", template.pending_timeout)):
        if given and "{{" not in given and not _WHOLE.match(given) and not parse_duration(given):
            what = f"{given} is no duration: the node fails when it begins"
            cx.warn(site, (key,), "bad-duration", what, hint)


def _scope(cx: Context, site: Site, template: Template) -> set[str]:
    """Check the inputs, and return the names that tags inside the template may have."""
    prefix = f"templates.{template.name}"
    inputs, is_leaf = template.inputs, template.kind not in ("steps", "dag")
    for part, items in (("parameters", inputs.parameters), ("artifacts", inputs.artifacts)):
        where = ("inputs", part)
        check_names(cx, site, where, f"{prefix}.inputs.{part}", items, parameters=True)
    names = {f"inputs.parameters.{parameter.name}" for parameter in inputs.parameters}
    names |= {
        f"inputs.parameters.{name}" for name in cx.adopted.get((site.owner, template.name), ())
    }
    if names:
        names.add("inputs.parameters")
    for i, artifact in enumerate(inputs.artifacts):
        names.add(f"inputs.artifacts.{artifact.name}")
        if is_leaf:
            names.add(f"inputs.artifacts.{artifact.name}.path")
        _check_artifact(cx, site, ("inputs", "artifacts", i), prefix, artifact, is_leaf=is_leaf)
    if template.kind in POD_KINDS:
        names.add("pod.name")
    return names


def _check_artifact(
    cx: Context, site: Site, path: Path, prefix: str, artifact: Artifact, *, is_leaf: bool
) -> None:
    name = f"{prefix}.inputs.artifacts.{artifact.name}"
    if not is_leaf and artifact.path:
        what = f"{name}.path only valid in container/script templates"
        cx.error(site, (*path, "path"), what)
    elif is_leaf and (broken := path_error(artifact)):
        cx.error(site, (*path, "path"), f"error in {name}: {broken}")
    if artifact.from_:
        what = f"{name}.from not valid in inputs"
        cx.error(site, (*path, "from"), what, "the caller's arguments say where it comes from")
    check_location(cx, site, path, name, artifact.extra)
