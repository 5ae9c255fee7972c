"""What observers and the journal see. Folding all changes of a run gives its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from argotui.model.commands import Command
from argotui.model.metrics import Measured
from argotui.model.status import Node
from argotui.model.work import Work, WorkRef


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCreated:
    """`node` is a copy of its own: whoever folds it may keep it and write to it."""

    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePatched:
    """The named fields of the node have these values now."""

    name: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """`child` was added to the children of `parent` (node names)."""

    parent: str
    child: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesRemoved:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPatched:
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRequested:
    """This work was asked for: kept, so that recovery asks for the identical thing."""

    ref: WorkRef
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A fact the engine keeps for itself: answers, held locks. `value` is JSON, None forgets it."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A request was not taken. Changes nothing."""

    cause: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something people should know: a deviation, a node left running. Changes nothing."""

    text: str
    node: str = ""


Change: TypeAlias = (
    NodeCreated
    | NodePatched
    | Linked
    | NodesRemoved
    | RunPatched
    | WorkRequested
    | Remembered
    | Rejected
    | Noted
    | Measured
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All that the engine says to one event. The changes hold before a command is carried out."""

    at: float = 0.0
    cause: str = ""
    changes: tuple[Change, ...] = ()
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A row not started yet: `after` names what it waits for (display names).

    `kind` is the template's (`container`, `dag`, ...), `many` marks a loop not yet expanded.
    """

    name: str
    display_name: str
    parent: str
    template_name: str = ""
    kind: str = ""
    after: tuple[str, ...] = ()
    many: bool = False
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What clients of a driver receive: changes up to and including number `seq`.

    `outlook` maps the name of an open Steps or DAG node to its rows to come, "" to those of the run
    itself (its exit handler); it replaces what was said of that node before.
    """

    seq: int
    at: float = 0.0
    changes: tuple[Change, ...] = ()
    outlook: Mapping[str, tuple[Planned, ...]] = field(default_factory=dict)
