"""What a task waits for, read from `depends` and `dependencies`. Argo: 4.2, D4-D9."""

from __future__ import annotations

import re
from dataclasses import dataclass

from argotui.model.bodies import Task

# A name with a result word, else a bare name; the same words as Argo's own two expressions.
_TERM = re.compile(r"([a-zA-Z0-9][-a-zA-Z0-9]*?)\.([A-Z][a-zA-Z]+)|([a-zA-Z0-9][-a-zA-Z0-9]*)")
RESULTS = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned")
LOOP_RESULTS = ("AnySucceeded", "AllFailed")


@dataclass(frozen=True, slots=True)
class Term:
    """One mention of a task: `result` is empty for a bare name."""

    task: str
    result: str
    text: str


def terms_of(task: Task) -> list[Term]:
    """Return every mention of a task, in order."""
    if task.depends:
        return [
            Term(match[1] or match[3], match[2] or "", match[0])
            for match in _TERM.finditer(task.depends)
        ]
    return [Term(name, "", name) for name in task.dependencies]


def needed_names(task: Task) -> tuple[str, ...]:
    """Return the names of the tasks that a task waits for, each once."""
    return tuple(dict.fromkeys(term.task for term in terms_of(task)))
