"""The words of a `when` text, and which may follow which.

Called by `when`. The language is govaluate's, quirks included: any run of signs is one word
(`==-` is none it knows), either quote ends a string, and a quoted date is a time. Argo: 4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.functions_number import parse_float
from argotui.expr.gotext import print_value
from argotui.expr.layout import RFC3339
from argotui.expr.times import SECOND, Time, parse_time


class Kind(Enum):
    START = "UNKNOWN"
    PREFIX = "PREFIX"
    NUMERIC = "NUMERIC"
    BOOLEAN = "BOOLEAN"
    STRING = "STRING"
    PATTERN = "PATTERN"
    TIME = "TIME"
    VARIABLE = "VARIABLE"
    SEPARATOR = "SEPARATOR"
    ACCESSOR = "ACCESSOR"
    COMPARATOR = "COMPARATOR"
    LOGICAL = "LOGICALOP"
    MODIFIER = "MODIFIER"
    OPEN = "CLAUSE"
    CLOSE = "CLAUSE_CLOSE"
    TERNARY = "TERNARY"


_K = Kind
_SIGNS = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "**", "&", "|", "^", ">>", "<<"), _K.MODIFIER),
    **dict.fromkeys(("&&", "||"), _K.LOGICAL),
    **dict.fromkeys(("==", "!=", ">", ">=", "<", "<=", "=~", "!~"), _K.COMPARATOR),
    **dict.fromkeys(("?", ":", "??"), _K.TERNARY),
}
_PREFIXES = frozenset({"-", "!", "~"})
_VALUES = frozenset({_K.NUMERIC, _K.BOOLEAN, _K.VARIABLE, _K.STRING})
_AFTER_VALUE = frozenset(
    {_K.MODIFIER, _K.COMPARATOR, _K.LOGICAL, _K.CLOSE, _K.TERNARY, _K.SEPARATOR}
)
_AFTER_TIME = _AFTER_VALUE - {_K.TERNARY}
_OPENING = _VALUES | {_K.PREFIX, _K.PATTERN, _K.ACCESSOR, _K.TIME, _K.OPEN}
_FOLLOWS: dict[Kind, frozenset[Kind]] = {
    _K.START: _OPENING,
    _K.OPEN: _OPENING | {_K.CLOSE},
    _K.CLOSE: _AFTER_VALUE | _VALUES | {_K.PATTERN, _K.TIME, _K.OPEN},
    _K.NUMERIC: _AFTER_VALUE,
    _K.BOOLEAN: _AFTER_VALUE,
    _K.STRING: _AFTER_VALUE,
    _K.VARIABLE: _AFTER_VALUE,
    _K.TIME: _AFTER_TIME,
    _K.PATTERN: _AFTER_TIME,
    _K.ACCESSOR: _AFTER_VALUE | {_K.OPEN},
    _K.MODIFIER: _VALUES | {_K.PREFIX, _K.ACCESSOR, _K.OPEN, _K.CLOSE},
    _K.COMPARATOR: _OPENING | {_K.CLOSE},
    _K.LOGICAL: (_OPENING | {_K.CLOSE}) - {_K.PATTERN},
    _K.PREFIX: (_VALUES | {_K.ACCESSOR, _K.OPEN, _K.CLOSE}) - {_K.STRING},
    _K.TERNARY: (_OPENING | {_K.SEPARATOR}) - {_K.PATTERN},
    _K.SEPARATOR: _OPENING - {_K.PATTERN},
}
_ENDS = frozenset(
    {
        _K.CLOSE,
        _K.NUMERIC,
        _K.BOOLEAN,
        _K.STRING,
        _K.TIME,
        _K.PATTERN,
        _K.VARIABLE,
        _K.ACCESSOR,
    }
)
_DATES = (
    "Mon Jan _2 15:04:05 2006",
    "Mon Jan _2 15:04:05 MST 2006",
    "Mon Jan 02 15:04:05 -0700 2006",
    "3:04PM",
    RFC3339,
    "2006-01-02",
    "2006-01-02 15:04",
    "2006-01-02 15:04:05",
    "2006-01-02 15:04:05-07:00",
    "2006-01-02T15Z0700",
    "2006-01-02T15:04Z0700",
    "2006-01-02T15:04:05Z0700",
)
_LONGEST_DATE = 40
_LONGEST = 1000  # digits of a number


@dataclass(frozen=True, slots=True)
class Token:
    """`value` is the text, float, bool or parts; `shown` is what messages print for it."""

    kind: Kind
    value: Any
    shown: str


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text`; raises ExpressionError in govaluate's words."""
    reader = _Reader(text)
    tokens: list[Token] = []
    previous = Kind.START
    while (token := reader.next(previous)) is not None:
        tokens.append(token)
        previous = token.kind
    opened = sum(token.kind is Kind.OPEN for token in tokens)
    if opened != sum(token.kind is Kind.CLOSE for token in tokens):
        raise ExpressionError("Unbalanced parenthesis")
    return tokens


