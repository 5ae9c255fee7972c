"""The words of an expression: numbers, texts, names, operators, brackets.

Called by `parser` only. The language is expr-lang 1.17 as Argo uses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from argotui.expr.errors import ExpressionError

_WORDS = frozenset(
    ["not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else"]
)  # names that are operators
_SKIP = re.compile(r"(?:[ \t\r\n\v\f\x85\u00a0]+|//[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
_NAME = re.compile(r"[\w$]+")
_NUMBER = re.compile(
    r"0[xX][0-9a-fA-F_]*(?:\.(?!\.)[0-9a-fA-F_]*)?"
    r"|0[oO][0-7_]*(?:\.(?!\.)[0-7_]*)?(?:[eE][+-]?[0-7_]*)?"
    r"|0[bB][01_]*(?:\.(?!\.)[01_]*)?(?:[eE][+-]?[01_]*)?"
    r"|(?:[0-9_]+(?:\.(?!\.)[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]*)?"
)
_OPERATOR = re.compile(r"\?\.|\?\?|\|\||::|\.\.|##|[&!=*<>][&=*]?|[,;%+\-^/|:?.#]")
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\'\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))"
)
_SIMPLE = dict(zip("abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\"", strict=True))


class Kind(Enum):
    NAME = "Identifier"
    NUMBER = "Number"
    TEXT = "String"
    OPERATOR = "Operator"
    BRACKET = "Bracket"
    END = "EOF"


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    value: str
    position: int
    mistake: ExpressionError | None = None  # what is no token; raised when the parser comes to it

    def __str__(self) -> str:
        if self.kind is Kind.END:
            return "EOF"
        value = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.kind.value}("{value}")'


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text`, the last one of kind END or with the mistake there."""
    tokens: list[Token] = []
    position = 0
    while True:
        if skipped := _SKIP.match(text, position):
            position = skipped.end()
        if position >= len(text):
            tokens.append(Token(Kind.END, "", max(len(text) - 1, 0)))
            return tokens
        try:
            token, position = _next(text, position)
        except ExpressionError as error:
            tokens.append(Token(Kind.END, "", position, error))
            return tokens
        tokens.append(token)


def _next(text: str, position: int) -> tuple[Token, int]:
    char = text[position]
    if char in "'\"":
        return read_text(text, position)
    if char == "`":
        end = text.find("`", position + 1)
        if end < 0:
            raise ExpressionError("literal not terminated", len(text), text)
        return Token(Kind.TEXT, text[position + 1 : end], position), end + 1
    if char in "([{)]}":
        return Token(Kind.BRACKET, char, position), position + 1
    if char in "0123456789" or (char == "." and text[position + 1 : position + 2].isdecimal()):
        return _number(text, position)
    if text.startswith("/*", position):
        raise ExpressionError("unclosed comment", len(text), text)
    if found := _NAME.match(text, position):
        kind = Kind.OPERATOR if found[0] in _WORDS else Kind.NAME
        return Token(kind, found[0], position), found.end()
    if found := _OPERATOR.match(text, position):
        return Token(Kind.OPERATOR, found[0], position), found.end()
    raise ExpressionError(f"unrecognized character: U+{ord(char):04X} '{char}'", position, text)


def _number(text: str, position: int) -> tuple[Token, int]:
    found = _NUMBER.match(text, position)
    end = found.end() if found else position + 1
    if _NAME.match(text, end):
        bad = text[position : end + 1]
        raise ExpressionError(f'bad number syntax: "{bad}"', end, text)
    return Token(Kind.NUMBER, text[position:end], position), end


def read_text(text: str, position: int) -> tuple[Token, int]:
    mark = text[position]
    parts: list[str] = []
    end = position + 1
    while True:
        if end >= len(text) or text[end] == "\n":
            raise ExpressionError("literal not terminated", end, text)
        if text[end] == mark:
            return Token(Kind.TEXT, "".join(parts), position), end + 1
        if text[end] != "\\":
            parts.append(text[end])
            end += 1
            continue
        escape = _ESCAPE.match(text, end)
        if escape is None or (escape[1] in ("'", '"') and escape[1] != mark):
            raise ExpressionError("invalid char escape", min(end + 1, len(text) - 1), text)
        parts.append(_unescaped(escape, text))
        end = escape.end()


def _unescaped(escape: re.Match[str], text: str) -> str:
    if escape[1]:
        return _SIMPLE[escape[1]]
    code = int(escape[2], 8) if escape[2] else int(escape[3] or escape[4] or escape[5], 16)
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    if code > 0x10FFFF:
        raise ExpressionError("unable to unescape string", escape.start(), text)
    return chr(code)
