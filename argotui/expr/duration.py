"""Go durations (`1h2m3.5s`): reading and writing them.

Called by `times`, and by the engine for deadlines, back-offs and suspends.
"""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_WHOLE = re.compile(rf"[+-]?(?:0|(?:{_PART.pattern})+)", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_UNIT = re.compile(r"[^\d.]+", re.ASCII)
_SECONDS = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_LIMIT = 1 << 63
_LONGEST = 200


def parse_duration(text: str) -> int | None:
    """Return the nanoseconds of a Go duration, None for a text that is none."""
    if len(text) > _LONGEST or not _WHOLE.fullmatch(text):
        return None
    total = sum(int(Decimal(found[1]) * _UNITS[found[2]]) for found in _PART.finditer(text))
    if total >= _LIMIT:
        return None
    return -total if text.startswith("-") else total


def duration_mistake(text: str) -> str:
    """Return what Go says of a text that is no duration."""
    shown = time_quote(text)
    rest = text[1:] if text[:1] in ("-", "+") else text
    while found := _NUMBER.match(rest):
        rest = rest[found.end() :]
        unit = _UNIT.match(rest)
        if unit is None:
            return f"time: missing unit in duration {shown}"
        if unit[0] not in _UNITS:
            return f"time: unknown unit {time_quote(unit[0])} in duration {shown}"
        rest = rest[unit.end() :]
    return f"time: invalid duration {shown}"


def time_quote(text: str) -> str:
    """Quote as package time does: all that is not ASCII by its bytes."""
    parts = []
    for byte in text.encode():
        char = chr(byte)
        plain = 0x20 <= byte < 0x80
        parts.append(("\\" if char in '"\\' else "") + char if plain else f"\\x{byte:02x}")
    return '"' + "".join(parts) + '"'


def go_duration(text: str) -> float | None:
    """Return the seconds of a field that takes integer seconds or a Go duration; None for a text
    that is neither. Argo: 4.4, 4.6."""
    if _SECONDS.fullmatch(text):
        return float(int(text))
    nanoseconds = parse_duration(text)
    return None if nanoseconds is None else nanoseconds / 1e9


def duration_text(nanoseconds: int) -> str:
    """Return a duration as Go prints it: `1h0m0s`, `1.5s`, `300ms`, `0s`."""
    sign = "-" if nanoseconds < 0 else ""
    rest = abs(nanoseconds)
    if rest == 0:
        return "0s"
    if rest < 1_000_000_000:
        for unit in ("ms", "µs", "ns"):
            if rest >= _UNITS[unit]:
                return sign + _fraction(rest, _UNITS[unit]) + unit
    minutes, seconds = divmod(rest, _UNITS["m"])
    hours, minutes = divmod(minutes, 60)
    text = _fraction(seconds, _UNITS["s"]) + "s"
    if rest >= _UNITS["m"]:
        text = f"{minutes}m{text}"
    if hours:
        text = f"{hours}h{text}"
    return sign + text


def _fraction(value: int, unit: int) -> str:
    whole, part = divmod(value, unit)
    if not part:
        return str(whole)
    return f"{whole}.{part:0{len(str(unit)) - 1}d}".rstrip("0")
