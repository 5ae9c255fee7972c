"""Plain JSON -> the frozen dataclasses of model/, by their type hints; collects every problem.

Called by load.py for documents and by resolve.py for merged ones. Argo: 2.1, 9, O14.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeAlias

from argotui.manifest.carried import TEXTUAL, carried_shape, field_shape, with_texts
from argotui.manifest.core.read import fits
from argotui.manifest.core.read import with_texts as with_shape_texts
from argotui.manifest.core.tables import Shape
from argotui.manifest.decoding import Decoding
from argotui.manifest.gotypes import go_mapping, go_name, struct_name
from argotui.manifest.hints import removed_hint
from argotui.manifest.scalars import plain_value, value_text
from argotui.manifest.source import Path
from argotui.model.bodies import BODIES, PluginBody, Step, StepsBody
from argotui.model.manifest import PlainText, Template, Text
from argotui.model.workflow import WorkflowSpec

Decoder: TypeAlias = Callable[[Decoding, Any, Path], Any]
_REFUSED = object()
_INT_END = 2**63


def decode_spec(data: Any, at: Decoding, path: Path) -> WorkflowSpec:
    """Return a WorkflowSpec; what could not be read has its default and a problem."""
    spec = decoder(WorkflowSpec)(at, data, path)
    return spec if isinstance(spec, WorkflowSpec) else WorkflowSpec()


def decode_as(kind: type, data: Any, at: Decoding, path: Path) -> Any:
    """Return `data` as the dataclass `kind`, its defaults where it cannot be read."""
    value = decoder(kind)(at, data, path)
    return kind() if value is _REFUSED or value is None else value


@cache
def decoder(hint: Any) -> Decoder:
    """Return the function that reads a value of the given type hint."""
    if hint is Any:
        return _anything
    if hint == Text:
        return _text
    if hint == PlainText:
        return _plain_text
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(hint) if part is not type(None)]
        return _int_or_text if set(rest) == {int, str} else decoder(rest[0])
    if origin is tuple:
        return _list_of(decoder(typing.get_args(hint)[0]), typing.get_args(hint)[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        part = typing.get_args(hint)[1]
        return _mapping_of(decoder(part), go_mapping(part))
    if hint in _SCALARS:
        return _SCALARS[hint]
    return _special(hint) or _struct(hint)


def _special(hint: Any) -> Decoder | None:
    if isinstance(hint, Shape):
        return _shaped(hint.text)
    if hint is Template:
        return _template
    if hint is StepsBody:
        return _steps
    if hint is PluginBody:
        return _plugin
    return None


def _shaped(shape: str) -> Decoder:
    def read(at: Decoding, value: Any, path: Path) -> Any:
        if not fits(at, value, path, shape):
            return _REFUSED
        value = value if at.strict else with_shape_texts(value, shape)
        if not isinstance(value, list):
            return value
        zeros = ({} if part is None else part for part in value)
        return tuple(part for part in zeros if isinstance(part, dict) or not shape[2:3].isupper())

    return read


def _anything(_at: Decoding, value: Any, _path: Path) -> Any:
    return value


def _string(at: Decoding, value: Any, path: Path) -> Any:
    if isinstance(value, str):
        return value
    if at.textual and not isinstance(value, list | dict):
        at.text_wanted(path, value)
        return value_text(value)
    if at.source is None or isinstance(value, list | dict):
        at.mismatch(path, value, "string")
        return _REFUSED
    at.mismatch(path, value, "string", at.quoting(path))
    return at.source.token(path)  # reported already; the rest is checked as if it were quoted


def _plain_text(at: Decoding, value: Any, path: Path) -> Any:
    outer, at.textual = at.textual, not at.strict
    read = _string(at, value, path)
    at.textual = outer
    return read


def _text(at: Decoding, value: Any, path: Path) -> Any:
    if isinstance(value, list | dict):
        kind = "list" if isinstance(value, list) else "mapping"
        at.report(
            path,
            f"a {kind} as value becomes the empty text",
            "write it as JSON in single quotes: '{\"a\": 1}'",
            warning="object-value",
        )
    text = value_text(value)
    if isinstance(value, int) and not isinstance(value, bool) and text != str(value):
        what = f"the number {value} becomes {text}"
        at.report(path, what, at.quoting(path), warning="large-number")
    elif isinstance(value, int | float) and at.source is not None:
        _warn_changed(at, path, text, at.source.token(path))
    return text


def _warn_changed(at: Decoding, path: Path, text: str, token: str) -> None:
    """Argo: 2.1, 8.51. A word or number that YAML reads as something that is written otherwise."""
    if token.lower() != text and value_text(plain_value(token) if token else "") == text:
        kind = "a boolean" if text in ("true", "false") else "a number"
        hint = f'quote it: "{token}"'
        at.report(path, f"{token} is {kind}: {text}", hint, warning="changed-text")


def _int(at: Decoding, value: Any, path: Path) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and -_INT_END <= value < _INT_END:
        return value
    at.mismatch(path, value, "int64", "a whole number is wanted here, without quotes")
    return _REFUSED


def _bool(at: Decoding, value: Any, path: Path) -> Any:
    if isinstance(value, bool):
        return value
    at.mismatch(path, value, "bool", "true or false is wanted here, without quotes")
    return _REFUSED


def _int_or_text(at: Decoding, value: Any, path: Path) -> Any:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    at.mismatch(path, value, "int32", "a whole number or a text is wanted here")
    return _REFUSED


_SCALARS: dict[Any, Decoder] = {str: _string, int: _int, bool: _bool}


def _list_of(item: Decoder, hint: Any) -> Decoder:
    name = go_name(hint)

    def read(at: Decoding, value: Any, path: Path) -> Any:
        if not isinstance(value, list):
            at.mismatch(path, value, f"[]{name}", "a list is wanted here: begin items with '- '")
            return _REFUSED
        items = [_item(item, hint, at, part, (*path, i)) for i, part in enumerate(value)]
        if dataclasses.is_dataclass(hint):  # places are kept: others count on them
            zero: Any = hint
            return tuple(zero() if part is _REFUSED else part for part in items)
        return tuple(part for part in items if part is not _REFUSED)

    return read


def _item(item: Decoder, hint: Any, at: Decoding, value: Any, path: Path) -> Any:
    if value is None and isinstance(hint, type) and hint is not Any:
        return hint()  # Go makes the zero value of a null
    return item(at, value, path)


def _mapping_of(item: Decoder, name: str) -> Decoder:
    def read(at: Decoding, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            at.mismatch(path, value, name, "a mapping is wanted here")
            return _REFUSED
        if item is _anything:
            return value
        read_items = {key: item(at, part, (*path, key)) for key, part in value.items()}
        return {key: part for key, part in read_items.items() if part is not _REFUSED}

    return read


@cache
def known_fields(kind: type) -> Mapping[str, tuple[str, Decoder]]:
    """Return JSON key -> (attribute, reader) of a dataclass, without what it only carries."""
    hints = typing.get_type_hints(kind, include_extras=True)
    known = {}
    for part in fields(kind):
        if part.name == "extra" or part.metadata.get("skip"):
            continue
        key = part.metadata.get("json") or _camel(part.name)
        known[key] = part.name, decoder(field_shape(kind, key) or hints[part.name])
    return known


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _carried(kind: type) -> frozenset[str]:
    carries: frozenset[str] = getattr(kind, "CARRIES", frozenset())
    return carries


def _struct(kind: type) -> Decoder:
    name = struct_name(kind)

    def read(at: Decoding, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            at.mismatch(path, value, f"v1alpha1.{name}", "a mapping is wanted here")
            return _REFUSED
        outer, at.struct = at.struct, name
        values = _values(kind, at, value, path)
        at.struct = outer
        return kind(**values)

    return read


def _values(kind: type, at: Decoding, data: dict[str, Any], path: Path) -> dict[str, Any]:
    known, carried = known_fields(kind), _carried(kind)
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, part in data.items():
        if entry := known.get(key) or _other_case(kind, at, key, data, path):
            if part is None:
                continue
            read = entry[1](at, part, (*path, key))
            if read is not _REFUSED:
                values[entry[0]] = read
        elif key in carried:
            fitting = _REFUSED if part is None else _fitting(kind, at, key, part, (*path, key))
            if fitting is not _REFUSED:
                extra[key] = fitting
        elif not (kind is Template and key in BODIES):
            _unknown(kind, at, key, path)
    if extra:
        values["extra"] = extra
    return values


def _fitting(kind: type, at: Decoding, key: str, value: Any, path: Path) -> Any:
    """Return a carried value after a look at its shape; leniently with texts made of scalars."""
    shape = carried_shape(kind, key)
    if shape is None:
        return value
    outer, at.textual = at.textual, not at.strict and key in TEXTUAL
    read = decoder(shape)(at, value, path)
    at.textual = outer
    if read is _REFUSED or at.strict:
        return read if read is _REFUSED else value
    return with_texts(key, value, read)


def _other_case(
    kind: type, at: Decoding, key: str, data: dict[str, Any], path: Path
) -> tuple[str, Decoder] | None:
    """Return the field that Go's JSON reader takes a key for: it does not look at the case, unless
    asked to be strict."""
    if at.strict or key in _carried(kind) or key in BODIES:
        return None
    for name, entry in known_fields(kind).items():
        if name.lower() == key.lower() and name not in data:
            what = f'field "{key}" is taken for "{name}"'
            at.report((*path, key), what, f"write {name}", key=True, warning="field-case")
            return entry
    return None


def _unknown(kind: type, at: Decoding, key: str, path: Path) -> None:
    options = [*known_fields(kind), *_carried(kind), *(BODIES if kind is Template else ())]
    at.unknown((*path, key), key, options, removed_hint(kind, key), always=kind is Step)


def _template(at: Decoding, value: Any, path: Path) -> Any:
    if not isinstance(value, dict):
        at.mismatch(path, value, "v1alpha1.Template", "a mapping is wanted here")
        return _REFUSED
    outer, at.struct = at.struct, "Template"
    values = _values(Template, at, value, path)
    kinds = [key for key in BODIES if value.get(key) is not None]
    body = None
    for kind in reversed(kinds):  # every body is read for its problems; the first one counts
        body = decoder(BODIES[kind])(at, value[kind], (*path, kind))
    at.struct = outer
    at.places[id(value)] = path
    body = None if body is _REFUSED else body
    return Template(**values, kind=kinds[0] if kinds else "", body=body, source=value)


def _steps(at: Decoding, value: Any, path: Path) -> Any:
    if not isinstance(value, list):
        at.mismatch(path, value, "[]v1alpha1.ParallelSteps", "a list of lists is wanted here")
        return _REFUSED
    groups = []
    for i, group in enumerate(value):
        if group is None:
            groups.append(())
        elif isinstance(group, list):
            groups.append(_list_of(decoder(Step), Step)(at, group, (*path, i)))
        else:
            hint = "every group is a list: write '- - name: ...'"
            at.mismatch((*path, i), group, "[]map[string]interface {}", hint)
            groups.append(())
    return StepsBody(groups=tuple(groups))


def _plugin(at: Decoding, value: Any, path: Path) -> Any:
    if not isinstance(value, dict):
        at.mismatch(path, value, "v1alpha1.Plugin", "one key, the plugin's name, is wanted here")
        return _REFUSED
    if len(value) != 1:
        what = f"expected exactly one key, got {len(value)}"
        at.report(path, what, "the key is the plugin's name")
    return PluginBody(plugin=value)
