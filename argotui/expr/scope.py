"""The variables a text may refer to: a flat map for simple tags, nested maps for expressions.

Built by the engine, layer over layer (globals, inputs, steps, item); read by `template`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Protocol


class Lack(Enum):
    """Why a variable has no value."""

    MISSING = "missing"  # not known, perhaps later
    ABSENT = "absent"  # optional output of a skipped or omitted producer without default. Argo: 2.9


class Scope(Protocol):
    def get(self, name: str) -> str | Lack:
        """Return the value of the variable with exactly this name."""
        ...

    def env(self) -> Mapping[str, Any]:
        """Return the root environment of expressions: nested maps with strings as leaves, None
        for an absent output."""
        ...


class MapScope:
    """Variables from a flat map with dotted keys, over the variables of `parent`.

    `typed` adds entries that only expressions see, with values of any JSON type.
    """

    __slots__ = ("_parent", "_tree", "_typed", "_values")

    def __init__(
        self,
        values: Mapping[str, str | Lack],
        parent: Scope | None = None,
        *,
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        self._values = values
        self._parent = parent
        self._typed = typed
        self._tree: dict[str, Any] | None = None

    def get(self, name: str) -> str | Lack:
        value = self._values.get(name, Lack.MISSING)
        if value is Lack.MISSING and self._parent is not None:
            return self._parent.get(name)
        return value

    def env(self) -> Mapping[str, Any]:
        if self._tree is None:
            self._tree = expand(self._values)
            self._tree.update(self._typed or {})
        if self._parent is None:
            return MappingProxyType(self._tree)
        below = self._parent.env()
        layers = below.layers if isinstance(below, Layers) else (below,)
        return Layers((self._tree, *layers))


class Layers(Mapping[str, Any]):
    """Nested maps seen through each other, the first on top. Nothing is copied."""

    __slots__ = ("layers",)

    def __init__(self, layers: tuple[Mapping[str, Any], ...]) -> None:
        self.layers = layers

    def __getitem__(self, key: str) -> Any:
        found = [layer[key] for layer in self.layers if key in layer]
        if not found:
            raise KeyError(key)
        # Argo: 2.4: a text with children is hidden by them, wherever it comes from
        maps = tuple(value for value in found if isinstance(value, Mapping))
        if not maps:
            return found[0]
        return maps[0] if len(maps) == 1 else Layers(maps)

    def __contains__(self, key: object) -> bool:
        return any(key in layer for layer in self.layers)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for layer in reversed(self.layers) for key in layer))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def expand(values: Mapping[str, str | Lack]) -> dict[str, Any]:
    """Return nested maps for dotted keys; `a` is dropped where `a.b` exists (Argo: 2.4)."""
    tree: dict[str, Any] = {}
    for name, value in values.items():
        if value is Lack.MISSING:
            continue
        *parents, last = name.split(".")
        place = tree
        for part in parents:
            inner = place.get(part)
            if not isinstance(inner, dict):
                inner = place[part] = {}
            place = inner
        if not isinstance(place.get(last), dict):
            place[last] = None if value is Lack.ABSENT else value
    return tree
