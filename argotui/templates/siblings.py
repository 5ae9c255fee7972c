"""What the hooks of a step may know of the steps before it in its own group. Argo: 4.5

Used by steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from argotui.engine.core import Core
from argotui.expr.scope import Lack
from argotui.templates.items import Items

_STATUS = ".status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """A Scope of `steps.X.status` alone, X being a step or a loop's item of `group` that stands
    before the node `own`: Argo's walk notes one after the other. Nothing is looked up unasked."""

    core: Core
    group: str
    items: Items
    own: str

    def get(self, name: str) -> str | Lack:
        if not (name.startswith("steps.") and name.endswith(_STATUS)):
            return Lack.MISSING
        found = self.status(name[len("steps.") : -len(_STATUS)])
        return Lack.MISSING if found is None else found

    def env(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        return {"steps": _Statuses(self)}

    def status(self, who: str) -> str | None:
        name = f"{self.group}.{who}"
        order = self.items.order
        node = self.core.state.nodes.get(name)
        if node is None or name not in order or order[name] >= order[self.own]:
            return None
        return str(node.phase)

    def names(self) -> Iterator[str]:
        for name in self.items.order:
            if name == self.own:
                return
            yield name.removeprefix(f"{self.group}.")


class _Statuses(Mapping[str, Mapping[str, str]]):
    def __init__(self, siblings: Siblings) -> None:
        self._siblings = siblings

    def __getitem__(self, who: str) -> Mapping[str, str]:
        status = self._siblings.status(who)
        if status is None:
            raise KeyError(who)
        return {"status": status}

    def __iter__(self) -> Iterator[str]:
        return iter([who for who in self._siblings.names() if who in self])

    def __len__(self) -> int:
        return sum(1 for _ in self)
