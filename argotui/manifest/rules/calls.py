"""What steps and tasks share: loops, the template they call, hooks, what they leave behind.

Called by rules/steps.py and rules/dag.py. Argo: S2-S6, H1-H5, T15.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace

from argotui.manifest.calls import library_key
from argotui.manifest.library import hint_for
from argotui.manifest.rules.context import Context, Site, Visit
from argotui.manifest.rules.tags import ANY_ARTIFACT, ANY_ITEM, ANY_PARAMETER
from argotui.manifest.source import Path
from argotui.model.bodies import Call, ContainerSetBody
from argotui.model.manifest import Arguments, LifecycleHook, Parameter, Template, TemplateRef
from argotui.model.workflow import LibraryKey

Target = tuple[LibraryKey, Template]
_WITH_RESULT = frozenset(("container", "script", "data", "http", "plugin"))


def loop_names(cx: Context, site: Site, path: Path, prefix: str, call: Call) -> set[str]:
    """Check the loop of a call, and return the names that its items have in tags."""
    forms = [form for form in (call.with_items, call.with_param) if form]
    if len(forms) + (call.with_sequence is not None) > 1:
        what = f"{prefix} only one of withItems, withParam, withSequence can be specified"
        cx.error(site, path, what)
    if call.with_items == () and not call.with_param and call.with_sequence is None:
        what = "an empty withItems counts as not set: the step runs once, {{item}} unresolved"
        cx.warn(site, (*path, "withItems"), "empty-with-items", what, 'write withParam: "[]"')
    if call.with_items:
        return _item_names(call)
    if call.with_param:
        return {"item", ANY_ITEM}
    sequence = call.with_sequence
    if sequence is None:
        return set()
    if sequence.count is not None and sequence.end is not None:
        what = f"{prefix} only one of count or end can be defined in withSequence"
        cx.error(site, (*path, "withSequence"), what)
    return {"item"}


def _item_names(call: Call) -> set[str]:
    names = set()
    for item in call.with_items or ():
        match item:
            case dict():
                names |= {f"item.{key}" for key in item}
            case list():
                names |= {f"item.[{i}]" for i in range(len(item))}
            case str() if "{{" in item:  # what it becomes is not known
                names.add(ANY_ITEM)
    return names | {"item"}


def is_loop(call: Call) -> bool:
    """Say whether a step or task may become several nodes."""
    return bool(call.with_items or call.with_param or call.with_sequence is not None)


def check_call(
    cx: Context, site: Site, path: Path, prefix: str, call: Call, inputs: set[str]
) -> Generator[Visit, None, Template | None]:
    """Check the template that a step or task calls, and its handlers'; return the template."""
    here = Site(place=site.place, owner=site.owner, callers=(site.callers, prefix))
    target = call_target(cx, here, path, call, inputs)
    if target is not None:
        asked = visit(cx, here, path, target, call.arguments)
        yield asked if call.inline is None else replace(asked, outer=frozenset(inputs))
    if call.on_exit:
        handler = _handler(cx, here, (*path, "onExit"), call.on_exit, inputs)
        if handler is not None:
            yield visit(cx, here, (*path, "onExit"), handler, None)
    yield from check_hooks(cx, here, path, call.hooks, inputs, prefix)
    return target[1] if target else None


def visit(
    cx: Context, site: Site, path: Path, target: Target, arguments: Arguments | None
) -> Visit:
    """Return the visit to a template called at `path` below the site."""
    owner, template = target
    called = Site(place=cx.place(template), owner=owner, callers=site.callers)
    return Visit(template=template, site=called, caller=site, path=path, arguments=arguments)


def check_hooks(
    cx: Context,
    site: Site,
    path: Path,
    hooks: Mapping[str, LifecycleHook],
    inputs: set[str],
    prefix: str,
) -> Generator[Visit, None, None]:
    """Argo: S6, O9. Only the exit hook needs no expression."""
    for name, hook in hooks.items():
        where = (*path, "hooks", name)
        if name != "exit" and not hook.expression:
            outer = Site(place=site.place, owner=site.owner)
            cx.error(outer, where, f"{prefix}.{name} Expression required", key=True)
        target = _hook_target(cx, site, where, hook, inputs)
        if target is None:
            continue
        if hook.arguments != Arguments():
            _warn_unsupplied(cx, site, where, hook.arguments, target[1])
        if target[0] == site.owner or not cx.strict:
            yield visit(cx, site, where, target, None)


def _hook_target(
    cx: Context, site: Site, path: Path, hook: LifecycleHook, inputs: set[str]
) -> Target | None:
    """Return the template of a hook; what is wrong with it Argo finds when its turn comes only."""
    if hook.template_ref is None:
        where = (*path, "template") if hook.template else path
        return _handler(cx, site, where, hook.template, inputs)
    ref = hook.template_ref
    name, wanted = cx.fake(ref.name, inputs), cx.fake(ref.template, inputs)
    if "{{" in name or "{{" in wanted:  # decided when it runs
        return None
    owner = library_key(name, cluster_scope=ref.cluster_scope)
    found = cx.templates.get(owner, {}).get(wanted)
    if found is None:
        what = f"there is no template '{name}.{wanted}' for this handler: it fails when it is due"
        cx.warn(site, (*path, "templateRef"), "missing-handler", what, _missing(cx, owner, wanted))
    return (owner, found) if found is not None else None


def _handler(cx: Context, site: Site, path: Path, name: str, inputs: set[str]) -> Target | None:
    wanted = cx.fake(name, inputs)
    templates = cx.templates.get(site.owner, {})
    if wanted in templates:
        return site.owner, templates[wanted]
    if "{{" not in wanted:
        what = f"there is no template '{name}' for this handler: it fails when it is due"
        cx.warn(site, path, "missing-handler", what, cx.near(wanted, templates))
    return None


