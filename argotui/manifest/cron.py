"""Cron schedules: only whether they can be read. Called by rules/spec.py. Argo: C1."""

from __future__ import annotations

from argotui.expr.duration import parse_duration

_SPECIAL = frozenset(
    ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_DAYS = "sun mon tue wed thu fri sat".split()  # noqa: SIM905
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day of month", 1, 31, []),
    ("month", 1, 12, ["", *_MONTHS]),
    ("day of week", 0, 6, _DAYS),
)


def schedule_error(schedule: str) -> str:
    """Return what is wrong with a schedule, empty if nothing is."""
    text = schedule.strip()
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, _, text = text.partition("=")[2].partition(" ")
        if not is_zone(zone):
            return f"provided bad location {zone}"
        text = text.strip()
    if text.startswith("@every "):
        every = parse_duration(text[7:].strip())
        return f"failed to parse duration {text}" if every is None else ""
    if text.startswith("@"):
        return "" if text in _SPECIAL else f"unrecognized descriptor: {text}"
    parts = text.split()
    if len(parts) != len(_FIELDS):
        return f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]"
    for part, (name, low, high, words) in zip(parts, _FIELDS, strict=True):
        for item in part.split(","):
            if not _is_range(item, low, high, words):
                return f"failed to parse {name} {item}"
    return ""


def is_zone(zone: str) -> bool:
    """Say whether this machine knows a time zone of that name, as Go's library names them."""
    if zone in ("Local", "UTC", ""):
        return True
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # few manifests name a zone

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_range(item: str, low: int, high: int, words: list[str]) -> bool:
    span, slash, step = item.partition("/")
    if slash and not (step.isdigit() and int(step) > 0):
        return False
    if span in ("*", "?"):
        return True
    start, dash, end = span.partition("-")
    first = _number(start, words)
    last = _number(end, words) if dash else first
    return first is not None and last is not None and low <= first <= last <= high


def _number(text: str, words: list[str]) -> int | None:
    if text.isdigit():
        return int(text)
    return words.index(text.lower()) if text and text.lower() in words else None
