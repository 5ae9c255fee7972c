"""`--approve-param NODE k=v` takes two values and is repeatable, which Typer does not know: the
two are joined before it sees them. Called by app.run and read by `run`."""

from __future__ import annotations

from collections.abc import Sequence

PAIR_SEPARATOR = "\0"  # cannot occur in an argument
_TWO_VALUES = "--approve-param"


def pairs_joined(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with every pair as one."""
    joined: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        joined.append(argument)
        if argument == "--":
            return [*joined, *rest]
        if argument == _TWO_VALUES:
            values = [value for value in (next(rest, None), next(rest, None)) if value is not None]
            joined += [PAIR_SEPARATOR.join(values)] if values else []
    return joined
