"""The rows of a plan: what would run, under which conditions, and how often.

Made by forecast.walk; shown by cli/plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from argotui.model.manifest import JsonObject


class Fate(StrEnum):
    """What is known of a row before anything has run.

    MAYBE: a condition decides that is not known yet, or that only a failure makes true.
    """

    RUNS = "runs"
    MAYBE = "maybe"
    SKIPPED = "skipped"
    OMITTED = "omitted"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One node to be, or one loop of them.

    `name` is the node's; `label` what people call it; `role` is entry, step, task, item, hook or
    exit. `count` is the number of items of a loop (None: not known yet), 1 without a loop; of a
    loop that is summarised `children` holds the first item, and `skipped` counts the items whose
    `when` is false already. `after` are labels of what it waits for. `pod` is the manifest of a
    row that runs one, with the tags that are not known yet in place.
    """

    name: str
    label: str
    role: str
    template: str = ""
    kind: str = ""
    fate: Fate = Fate.RUNS
    condition: str = ""
    after: tuple[str, ...] = ()
    count: int | None = 1
    skipped: int = 0
    images: tuple[str, ...] = ()
    resources: str = ""
    notes: tuple[str, ...] = ()
    pod: JsonObject | None = None
    children: tuple[Row, ...] = ()

    @property
    def is_loop(self) -> bool:
        return self.count != 1 or any(child.role == "item" for child in self.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The plan of one workflow: the entry template's row, hooks and exit handler behind it.

    `notes` are true of the whole run. `cut` says that there are more rows than are told.
    """

    entry: Row
    others: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    cut: bool = False