def check_order(tokens: list[Token]) -> None:
    """Raise ExpressionError for a token that cannot stand where it does."""
    last = Token(Kind.START, None, "<nil>")
    for token in tokens:
        if token.kind not in _FOLLOWS[last.kind]:
            if last.kind is Kind.VARIABLE and token.kind is Kind.OPEN:
                raise ExpressionError(f"Undefined function {last.value}")
            raise ExpressionError(
                f"Cannot transition token types from {last.kind.value} [{last.shown}] "
                f"to {token.kind.value} [{token.shown}]"
            )
        last = token
    if last.kind not in _ENDS:
        raise ExpressionError("Unexpected end of expression")


def _is_numeric(char: str) -> bool:
    return char.isdecimal() or char == "."


def _is_name(char: str) -> bool:
    return char.isalpha() or char.isdecimal() or char in "_."


def _is_sign(char: str) -> bool:
    return not (char.isalpha() or char.isdecimal() or char in "()[]'\"")


def _is_hex(char: str) -> bool:
    return char.isdecimal() or char.lower() in "abcdef"


def _hex(digits: str) -> float | None:
    number = int(digits, 16) if digits and digits.isascii() and len(digits) < _LONGEST else None
    return None if number is None or number >= 1 << 64 else float(number)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def next(self, previous: Kind) -> Token | None:
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1
        if self.position >= len(self.text):
            return None
        char = self.text[self.position]
        if _is_numeric(char):
            return self.number()
        if char in ",()":
            self.position += 1
            kinds = {",": Kind.SEPARATOR, "(": Kind.OPEN, ")": Kind.CLOSE}
            return Token(kinds[char], char, char if char == "," else str(ord(char)))
        if char == "[":
            self.position += 1
            name, closed = self.until(lambda c: c != "]", whitespace=True)
            if not closed:
                raise ExpressionError("Unclosed parameter bracket")
            self.position += 1
            return Token(Kind.VARIABLE, name, name)
        if char.isalpha():
            return self.word()
        if char in "'\"":
            return self.quoted()
        return self.sign(previous)

    def until(self, wanted: Callable[[str], bool], *, whitespace: bool) -> tuple[str, bool]:
        """Read while `wanted`; a backslash takes the next character as it is. The flag says
        whether something ended it, not the end of the text."""
        parts: list[str] = []
        while self.position < len(self.text):
            char = self.text[self.position]
            if char == "\\":
                if self.position + 1 == len(self.text):
                    raise ExpressionError("nothing follows the backslash")  # Go: a panic
                parts.append(self.text[self.position + 1 : self.position + 2])
                self.position += 2
                continue
            if char.isspace() and not whitespace:
                if parts:
                    return "".join(parts), True
            elif not wanted(char):
                return "".join(parts), True
            else:
                parts.append(char)
            self.position += 1
        return "".join(parts), False

    def number(self) -> Token:
        if self.text.startswith("0x", self.position) and self.position + 2 < len(self.text):
            self.position += 2
            digits, _ = self.until(_is_hex, whitespace=False)
            value, kind = _hex(digits), "hex value '{}' to uint64"
        else:
            digits, _ = self.until(_is_numeric, whitespace=False)
            value, kind = parse_float(digits), "numeric value '{}' to float64"
        if value is None:
            raise ExpressionError(f"Unable to parse {kind.format(digits)}\n")
        return Token(Kind.NUMERIC, value, print_value(value))

    def word(self) -> Token:
        word, _ = self.until(_is_name, whitespace=False)
        if word in ("true", "false"):
            return Token(Kind.BOOLEAN, word == "true", word)
        if word in ("in", "IN"):
            return Token(Kind.COMPARATOR, "in", "in")
        if word.find(".") > 0:
            if word.endswith("."):
                raise ExpressionError(f"Hanging accessor on token '{word}'")
            parts = word.split(".")
            for part in parts[1:]:
                if part[:1].upper() != part[:1]:
                    raise ExpressionError(
                        f"Unable to access unexported field '{part}' in token '{word}'"
                    )
            return Token(Kind.ACCESSOR, parts, print_value(parts))
        return Token(Kind.VARIABLE, word, word)

    def quoted(self) -> Token:
        self.position += 1
        text, closed = self.until(lambda c: c not in "'\"", whitespace=True)
        if not closed:
            raise ExpressionError("Unclosed string literal")
        self.position += 1
        time = date_of(text)
        if time is None:
            return Token(Kind.STRING, text, text)
        seconds = float(time.nanoseconds // SECOND)
        return Token(Kind.TIME, seconds, time.format("2006-01-02 15:04:05 -0700 MST"))

    def sign(self, previous: Kind) -> Token:
        signs, _ = self.until(_is_sign, whitespace=False)
        if signs in _PREFIXES and Kind.PREFIX in _FOLLOWS[previous]:
            return Token(Kind.PREFIX, signs, signs)
        if signs not in _SIGNS:
            raise ExpressionError(f"Invalid token: '{signs}'")
        return Token(_SIGNS[signs], signs, signs)


def date_of(text: str) -> Time | None:
    """Return the time of a text that looks like a date, None for any other."""
    if len(text) > _LONGEST_DATE or not (":" in text or "-" in text):
        return None
    for layout in _DATES:
        try:
            return parse_time(layout, text)
        except (ExpressionError, OverflowError, ValueError):
            continue
    return None
