"""One call of a template, and the template bound to what it was given.

Made by the templates that call others (steps, dag), by hooks and by the run itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from argotui.engine.configmaps import Unreadable, value_now
from argotui.engine.core import Core, HardError
from argotui.engine.parameters import parameter_json, parameters_text
from argotui.engine.producers import Layered
from argotui.engine.references import artifact_json, bind_artifacts
from argotui.expr.errors import ExpressionError, TagError
from argotui.expr.scope import MapScope, Scope
from argotui.expr.template import compile_text, map_strings, tags
from argotui.model.manifest import Arguments, Inputs, Parameter, Template, TemplateRef
from argotui.model.workflow import LibraryKey

MAX_DEPTH = 100  # Argo: 4.9
_POD_KINDS = frozenset({"container", "script", "containerSet", "resource", "data"})
_COMPOSITE = frozenset({"steps", "dag"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """`name` is the node's; `parent` the node that evaluates it, `boundary` the Steps or DAG node
    it belongs to. Names in it resolve in the scope of `owner`. `caller` is the variable that tells
    the callee its name (`steps.name` or `tasks.name`). `absent` are arguments that refer to
    outputs which will never be (Argo: 2.9)."""

    name: str
    parent: str
    boundary: str
    owner: LibraryKey
    depth: int
    template: str = ""
    template_ref: TemplateRef | None = None
    inline: Template | None = None
    arguments: Arguments = field(default_factory=Arguments)
    absent: frozenset[str] = frozenset()
    caller: Mapping[str, str] = field(default_factory=dict)
    on_exit: bool = False
    hooked: bool = False
    capture_result: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A template with its inputs in. The body of a steps or dag template still has its tags:
    they are filled in step by step, with `scope`."""

    template: Template
    owner: LibraryKey
    scope: Scope
    inputs: Mapping[str, Any]

    @property
    def is_pod(self) -> bool:
        return self.template.kind in _POD_KINDS

    @property
    def is_composite(self) -> bool:
        return self.template.kind in _COMPOSITE


def find_template(core: Core, inv: Invocation) -> tuple[Template, LibraryKey]:
    """Return the template that is called and the owner its own names resolve in. Argo: 3.10."""
    if inv.inline is not None:
        return inv.inline, inv.owner
    if inv.template_ref is not None:
        ref = inv.template_ref
        owner = LibraryKey(scope="cluster" if ref.cluster_scope else "namespaced", name=ref.name)
        found = core.wf.template(owner, ref.template)
        if found is None:
            raise HardError(f"template reference {ref.name}.{ref.template} not found")
        return found, owner
    found = core.wf.template(inv.owner, inv.template)
    if found is None:
        raise HardError(f"template name '{inv.template}' undefined")
    return found, inv.owner


def bind(core: Core, inv: Invocation) -> Bound:
    """Return the called template with inputs, globals and its own names put in. Argo: 2.2, 2.3 b.

    Raises HardError.
    """
    template, owner = find_template(core, inv)
    own = {"node.name": inv.name, **inv.caller}
    if template.kind in _POD_KINDS and not is_retried(core, template):
        own["pod.name"] = core.pod_name(inv.name, template.name)
    first: Scope = Layered(MapScope(own), core.globals)
    supplied = Inputs(
        parameters=tuple(_inputs(core, inv, template, first)),
        artifacts=bind_artifacts(template, inv.arguments),
    )
    head = replace(template, inputs=supplied, **_own_body(template))
    try:
        if template.kind in _COMPOSITE:
            check_expressions(core, template)
        head = core.fill(head, first)
        inputs = head.inputs
        scope: Scope = Layered(MapScope(_input_values(head)), first)
        head = core.fill(head, scope)
        if head.inputs is not inputs:  # what comes later sees them as they are now
            scope = Layered(MapScope(_input_values(head)), first)
    except (ExpressionError, TagError) as error:
        raise HardError(str(error)) from None
    noted = _as_json(head.inputs)
    if later := _later(template):
        head = replace(head, **later)
    return Bound(template=head, owner=owner, scope=scope, inputs=noted)


def is_retried(core: Core, template: Template) -> bool:
    """Say whether the template's nodes are attempts, each with a pod of its own name. Argo: 4.4."""
    return template.retry_strategy is not None or core.spec.retry_strategy is not None


