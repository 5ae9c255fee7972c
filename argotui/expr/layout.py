"""Go's reference-time layouts (`2006-01-02T15:04:05Z07:00`): formatting and parsing.

Called by `times` and the date functions. Nanoseconds are kept beside datetime's microseconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from argotui.expr.duration import time_quote
from argotui.expr.errors import ExpressionError

RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC822 = "02 Jan 06 15:04 MST"
RFC850 = "Monday, 02-Jan-06 15:04:05 MST"
RFC1123 = "Mon, 02 Jan 2006 15:04:05 MST"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

CYCLE = 400  # years, after which the calendar and the weekdays come again
# longest first where one begins another; a word must not be followed by a small letter
_CHUNK = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|__2|002|[.,]0+(?!\d)|[.,]9+(?!\d)"
    r"|Z070000|Z07:00:00|Z0700|Z07:00|Z07|-070000|-07:00:00|-0700|-07:00|-07"
    r"|01|02|03|04|05|06|15|_2(?!006)|1|2|3|4|5|PM|pm"
)


def layout_format(layout: str, time: datetime, nanosecond: int = 0, years: int = 0) -> str:
    """Return `time`, moved by so many years, in Go's layout."""

    def put(found: re.Match[str]) -> str:
        year = time.year + years
        match found[0]:
            case "2006":
                return f"{year:05d}" if year < 0 else f"{year:04d}"
            case "06":
                return f"{int(math.fmod(year, 100)):02d}"
        return _chunk_text(found[0], time, nanosecond)

    return _CHUNK.sub(put, layout)


_FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "January": lambda t: MONTHS[t.month - 1],
    "Jan": lambda t: MONTHS[t.month - 1][:3],
    "Monday": lambda t: DAYS[t.weekday()],
    "Mon": lambda t: DAYS[t.weekday()][:3],
    "MST": lambda t: zone_name(t),
    "01": lambda t: f"{t.month:02d}",
    "1": lambda t: f"{t.month}",
    "02": lambda t: f"{t.day:02d}",
    "_2": lambda t: f"{t.day:2d}",
    "2": lambda t: f"{t.day}",
    "002": lambda t: f"{t.timetuple().tm_yday:03d}",
    "__2": lambda t: f"{t.timetuple().tm_yday:3d}",
    "15": lambda t: f"{t.hour:02d}",
    "03": lambda t: f"{t.hour % 12 or 12:02d}",
    "3": lambda t: f"{t.hour % 12 or 12}",
    "04": lambda t: f"{t.minute:02d}",
    "4": lambda t: f"{t.minute}",
    "05": lambda t: f"{t.second:02d}",
    "5": lambda t: f"{t.second}",
    "PM": lambda t: "PM" if t.hour >= 12 else "AM",
    "pm": lambda t: "pm" if t.hour >= 12 else "am",
}


def zone_name(time: datetime) -> str:
    """Return the zone's letters, or its offset where it has none, as Go does."""
    name = time.tzname() or "UTC"
    if name.startswith("UTC") and name != "UTC":
        hours, rest = divmod(abs(offset_seconds(time)), 3600)
        sign = "-" if offset_seconds(time) < 0 else "+"
        return f"{sign}{hours:02d}" + (f"{rest // 60:02d}" if rest else "")
    return name


def offset_seconds(time: datetime) -> int:
    return int((time.utcoffset() or timedelta()).total_seconds())


def _chunk_text(chunk: str, time: datetime, nanosecond: int) -> str:
    if chunk in _FORMATS:
        return _FORMATS[chunk](time)
    if chunk[0] in ".,":
        digits = f"{nanosecond:09d}"[: len(chunk) - 1]
        if chunk[1] == "9":
            digits = digits.rstrip("0")
        return chunk[0] + digits if digits else ""
    seconds = offset_seconds(time)
    if chunk[0] == "Z" and seconds == 0:
        return "Z"
    return _offset_text(chunk[1:], seconds)


