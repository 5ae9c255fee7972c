"""A difference between Go's answer and ours, and what kind of difference it is."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from argotui.expr.errors import ExpressionError
from tests.oracle.compare import settled, tagged


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` is value, kind, words, crash, `go fails` or `we fail`."""

    what: str
    text: str
    wanted: str
    given: str


def told(answer: dict[str, Any]) -> Any:
    """Return Go's answer as a tagged value, an error as its first line."""
    if "error" in answer:
        return ["error", answer["error"].split("\n")[0]]
    return settled(answer.get("value") or ["nil"])


def ours(evaluate: Callable[[], Any], raises: tuple[type[Exception], ...] = ()) -> Any:
    """Return our answer as a tagged value; `raises` are errors beside ExpressionError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return settled(tagged(evaluate()))
    except (ExpressionError, *raises) as error:
        return ["error", str(error).split("\n")[0]]
    except Exception as error:
        return ["crash", repr(error)]


def compared(text: str, wanted: Any, given: Any) -> Difference | None:
    what = _kind(wanted, given)
    return None if what is None else Difference(what, text, str(wanted[1:]), str(given[1:]))


def _kind(wanted: Any, given: Any) -> str | None:
    if given[0] == "crash":
        return "crash"
    if wanted == given:
        return None
    match wanted[0], given[0]:
        case "error", "error":
            return "words"
        case "error", _:
            return "go fails"
        case _, "error":
            return "we fail"
    return "kind" if wanted[0] != given[0] else "value"
