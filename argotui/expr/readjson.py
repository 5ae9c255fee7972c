"""Reading JSON with Go's messages for what is wrong with it.

Called by the functions that read JSON, and by `items` for withParam.
"""

from __future__ import annotations

import json
from typing import Any

from argotui.expr.errors import ExpressionError


def parse_json(text: str, *, number: Any = None, decimal: Any = None) -> Any:
    """Return the JSON value of `text`; raises ExpressionError in Go's words.

    `number` and `decimal` make integers and floats from their text.
    """
    try:
        return json.loads(text, parse_constant=_no_constant, parse_int=number, parse_float=decimal)
    except json.JSONDecodeError as error:
        raise ExpressionError(_json_error(text, error)) from None
    except (RecursionError, ValueError) as error:
        raise ExpressionError(f"invalid JSON: {error}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"invalid character '{name[0]}' looking for beginning of value")


def _json_error(text: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(text.rstrip()):
        return "unexpected end of JSON input"
    if error.msg == "Extra data":
        return f"invalid character '{text[error.pos]}' after top-level value"
    char = chr(text[error.pos].encode(errors="replace")[0])  # Go names the byte
    for word in ("null", "true", "false"):
        if char == word[0] and error.msg == "Expecting value":
            return _literal_error(text, error.pos, word)
    if error.msg == "Expecting value":
        return f"invalid character '{char}' looking for beginning of value"
    if error.msg.startswith("Expecting property name"):
        return f"invalid character '{char}' looking for beginning of object key string"
    return f"invalid character '{char}' ({error.msg})"


def _literal_error(text: str, position: int, word: str) -> str:
    """`not json`: invalid character 'o' in literal null (expecting 'u')."""
    for offset, expected in enumerate(word):
        found = text[position + offset : position + offset + 1]
        if not found:
            return "unexpected end of JSON input"
        if found != expected:
            return f"invalid character '{found}' in literal {word} (expecting '{expected}')"
    return f"invalid character in literal {word}"
