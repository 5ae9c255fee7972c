"""The JSON schema of what is accepted, from the same dataclasses that read it. Argo: 9.

Called by docs/schema_file.py, which writes docs/schema/workflow.schema.json for editors.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from argotui.manifest.carried import carried_shape, field_shape
from argotui.manifest.core.tables import Shape, struct_of, structs
from argotui.manifest.gotypes import struct_name
from argotui.manifest.load import WORKFLOW_KINDS
from argotui.model.bodies import BODIES, PluginBody, Step, StepsBody
from argotui.model.manifest import Metadata, PlainText, Template, Text
from argotui.model.workflow import WorkflowSpec

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def workflow_schema() -> Schema:
    """Return the schema of a document of any of the four kinds, strict about unknown fields."""
    known = _Definitions()
    spec, metadata = known.of(WorkflowSpec), known.of(Metadata)
    kinds = {
        kind: _document(kind, metadata, _spec_of(kind, spec, known))
        for kind in sorted(WORKFLOW_KINDS)
    }
    return {
        "$schema": DRAFT,
        "title": "Argo Workflow, as argotui accepts it",
        "description": "Workflow, WorkflowTemplate, ClusterWorkflowTemplate and CronWorkflow.",
        "type": "object",
        "required": ["kind", "spec"],
        "properties": {"kind": {"enum": sorted(WORKFLOW_KINDS)}},
        "allOf": [_if_kind(kind, document) for kind, document in kinds.items()],
        "$defs": dict(sorted(known.found.items())),
    }


def _if_kind(kind: str, document: Schema) -> Schema:
    """A condition, so that an editor speaks of this kind only."""
    asked = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
    return {"if": asked, "then": document}


def _document(kind: str, metadata: Schema, spec: Schema) -> Schema:
    return {
        "title": kind,
        "type": "object",
        "properties": {
            "apiVersion": {"type": "string", "pattern": "^argoproj\\.io/"},
            "kind": {"const": kind},
            "metadata": metadata,
            "spec": spec,
            "status": {"description": "What the controller writes; it is not looked at."},
        },
        "required": ["kind", "spec"],
        "additionalProperties": False,
    }


def _spec_of(kind: str, spec: Schema, known: _Definitions) -> Schema:
    if kind != "CronWorkflow":
        return spec
    properties: Schema = {
        key: known.shape(shape) for key, shape in structs()["CronWorkflowSpec"].items()
    }
    properties["schedules"] = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    properties["workflowSpec"] = spec
    return {
        "type": "object",
        "properties": properties,
        "required": ["schedules", "workflowSpec"],
        "additionalProperties": False,
    }


@dataclass(slots=True)
class _Definitions:
    """Collects a definition for every dataclass that is met."""

    found: dict[str, Schema] = field(default_factory=dict)

    def of(self, hint: Any) -> Schema:
        """Return the schema of a type hint, as decode.py reads it."""
        if hint is Any:
            return {}
        if isinstance(hint, Shape):
            return self.shape(hint.text)
        if hint == Text:
            return {"$ref": self.named("Text", _text_schema)}
        if hint == PlainText:
            return dict(_SCALARS[str])
        origin = typing.get_origin(hint)
        if origin in (typing.Union, types.UnionType):
            return self._union(typing.get_args(hint))
        if origin is tuple:
            return {"type": "array", "items": _or_null(self.of(typing.get_args(hint)[0]))}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            values = self.of(typing.get_args(hint)[1])
            return {"type": "object", **({"additionalProperties": values} if values else {})}
        if hint in _SCALARS:
            return dict(_SCALARS[hint])
        return {"$ref": self.named(struct_name(hint), lambda: self._struct(hint), hint)}

    def shape(self, text: str) -> Schema:
        """Return the schema of a type of the tables in core/."""
        if text.startswith("[]"):
            return {"type": "array", "items": _or_null(self.shape(text[2:]))}
        if text.startswith("{}"):
            return {"type": "object", "additionalProperties": _or_null(self.shape(text[2:]))}
        if text in _SHAPES:
            return dict(_SHAPES[text])
        return {"$ref": self.named(f"core.{text}", lambda: self._table(text))}

    def _table(self, name: str) -> Schema:
        fields = {key: _or_null(self.shape(text)) for key, text in structs()[name].items()}
        return {
            "title": struct_of(name),
            "type": "object",
            "properties": fields,
            "additionalProperties": False,
        }

    def _union(self, members: tuple[Any, ...]) -> Schema:
        rest = [part for part in members if part is not type(None)]
        return {"type": ["integer", "string"]} if len(rest) > 1 else self.of(rest[0])

    def named(self, name: str, make: typing.Callable[[], Schema], kind: Any = None) -> str:
        key = "Step" if kind is Step else name
        if key not in self.found:
            self.found[key] = {}  # it may contain itself
            self.found[key].update(make())
        return f"#/$defs/{key}"

    def _struct(self, kind: type) -> Schema:
        if kind is StepsBody:
            group = {"type": ["array", "null"], "items": _or_null(self.of(Step))}
            return {"type": "array", "items": group, **_described(kind)}
        if kind is PluginBody:
            return {"type": "object", "minProperties": 1, **_described(kind)}
        properties = {name: _or_null(schema) for name, schema in self._properties(kind)}
        whole: Schema = {
            "type": "object",
            **_described(kind),
            "properties": dict(sorted(properties.items())),
            "additionalProperties": False,
        }
        return whole

    def _properties(self, kind: type) -> typing.Iterator[tuple[str, Schema]]:
        hints = typing.get_type_hints(kind, include_extras=True)
        for part in fields(kind):
            if part.name != "extra" and not part.metadata.get("skip"):
                name = json_name(part)
                yield name, self.of(field_shape(kind, name) or hints[part.name])
        for key in getattr(kind, "CARRIES", ()):
            shape = carried_shape(kind, key)
            yield key, {} if shape is None else self.of(shape)
        if kind is Template:
            for key, body in BODIES.items():
                yield key, self.of(body)
        if kind is WorkflowSpec:
            yield "templateDefaults", self.of(Template)


_SCALARS: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
}
_SHAPES: Mapping[str, Schema] = {
    "any": {},
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer"},
    "int64": {"type": "integer"},
    "intstr": {"type": ["integer", "string"]},
    "quantity": {"type": ["string", "number"], "description": "For instance 500m, 2 or 1.5Gi."},
}


def json_name(part: dataclasses.Field[Any]) -> str:
    """Return the key that a field has in a manifest."""
    head, *rest = part.name.split("_")
    return part.metadata.get("json") or head + "".join(word.title() for word in rest)


def _or_null(schema: Schema) -> Schema:
    """A null counts as not written, wherever it stands."""
    match schema.get("type"):
        case str() as single:
            return {**schema, "type": [single, "null"]}
        case list() as several:
            return {**schema, "type": [*several, "null"]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _text_schema() -> Schema:
    return {
        "type": ["string", "number", "boolean", "null"],
        "description": "Text; a number or a boolean is read as the text it looks like.",
    }


def _described(kind: type) -> Schema:
    """Return title and description of a dataclass, as far as somebody has written them."""
    title = struct_name(kind)
    said = kind.__doc__ or ""
    if said.startswith(f"{kind.__name__}("):  # what Python makes up
        said = ""
    first = " ".join(said.split("\n\n")[0].split()).replace("`", "")
    return {"title": title, **({"description": first} if first else {})}
