"""What a warning is. The tables beside it hold them all; lint and docs/lint.md read them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A warning: `title` in one line, `about` says what happens and what to do instead.

    `example` is the spec of a Workflow, or whole documents where it begins with `kind:` or
    `apiVersion:`; the warning is given for it. `lint_only`: not told when something runs.
    """

    title: str
    about: str
    example: str
    lint_only: bool = False
