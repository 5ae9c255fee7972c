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

from argotui.expr.duration import duration_mistake, duration_text, parse_duration
from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import type_name
from argotui.expr.gotypes import Int64
from argotui.expr.layout import (
    CYCLE,
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
ZERO_TIME = -62_135_596_800 * SECOND  # Go's: the first second of year 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CYCLE_DAYS = 146_097
_CYCLE = _CYCLE_DAYS * 86_400 * SECOND
_FIRST = ZERO_TIME + 365 * 86_400 * SECOND  # what datetime knows, but for a year at the ends
_LAST = 253_370_764_800 * SECOND
_LONGEST = (1 << 63) - 1
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
    def years(self) -> int:
        """What is to be added to the year of `datetime`, which knows the years 1 to 9999 only."""
        if _FIRST <= self.nanoseconds < _LAST:
            return 0
        return (self.nanoseconds - _early(self.nanoseconds)) // _CYCLE * CYCLE

    @property
    def datetime(self) -> datetime:
        """The time in its zone, in a year that datetime knows."""
        within = self.nanoseconds - self.years // CYCLE * _CYCLE
        return (_EPOCH + timedelta(seconds=within // SECOND)).astimezone(self.zone)

    def format(self, layout: str) -> str:
        return layout_format(layout, self.datetime, self.nanoseconds % SECOND, self.years)

    def moved(self, nanoseconds: int) -> Time:
        return Time(self.nanoseconds + nanoseconds, self.zone)

    def since(self, other: Time) -> Duration:
        """Return the time between, at most what a duration holds."""
        passed = self.nanoseconds - other.nanoseconds
        return Duration(max(min(passed, _LONGEST), -_LONGEST - 1))

    def dated(self, years: int, months: int, days: int) -> Time:
        """Return the time moved by calendar units; a 31st overflows as in Go."""
        local = self.datetime
        months += local.month - 1
        cycles, days = divmod(days, _CYCLE_DAYS)
        year = local.year + self.years + years + months // 12 + cycles * CYCLE
        inner = (year - 2000) % CYCLE + 2000
        first = local.replace(year=inner, month=months % 12 + 1, day=1)
        moved = first + timedelta(days=local.day - 1 + days)
        return from_datetime(moved, self.nanoseconds % SECOND, year - inner)


def _early(nanoseconds: int) -> int:
    """Return the beginning of the cycle of years that stands for a far one."""
    return _FIRST if nanoseconds < _FIRST else _LAST - _CYCLE


def from_seconds(seconds: float) -> Time:
    return Time(round(seconds * SECOND))


def from_datetime(time: datetime, nanosecond: int = 0, years: int = 0) -> Time:
    moment = time.replace(microsecond=0) - _EPOCH
    seconds = moment.days * 86400 + moment.seconds
    moved = years // CYCLE * _CYCLE
    return Time(seconds * SECOND + nanosecond + moved, time.tzinfo or UTC)


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
    raise _refused(value, "time.Duration")


def _refused(value: Any, wanted: str) -> ExpressionError:
    kind = "nil" if value is None else type_name(value)
    return ExpressionError(f"interface conversion: interface {{}} is {kind}, not {wanted}")


def _time(value: Any) -> Time:
    if isinstance(value, Time):
        return value
    raise _refused(value, "time.Time")


def _in(time: Time, place: Any) -> Time:
    if isinstance(place, Location):
        return Time(time.nanoseconds, place.zone)
    raise _refused(place, "*time.Location")


def _rounded(value: Any, unit: Any, *, half: bool) -> int:
    """Return nanoseconds as a multiple of `unit`, cut off or rounded half away from zero."""
    step = _nanoseconds(unit)
    if step <= 0:
        return int(value.nanoseconds)
    sign = -1 if value.nanoseconds < 0 else 1
    amount: int = abs(value.nanoseconds) + (step // 2 if half else 0)
    return sign * (amount // step * step)


def _on_grid(time: Time, unit: Any, *, half: bool) -> Time:
    """Return the time as a multiple of `unit` since Go's zero time."""
    step = _nanoseconds(unit)
    if step <= 0:
        return time
    passed = time.nanoseconds - ZERO_TIME
    rest = passed % step
    up = half and rest + rest >= step
    return Time(time.nanoseconds - rest + (step if up else 0), time.zone)


_DURATION: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "Nanoseconds": ("", lambda d: Int64(d.nanoseconds)),
    "Microseconds": ("", lambda d: Int64(_whole(d, 1000))),
    "Milliseconds": ("", lambda d: Int64(_whole(d, 1_000_000))),
    "Seconds": ("", lambda d: d.nanoseconds / SECOND),
    "Minutes": ("", lambda d: d.nanoseconds / (60 * SECOND)),
    "Hours": ("", lambda d: d.nanoseconds / (3600 * SECOND)),
    "String": ("", str),
    "Abs": ("", lambda d: Duration(abs(d.nanoseconds))),
    "Round": ("x", lambda d, unit: Duration(_rounded(d, unit, half=True))),
    "Truncate": ("x", lambda d, unit: Duration(_rounded(d, unit, half=False))),
}
_TIME: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "Year": ("", lambda t: t.datetime.year + t.years),
    "Month": ("", lambda t: Named(t.datetime.month, MONTHS[t.datetime.month - 1])),
    "Day": ("", lambda t: t.datetime.day),
    "Hour": ("", lambda t: t.datetime.hour),
    "Minute": ("", lambda t: t.datetime.minute),
    "Second": ("", lambda t: t.datetime.second),
    "Nanosecond": ("", lambda t: t.nanoseconds % SECOND),
    "Weekday": ("", lambda t: Named(t.datetime.isoweekday() % 7, DAYS[t.datetime.weekday()])),
    "ISOWeek": ("", lambda t: t.datetime.isocalendar()[0] + t.years),
    "YearDay": ("", lambda t: t.datetime.timetuple().tm_yday),
    "Unix": ("", lambda t: Int64(t.nanoseconds // SECOND)),
    "UnixMilli": ("", lambda t: Int64(t.nanoseconds // 1_000_000)),
    "UnixMicro": ("", lambda t: Int64(t.nanoseconds // 1000)),
    "UnixNano": ("", lambda t: Int64(wrapped(t.nanoseconds))),
    "Format": ("s", lambda t, layout: t.format(layout)),
    "String": ("", str),
    "UTC": ("", lambda t: Time(t.nanoseconds)),
    "Local": ("", lambda t: Time(t.nanoseconds)),
    "In": ("x", _in),
    "Location": ("", lambda t: Location(zone_name(t.datetime), t.zone)),
    "Add": ("x", _add),
    "AddDate": ("iii", lambda t, years, months, days: t.dated(years, months, days)),
    "Sub": ("x", lambda t, other: t.since(_time(other))),
    "Before": ("x", lambda t, other: t < _time(other)),
    "After": ("x", lambda t, other: _time(other) < t),
    "Equal": ("x", lambda t, other: t == _time(other)),
    "Compare": ("x", lambda t, other: (_time(other) < t) - (t < _time(other))),
    "IsZero": ("", lambda t: t.nanoseconds == ZERO_TIME),
    "Truncate": ("x", lambda t, unit: _on_grid(t, unit, half=False)),
    "Round": ("x", lambda t, unit: _on_grid(t, unit, half=True)),
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


def wrapped(number: int) -> int:
    """Return the number as 64 bits hold it."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def _whole(duration: Duration, unit: int) -> int:
    return int(abs(duration.nanoseconds) // unit) * (-1 if duration.nanoseconds < 0 else 1)


def method(base: Any, key: Any) -> Function | None:
    """Return the method `key` of a date, duration, zone or month; None if there is none."""
    if not isinstance(key, str):
        return None
    match base:
        case Time():
            found = _TIME.get(key)
        case Duration():
            found = _DURATION.get(key)
        case Location() | Named():
            found = ("", str) if key == "String" else None
        case _:
            found = getattr(base, "methods", {}).get(key)
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
    for part in (first, *rest):
        if not isinstance(part, str):
            raise _refused(part, "string")
    if not rest:
        return parse_any(first, zone)
    if len(rest) > 1:
        zone = load_zone(rest[1]).zone
    return parse_time(rest[0], first, zone)


def duration(text: str) -> Duration:
    nanoseconds = parse_duration(text)
    if nanoseconds is None:
        raise ExpressionError(duration_mistake(text))
    return Duration(nanoseconds)
