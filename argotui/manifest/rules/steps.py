"""Steps templates. Argo: 6, S1-S7, T15."""

from __future__ import annotations

from argotui.manifest.rules.arguments import check_arguments, field_name_error
from argotui.manifest.rules.calls import (
    add_outputs,
    check_call,
    is_loop,
    knows,
    loop_names,
)
from argotui.manifest.rules.context import Check, Context, Site
from argotui.manifest.rules.tags import check_tags
from argotui.manifest.rules.warnings import warn_call, warn_same_group
from argotui.manifest.shapes import at_path
from argotui.manifest.source import Path
from argotui.model.bodies import Call, Step, StepsBody
from argotui.model.manifest import Template


def check_steps(
    cx: Context, site: Site, template: Template, names: set[str], inputs: set[str]
) -> Check:
    """`names` grows by what each step leaves behind, in order, also within a group: that passes
    Argo's check, and waits for ever when it runs (hence a warning)."""
    check_no_deadline(cx, site, template)
    body = template.body
    assert isinstance(body, StepsBody)
    seen: set[str] = set()
    for i, group in enumerate(body.groups):
        for j, step in enumerate(group):
            yield from _check_step(cx, site, template, ("steps", i, j), step, names, inputs, seen)
        warn_same_group(cx, site, ("steps", i), group, at_path(template.source, ("steps", i)))


def check_no_deadline(cx: Context, site: Site, template: Template) -> None:
    """Argo: L12. Only what has a pod has a deadline of its own."""
    if template.active_deadline_seconds is not None:
        what = f"templates.{template.name}.activeDeadlineSeconds is only valid for leaf templates"
        cx.error(site, ("activeDeadlineSeconds",), what, key=True)


def _check_step(
    cx: Context,
    site: Site,
    template: Template,
    path: Path,
    step: Step,
    names: set[str],
    inputs: set[str],
    seen: set[str],
) -> Check:
    group = f"templates.{template.name}.steps[{path[1]}]"
    prefix = f"{group}.{step.name}"
    _check_name(cx, site, path, group, step.name, inputs, seen)
    name = cx.fake(step.name, inputs)
    names.add(f"steps.{name}.status")
    names |= loop_names(cx, site, path, prefix, step)
    where = (*path, "arguments")
    check_arguments(
        cx,
        site,
        where,
        f"{prefix}.arguments.",
        step.arguments,
        allow_empty=False,
        inputs=inputs,
    )
    called = yield from check_call(cx, site, path, prefix, step, inputs)
    own = call_scope(cx, f"steps.{name}", step, called)
    check_tags(
        cx,
        site,
        path,
        f"templates.{template.name}.steps ",
        at_path(template.source, path),
        lambda tag: knows(names, tag) or knows(own, tag),
        inputs,
        names,
    )
    add_outputs(cx, names, f"steps.{name}", called, looped=is_loop(step))
    warn_call(cx, site, path, step)


def call_scope(cx: Context, prefix: str, call: Call, called: Template | None) -> set[str]:
    """Return what only the call itself knows: its own outputs, for hooks, and inline inputs."""
    scope: set[str] = set()
    if call.hooks:
        add_outputs(cx, scope, prefix, called, looped=False)
    if call.inline is not None:
        inline = call.inline.inputs
        scope |= {f"inputs.parameters.{parameter.name}" for parameter in inline.parameters}
        scope |= {f"inputs.artifacts.{artifact.name}" for artifact in inline.artifacts}
        scope |= {f"inputs.artifacts.{artifact.name}.path" for artifact in inline.artifacts}
    return scope


def _check_name(
    cx: Context, site: Site, path: Path, group: str, name: str, inputs: set[str], seen: set[str]
) -> None:
    where = (*path, "name")
    if not name:
        cx.error(site, path, f"{group}.name is required")
    elif name in seen:
        cx.error(site, where, f"{group}.name '{name}' is not unique")
    elif broken := field_name_error(cx.fake(name, inputs)):
        cx.error(site, where, f"{group}.name '{name}' is invalid: {broken}")
    seen.add(name)
