"""Text functions of expr-lang: trim, split, replace, indexOf and their like.

Listed in `functions`. Offsets are bytes of UTF-8 and letters are cased as in Go.
"""

from __future__ import annotations

from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import print_value, type_name
from argotui.expr.gotypes import IntList, NilList, TextList
from argotui.expr.meter import MAX_TEXT
from argotui.expr.operators import whole
from argotui.expr.run import Function, Table, table

# unicode.IsSpace
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"  # noqa: E501


def trim(text: str, chars: str = SPACES) -> str:
    return text.strip(chars) if chars else text


def split(text: str, separator: str, limit: Any = -1) -> list[str]:
    """Cut at each separator, into characters if it is empty; at most `limit` parts unless < 0,
    nil for a limit of 0."""
    limit = whole(limit)
    if limit == 0:
        return NilList()
    if not separator:
        if limit < 0 or limit >= len(text):
            return TextList(text)
        return TextList([*text[: limit - 1], text[limit - 1 :]])
    return TextList(text.split(separator, limit - 1 if limit > 0 else -1))


def split_after(text: str, separator: str, limit: Any = -1) -> list[str]:
    parts = split(text, separator, limit)
    if not parts:
        return parts
    return TextList([part + separator for part in parts[:-1]] + parts[-1:])


def replace(text: str, old: str, new: str, count: Any = -1) -> str:
    count = whole(count)
    often = text.count(old) if count < 0 else min(count, text.count(old))
    if len(text) + often * (len(new) - len(old)) > MAX_TEXT:
        raise ExpressionError("memory budget exceeded")
    return text.replace(old, new, count)


def repeat(text: str, count: Any) -> str:
    count = whole(count)
    if count < 0:
        raise ExpressionError(
            f"invalid argument for repeat (expected positive integer, got {count})"
        )
    if count > 1_000_000 or len(text) * count > MAX_TEXT:
        raise ExpressionError("memory budget exceeded")
    return str(text * count)


def join(items: Any, glue: str = "") -> str:
    if not isinstance(items, (list, tuple)):
        shown = "%!s(<nil>)" if items is None else type_name(items)
        raise ExpressionError(f"invalid argument for join (type {shown})")
    if isinstance(items, IntList):
        raise ExpressionError("invalid argument for join (type []int)")
    for item in items:
        if not isinstance(item, str):
            kind = "nil" if item is None else type_name(item)
            raise ExpressionError(f"interface conversion: interface {{}} is {kind}, not string")
    texts = [str(item) for item in items]
    if sum(map(len, texts)) + len(glue) * len(texts) > MAX_TEXT:
        raise ExpressionError("memory budget exceeded")
    return str(glue.join(texts))


def _byte_offset(text: str, index: int) -> int:
    return len(text[:index].encode()) if index > 0 else index


def index_of(text: str, part: str) -> int:
    return _byte_offset(text, text.find(part))


def last_index_of(text: str, part: str) -> int:
    return _byte_offset(text, text.rfind(part))


def upper(text: str) -> str:
    """Letter by letter, so that ß stays what it is, as in Go."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


def lower(text: str) -> str:
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


TEXT: Table = table(
    Function("trim", "s?s", trim),
    Function("trimPrefix", "s?s", lambda text, prefix=" ": text.removeprefix(prefix)),
    Function("trimSuffix", "s?s", lambda text, suffix=" ": text.removesuffix(suffix)),
    Function("upper", "s", upper),
    Function("lower", "s", lower),
    Function("split", "ss?x", split),
    Function("splitAfter", "ss?x", split_after),
    Function("replace", "sss?x", replace),
    Function("repeat", "sx", repeat),
    Function("join", "x?s", join),
    Function("indexOf", "ss", index_of),
    Function("lastIndexOf", "ss", last_index_of),
    Function("hasPrefix", "ss", lambda text, part: text.startswith(part)),
    Function("hasSuffix", "ss", lambda text, part: text.endswith(part)),
    Function("string", "x", print_value),
)
