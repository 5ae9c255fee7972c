"""Functions that read and write data: JSON, base64, jsonpath, dates.

Listed in `functions`; `toJson` and `jsonpath` are Argo's, the rest expr-lang's.
"""

from __future__ import annotations

from typing import Any

from argotui.expr.base64s import decode_base64, encode_base64
from argotui.expr.gotext import compact_json, indented_json
from argotui.expr.jsonpath import query
from argotui.expr.readjson import parse_json
from argotui.expr.run import Function, Table, table
from argotui.expr.times import date, duration, load_zone, now


def from_json(text: str) -> Any:
    """Return the JSON value; every number is a float, as Go reads it."""
    return parse_json(text, number=float)


def jsonpath(text: str, path: str) -> Any:
    """Argo's jsonpath: the value of a `$.a.b` path in a JSON text."""
    return query(parse_json(text, number=float), path)


DATA: Table = table(
    Function("toJSON", "x", indented_json),
    Function("fromJSON", "s", from_json),
    Function("toBase64", "s", encode_base64),
    Function("fromBase64", "s", decode_base64),
    Function("now", "?x", now, takes_run=True),
    Function("duration", "s", duration),
    Function("date", "x*", lambda first, *rest: date(first, *rest)),
    Function("timezone", "s", load_zone),
)
ARGO: Table = table(
    Function("jsonpath", "ss", jsonpath),
    Function("toJson", "x", compact_json),
)
