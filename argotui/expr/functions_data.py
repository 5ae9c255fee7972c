"""Functions that read and write data: JSON, base64, jsonpath, dates.

Listed in `functions`; `toJson` and `jsonpath` are Argo's, the rest expr-lang's.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import compact_json, indented_json
from argotui.expr.jsonpath import query
from argotui.expr.readjson import parse_json
from argotui.expr.run import Function, Table, table
from argotui.expr.times import date, duration, load_zone, now

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)


def from_json(text: str) -> Any:
    """Return the JSON value; every number is a float, as Go reads it."""
    return parse_json(text, number=float)


def decode_base64(text: str) -> str:
    stripped = text.replace("\n", "").replace("\r", "")
    try:
        good = _BASE64.match(stripped)
        end = good.end() if good else 0
        if end < len(stripped) or len(stripped) % 4:
            raise ExpressionError(f"illegal base64 data at input byte {end}")
        return base64.b64decode(stripped).decode(errors="replace")
    except binascii.Error:
        raise ExpressionError("illegal base64 data") from None


def encode_base64(text: str) -> str:
    return base64.b64encode(text.encode(errors="replace")).decode()


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
