"""From an RE2 pattern to the instructions of `regex`: parsing and compiling.

Syntax of Go's regexp package: no look-around, no back-references; repeats are at most 1000.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from argotui.expr.errors import ExpressionError
from argotui.expr.regex_class import (
    ANY,
    CharClass,
    class_escape,
    literal_class,
    parse_class,
)

MAX_PATTERN = 10_000
MAX_PROGRAM = 20_000
MAX_REPEAT = 1000
_MAX_DEPTH = 150
_ASSERTIONS = {"A": "begin", "z": "end", "b": "word", "B": "no word"}
_SIGNS = frozenset("\\.+*?()|[]{}^$-/&#' \"!%,:;<=>@_`~")


class Op(Enum):
    CHAR = "char"
    SPLIT = "split"
    SAVE = "save"
    ASSERT = "assert"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class Instruction:
    """`next` is preferred to `other`; for SAVE `other` is the slot."""

    op: Op
    next: int = 0
    other: int = 0
    chars: CharClass = ANY
    assertion: str = ""

    def accepts(self, char: str) -> bool:
        return self.chars.has(char)

    def holds(self, text: str, position: int) -> bool:
        """Say whether the assertion is true between two characters."""
        match self.assertion:
            case "begin":
                return position == 0
            case "end":
                return position == len(text)
            case "line begin":
                return position == 0 or text[position - 1] == "\n"
            case "line end":
                return position == len(text) or text[position] == "\n"
        before = position > 0 and _is_word(text[position - 1])
        after = position < len(text) and _is_word(text[position])
        return (before != after) is (self.assertion == "word")


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


@dataclass(frozen=True, slots=True)
class Flags:
    fold: bool = False  # i
    lines: bool = False  # m
    dot_all: bool = False  # s
    ungreedy: bool = False  # U


# A piece of the pattern writes its instructions, all ending at the place behind them.
Piece = Callable[["Compiler"], None]


def compile_regex(pattern: str) -> tuple[tuple[Instruction, ...], int, dict[str, int]]:
    """Return instructions, number of slots and group names; raises ExpressionError."""
    if len(pattern) > MAX_PATTERN:
        raise _error("expression too large", pattern[:40])
    parser = Parser(pattern)
    try:
        piece = parser.alternatives()
        if parser.position < len(parser.pattern):
            raise _error("unexpected )", pattern)
        compiler = Compiler()
        group(piece, 0)(compiler)
    except RecursionError:
        raise _error("expression nests too deeply", pattern[:40]) from None
    compiler.emit(Instruction(Op.MATCH))
    return tuple(compiler.code), 2 * parser.groups + 2, parser.names


def _error(what: str, where: str) -> ExpressionError:
    return ExpressionError(f"error parsing regexp: {what}: `{where}`")


class Compiler:
    """Collects instructions; pieces call it in the order of the text."""

    def __init__(self) -> None:
        self.code: list[Instruction] = []

    def emit(self, instruction: Instruction) -> int:
        if len(self.code) >= MAX_PROGRAM:
            raise ExpressionError("error parsing regexp: expression too large")
        self.code.append(instruction)
        return len(self.code) - 1

    @property
    def here(self) -> int:
        return len(self.code)

    def patch(self, index: int, *, then: int | None = None, other: int | None = None) -> None:
        old = self.code[index]
        self.code[index] = replace(
            old,
            next=old.next if then is None else then,
            other=old.other if other is None else other,
        )


def char(chars: CharClass) -> Piece:
    def write(out: Compiler) -> None:
        out.emit(Instruction(Op.CHAR, out.here + 1, chars=chars))

    return write


def assertion(name: str) -> Piece:
    def write(out: Compiler) -> None:
        out.emit(Instruction(Op.ASSERT, out.here + 1, assertion=name))

    return write


def row(pieces: list[Piece]) -> Piece:
    def write(out: Compiler) -> None:
        for piece in pieces:
            piece(out)

    return write


def group(inner: Piece, number: int) -> Piece:
    def write(out: Compiler) -> None:
        out.emit(Instruction(Op.SAVE, out.here + 1, 2 * number))
        inner(out)
        out.emit(Instruction(Op.SAVE, out.here + 1, 2 * number + 1))

    return write


def either(pieces: list[Piece]) -> Piece:
    def write(out: Compiler) -> None:
        jumps: list[int] = []
        for piece in pieces[:-1]:
            split = out.emit(Instruction(Op.SPLIT, out.here + 1))
            piece(out)
            jumps.append(out.emit(Instruction(Op.SPLIT)))
            out.patch(split, other=out.here)
        pieces[-1](out)
        for jump in jumps:
            out.patch(jump, then=out.here, other=out.here)

    return write if len(pieces) > 1 else pieces[0]


def repeat(inner: Piece, low: int, high: int | None, *, greedy: bool) -> Piece:
    """`high` None is without end."""

    def split(out: Compiler) -> int:
        return out.emit(Instruction(Op.SPLIT))

    def aim(out: Compiler, index: int, enter: int, leave: int) -> None:
        then, other = (enter, leave) if greedy else (leave, enter)
        out.patch(index, then=then, other=other)

    def plus(out: Compiler) -> None:
        start = out.here
        inner(out)
        again = split(out)
        aim(out, again, start, out.here)

    def write(out: Compiler) -> None:
        for _ in range(low - 1 if high is None else low):
            inner(out)
        splits: list[int] = []
        if high is None and low == 0:
            splits.append(split(out))  # x* is (x+)?, which matters where x may be empty
        if high is None:
            plus(out)
        else:
            for _ in range(high - low):
                splits.append(split(out))
                inner(out)
        for index in splits:
            aim(out, index, index + 1, out.here)

    return write


class Parser:
    """Reads a pattern into pieces."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.groups = 0
        self.depth = 0
        self.flags = Flags()
        self.names: dict[str, int] = {}

    def sees(self, text: str) -> bool:
        return self.pattern.startswith(text, self.position)

    def take(self) -> str:
        char_ = self.pattern[self.position]
        self.position += 1
        return char_

    def alternatives(self) -> Piece:
        options = [self.concatenation()]
        while self.sees("|"):
            self.position += 1
            options.append(self.concatenation())
        return either(options)

    def concatenation(self) -> Piece:
        pieces: list[Piece] = []
        while self.position < len(self.pattern) and self.pattern[self.position] not in "|)":
            piece = self.atom()
            if piece is not None:
                pieces.append(self.repeated(piece))
        return row(pieces)

    def repeated(self, piece: Piece) -> Piece:
        sign = self.position
        bounds = self.bounds()
        if bounds is None:
            return piece
        low, high = bounds
        if max(low, high or 0) > MAX_REPEAT or (high is not None and high < low):
            raise _error("invalid repeat count", self.pattern[sign : self.position])
        greedy = not self.flags.ungreedy
        if self.sees("?"):
            self.position += 1
            greedy = not greedy
        here = self.position
        if self.bounds() is not None:
            raise _error("invalid nested repetition operator", self.pattern[here - 1 : here + 1])
        return repeat(piece, low, high, greedy=greedy)

    def bounds(self) -> tuple[int, int | None] | None:
        for sign, pair in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.sees(sign):
                self.position += 1
                return pair
        if not self.sees("{"):
            return None
        inner, brace, _ = self.pattern[self.position + 1 :].partition("}")
        low, comma, high = inner.partition(",")
        digits = [part for part in (low, high) if part]
        if not brace or not low or not all(part.isdecimal() and len(part) < 6 for part in digits):
            return None
        self.position += len(inner) + 2
        return int(low), (int(high) if high else None) if comma else int(low)

    def atom(self) -> Piece | None:
        start = self.position
        match self.take():
            case "(":
                return self.parenthesis(start)
            case "[":
                chars, self.position = parse_class(self.pattern, start, fold=self.flags.fold)
                return char(chars)
            case ".":
                return char(ANY if self.flags.dot_all else CharClass((("\n", "\n"),), negated=True))
            case "^":
                return assertion("line begin" if self.flags.lines else "begin")
            case "$":
                return assertion("line end" if self.flags.lines else "end")
            case "\\":
                return self.escape(start)
            case "*" | "+" | "?" as sign:
                raise _error("missing argument to repetition operator", sign)
            case "{" if self.is_repeat(start):
                raise _error("missing argument to repetition operator", self.pattern[start:])
            case plain:
                return char(literal_class(plain, fold=self.flags.fold))

    def is_repeat(self, start: int) -> bool:
        here = self.position
        self.position = start
        found = self.bounds() is not None
        self.position = here
        return found

    def escape(self, start: int) -> Piece | None:
        if self.position >= len(self.pattern):
            raise _error("trailing backslash at end of expression", "")
        letter = self.pattern[self.position]
        if letter in _ASSERTIONS:
            self.position += 1
            return assertion(_ASSERTIONS[letter])
        if letter == "Q":
            self.quoted(start)
            return None
        chars, self.position = class_escape(self.pattern, start, fold=self.flags.fold)
        return char(chars)

    def quoted(self, start: int) -> None:
        """Write a quoted part as escaped characters, so that a repeat behind takes the last one."""
        text, _, rest = self.pattern[start + 2 :].partition("\\E")
        plain = "".join("\\" + one if one in _SIGNS else one for one in text)
        self.pattern = self.pattern[:start] + plain + rest
        self.position = start

    def parenthesis(self, start: int) -> Piece | None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _error("expression nests too deeply", self.pattern[:40])
        number = 0
        outer = self.flags
        if self.sees("?"):
            name = self.group_head(start)
            if name is None:
                self.depth -= 1
                return None
            if name:
                number = self.new_group(name)
        else:
            number = self.new_group("")
        inner = self.alternatives()
        if not self.sees(")"):
            raise _error("missing closing )", self.pattern)
        self.position += 1
        self.flags = outer
        self.depth -= 1
        return group(inner, number) if number else inner

    def new_group(self, name: str) -> int:
        self.groups += 1
        if name:
            if name in self.names:
                raise _error("duplicate capture group name", name)
            self.names[name] = self.groups
        return self.groups

    def group_head(self, start: int) -> str | None:
        """Read `?...`: the name of a group, empty for one without, None for mere flags."""
        for head in ("?P<", "?<"):
            if self.sees(head) and not self.sees("?<=") and not self.sees("?<!"):
                name, bracket, _ = self.pattern[self.position + len(head) :].partition(">")
                if not bracket or not name.isidentifier():
                    raise _error("invalid named capture", self.pattern[start:])
                self.position += len(head) + len(name) + 1
                return name
        self.position += 1
        return self.set_flags(start)

    def set_flags(self, start: int) -> str | None:
        letters = {"i": "fold", "m": "lines", "s": "dot_all", "U": "ungreedy"}
        value = True
        while self.position < len(self.pattern):
            letter = self.take()
            if letter == ")":
                return None
            if letter == ":":
                return ""
            if letter == "-" and value:
                value = False
            elif letter in letters:
                self.flags = replace(self.flags, **{letters[letter]: value})
            else:
                break
        raise _error("invalid or unsupported Perl syntax", self.pattern[start : self.position])
