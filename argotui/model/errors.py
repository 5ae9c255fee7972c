"""The three families of things that go wrong, told apart by type.

`ManifestError`: the user's YAML. `RuntimeFault`: the world. `EngineBug`: ours.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a manifest, told at the place where it can be mended.

    `line` and `column` count from 1; 0 means that the place is not known. `name` is set for
    warnings only: the word that `# argotui: ignore[name]` takes.
    """

    what: str
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    severity: str = "error"  # or "warning"
    name: str = ""
    subject: str = ""  # "Kind/name" of the document, as Argo's linter names it

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        mark = f"warning[{self.name}]: " if self.severity == "warning" else ""
        tail = f"; {self.hint}" if self.hint else ""
        return f"{place}: {mark}{self.what}{tail}" if place else f"{mark}{self.what}{tail}"


class ManifestError(Exception):
    """A manifest that cannot run; carries every problem found, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(Exception):
    """The command line asks for something that cannot be (exit code 2)."""


class RuntimeFault(Exception):
    """The world did not do what was asked: no cluster, no sandbox, disk full (exit code 3)."""


class EngineBug(Exception):
    """An invariant of ours does not hold; carries the story of the node concerned."""

    def __init__(self, what: str, story: tuple[str, ...] = ()) -> None:
        super().__init__("\n  ".join((what, *story)))
        self.story = story
