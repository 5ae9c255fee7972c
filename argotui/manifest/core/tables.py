"""The tables of types as mappings, and what Go calls the types. Called by core/read.py and
schema.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from argotui.manifest.core import argo, kubernetes

Fields = Mapping[str, str]
_GO_NAMES = {"quantity": "resource.Quantity", "intstr": "int32", "any": "interface {}"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A type as the tables write it, such as `Probe`, `[]EnvVar` or `{}string`."""

    text: str


@cache
def structs() -> Mapping[str, Fields]:
    """Return type name -> field -> type, of both tables."""
    return {**_read(kubernetes.TABLE), **_read(argo.TABLE)}


@cache
def _argo_names() -> frozenset[str]:
    return frozenset(_read(argo.TABLE))


def _read(table: str) -> dict[str, Fields]:
    """Return the structs of a table; a line that is indented goes on with the one before."""
    lines = table.replace("\n  ", " ").strip().splitlines()
    return {name: _fields(rest) for name, _, rest in (line.partition(":") for line in lines)}


def _fields(text: str) -> Fields:
    pairs = (part.partition(":") for part in text.split())
    return {name: kind or "string" for name, _, kind in pairs}


def struct_of(name: str) -> str:
    """Return the name that a struct has in Go, without its package."""
    return name.removeprefix("Argo")


def go_type(shape: str) -> str:
    """Return the type as Go's JSON reader names it: `[]v1.EnvVar`, `map[string]string`."""
    if shape.startswith("[]"):
        return f"[]{go_type(shape[2:])}"
    if shape.startswith("{}"):
        return f"map[string]{go_type(shape[2:])}"
    if shape[0].islower():
        return _GO_NAMES.get(shape, shape)
    return f"{'v1alpha1' if shape in _argo_names() else 'v1'}.{struct_of(shape)}"
