"""Base64 and base32 as Go's packages read and write them, their mistakes included.

Called by expr-lang's and sprig's functions.
"""

from __future__ import annotations

import base64
import string

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import from_utf8

_SIXTY_FOUR = frozenset(string.ascii_letters + string.digits + "+/")
_THIRTY_TWO = frozenset(string.ascii_uppercase + "234567")


def encode_base64(text: str) -> str:
    return base64.b64encode(text.encode(errors="replace")).decode()


def decode_base64(text: str) -> str:
    """Return the text; raises ExpressionError with the offset Go names."""
    body = text.replace("\n", "").replace("\r", "")
    wrong = _wrong(body, _SIXTY_FOUR, 4, (2, 3))
    if wrong >= 0:
        raise ExpressionError(f"illegal base64 data at input byte {wrong}")
    return from_utf8(base64.b64decode(body))


def decode_base32(text: str) -> str:
    body = text.replace("\n", "").replace("\r", "")
    wrong = _wrong(body, _THIRTY_TWO, 8, (2, 4, 5, 7))
    if wrong >= 0:
        raise ExpressionError(f"illegal base32 data at input byte {wrong}")
    return from_utf8(base64.b32decode(body))


def _wrong(text: str, letters: frozenset[str], size: int, ends: tuple[int, ...]) -> int:
    """Return the byte at which Go stops to read, -1 if it reads all; `ends` are how many letters
    may stand before padding."""
    data = text.encode().decode("latin-1")
    plain = next((at for at, char in enumerate(data) if char not in letters), len(data))
    group, rest = plain - plain % size, plain % size
    if plain == len(data):
        return group if rest else -1
    if data[plain] != "=" or rest not in ends:
        return plain
    padding = data[plain : group + size]
    odd = next((at for at, char in enumerate(padding) if char != "="), -1)
    if odd >= 0:
        return plain + odd - (size == 8)
    if len(padding) < size - rest:
        return len(data)
    return group + size if len(data) > group + size else -1
