"""Character classes of RE2: `[a-z]`, `\\d`, `[[:alpha:]]`, `\\p{Greek}` and single characters.

Called by `regex_parse`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from argotui.expr.errors import ExpressionError

Range = tuple[str, str]
_PERL: dict[str, tuple[Range, ...]] = {
    "d": (("0", "9"),),
    "w": (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z")),
    "s": (("\t", "\n"), ("\f", "\r"), (" ", " ")),
}
_POSIX: dict[str, tuple[Range, ...]] = {
    "alnum": (("0", "9"), ("A", "Z"), ("a", "z")),
    "alpha": (("A", "Z"), ("a", "z")),
    "ascii": (("\0", "\x7f"),),
    "blank": (("\t", "\t"), (" ", " ")),
    "cntrl": (("\0", "\x1f"), ("\x7f", "\x7f")),
    "digit": (("0", "9"),),
    "graph": (("!", "~"),),
    "lower": (("a", "z"),),
    "print": ((" ", "~"),),
    "punct": (("!", "/"), (":", "@"), ("[", "`"), ("{", "~")),
    "space": (("\t", "\r"), (" ", " ")),
    "upper": (("A", "Z"),),
    "word": _PERL["w"],
    "xdigit": (("0", "9"), ("A", "F"), ("a", "f")),
}
_ESCAPES = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_SCRIPTS = ("Latin", "Greek", "Cyrillic", "Han", "Hebrew", "Arabic", "Hiragana", "Katakana")


@dataclass(frozen=True, slots=True)
class CharClass:
    """Characters by range, by other classes and by Unicode category; perhaps all but those."""

    ranges: tuple[Range, ...] = ()
    parts: tuple[CharClass, ...] = ()
    category: str = ""
    negated: bool = False
    fold: bool = False

    def has(self, char: str) -> bool:
        found = self._has(char)
        if not found and self.fold:
            found = any(self._has(other) for other in _cases(char))
        return found is not self.negated

    def _has(self, char: str) -> bool:
        if any(low <= char <= high for low, high in self.ranges):
            return True
        if self.category and _in_category(char, self.category):
            return True
        return any(part.has(char) for part in self.parts)


ANY = CharClass((("\0", "\U0010ffff"),))


def _cases(char: str) -> set[str]:
    lower, upper = char.lower(), char.upper()
    return {other for other in (lower, upper, upper.lower(), lower.upper()) if len(other) == 1}


def _in_category(char: str, category: str) -> bool:
    if category in _SCRIPTS:
        word = "CJK" if category == "Han" else category.upper()
        return unicodedata.name(char, "").startswith(word)
    return unicodedata.category(char).startswith(category)


def literal_class(char: str, *, fold: bool) -> CharClass:
    return CharClass(((char, char),), fold=fold and char.isalpha())


def _error(what: str, where: str) -> ExpressionError:
    return ExpressionError(f"error parsing regexp: {what}: `{where}`")


def parse_class(pattern: str, start: int, *, fold: bool) -> tuple[CharClass, int]:
    """Read the class whose `[` is at `start`; return it and the place behind its `]`."""
    position = start + 1
    negated = pattern.startswith("^", position)
    position += negated
    ranges: list[Range] = []
    parts: list[CharClass] = []
    first = True
    while first or not pattern.startswith("]", position):
        if position >= len(pattern):
            raise _error("missing closing ]", pattern[start:])
        first = False
        if pattern.startswith("[:", position) and ":]" in pattern[position:]:
            part, position = _posix(pattern, position)
            parts.append(part)
            continue
        low, position = _class_item(pattern, position)
        if isinstance(low, CharClass):
            parts.append(low)
            continue
        high: CharClass | str = low
        if _is_range(pattern, position):
            high, position = _class_item(pattern, position + 1)
        if isinstance(high, CharClass) or high < low:
            raise _error("invalid character class range", pattern[start : position + 1])
        ranges.append((low, high))
    return CharClass(tuple(ranges), tuple(parts), negated=negated, fold=fold), position + 1


def _is_range(pattern: str, position: int) -> bool:
    return pattern.startswith("-", position) and not pattern.startswith("-]", position)


def _class_item(pattern: str, position: int) -> tuple[CharClass | str, int]:
    if position >= len(pattern):
        raise _error("missing closing ]", pattern)
    if pattern[position] != "\\":
        return pattern[position], position + 1
    chars, end = class_escape(pattern, position, fold=False)
    single = len(chars.ranges) == 1 and chars.ranges[0][0] == chars.ranges[0][1]
    if single and not chars.negated:
        return chars.ranges[0][0], end
    return chars, end


def _posix(pattern: str, position: int) -> tuple[CharClass, int]:
    end = pattern.index(":]", position)
    name = pattern[position + 2 : end]
    negated = name.startswith("^")
    ranges = _POSIX.get(name.lstrip("^"))
    if ranges is None:
        raise _error("invalid character class range", pattern[position : end + 2])
    return CharClass(ranges, negated=negated), end + 2


def class_escape(pattern: str, start: int, *, fold: bool) -> tuple[CharClass, int]:
    """Read the escape whose backslash is at `start`; return its characters and its end."""
    letter = pattern[start + 1 : start + 2]
    if letter.lower() in _PERL and letter:
        return CharClass(_PERL[letter.lower()], negated=letter.isupper()), start + 2
    if letter in ("p", "P"):
        return _unicode(pattern, start, negated=letter == "P")
    char, end = _char_escape(pattern, start, letter)
    return literal_class(char, fold=fold), end


def _unicode(pattern: str, start: int, *, negated: bool) -> tuple[CharClass, int]:
    if pattern.startswith("{", start + 2):
        end = pattern.find("}", start)
        name = pattern[start + 3 : end] if end > 0 else ""
        end += 1
    else:
        name, end = pattern[start + 2 : start + 3], start + 3
    if name.startswith("^"):
        negated, name = not negated, name[1:]
    known = name in _SCRIPTS or (0 < len(name) <= 2 and name[0] in "LMNPSZC")
    if not known:
        raise _error("invalid character class range", pattern[start : max(end, start + 3)])
    return CharClass(category=name, negated=negated), end


def _char_escape(pattern: str, start: int, letter: str) -> tuple[str, int]:
    if letter in _ESCAPES and letter:
        return _ESCAPES[letter], start + 2
    if letter == "x":
        return _hex_escape(pattern, start)
    if letter == "0" or (letter in "1234567" and letter and _octal(pattern, start) > 1):
        digits = pattern[start + 1 : start + 1 + _octal(pattern, start)]
        return chr(int(digits, 8)), start + 1 + len(digits)
    if letter and not letter.isalnum() and letter != "_" and letter.isascii():
        return letter, start + 2
    if letter == "_":
        return letter, start + 2
    raise _error("invalid escape sequence", pattern[start : start + 2])


def _octal(pattern: str, start: int) -> int:
    count = 0
    while count < 3 and pattern[start + 1 + count : start + 2 + count] in tuple("01234567"):
        count += 1
    return count


def _hex_escape(pattern: str, start: int) -> tuple[str, int]:
    if pattern.startswith("{", start + 2):
        digits, brace, _ = pattern[start + 3 :].partition("}")
        end = start + 4 + len(digits)
    else:
        digits, brace = pattern[start + 2 : start + 4], "}"
        end = start + 4
    try:
        code = int(digits, 16) if brace and digits.isalnum() else -1
        if len(digits) < 2 and end == start + 4 and not pattern.startswith("{", start + 2):
            code = -1
        return chr(code), end
    except (ValueError, OverflowError):
        raise _error("invalid escape sequence", pattern[start:end]) from None
