"""What a person is asked when a step waits: its words, its fields, what comes then. Pure.

Read by the approve sheet. Argo: 3.5 says which parameters are to be supplied.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from argotui.model.changes import Planned
from argotui.model.status import Node
from argotui.model.values import JsonObject
from argotui.tui.text import plural, safe

_MOST_LAYERS = 2  # of what comes then
_WORDS = ("message", "prompt", "question")  # inputs that speak to the person


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`choices` is empty where any text will do. `value` is what the field starts with."""

    name: str
    value: str = ""
    choices: tuple[str, ...] = ()
    description: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`words` are the template's own, `shows` what it was given, `then` what comes next."""

    node: str
    title: str
    words: tuple[str, ...] = ()
    shows: tuple[tuple[str, str], ...] = ()
    fields: tuple[Field, ...] = ()
    then: str = ""


def form_for(
    node: Node, source: JsonObject, outlook: Mapping[str, tuple[Planned, ...]] | None = None
) -> Form:
    """Return the form of a suspend node. `source` is the Workflow as JSON."""
    template = template_of(source, node.template_name)
    inputs = _parameters(node.inputs) or _parameters(template.get("inputs") or {})
    outputs = {**_parameters(template.get("outputs") or {}), **_parameters(node.outputs)}
    declared = {**_parameters(template.get("inputs") or {})}
    asked = [name for name, parameter in outputs.items() if _is_supplied(parameter)]
    asked += [name for name, par in inputs.items() if _is_supplied(par) and name not in asked]
    fields = tuple(
        _field(name, {**declared.get(name, {}), **inputs.get(name, {})}, outputs.get(name, {}))
        for name in asked
    )
    shown = {name: _text(par) for name, par in inputs.items() if name not in asked}
    words = [_description(template), *(shown.pop(name, "") for name in _WORDS)]
    return Form(
        node=node.name,
        title=safe(node.display_name or node.name),
        words=tuple(safe(line) for text in words for line in text.splitlines() if line.strip()),
        shows=tuple((safe(name), safe(value)) for name, value in shown.items() if value),
        fields=fields,
        then=_then(node, outlook or {}),
    )


def missing(form: Form, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the fields that still need a value."""
    return tuple(field.name for field in form.fields if field.required and not values[field.name])


def template_of(source: JsonObject, name: str) -> JsonObject:
    """Return a template of the Workflow as written, {} if it is not there (a templateRef)."""
    spec = source.get("spec") or {}
    if isinstance(spec.get("workflowSpec"), Mapping):
        spec = spec["workflowSpec"]
    for template in spec.get("templates") or ():
        if isinstance(template, Mapping) and template.get("name") == name:
            return template
    return {}


def _parameters(holder: JsonObject) -> dict[str, dict[str, Any]]:
    found = holder.get("parameters") or ()
    return {
        str(par["name"]): dict(par) for par in found if isinstance(par, Mapping) and "name" in par
    }


def _is_supplied(parameter: JsonObject) -> bool:
    source = parameter.get("valueFrom")
    return (
        isinstance(source, Mapping)
        and source.get("supplied") is not None
        and not parameter.get("value")
    )


def _text(parameter: JsonObject) -> str:
    value = parameter.get("value", parameter.get("default"))
    return "" if value is None else str(value)


def _field(name: str, asked: JsonObject, output: JsonObject) -> Field:
    """An input of the same name says the choices; its value may be JSON that holds them."""
    value, choices = _text(asked), _choices(asked.get("enum"))
    if value.lstrip().startswith("{"):
        dynamic = _json_object(value)
        if "enum" in dynamic:
            choices, value = _choices(dynamic["enum"]), _plain(dynamic.get("default"))
    fallback = (output.get("valueFrom") or {}).get("default")
    value = value or ("" if fallback is None else str(fallback))
    return Field(
        name=name,
        value=value if not choices or value in choices else "",
        choices=choices,
        description=safe(str(asked.get("description") or output.get("description") or "")),
    )


def _json_object(text: str) -> JsonObject:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _choices(enum: Any) -> tuple[str, ...]:
    return (
        tuple(str(choice) for choice in enum)
        if isinstance(enum, Iterable) and not isinstance(enum, str)
        else ()
    )


def _description(template: JsonObject) -> str:
    annotations = ((template.get("metadata") or {}).get("annotations")) or {}
    own = template.get("annotations") or {}
    return next(
        (
            str(where[key])
            for where in (own, annotations)
            for key in ("workflows.argoproj.io/description", "description")
            if where.get(key)
        ),
        "",
    )


def _then(node: Node, outlook: Mapping[str, tuple[Planned, ...]]) -> str:
    """Return the rows that wait for this node, what waits for those, and how many more."""
    plans = [plan for plans in outlook.values() for plan in plans]
    layers: list[str] = []
    told: set[str] = set()
    names = {node.display_name}
    while len(layers) < _MOST_LAYERS:
        layer = [plan for plan in plans if plan.name not in told and names & set(plan.after)]
        if not layer:
            break
        told.update(plan.name for plan in layer)
        names = {plan.display_name for plan in layer}
        layers.append(_listed(layer))
    rest = len(plans) - len(told)
    more = f", and {plural(rest, 'more step')} to come" if rest and layers else ""
    return ", then ".join(layers) + more


def _listed(plans: Sequence[Planned]) -> str:
    shown = [f"{safe(plan.display_name)}{' (a loop)' if plan.many else ''}" for plan in plans[:4]]
    more = len(plans) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
