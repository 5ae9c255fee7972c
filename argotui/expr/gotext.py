"""How Go writes values down: quoting, numbers, JSON. Pure formatting, no state.

Called all over `expr`, and by the engine where a text must be the one Argo would show.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotypes import is_nil
from argotui.expr.meter import Budget, charge, metered

_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}
# what encoding/json writes as \u00XX although JSON itself would not ask for it
_HTML = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_NO_UTF8 = re.compile("[\udc80-\udcff]")
_LINES = {0x2028: "\\u2028", 0x2029: "\\u2029", 0x7F: "\x7f"}


def quote(text: str) -> str:
    """Return `text` as a Go string literal in double quotes (strconv.Quote, %q)."""
    return '"' + "".join(map(_quoted, text)) + '"'


def _quoted(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    # isprintable also refuses every space but U+0020, as Go does
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def digits(value: float) -> tuple[str, int]:
    """Return the shortest decimal digits of a finite positive float, and its decimal exponent."""
    mantissa, _, exponent = f"{value!r}".partition("e")
    whole, _, part = mantissa.partition(".")
    number = (whole + part).lstrip("0")
    shift = len(whole) - (len(whole + part) - len(number)) + int(exponent or 0)
    return number.rstrip("0") or "0", shift - 1


def float_text(value: float) -> str:
    """Return a float as `%v` prints it: exponent form below 1e-4 and from 1e6 on."""
    return _special(value) or _shortest(value, low=-4, high=6, pad=2)


def json_number(value: float) -> str:
    """Return a float as encoding/json writes it; raises ExpressionError for NaN and infinity."""
    if special := _special(value):
        raise ExpressionError(f"json: unsupported value: {special}")
    return _shortest(value, low=-6, high=21, pad=1)


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return ""


def _shortest(value: float, *, low: int, high: int, pad: int) -> str:
    sign = "-" if math.copysign(1, value) < 0 else ""
    if value == 0:
        return sign + "0"
    number, exponent = digits(abs(value))
    if low <= exponent < high:
        return sign + _plain(number, exponent)
    tail = f".{number[1:]}" if len(number) > 1 else ""
    mark = "-" if exponent < 0 else "+"
    return f"{sign}{number[0]}{tail}e{mark}{abs(exponent):0{pad}d}"


def _plain(number: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + number
    if len(number) <= exponent + 1:
        return number + "0" * (exponent + 1 - len(number))
    return f"{number[: exponent + 1]}.{number[exponent + 1 :]}"


def from_utf8(encoded: bytes) -> str:
    """Return the text of bytes; each that is no UTF-8 shows as one mark, as in Go."""
    text = encoded.decode(errors="surrogateescape")
    return text if text.isascii() else _NO_UTF8.sub("\ufffd", text)


def compact_json(value: Any, *, html: bool = True) -> str:
    """Return JSON as encoding/json writes it: no blanks, keys sorted, `<`, `>`, `&` escaped.

    Raises ExpressionError for what JSON cannot hold.
    """
    return _encode(value, html, "", "")


def indented_json(value: Any) -> str:
    """Return JSON with a step of two blanks, as the builtin toJSON does."""
    return _encode(value, True, "\n", "  ")


def json_text(text: str, *, html: bool = True) -> str:
    """Return a JSON string literal."""
    encoded = json.dumps(text, ensure_ascii=False).translate(_LINES)
    return encoded.translate(_HTML) if html else encoded


def _encode(value: Any, html: bool, newline: str, step: str) -> str:
    if is_nil(value):
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        charge(1 + (len(value) + len(newline)) // 16)
        return json_text(value, html=html)
    charge(1 + len(newline) // 4)  # what is indented
    if isinstance(value, int):
        return f"{value:d}"  # a month is an int with a name
    if isinstance(value, float):
        return json_number(value)
    inner = newline + step if newline else ""
    colon = ": " if newline else ":"
    if isinstance(value, Mapping):
        pairs = sorted((key_text(key), item) for key, item in value.items())
        parts = [
            json_text(key, html=html) + colon + _encode(item, html, inner, step)
            for key, item in pairs
        ]
        return _bracketed("{}", parts, inner, newline)
    if isinstance(value, (list, tuple)):
        parts = [_encode(item, html, inner, step) for item in value]
        return _bracketed("[]", parts, inner, newline)
    if hasattr(value, "as_json"):
        return _encode(value.as_json(), html, newline, step)
    raise ExpressionError(f"json: unsupported type: {type_name(value)}")


def _bracketed(pair: str, parts: list[str], inner: str, newline: str) -> str:
    if not parts:
        return pair
    return pair[0] + inner + ("," + inner).join(parts) + newline + pair[1]


def key_text(key: Any) -> str:
    """Return a map key as JSON has it; raises ExpressionError for one that is no text."""
    if isinstance(key, str):
        return key
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    raise ExpressionError("json: unsupported type: map[interface {}]interface {}")


def to_text(value: Any) -> str:
    """Return what a `{{=...}}` puts into its string: text as it is, else compact JSON."""
    if isinstance(value, str):
        return value
    try:
        with metered(Budget()):
            encoded = compact_json(value)
    except RecursionError:
        raise ExpressionError("result is nested too deeply") from None
    if encoded.startswith('"'):  # a date: Argo strips the quotes of any JSON text
        return str(json.loads(encoded))
    return encoded


def type_name(value: Any) -> str:
    """Return the Go type of an expression's value, for messages."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "bool"
        case int():
            return str(getattr(value, "go_type", "int"))
        case float():
            return "float64"
        case str():
            return "string"
        case list() | tuple():
            return str(getattr(value, "go_type", "[]interface {}"))
        case Mapping():
            return str(getattr(value, "go_type", "map[string]interface {}"))
        case _:
            return str(getattr(value, "go_type", "func(...)"))


def print_value(value: Any) -> str:
    """Return a value as `%v` prints it (fmt.Sprint): `[a b]`, `map[k:v]`, `<nil>`."""
    charge()
    match value:
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case float():
            return float_text(value)
        case list() | tuple():
            return "[" + " ".join(map(print_value, value)) + "]"
        case Mapping():
            pairs = sorted((print_value(key), print_value(item)) for key, item in value.items())
            return "map[" + " ".join(f"{key}:{item}" for key, item in pairs) + "]"
        case _:
            return str(value)


def reflect_kind(value: Any) -> str:
    """Return Go's kind of a value, as reflection names it."""
    match value:
        case None:
            return "zero"
        case list() | tuple():
            return "slice"
        case Mapping():
            return "map"
    name = type_name(value)
    kinds = {"time.Duration": "int64", "time.Time": "struct", "time.Month": "int"}
    return kinds.get(name, "func" if name.startswith("func") else name)
