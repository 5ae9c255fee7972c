"""Plain JSON -> the frozen dataclasses of model/, by their type hints; collects every problem.

Called by load.py for documents and by resolve.py for merged ones. Argo: 2.1, 9, O14.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, TypeAlias

from argotui.manifest.carried import SHAPES, TEXTUAL, with_texts
from argotui.manifest.gotypes import go_kind, go_name, struct_name
from argotui.manifest.hints import removed_hint
from argotui.manifest.scalars import value_text
from argotui.manifest.source import Path, Source
from argotui.model.bodies import BODIES, PluginBody, Step, StepsBody
from argotui.model.errors import Problem
from argotui.model.manifest import Template, Text
from argotui.model.workflow import WorkflowSpec


@dataclass(slots=True)
class Decoding:
    """What one document's decoding knows and finds.

    `places` gets the path of every template, keyed by the id of its source; `source` is None for
    documents made by a merge, which have no place.
    """

    source: Source | None = None
    subject: str = ""
    strict: bool = True
    problems: list[Problem] = field(default_factory=list)
    places: dict[int, Path] = field(default_factory=dict)
    struct: str = ""
    textual: bool = False  # scalars of other kinds are taken as text, with a warning

    def report(
        self, path: Path, what: str, hint: str = "", *, key: bool = False, warning: str = ""
    ) -> None:
        line, column = self.source.locate(path, key=key) if self.source else (0, 0)
        self.problems.append(
            Problem(
                what=what,
                hint=hint,
                file=self.source.file if self.source else "",
                line=line,
                column=column,
                severity="warning" if warning else "error",
                name=warning,
                subject=self.subject,
            )
        )

    def mismatch(self, path: Path, value: Any, wanted: str, hint: str = "") -> None:
        """Report a value of the wrong kind in the words of Go's JSON reader."""
        where = ".".join(part for part in path if isinstance(part, str))
        self.report(
            path,
            f"json: cannot unmarshal {go_kind(value)} into Go struct field "
            f"{self.struct}.{where} of type {wanted}",
            hint,
        )


Decoder: TypeAlias = Callable[[Decoding, Any, Path], Any]
_REFUSED = object()


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
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(hint) if part is not type(None)]
        return _int_or_text if set(rest) == {int, str} else decoder(rest[0])
    if origin is tuple:
        return _list_of(decoder(typing.get_args(hint)[0]), typing.get_args(hint)[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_of(decoder(typing.get_args(hint)[1]))
    if hint in _SCALARS:
        return _SCALARS[hint]
    return _special(hint) or _struct(hint)


def _special(hint: Any) -> Decoder | None:
    if hint is Template:
        return _template
    if hint is StepsBody:
        return _steps
    if hint is PluginBody:
        return _plugin
    return None


def _anything(_at: Decoding, value: Any, _path: Path) -> Any:
    return value


def _string(at: Decoding, value: Any, path: Path) -> Any:
    if isinstance(value, str):
        return value
    if at.textual and not isinstance(value, list | dict):
        what = f"{path[-2]} has {go_kind(value)} {value_text(value)} where Argo wants text"
        at.report(path, what, "quote it", warning="text-wanted")
        return value_text(value)
    if at.source is None or isinstance(value, list | dict):
        at.mismatch(path, value, "string")
        return _REFUSED
    token = at.source.token(path)
    at.mismatch(path, value, "string", f'quote it: "{token}"')
    return token  # reported already; the rest is checked as if it were quoted


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
        at.report(path, what, "quote it", warning="large-number")
    return text


def _int(at: Decoding, value: Any, path: Path) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
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
    at.mismatch(path, value, "intstr.IntOrString", "a whole number or a text is wanted here")
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


def _mapping_of(item: Decoder) -> Decoder:
    def read(at: Decoding, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            at.mismatch(path, value, "map[string]interface {}", "a mapping is wanted here")
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
        known[part.metadata.get("json") or _camel(part.name)] = (
            part.name,
            decoder(hints[part.name]),
        )
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
            fitting = _REFUSED if part is None else _fitting(at, key, part, (*path, key))
            if fitting is not _REFUSED:
                extra[key] = fitting
        elif not (kind is Template and key in BODIES):
            _unknown(kind, at, key, path)
    if extra:
        values["extra"] = extra
    return values


def _fitting(at: Decoding, key: str, value: Any, path: Path) -> Any:
    """Return a carried value after a look at its shape; leniently with texts made of scalars."""
    shape = SHAPES.get(key)
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
    hint = removed_hint(kind, key)
    if key in ("true", "false"):
        hint = "unquoted y, n, yes, no, on and off are booleans, also as keys; quote the key"
    if not hint and (near := nearest(key, options)):
        hint = f"did you mean '{near}'?"
    if kind is Step:
        at.report((*path, key), f'json: unknown field "{key}"', hint, key=True)
    elif at.strict:
        at.report((*path, key), f'unknown field "{key}"', hint, key=True)
    else:
        at.report(
            (*path, key),
            f'unknown field "{key}" is ignored',
            hint,
            key=True,
            warning="unknown-field",
        )


def nearest(key: str, options: list[str]) -> str:
    """Return the option that was probably meant, empty if none is near."""
    lowered = {option.lower(): option for option in options}
    if key.lower() in lowered:
        return lowered[key.lower()]
    near = difflib.get_close_matches(key, options, n=1, cutoff=0.6)
    return near[0] if near else ""


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
    return PluginBody(plugin=value)