def _offset_text(pattern: str, seconds: int) -> str:
    sign = "-" if seconds < 0 else "+"
    hours, rest = divmod(abs(seconds), 3600)
    parts = [f"{hours:02d}", f"{rest // 60:02d}", f"{rest % 60:02d}"]
    separator = ":" if ":" in pattern else ""
    return sign + separator.join(parts[: len(pattern.replace(":", "")) // 2])


_PATTERNS: Mapping[str, tuple[str, str]] = {
    "January": ("month_name", "|".join(MONTHS)),
    "Jan": ("month_name", "|".join(name[:3] for name in MONTHS)),
    "Monday": ("weekday", "|".join(DAYS)),
    "Mon": ("weekday", "|".join(name[:3] for name in DAYS)),
    "MST": ("zone", r"[A-Z]{3,5}|[+-]\d\d(?:\d\d)?"),
    "2006": ("year", r"\d{4}"),
    "06": ("short_year", r"\d\d"),
    "01": ("month", r"\d\d"),
    "1": ("month", r"\d\d?"),
    "02": ("day", r"\d\d"),
    "_2": ("day", r" ?\d\d?"),
    "2": ("day", r"\d\d?"),
    "002": ("day_of_year", r"\d{3}"),
    "__2": ("day_of_year", r" {0,2}\d{1,3}"),
    "15": ("hour", r"\d\d?"),
    "03": ("hour12", r"\d\d"),
    "3": ("hour12", r"\d\d?"),
    "04": ("minute", r"\d\d"),
    "4": ("minute", r"\d\d?"),
    "05": ("second", r"\d\d"),
    "5": ("second", r"\d\d?"),
    "PM": ("half", "AM|PM"),
    "pm": ("half", "am|pm"),
}


def layout_parse(layout: str, text: str, zone: tzinfo = UTC) -> tuple[datetime, int, int]:
    """Return the time `text` says in `layout`, its nanoseconds, and the years to move it by.

    `zone` is where a text without a zone belongs. Raises ExpressionError in Go's words.
    """
    pattern, names = _layout_pattern(layout)
    found = re.fullmatch(pattern, text, re.ASCII)
    if found is None:
        raise ExpressionError(_complaint(layout, text))
    values = dict(zip(names, found.groups(), strict=True))
    try:
        return _assemble(values, zone)
    except ValueError as error:
        raise ExpressionError(f"parsing time {time_quote(text)}: {error}") from None


def _layout_pattern(layout: str) -> tuple[str, list[str]]:
    parts: list[str] = []
    names: list[str] = []
    end = 0
    for chunk in _CHUNK.finditer(layout):
        parts.append(_between(layout[end : chunk.start()]))
        end = chunk.end()
        name, pattern = _PATTERNS.get(chunk[0], ("", "")) if chunk[0] in _PATTERNS else _odd(chunk)
        names.append(name)
        parts.append(f"((?>{pattern}))")  # as Go reads: nothing is taken back
        following = layout[end : end + 1]
        if name == "second" and following not in (".", ","):
            names.append("fraction")  # a fraction is read even where the layout has none
            parts.append(r"(?:[.,](\d++))?+")
    return "".join(parts) + _between(layout[end:]), names


def _between(text: str) -> str:
    """Return the pattern of what stands between: blanks are as many as there are, or the end."""
    return re.sub(r"(?:\\ )+", r"(?: ++|\\Z)", re.escape(text))


def _past(text: str, rest: str) -> tuple[str, bool]:
    """Return what is left behind `text`, or where it ends to be it."""
    for part in re.findall(r" +|.", text, re.DOTALL):
        if part[0] == " " and (not rest or rest[0] == " "):
            rest = rest.lstrip(" ")
        elif part[0] == " " or rest[:1] != part:
            return rest, False
        else:
            rest = rest[1:]
    return rest, True


def _complaint(layout: str, text: str) -> str:
    """Return where a text leaves its layout, in Go's words."""
    shown = time_quote(text)
    rest, end = text, 0

    def stuck(at: str) -> str:
        return (
            f"parsing time {shown} as {time_quote(layout)}: "
            f"cannot parse {time_quote(rest)} as {time_quote(at)}"
        )

    for chunk in _CHUNK.finditer(layout):
        between = layout[end : chunk.start()]
        rest, whole = _past(between, rest)
        if not whole:
            return stuck(between)
        end = chunk.end()
        pattern = _PATTERNS[chunk[0]][1] if chunk[0] in _PATTERNS else _odd(chunk)[1]
        found = re.match(pattern, rest, re.ASCII)
        if found is None:
            return stuck(chunk[0])
        rest = rest[found.end() :]
        if chunk[0] in ("05", "5") and layout[end : end + 1] not in (".", ","):
            rest = re.sub(r"^[.,]\d+", "", rest, flags=re.ASCII)
    rest, whole = _past(layout[end:], rest)
    return f"parsing time {shown}: extra text: {time_quote(rest)}" if whole else stuck(layout[end:])


def _odd(chunk: re.Match[str]) -> tuple[str, str]:
    text = chunk[0]
    if text[0] in ".,":
        count = "{" + str(len(text) - 1) + "}" if text[1] == "0" else "*"
        return "fraction", rf"[.,]\d{count}" if text[1] == "0" else rf"(?:[.,]\d{count})?"
    pattern = re.sub(r"\d\d", r"\\d\\d", text[1:])
    return "offset", ("Z|" if text[0] == "Z" else "") + rf"[+-]{pattern}"


def _assemble(values: Mapping[str, str | None], zone: tzinfo) -> tuple[datetime, int, int]:
    def number(name: str, default: int) -> int:
        return int((values.get(name) or "").strip() or default)

    year = number("year", 0)
    if values.get("short_year"):
        short = number("short_year", 0)
        year = 1900 + short if short >= 69 else 2000 + short
    month = number("month", 1)
    if name := values.get("month_name"):
        month = [full[:3] for full in MONTHS].index(name[:3]) + 1
    hour = number("hour", 0)
    if values.get("hour12"):
        hour = number("hour12", 0) % 12
    if (values.get("half") or "").lower() == "pm" and hour < 12:
        hour += 12
    digits = (values.get("fraction") or "").lstrip(".,")
    nanosecond = int(digits[:9].ljust(9, "0")) if digits else 0
    place = _zone_of(values, zone)
    years = 0 if year else -CYCLE  # a time of day is one of year 0, which datetime does not know
    time = datetime(year - years, month, number("day", 1), hour, tzinfo=place)
    time = time.replace(minute=number("minute", 0), second=number("second", 0))
    if values.get("day_of_year"):
        time = time.replace(month=1, day=1) + timedelta(days=number("day_of_year", 1) - 1)
    return time, nanosecond, years


def _zone_of(values: Mapping[str, Any], zone: tzinfo) -> tzinfo:
    if offset := values.get("offset"):
        if offset == "Z":
            return UTC
        digits = offset[1:].replace(":", "").ljust(6, "0")
        seconds = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:])
        return timezone(timedelta(seconds=-seconds if offset[0] == "-" else seconds))
    name = values.get("zone")
    if name in ("UTC", "GMT", "Z"):
        return UTC
    # Go invents a zone of offset 0 for letters it cannot place
    return timezone(timedelta(), name) if name else zone