def _warn_unsupplied(
    cx: Context, site: Site, path: Path, arguments: Arguments, template: Template
) -> None:
    given = {parameter.name for parameter in arguments.parameters}
    for parameter in template.inputs.parameters:
        if parameter.name not in given and not has_value(parameter):
            what = f"handler '{template.name}' is not given its input '{parameter.name}'"
            cx.warn(site, path, "handler-input", what, "pass it, or declare a default")


def has_value(parameter: Parameter) -> bool:
    """Say whether an input needs no argument."""
    if parameter.value is not None or parameter.default is not None:
        return True
    source = parameter.value_from
    return source is not None and (
        source.config_map_key_ref is not None or source.supplied is not None
    )


def call_target(cx: Context, site: Site, path: Path, call: Call, inputs: set[str]) -> Target | None:
    """Return the template that a call means, having reported if there is none. Argo: H1-H5."""
    target = None
    if call.template_ref is not None:
        target = _referenced(cx, site, path, call.template_ref, call.template, inputs)
    elif call.template:
        target = named_target(cx, site, (*path, "template"), call.template, inputs)
    elif call.inline is None:
        hint = "it wants a template, a templateRef or an inline template"
        cx.error(site, path, "failed to get a template", hint)
    return target if call.inline is None else (site.owner, call.inline)


def named_target(cx: Context, site: Site, path: Path, name: str, inputs: set[str]) -> Target | None:
    """Return a template of the same owner, having reported if there is none. Argo: H3."""
    wanted = cx.fake(name, inputs)
    templates = cx.templates.get(site.owner, {})
    template = templates.get(wanted)
    if template is not None:
        return site.owner, template
    if site.owner not in cx.incomplete:
        cx.error(site, path, f"template name '{name}' undefined", cx.near(wanted, templates))
    return None


def _referenced(
    cx: Context, site: Site, path: Path, ref: TemplateRef, template: str, inputs: set[str]
) -> Target | None:
    where = (*path, "templateRef")
    if template:
        cx.error(site, where, "template name cannot be specified with templateRef", key=True)
        return None
    if not ref.name or not ref.template:
        part = "template" if ref.name else "resource"
        cx.error(site, where, f"{part} name is required", key=True)
        return None
    name, wanted = cx.fake(ref.name, inputs), cx.fake(ref.template, inputs)
    if "{{" in name or "{{" in wanted:  # decided when it runs
        return None
    owner = library_key(name, cluster_scope=ref.cluster_scope)
    templates = cx.templates.get(owner)
    found = templates.get(wanted) if templates is not None else None
    if found is not None:
        return owner, found
    if owner in cx.incomplete:
        return None
    shown = f"{cx.with_values(ref.name)}.{cx.with_values(ref.template)}"
    what = f"template reference {shown} not found"
    cx.error(site, (*where, "template" if templates else "name"), what, _missing(cx, owner, wanted))
    return None


def _missing(cx: Context, owner: LibraryKey, wanted: str) -> str:
    templates = cx.templates.get(owner)
    if templates is not None:
        return cx.near(wanted, templates)
    other = library_key(owner.name, cluster_scope=owner.scope == "namespaced")
    if other in cx.templates:
        needed = "false" if owner.scope == "cluster" else "true"
        return f"there is one of the other scope: set clusterScope: {needed}"
    names = [key.name for key in cx.templates if key.scope == owner.scope]
    near = cx.near(owner.name, names)
    return near if near.startswith("did") else hint_for(cx.library, owner)


def add_outputs(
    cx: Context, names: set[str], prefix: str, template: Template | None, *, looped: bool
) -> None:
    """Add to the scope what a step or task leaves behind; `prefix` is `steps.<name>`."""
    names |= {f"{prefix}.{part}" for part in ("id", "startedAt", "finishedAt", "hostNodeName")}
    if template is None:  # not known: whatever is asked of it may be there
        names.add(f"{prefix}.*")
        return
    output_names = [parameter.name for parameter in template.outputs.parameters]
    output_names += [artifact.name for artifact in template.outputs.artifacts]
    if any("{{" in name for name in output_names):
        names.add(f"{prefix}.*")
    if template.daemon:
        names.add(f"{prefix}.ip")
    if has_result(template):
        names |= {f"{prefix}.outputs.result", f"{prefix}.exitCode"}
    if looped:
        names.add(f"{prefix}.outputs.parameters")
    for parameter in template.outputs.parameters:
        names.add(f"{prefix}.outputs.parameters.{parameter.name}")
        _export(cx, "parameters", ANY_PARAMETER, parameter.global_name)
    for artifact in template.outputs.artifacts:
        names.add(f"{prefix}.outputs.artifacts.{artifact.name}")
        _export(cx, "artifacts", ANY_ARTIFACT, artifact.global_name)


def has_result(template: Template) -> bool:
    """Say whether a template has outputs.result and an exit code. Argo: T15."""
    if isinstance(template.body, ContainerSetBody):
        return any(container.name == "main" for container in template.body.containers)
    return template.kind in _WITH_RESULT


def _export(cx: Context, kind: str, any_name: str, global_name: str) -> None:
    if "{{" in global_name:
        cx.globals.add(any_name)
    elif global_name:
        cx.globals.add(f"workflow.outputs.{kind}.{global_name}")


def knows(names: set[str], name: str) -> bool:
    """Say whether a name is in a scope, also as something of a template that is not known."""
    if name in names:
        return True
    parts = name.split(".", 2)
    return len(parts) == 3 and f"{parts[0]}.{parts[1]}.*" in names
