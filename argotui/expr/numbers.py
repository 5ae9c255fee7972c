"""The number literals of expressions, and Go's words for those that are none.

Called by `parser`.
"""

from __future__ import annotations

import math
import re

from argotui.expr.grammar import MAX_INT

_KINDS = {"0x": ("hex", 16), "0b": ("binary", 2), "0o": ("octal", 8)}
_FLOAT = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII)


def read_number(literal: str) -> int | float:
    """Return the value of a literal; raises ValueError with Go's message."""
    value = literal.replace("_", "")
    lower = value.lower()
    kind, base = _KINDS.get(lower[:2], ("integer", 10))
    if base != 16 and ("." in lower or "e" in lower):
        return _float(value, lower)
    try:
        number = int(lower, base)
    except ValueError:
        raise ValueError(_words(kind, "ParseInt", value, "invalid syntax")) from None
    if number > MAX_INT:
        raise ValueError(_words(kind, "ParseInt", value, "value out of range"))
    return number


def _float(value: str, lower: str) -> float:
    if not _FLOAT.fullmatch(lower):
        raise ValueError(_words("float", "ParseFloat", value, "invalid syntax"))
    number = float(lower)
    if math.isinf(number):
        raise ValueError(_words("float", "ParseFloat", value, "value out of range"))
    return number


def _words(kind: str, function: str, value: str, why: str) -> str:
    return f'invalid {kind} literal: strconv.{function}: parsing "{value}": {why}'
