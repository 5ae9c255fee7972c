"""Text functions of sprig; the text worked on comes last.

Listed in `sprig`. Lengths and offsets are bytes of UTF-8, as in Go.
"""

from __future__ import annotations

import re
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.functions_text import SPACES, join, lower, repeat, replace, split, upper
from argotui.expr.gotext import from_utf8, print_value, quote
from argotui.expr.gotypes import NilList, TextList, TextMap
from argotui.expr.meter import MAX_TEXT
from argotui.expr.regex import regex
from argotui.expr.run import Function, Table, table
from argotui.expr.snakecase import camelcase, joined

_META = re.compile(r"[\\.+*?()|\[\]{}^$]")


def texts(value: Any) -> list[str]:
    """Return a list's items as texts, nil left out; one value is a list of one."""
    items = value if isinstance(value, (list, tuple)) else [value]
    return TextList(print_value(item) for item in items if item is not None)


def sort_alpha(items: Any) -> list[str]:
    if not isinstance(items, (list, tuple)):
        return TextList([print_value(items)])
    return TextList(sorted(texts(items), key=str.encode))


def _cut(text: str, low: int, high: int | None = None) -> str:
    return from_utf8(text.encode()[low:high])


def trunc(count: int, text: str) -> str:
    size = len(text.encode())
    if count < 0:
        return _cut(text, size + count) if size + count > 0 else text
    return _cut(text, 0, count) if size > count else text


def substr(start: int, end: int, text: str) -> str:
    size = len(text.encode())
    low, high = max(start, 0), end if start < 0 or 0 <= end <= size else size
    if 0 <= low <= high <= size:
        return _cut(text, low, high)
    if start >= 0:
        raise ExpressionError(f"runtime error: slice bounds out of range [{low}:{high}]")
    length = f" with length {size}" if end > size else ""
    raise ExpressionError(f"runtime error: slice bounds out of range [:{end}]{length}")


def abbrev(width: int, text: str) -> str:
    return text if width < 4 else _abbreviated(text, 0, width)


def abbrevboth(left: int, right: int, text: str) -> str:
    if right < 4 or (left > 0 and right < 7):
        return text
    return _abbreviated(text, left, right)


def _abbreviated(text: str, offset: int, width: int) -> str:
    """Return at most `width` characters from about `offset`, dots where something is left out."""
    size = len(text.encode())
    if size <= width:
        return text
    offset = max(min(offset, size), 0)
    if size - offset < width - 3:
        offset = size - (width - 3)
    if offset <= 4:
        return _cut(text, 0, width - 3) + "..."
    if offset + width - 3 < size:
        return "..." + _abbreviated(_cut(text, offset), 0, width - 3)
    return "..." + _cut(text, size - (width - 3))


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or not (char.isascii() or char in SPACES)


def title(text: str) -> str:
    """Upper-case the first letter of every word."""
    before = " "
    out = []
    for char in text:
        out.append(char if _is_word(before) else upper(char))
        before = char
    return "".join(out)


def _at_words(text: str) -> list[tuple[str, bool]]:
    """Return the characters, and whether each begins a word after white space."""
    pairs: list[tuple[str, bool]] = []
    start = True
    for char in text:
        blank = char in SPACES
        pairs.append((char, start and not blank))
        start = blank
    return pairs


def untitle(text: str) -> str:
    return "".join(lower(char) if first else char for char, first in _at_words(text))


def initials(text: str) -> str:
    return "".join(char for char, first in _at_words(text) if first)


def swapcase(text: str) -> str:
    return "".join(upper(char) if char.islower() else lower(char) for char in text)


def nospace(text: str) -> str:
    # sic: byte by byte, which spoils every letter that is not ASCII
    return "".join(chr(byte) for byte in text.encode() if chr(byte) not in SPACES)


def wrap(width: int, text: str) -> str:
    return _wrapped(text, width, "\n", cut_words=False)


def wrap_with(width: int, mark: str, text: str) -> str:
    return _wrapped(text, width, mark or "\n", cut_words=True)


def _wrapped(text: str, width: int, mark: str, *, cut_words: bool) -> str:
    width = max(width, 1)
    if len(text) * (len(mark) + 1) > 4 * MAX_TEXT:
        raise ExpressionError("memory budget exceeded")
    lines: list[str] = []
    start = 0
    while len(text) - start > width:
        if text[start] == " ":
            start += 1
            continue
        blank = text.rfind(" ", start, start + width + 1)
        if blank < 0 and cut_words:
            lines.append(text[start : start + width])
            start += width
            continue
        if blank < 0:
            blank = text.find(" ", start + width)
        if blank < 0:
            break
        lines.append(text[start:blank])
        start = blank + 1
    return mark.join([*lines, text[start:]])


def repeated(count: int, text: str) -> str:
    if count < 0:
        raise ExpressionError("strings: negative Repeat count")
    return repeat(text, count)


def indent(spaces: int, text: str) -> str:
    pad = repeated(spaces, " ")
    return pad + replace(text, "\n", "\n" + pad)


def numbered(parts: list[str]) -> TextMap:
    """Return `{_0: first, _1: second}`, as sprig's split does."""
    return TextMap((f"_{index}", part) for index, part in enumerate(parts))


