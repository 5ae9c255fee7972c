"""Encodings, hashes, dates, paths, URLs and types of sprig.

Listed in `sprig`. Zones: the controller's local time is UTC.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import zlib
from collections.abc import Callable
from datetime import UTC
from typing import Any

from argotui.expr.base64s import decode_base32, decode_base64, encode_base64
from argotui.expr.duration import duration_mistake, duration_text, parse_duration
from argotui.expr.errors import ExpressionError
from argotui.expr.functions_data import from_json
from argotui.expr.gotext import compact_json, indented_json, reflect_kind, type_name
from argotui.expr.gotypes import Int64
from argotui.expr.operators import equal, wrap
from argotui.expr.run import Function, Run, Table, is_int, table
from argotui.expr.times import (
    SECOND,
    ZERO_TIME,
    Time,
    from_seconds,
    load_zone,
    now,
    parse_time,
)
from argotui.expr.urls import url_join, url_parse

_UNITS = (("y", 8760), ("mo", 720), ("d", 24), ("h", 1))


def _lenient(decode: Callable[[str], Any], fallback: Any = None) -> Callable[[str], Any]:
    """Return what sprig's quiet twin gives where decoding fails."""

    def apply(text: str) -> Any:
        try:
            return decode(text)
        except ExpressionError as error:
            return error.message if fallback is None else fallback[0]

    return apply


def _hash(name: str) -> Callable[[str], str]:
    return lambda text: hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _moment(run: Run, value: Any) -> Time:
    """Return the time of a date or of Unix seconds; anything else is now, texts too."""
    if isinstance(value, Time):
        return value
    return from_seconds(value if is_int(value) else run.at)


def date_in_zone(run: Run, layout: str, value: Any, zone: str) -> str:
    try:
        place = load_zone(zone).zone
    except ExpressionError:
        place = UTC
    return Time(_moment(run, value).nanoseconds, place).format(layout)


def date(run: Run, layout: str, value: Any) -> str:
    return date_in_zone(run, layout, value, "UTC")


def ago(run: Run, value: Any) -> str:
    passed = now(run).nanoseconds - _moment(run, value).nanoseconds
    sign = -1 if passed < 0 else 1
    return duration_text(sign * ((abs(passed) + SECOND // 2) // SECOND * SECOND))


def _time(value: Time | None) -> Time:
    return Time(ZERO_TIME) if value is None else value


def _moved(text: str, value: Time | None, *, strict: bool) -> Time:
    nanoseconds = parse_duration(text)
    if nanoseconds is None:
        if strict:
            raise ExpressionError(duration_mistake(text))
        return _time(value)
    return _time(value).moved(nanoseconds)


def duration_of(value: Any) -> str:
    digits = value.lstrip("+-") if isinstance(value, str) else ""
    seconds = int(value) if digits.isascii() and digits.isdecimal() and len(digits) < 11 else 0
    if isinstance(value, Int64):  # sic: any other number counts as none
        seconds = int(value)
    return duration_text(wrap(seconds * SECOND))


def duration_round(run: Run, value: Any) -> str:
    if isinstance(value, Time):
        nanoseconds = now(run).nanoseconds - value.nanoseconds
    elif isinstance(value, str):
        nanoseconds = parse_duration(value) or 0
    else:
        nanoseconds = int(value) if isinstance(value, Int64) else 0
    rest = abs(nanoseconds)
    for unit, hours in _UNITS:
        if rest > hours * 3600 * SECOND:
            return f"{rest // (hours * 3600 * SECOND)}{unit}"
    if rest > 60 * SECOND:
        return f"{rest // (60 * SECOND)}m"
    return f"{rest // SECOND}s" if rest > SECOND else "0s"


def _zero_time(layout: str, text: str) -> Time:
    try:
        return parse_time(layout, text)
    except ExpressionError:
        return Time(ZERO_TIME)


def clean(path: str) -> str:
    cleaned = posixpath.normpath(path) if path else "."
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def base(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def ext(path: str) -> str:
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2] if "." in name else ""


def directory(path: str) -> str:
    return clean(path.rpartition("/")[0] + "/" if "/" in path else "")


def kind_of(value: Any) -> str:
    return "invalid" if value is None else reflect_kind(value)


def fail(message: str) -> Any:
    raise ExpressionError(message)


def _json(name: str, write: Callable[[Any], str]) -> tuple[Function, Function]:
    return Function(name, "x", write), Function(f"must{name[0].upper()}{name[1:]}", "x", write)


SPRIG_DATA: Table = table(
    Function("fromJson", "s", _lenient(from_json, fallback=(None,))),
    Function("mustFromJson", "s", from_json),
    *_json("toJson", compact_json),
    *_json("toPrettyJson", indented_json),
    *_json("toRawJson", lambda value: compact_json(value, html=False)),
    Function("b64enc", "s", encode_base64),
    Function("b64dec", "s", _lenient(decode_base64)),
    Function("b32enc", "s", lambda text: base64.b32encode(text.encode()).decode()),
    Function("b32dec", "s", _lenient(decode_base32)),
    Function("sha1sum", "s", _hash("sha1")),
    Function("sha256sum", "s", _hash("sha256")),
    Function("sha512sum", "s", _hash("sha512")),
    Function("adler32sum", "s", lambda text: str(zlib.adler32(text.encode()))),
    Function("now", "", now, takes_run=True),
    Function("ago", "x", ago, takes_run=True),
    Function("date", "sx", date, takes_run=True),
    Function("dateInZone", "sxs", date_in_zone, takes_run=True),
    Function("date_in_zone", "sxs", date_in_zone, takes_run=True),
    Function("htmlDate", "x", lambda run, value: date(run, "2006-01-02", value), takes_run=True),
    Function(
        "htmlDateInZone",
        "xs",
        lambda run, value, zone: date_in_zone(run, "2006-01-02", value, zone),
        takes_run=True,
    ),
    Function("dateModify", "st", lambda text, value: _moved(text, value, strict=False)),
    Function("date_modify", "st", lambda text, value: _moved(text, value, strict=False)),
    Function("mustDateModify", "st", lambda text, value: _moved(text, value, strict=True)),
    Function("must_date_modify", "st", lambda text, value: _moved(text, value, strict=True)),
    Function("toDate", "ss", _zero_time),
    Function("mustToDate", "ss", parse_time),
    Function("unixEpoch", "t", lambda value: str(_time(value).nanoseconds // SECOND)),
    Function("duration", "x", duration_of),
    Function("durationRound", "x", duration_round, takes_run=True),
    *(Function(name, "s", base) for name in ("base", "osBase")),
    *(Function(name, "s", directory) for name in ("dir", "osDir")),
    *(Function(name, "s", clean) for name in ("clean", "osClean")),
    *(Function(name, "s", ext) for name in ("ext", "osExt")),
    *(Function(name, "s", lambda path: path.startswith("/")) for name in ("isAbs", "osIsAbs")),
    Function("urlParse", "s", url_parse),
    Function("urlJoin", "m", url_join),
    Function("typeOf", "x", type_name),
    Function("typeIs", "sx", lambda target, value: target == type_name(value)),
    Function("typeIsLike", "sx", lambda target, value: type_name(value) in (target, "*" + target)),
    Function("kindOf", "x", kind_of),
    Function("kindIs", "sx", lambda target, value: target == kind_of(value)),
    Function("deepEqual", "xx", equal),
    Function("fail", "s", fail),
)
