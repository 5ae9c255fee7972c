"""Go's fmt.Sprintf for texts and numbers: the format of withSequence and the like.

Called by the engine's loops and sprig's printf.
"""

from __future__ import annotations

import re
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import print_value, quote, type_name

_VERB = re.compile(r"%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(.)?", re.DOTALL)
_INTEGER = {"d": "d", "b": "b", "o": "o", "x": "x", "X": "X", "O": "o"}
_MAX_WIDTH = 10_000


def sprintf(template: str, *values: Any) -> str:
    """Fill a Go format; wrong verbs and counts show as Go shows them: `%!s(int=5)`."""
    parts: list[str] = []
    left = list(values)
    end = 0
    for found in _VERB.finditer(template):
        parts.append(template[end : found.start()])
        end = found.end()
        parts.append(_filled(found, left))
    parts.append(template[end:])
    if left:
        extra = ", ".join(f"{type_name(value)}={print_value(value)}" for value in left)
        parts.append(f"%!(EXTRA {extra})")
    return "".join(parts)


def _filled(found: re.Match[str], left: list[Any]) -> str:
    flags, width, precision, verb = found.groups()
    if verb is None:
        return "%!(NOVERB)"
    if verb == "%":
        return "%"
    columns = _count(width, left)
    digits = None if precision is None else _count(precision or "0", left)
    if not left:
        return f"%!{verb}(MISSING)"
    value = left.pop(0)
    text = _formatted(verb, flags, digits, value)
    if text is None:
        return f"%!{verb}({type_name(value)}={print_value(value)})"
    return _padded(text, flags, columns or 0, digits, value)


def _count(text: str | None, left: list[Any]) -> int | None:
    if text is None:
        return None
    number = left.pop(0) if text == "*" and left else text
    count = int(number) if str(number).lstrip("-").isdecimal() else 0
    if abs(count) > _MAX_WIDTH:
        raise ExpressionError("memory budget exceeded")
    return count


def _padded(text: str, flags: str, width: int, digits: int | None, value: Any) -> str:
    if width < 0 or "-" in flags:
        return text.ljust(abs(width))
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if "0" in flags and not (number and isinstance(value, int) and digits is not None):
        sign = text[0] if number and text[:1] in ("-", "+", " ") else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _formatted(verb: str, flags: str, digits: int | None, value: Any) -> str | None:
    """Return the value without padding, None for a verb that does not suit it."""
    if verb == "v":
        text = print_value(value)
        return _signed(text, flags) if isinstance(value, float) else text
    if verb == "T":
        return type_name(value)
    match value:
        case bool():
            return print_value(value) if verb == "t" else None
        case int():
            return _integer(verb, flags, digits, value)
        case float():
            return _float(verb, flags, digits, value)
        case str():
            return _text(verb, flags, digits, value)
    return print_value(value) if verb == "s" else None


def _signed(text: str, flags: str) -> str:
    if text.startswith("-"):
        return text
    return ("+" if "+" in flags else " " if " " in flags else "") + text


def _integer(verb: str, flags: str, digits: int | None, value: int) -> str | None:
    match verb:
        case "c":
            return chr(value) if 0 <= value <= 0x10FFFF else "\ufffd"
        case "q":
            char = chr(value) if 0 <= value <= 0x10FFFF else "\ufffd"
            return "'" + ("\\'" if char == "'" else quote(char)[1:-1].replace('\\"', '"')) + "'"
        case "U":
            return f"U+{value:04X}"
    if verb not in _INTEGER:
        return None
    number = format(abs(value), _INTEGER[verb])
    if digits is not None:
        number = "" if digits == 0 and value == 0 else number.rjust(digits, "0")
    marks = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}
    if verb == "O":
        number = "0o" + number
    elif "#" in flags:
        number = marks.get(verb, "") + number
    return _signed(("-" if value < 0 else "") + number, flags)


def _float(verb: str, flags: str, digits: int | None, value: float) -> str | None:
    if verb not in "eEfFgG":
        return None
    if verb in "gG" and digits is None:
        text = print_value(value)
        return _signed(text.upper() if verb == "G" else text, flags)
    text = format(value, f".{6 if digits is None else digits}{verb.replace('F', 'f')}")
    return _signed(text.replace("inf", "Inf").replace("nan", "NaN"), flags)


def _text(verb: str, flags: str, digits: int | None, value: str) -> str | None:
    cut = value if digits is None else value[:digits]
    match verb:
        case "s":
            return cut
        case "q":
            return f"`{cut}`" if "#" in flags and "`" not in cut else quote(cut)
        case "x" | "X":
            hexes = (
                value.encode().hex(" " if " " in flags else "")
                if " " in flags
                else (value.encode().hex())
            )
            return hexes.upper() if verb == "X" else hexes
    return None
