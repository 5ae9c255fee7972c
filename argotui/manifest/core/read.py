"""Looks through carried JSON by the tables, and reports what Go's strict reader would. Argo: O14.

Called by decode.py. Nothing is converted: what fits is carried as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from argotui.manifest.core.tables import Fields, go_type, struct_of, structs
from argotui.manifest.scalars import value_text
from argotui.manifest.source import Path

_QUANTITY = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(?P<suffix>[a-zA-Z]*[-+]?[0-9]*)\Z")
_SUFFIX = re.compile(r"(|n|u|m|k|[MGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)\Z")
_QUANTITY_RULE = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


class Report(Protocol):
    """Where problems go: decode.Decoding."""

    struct: str
    strict: bool

    def quoting(self, path: Path) -> str: ...

    def text_wanted(self, path: Path, value: Any) -> None: ...

    def report(self, path: Path, what: str, hint: str = "") -> None: ...

    def mismatch(self, path: Path, value: Any, wanted: str, hint: str = "") -> None: ...

    def unknown(self, path: Path, key: str, options: list[str], hint: str = "") -> None: ...


def fits(at: Report, value: Any, path: Path, shape: str) -> bool:
    """Report everything in `value` that is not of the shape; say whether its outermost kind is."""
    if value is None or shape == "any":
        return True
    if shape.startswith("[]"):
        return _list(at, value, path, shape)
    if shape.startswith("{}"):
        return _mapping(at, value, path, shape)
    reader = _SCALARS.get(shape)
    if reader is not None:
        return reader(at, value, path, shape)
    if not isinstance(value, dict):
        at.mismatch(path, value, go_type(shape), "a mapping is wanted here")
        return False
    _struct(at, value, path, shape, structs()[shape])
    return True


def with_texts(value: Any, shape: str) -> Any:
    """Return what fits with every scalar as text where the shape has a text, as lenient reading
    takes it."""
    if value is None or shape == "any":
        return value
    if shape == "string":
        return value if isinstance(value, str) else value_text(value)
    if shape[:2] == "[]" and isinstance(value, list):
        return [with_texts(item, shape[2:]) for item in value]
    if not isinstance(value, dict) or shape in _SCALARS:
        return value
    known = structs().get(shape, {})
    kinds = {key: shape[2:] if shape[:2] == "{}" else known.get(key, "any") for key in value}
    return {key: with_texts(part, kinds[key]) for key, part in value.items()}


def _list(at: Report, value: Any, path: Path, shape: str) -> bool:
    if not isinstance(value, list):
        hint = "a list is wanted here: begin items with '- '"
        at.mismatch(path, value, go_type(shape), hint)
        return False
    for i, item in enumerate(value):
        fits(at, item, (*path, i), shape[2:])
    return True


def _mapping(at: Report, value: Any, path: Path, shape: str) -> bool:
    if not isinstance(value, dict):
        at.mismatch(path, value, go_type(shape), "a mapping is wanted here")
        return False
    for key, part in value.items():
        fits(at, part, (*path, key), shape[2:])
    return True


def _struct(at: Report, value: dict[str, Any], path: Path, shape: str, known: Fields) -> None:
    outer, at.struct = at.struct, struct_of(shape)
    for key, part in value.items():
        where = (*path, key)
        if key in known:
            fits(at, part, where, known[key])
        else:
            at.unknown(where, key, list(known))
    at.struct = outer


def _string(at: Report, value: Any, path: Path, _shape: str) -> bool:
    if isinstance(value, str):
        return True
    if not at.strict and not isinstance(value, list | dict):
        at.text_wanted(path, value)
        return True
    at.mismatch(path, value, "string", "" if isinstance(value, list | dict) else at.quoting(path))
    return False


def _bool(at: Report, value: Any, path: Path, _shape: str) -> bool:
    if isinstance(value, bool):
        return True
    at.mismatch(path, value, "bool", "true or false is wanted here, without quotes")
    return False


def _integer(at: Report, value: Any, path: Path, shape: str) -> bool:
    low, high = _RANGES[shape]
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return True
    at.mismatch(path, value, shape, "a whole number is wanted here, without quotes")
    return False


def _int_or_text(at: Report, value: Any, path: Path, _shape: str) -> bool:
    return isinstance(value, str) or _integer(at, value, path, "int32")


def _quantity(at: Report, value: Any, path: Path, _shape: str) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return True
    match = _QUANTITY.match(value) if isinstance(value, str) else None
    if match is not None and _SUFFIX.match(match["suffix"]):
        return True
    hint = "for instance 500m, 2, 64Mi or 1.5Gi"
    if isinstance(value, str) and "{{" in value:
        hint = "tags are filled in later; use podSpecPatch to set it from a parameter"
    at.report(path, _QUANTITY_RULE, hint)
    return False


_SCALARS: Mapping[str, Callable[[Report, Any, Path, str], bool]] = {
    "string": _string,
    "bool": _bool,
    "int32": _integer,
    "int64": _integer,
    "intstr": _int_or_text,
    "quantity": _quantity,
}
