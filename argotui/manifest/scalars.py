"""What a YAML scalar means to go-yaml v2, the reader in front of Argo. Argo: 2.1.

Called by yaml.py for every scalar and every mapping key.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Any

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.inf),  # no JSON either way
}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INT = re.compile(
    r"([-+]?)(?:0[xX](?P<x>[0-9a-fA-F]+)|0[oO](?P<o>[0-7]+)|0[bB](?P<b>[01]+)"
    r"|(?P<d>0|[1-9][0-9]*)|0(?P<p>[0-7]+))\Z"
)
_BASES = {"x": 16, "o": 8, "b": 2, "d": 10, "p": 8}
_INT_MIN, _INT_MAX = -(2**63), 2**64 - 1
# Above this, and for fractions, Go prints a number as the float that it is.
_EXACT_FLOAT = 1e21
_LONGEST_NUMBER = 400


def plain_value(text: str) -> Any:
    """Return the value of an unquoted scalar: None, bool, int, float or str."""
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if not (first.isdigit() or first in "+-.") or len(text) > _LONGEST_NUMBER:
        return text
    digits = text.replace("_", "") if first != "." else text
    return _number(digits, text)


def _number(digits: str, text: str) -> Any:
    match = _INT.match(digits)
    if match and match.lastgroup:
        value = int(match[1] + match[match.lastgroup], _BASES[match.lastgroup])
        if _INT_MIN <= value <= _INT_MAX:
            return value
    if _FLOAT.match(digits):
        return _as_json(float(digits))
    return text


def _as_json(value: float) -> int | float:
    """Return the number as the JSON that Argo sees next prints it: 1.0 is 1, 1e3 is 1000."""
    if abs(value) < _EXACT_FLOAT and value == int(value):
        return int(value)
    return value


def tagged_value(text: str, tag: str) -> Any:
    """Return the value of a scalar with one of YAML's own tags. Raises ValueError in words."""
    match tag:
        case "str" | "timestamp":
            return text
        case "binary":
            return _decoded(text)
        case "null" if plain_value(text) is None:
            return None
        case "bool" if isinstance(plain_value(text), bool):
            return plain_value(text)
        case "int" | "float" if _is_number(plain_value(text)):
            return plain_value(text)
    raise ValueError(f"cannot read `{text[:40]}` as a !!{tag}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("!!binary value contains invalid base64 data") from error


def key_text(value: Any) -> str:
    """Return a mapping key as the text it becomes in JSON. Raises ValueError for null."""
    match value:
        case None:
            raise ValueError("a key is null; quote it")
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def value_text(value: Any) -> str:
    """Return a scalar as Argo's AnyString prints it; empty for a list or a mapping. Argo: 2.1.

    Numbers go through a float and come out as plain decimals, so that integers above 2**53 lose
    digits, as they do there.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _plain_decimal(float(value))
        case _:
            return ""


def _plain_decimal(value: float) -> str:
    shortest = repr(value)
    if "e" not in shortest:
        return shortest.removesuffix(".0")
    from decimal import Decimal

    return format(Decimal(shortest), "f")