def squote(*values: Any) -> str:
    return " ".join(f"'{print_value(value)}'" for value in values if value is not None)


def cat(*values: Any) -> str:
    return " ".join(print_value(value) for value in values if value is not None)


def find_all(pattern: str, text: str, limit: int) -> list[str]:
    """Return the matches; nil where there are none."""
    found = [] if limit == 0 else [one.group() for one in regex(pattern).find_all(text, limit)]
    return TextList(found) if found else NilList()


def find(pattern: str, text: str) -> str:
    found = regex(pattern).search(text)
    return found.group() if found else ""


def regex_split(pattern: str, text: str, limit: int) -> list[str]:
    found_in = regex(pattern)
    if limit == 0:
        return NilList()
    if pattern and not text:
        return TextList([""])
    parts: list[str] = []
    start = end = 0
    for found in found_in.find_all(text, limit):
        if limit > 0 and len(parts) == limit - 1:
            break
        end = found.start
        if found.end:
            parts.append(text[start:end])
        start = found.end
    return TextList(parts if end == len(text) else [*parts, text[start:]])


def _matches(pattern: str, text: str) -> bool:
    return regex(pattern).search(text) is not None


def _lenient(pattern: str, text: str) -> bool:
    try:
        return _matches(pattern, text)
    except ExpressionError as error:
        if error.message.startswith("error parsing"):
            return False
        raise


def _literal(pattern: str, text: str, new: str) -> str:
    return regex(pattern).replace(text, new, literal=True)


def _replace(pattern: str, text: str, new: str) -> str:
    return regex(pattern).replace(text, new)


def _both(name: str, spec: str, call: Any) -> tuple[Function, Function]:
    """Return a function and its `must` twin; both raise, the first with the pattern."""

    def loud(pattern: str, *rest: Any) -> Any:
        try:
            return call(pattern, *rest)
        except ExpressionError as error:
            if not error.message.startswith("error parsing"):
                raise
            shown = quote(pattern) if "`" in pattern or "\n" in pattern else f"`{pattern}`"
            raise ExpressionError(f"regexp: Compile({shown}): {error.message}") from None

    return Function(name, spec, loud), Function(f"must{name[0].upper()}{name[1:]}", spec, call)


SPRIG_TEXT: Table = table(
    Function("hello", "", lambda: "Hello!"),
    Function("abbrev", "is", abbrev),
    Function("abbrevboth", "iis", abbrevboth),
    Function("trunc", "is", trunc),
    Function("trim", "s", lambda text: text.strip(SPACES)),
    Function("upper", "s", upper),
    Function("lower", "s", lower),
    Function("title", "s", title),
    Function("untitle", "s", untitle),
    Function("substr", "iis", substr),
    Function("repeat", "is", repeated),
    Function("trimall", "ss", lambda chars, text: text.strip(chars) if chars else text),
    Function("trimAll", "ss", lambda chars, text: text.strip(chars) if chars else text),
    Function("trimSuffix", "ss", lambda part, text: text.removesuffix(part)),
    Function("trimPrefix", "ss", lambda part, text: text.removeprefix(part)),
    Function("nospace", "s", nospace),
    Function("initials", "s", initials),
    Function("swapcase", "s", swapcase),
    Function("snakecase", "s", lambda text: joined(text, "_")),
    Function("camelcase", "s", camelcase),
    Function("kebabcase", "s", lambda text: joined(text, "-")),
    Function("wrap", "is", wrap),
    Function("wrapWith", "iss", wrap_with),
    Function("contains", "ss", lambda part, text: part in text),
    Function("hasPrefix", "ss", lambda part, text: text.startswith(part)),
    Function("hasSuffix", "ss", lambda part, text: text.endswith(part)),
    Function("quote", "x*", lambda *v: " ".join(quote(print_value(x)) for x in v if x is not None)),
    Function("squote", "x*", squote),
    Function("cat", "x*", cat),
    Function("indent", "is", indent),
    Function("nindent", "is", lambda spaces, text: "\n" + indent(spaces, text)),
    Function("replace", "sss", lambda old, new, text: replace(text, old, new)),
    Function("plural", "ssi", lambda one, many, count: one if count == 1 else many),
    Function("toString", "x", print_value),
    Function("toStrings", "x", texts),
    Function("join", "sx", lambda glue, items: join(list(texts(items)), glue)),
    Function("sortAlpha", "x", sort_alpha),
    Function("split", "ss", lambda separator, text: numbered(split(text, separator))),
    Function("splitList", "ss", lambda separator, text: split(text, separator)),
    Function("splitn", "sis", lambda separator, n, text: numbered(split(text, separator, n))),
    Function("regexMatch", "ss", _lenient),
    Function("mustRegexMatch", "ss", _matches),
    *_both("regexFindAll", "ssi", find_all),
    *_both("regexFind", "ss", find),
    *_both("regexReplaceAll", "sss", _replace),
    *_both("regexReplaceAllLiteral", "sss", _literal),
    *_both("regexSplit", "ssi", regex_split),
    Function("regexQuoteMeta", "s", lambda text: _META.sub(r"\\\g<0>", text)),
)
