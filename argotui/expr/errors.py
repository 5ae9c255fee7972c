"""What can go wrong in a text with tags or in an expression; nothing else leaves this room.

Raised by the rest of `expr`; caught by the engine, which decides whether to wait, default or fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argotui.expr.template import Tag

_ABSENT = "output is an absent optional (skipped/omitted node with no default)"


class ExpressionError(ValueError):
    """An expression that does not parse or does not evaluate.

    `message` is the cause alone, `position` the offset in `source` in characters (-1: unknown).
    `str()` is the text Argo shows: cause, place, and the line with a mark under it.
    """

    def __init__(self, message: str, position: int = -1, source: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.source = source

    def at(self, position: int, source: str) -> ExpressionError:
        """Note the place, unless an inner call has noted it already; returns itself."""
        if self.position < 0:
            self.position = position
        self.source = self.source or source
        return self

    def __str__(self) -> str:
        if self.position < 0 or not self.source:
            return self.message
        before = self.source[: self.position]
        column = self.position - (before.rfind("\n") + 1)
        line = self.source.split("\n")[before.count("\n")]
        mark = f"\n | {line}\n | {'.' * column}^" if line else ""
        return f"{self.message} ({before.count(chr(10)) + 1}:{column + 1}){mark}"


class MissingName(ExpressionError):
    """A name of the environment, or something inside it, that is not there (yet)."""

    def __init__(self, path: tuple[str, ...], message: str, position: int = -1) -> None:
        super().__init__(message, position)
        self.path = path


class TagError(ValueError):
    """A `{{` that is never closed."""


class Unresolved(ValueError):
    """A tag that had to be resolved and cannot be, for now. Argo: 2.3.

    `names` are the full variable names that were missing; the message is Argo's.
    """

    def __init__(self, tag: Tag, names: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.tag = tag
        self.names = names


class AbsentReference(ValueError):
    """A simple tag on an output that will never be (Argo: 2.9).

    `whole` says that the tag is the whole string, so that an argument may fall back to a default.
    """

    def __init__(self, tag: Tag, *, whole: bool) -> None:
        super().__init__(f"unable to substitute {tag.text}: {_ABSENT}")
        self.tag = tag
        self.whole = whole
