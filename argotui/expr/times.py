"""Dates, durations and time zones as values of expressions, with Go's methods on them.

Called by the operators and the date functions. Times are nanoseconds since 1970; the clock is
the evaluation's, never the machine's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from argotui.expr.duration import duration_text, parse_duration
from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import quote
from argotui.expr.layout import (
    DAYS,
    MONTHS,
    RFC822,
    RFC850,
    RFC1123,
    RFC3339,
    layout_format,
    layout_parse,
    zone_name,
)
from argotui.expr.run import Function, Run, is_int

SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAYOUTS = ("2006-01-02", "15:04:05", "2006-01-02 15:04:05", RFC3339, RFC822, RFC850, RFC1123)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    nanoseconds: int
    go_type: ClassVar[str] = "time.Duration"

    def __str__(self) -> str:
        return duration_text(self.nanoseconds)

    def as_json(self) -> int:
        return self.nanoseconds


@dataclass(frozen=True, slots=True)
class Location:
    name: str
    zone: tzinfo
    go_type: ClassVar[str] = "*time.Location"

    def __str__(self) -> str:
        return self.name

    def as_json(self) -> Mapping[str, Any]:
        return {}


@dataclass(frozen=True, slots=True, eq=False)
class Time:
    nanoseconds: int
    zone: tzinfo = UTC
    go_type: ClassVar[str] = "time.Time"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and other.nanoseconds == self.nanoseconds

    def __hash__(self) -> int:
        return hash(self.nanoseconds)

    def __lt__(self, other: Time) -> bool:
        return self.nanoseconds < other.nanoseconds

    def __str__(self) -> str:
        return self.format("2006-01-02 15:04:05.999999999 -0700 MST")

    def as_json(self) -> str:
        return self.format("2006-01-02T15:04:05.999999999Z07:00")

    @property
    def datetime(self) -> datetime:
        """The time in its zone; raises ExpressionError outside the years 1 to 9999."""
        try:
            moment = _EPOCH + timedelta(seconds=self.nanoseconds // SECOND)
            return moment.astimezone(self.zone)
        except (OverflowError, ValueError):
            raise ExpressionError("year is outside of range [1, 9999]") from None

    def format(self, layout: str) -> str:
        return layout_format(layout, self.datetime, self.nanoseconds % SECOND)

    def moved(self, nanoseconds: int) -> Time:
        return Time(self.nanoseconds + nanoseconds, self.zone)

    def dated(self, years: int, months: int, days: int) -> Time:
        """Return the time moved by calendar units; a 31st overflows as in Go."""
        local = self.datetime
        months += local.month - 1
        year, month = local.year + years + months // 12, months % 12 + 1
        try:
            first = local.replace(year=year, month=month, day=1)
            moved = first + timedelta(days=local.day - 1 + days)
        except (OverflowError, ValueError):
            raise ExpressionError("year is outside of range [1, 9999]") from None
        return from_datetime(moved, self.nanoseconds % SECOND)


def from_seconds(seconds: float) -> Time:
    return Time(round(seconds * SECOND))


def from_datetime(time: datetime, nanosecond: int = 0) -> Time:
    moment = time.replace(microsecond=0) - _EPOCH
    seconds = moment.days * 86400 + moment.seconds
    return Time(seconds * SECOND + nanosecond, time.tzinfo or UTC)


def parse_time(layout: str, text: str, zone: tzinfo = UTC) -> Time:
    return from_datetime(*layout_parse(layout, text, zone))


def parse_any(text: str, zone: tzinfo = UTC) -> Time:
    """Return the time of a text in one of the layouts `date()` knows."""
    for layout in _LAYOUTS:
        try:
            return parse_time(layout, text, zone)
        except ExpressionError:
            continue
    raise ExpressionError(f"invalid date {text}")


def load_zone(name: str) -> Location:
    """Return the time zone called `name`; raises ExpressionError for an unknown one."""
    if name in ("", "UTC", "Local"):
        return Location("UTC", UTC)
    try:
        return Location(name, ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        raise ExpressionError(f"unknown time zone {name}") from None


def _add(time: Time, duration: Any) -> Time:
    return time.moved(_nanoseconds(duration))


def _nanoseconds(value: Any) -> int:
    if isinstance(value, Duration):
        return value.nanoseconds
    if is_int(value):
        return int(value)
    raise ExpressionError("a duration is needed")


def _time(value: Any) -> Time:
    if isinstance(value, Time):
        return value
    raise ExpressionError("a time is needed")


def _in(time: Time, place: Any) -> Time:
    if isinstance(place, Location):
        return Time(time.nanoseconds, place.zone)
    raise ExpressionError("a timezone is needed")


def _rounded(value: Any, unit: Any, *, half: bool) -> int:
    """Return nanoseconds as a multiple of `unit`, cut off or rounded half away from zero."""
    step = _nanoseconds(unit)
    if step <= 0:
        return int(value.nanoseconds)
    sign = -1 if value.nanoseconds < 0 else 1
    amount: int = abs(value.nanoseconds) + (step // 2 if half else 0)
    return sign * (amount // step * step)


_DURATION: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "Nanoseconds": ("", lambda d: d.nanoseconds),
    "Microseconds": ("", lambda d: _whole(d, 1000)),
    "Milliseconds": ("", lambda d: _whole(d, 1_000_000)),
    "Seconds": ("", lambda d: d.nanoseconds / SECOND),
    "Minutes": ("", lambda d: d.nanoseconds / (60 * SECOND)),
    "Hours": ("", lambda d: d.nanoseconds / (3600 * SECOND)),
    "String": ("", str),
    "Abs": ("", lambda d: Duration(abs(d.nanoseconds))),
    "Round": ("x", lambda d, unit: Duration(_rounded(d, unit, half=True))),
    "Truncate": ("x", lambda d, unit: Duration(_rounded(d, unit, half=False))),
}
_TIME: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "Year": ("", lambda t: t.datetime.year),
    "Month": ("", lambda t: Named(t.datetime.month, MONTHS[t.datetime.month - 1])),
    "Day": ("", lambda t: t.datetime.day),
    "Hour": ("", lambda t: t.datetime.hour),
    "Minute": ("", lambda t: t.datetime.minute),
    "Second": ("", lambda t: t.datetime.second),
    "Nanosecond": ("", lambda t: t.nanoseconds % SECOND),
    "Weekday": ("", lambda t: Named(t.datetime.isoweekday() % 7, DAYS[t.datetime.weekday()])),
    "YearDay": ("", lambda t: t.datetime.timetuple().tm_yday),
    "Unix": ("", lambda t: t.nanoseconds // SECOND),
    "UnixMilli": ("", lambda t: t.nanoseconds // 1_000_000),
    "UnixMicro": ("", lambda t: t.nanoseconds // 1000),
    "UnixNano": ("", lambda t: t.nanoseconds),
    "Format": ("s", lambda t, layout: t.format(layout)),
    "String": ("", str),
    "UTC": ("", lambda t: Time(t.nanoseconds)),
    "Local": ("", lambda t: Time(t.nanoseconds)),
    "In": ("x", _in),
    "Location": ("", lambda t: Location(zone_name(t.datetime), t.zone)),
    "Add": ("x", _add),
    "AddDate": ("iii", lambda t, years, months, days: t.dated(years, months, days)),
    "Sub": ("x", lambda t, other: Duration(t.nanoseconds - _time(other).nanoseconds)),
    "Before": ("x", lambda t, other: t < _time(other)),
    "After": ("x", lambda t, other: _time(other) < t),
    "Equal": ("x", lambda t, other: t == _time(other)),
    "Compare": ("x", lambda t, other: (_time(other) < t) - (t < _time(other))),
    "IsZero": ("", lambda t: t.datetime.year == 1 and t.nanoseconds % SECOND == 0),
    "Truncate": ("x", lambda t, unit: Time(_rounded(t, unit, half=False), t.zone)),
    "Round": ("x", lambda t, unit: Time(_rounded(t, unit, half=True), t.zone)),
}


class Named(int):
    """A month or a weekday: a number with a name, printed by name."""

    name: str

    def __new__(cls, number: int, name: str) -> Named:
        made = super().__new__(cls, number)
        made.name = name
        return made

    def __str__(self) -> str:
        return self.name


def _whole(duration: Duration, unit: int) -> int:
    return int(abs(duration.nanoseconds) // unit) * (-1 if duration.nanoseconds < 0 else 1)


def method(base: Any, key: Any) -> Function | None:
    """Return the method `key` of a date, duration, zone or month; None if there is none."""
    match base:
        case Time():
            found = _TIME.get(key)
        case Duration():
            found = _DURATION.get(key)
        case Location() | Named():
            found = ("", str) if key == "String" else None
        case _:
            return None
    if found is None:
        return None
    spec, call = found
    return Function(key, spec, lambda *arguments: call(base, *arguments))


def now(run: Run, place: Any = None) -> Time:
    moment = from_seconds(run.at)
    return moment if place is None else _in(moment, place)


def date(first: Any, *rest: Any) -> Time:
    """`date(text)`, `date(text, layout)`, `date(text, layout, zone)`, each with a zone first."""
    zone: tzinfo = UTC
    if isinstance(first, Location):
        zone, first, rest = first.zone, rest[0] if rest else None, rest[1:]
    if not isinstance(first, str) or not all(isinstance(part, str) for part in rest):
        raise ExpressionError("cannot use this argument (type string) to call date")
    if not rest:
        return parse_any(first, zone)
    if len(rest) > 1:
        zone = load_zone(rest[1]).zone
    return parse_time(rest[0], first, zone)


def duration(text: str) -> Duration:
    nanoseconds = parse_duration(text)
    if nanoseconds is None:
        raise ExpressionError(f"time: invalid duration {quote(text)}")
    return Duration(nanoseconds)