def check_expressions(core: Core, template: Template) -> None:
    """Raise ExpressionError or TagError for one that does not parse, wherever in the body it
    stands: Argo substitutes a steps or dag template whole before anything of it starts."""
    if id(template) in core.checked:
        return

    def look(text: str) -> str:
        for tag in tags(text):
            if tag.is_expression:
                compile_text(tag.name)
        return text

    map_strings(template.body, look)
    core.checked.add(id(template))


def _own_body(template: Template) -> dict[str, Any]:
    """A steps or dag body is filled in later: it may be large, and its parts come one by one.
    So are metrics, which know more at the end and must fail nothing."""
    return dict.fromkeys(_later(template))


def _later(template: Template) -> dict[str, Any]:
    body = {"body": template.body} if template.kind in _COMPOSITE else {}
    return body if template.metrics is None else {"metrics": template.metrics, **body}


def rebind(core: Core, bound: Bound, values: Mapping[str, str]) -> Bound:
    """Return the template bound for one attempt of a retry. Argo: 2.3 e."""
    attempt = MapScope(values)
    scope: Scope = Layered(attempt, bound.scope)
    try:
        head = core.fill(replace(bound.template, **_own_body(bound.template)), scope)
        scope = Layered(attempt, MapScope(_input_values(head)), bound.scope)
        head = core.fill(head, scope)
    except (ExpressionError, TagError) as error:
        raise HardError(str(error)) from None
    inputs = _as_json(head.inputs)
    head = replace(head, **_later(bound.template))
    return replace(bound, template=head, scope=scope, inputs=inputs)


def _inputs(core: Core, inv: Invocation, template: Template, scope: Scope) -> list[Parameter]:
    given = {parameter.name: parameter for parameter in inv.arguments.parameters}
    return [
        _input(core, inv, parameter, given.get(parameter.name), scope)
        for parameter in template.inputs.parameters
    ]


def _input(
    core: Core, inv: Invocation, declared: Parameter, given: Parameter | None, scope: Scope
) -> Parameter:
    value = declared.value if declared.value is not None else declared.default
    source = declared.value_from
    if given is not None:  # as a whole: a source without value takes the default's place too
        value, source = given.value, given.value_from if given.value is None else None
    if source is not None and source.config_map_key_ref is not None:
        prefix = f"unable to retrieve inputs.parameters.{declared.name} from ConfigMap: "
        try:
            found = value_now(core, core.fill(source.config_map_key_ref, scope), inv.name)
        except Unreadable as error:
            raise HardError(f"{prefix}{error}") from None
        value = found if isinstance(found, str) else _default(source.default, prefix, found)
    if value is None and not (source is not None and source.supplied is not None):
        why = "was not supplied"
        if declared.name in inv.absent:
            why = (
                "argument references an absent optional "
                "(skipped/omitted node output with no default)"
            )
            raise HardError(f"inputs.parameters.{declared.name}: {why}")
        raise HardError(f"inputs.parameters.{declared.name} {why}")
    return replace(declared, value=value, value_from=source)


def _default(default: str | None, prefix: str, why: HardError) -> str:
    if default is None:
        raise HardError(f"{prefix}{why}")
    return default


def _input_values(template: Template) -> dict[str, Any]:
    values = {
        f"inputs.parameters.{parameter.name}": parameter.value
        for parameter in template.inputs.parameters
        if parameter.value is not None
    }
    found: dict[str, Any] = dict(values)
    found["inputs.parameters"] = parameters_text(template.inputs.parameters)
    for artifact in template.inputs.artifacts:
        found[f"inputs.artifacts.{artifact.name}.path"] = artifact.path
    for artifact in template.outputs.artifacts:
        found[f"outputs.artifacts.{artifact.name}.path"] = artifact.path
    for parameter in template.outputs.parameters:
        if parameter.value_from is not None and parameter.value_from.path:
            found[f"outputs.parameters.{parameter.name}.path"] = parameter.value_from.path
    return found


def _as_json(inputs: Inputs) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if inputs.parameters:
        found["parameters"] = [parameter_json(parameter) for parameter in inputs.parameters]
    if inputs.artifacts:
        found["artifacts"] = [artifact_json(artifact) for artifact in inputs.artifacts]
    return found


def run_arguments(core: Core) -> Arguments:
    """Return the workflow's arguments as its entry and exit templates receive them."""
    return core.spec.arguments
