"""Go's ways of writing values, for the rooms above: one place to import them from.

Durations, numbers, JSON, formats, the strftime letters of `workflow.creationTimestamp.X`, items.
"""

from __future__ import annotations

from datetime import UTC, datetime

from argotui.expr.duration import duration_text, go_duration, parse_duration
from argotui.expr.gotext import (
    compact_json,
    float_text,
    indented_json,
    json_number,
    print_value,
    quote,
    to_text,
)
from argotui.expr.items import (
    item_description,
    item_member_text,
    item_text,
    load_items,
    struct_json,
    with_sorted_keys,
)
from argotui.expr.layout import DAYS, MONTHS
from argotui.expr.sprintf import sprintf

__all__ = [
    "STRFTIME",
    "compact_json",
    "duration_text",
    "float_text",
    "go_duration",
    "indented_json",
    "item_description",
    "item_member_text",
    "item_text",
    "json_number",
    "load_items",
    "parse_duration",
    "print_value",
    "quote",
    "rfc3339",
    "seconds_text",
    "sprintf",
    "strftime",
    "struct_json",
    "to_text",
    "with_sorted_keys",
]

# letters that `workflow.creationTimestamp.<letter>` takes. Argo: 2.5
STRFTIME = "BbmAadHIMSYypZzL"


def rfc3339(at: float) -> str:
    """Return Unix seconds as Argo's timestamps: whole seconds in UTC."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_text(seconds: float) -> str:
    """Return seconds as `%f` prints them, as in `workflow.duration`."""
    return f"{seconds:.6f}"


def strftime(letter: str, at: float) -> str:
    """Return one part of a time in UTC; raises KeyError for a letter not in STRFTIME."""
    time = datetime.fromtimestamp(at, UTC)
    parts = {
        "B": MONTHS[time.month - 1],
        "b": MONTHS[time.month - 1][:3],
        "m": f"{time.month:02d}",
        "A": DAYS[time.weekday()],
        "a": DAYS[time.weekday()][:3],
        "d": f"{time.day:02d}",
        "H": f"{time.hour:02d}",
        "I": f"{time.hour % 12 or 12:02d}",
        "M": f"{time.minute:02d}",
        "S": f"{time.second:02d}",
        "Y": f"{time.year:04d}",
        "y": f"{time.year % 100:02d}",
        "p": "PM" if time.hour >= 12 else "AM",
        "Z": "UTC",
        "z": "+0000",
        "L": f".{time.microsecond // 1000:03d}",
    }
    return parts[letter]
