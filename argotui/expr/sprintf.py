"""Go's fmt.Sprintf for one integer: the format of withSequence.

Called by the engine's loops.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import quote
from argotui.expr.meter import charge

_FLAGS = re.compile(r"[-+# 0]*")
_DIGITS = re.compile(r"[0-9]+")
_INDEX = re.compile(r"\[([^\]]*)\]")
_BASES = {"v": "d", "d": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}
_MARKS = {"b": "0b", "o": "0", "O": "0", "x": "0x", "X": "0X"}
_MAX_GO = 1_000_000  # of a width; more is no number to Go
_MAX_WIDTH = 10_000
_LOST = "\ufffd"


def sprintf(template: str, number: int) -> str:
    """Fill a Go format; wrong verbs and counts show as Go shows them: `%!s(int=5)`.

    Raises ExpressionError for a width that would fill the memory.
    """
    reader = _Reader(template, number)
    text = reader.filled()
    charge(1 + len(text) // 16)
    if not reader.reordered and not reader.used:
        text += f"%!(EXTRA int={number})"
    return text


@dataclass(slots=True)
class _Verb:
    """One `%...` and what it asks for."""

    flags: str
    width: int | None = None
    digits: int | None = None

    def integer(self, letter: str, value: int) -> str:
        """Return the number in the base of a verb."""
        if self.digits == 0 and value == 0:
            return " " * (self.width or 0)
        digits = format(abs(value), _BASES.get(letter, "d"))
        sign = "-" if value < 0 else "+" if "+" in self.flags else " " if " " in self.flags else ""
        least = self.digits or 0
        if self.digits is None and self.zeros and self.width is not None:
            least = self.width - len(sign)
        digits = digits.rjust(least, "0")
        octal = letter in "oO" and digits.startswith("0")
        mark = _MARKS.get(letter, "") if "#" in self.flags and not octal else ""
        return self.padded(f"{sign}{'0o' if letter == 'O' else ''}{mark}{digits}", zeros=False)

    @property
    def zeros(self) -> bool:
        return "0" in self.flags and "-" not in self.flags

    def padded(self, text: str, *, zeros: bool = True) -> str:
        width = self.width or 0
        if "-" in self.flags:
            return text.ljust(width)
        return text.rjust(width, "0" if zeros and self.zeros else " ")

    def unicode(self, value: int) -> str:
        digits = format(value % (1 << 64), "X").rjust(max(self.digits or 0, 4), "0")
        shown = "#" in self.flags and 0 <= value <= 0x10FFFF and chr(value).isprintable()
        return self.padded(f"U+{digits}" + (f" '{chr(value)}'" if shown else ""), zeros=False)

    def quoted(self, value: int) -> str:
        char = _char(value)
        inner = {"'": "\\'", '"': '"'}.get(char) or quote(char)[1:-1]
        if "+" in self.flags and not inner.isascii():
            inner = f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
        return self.padded(f"'{inner}'")

    def formatted(self, letter: str, value: int) -> str:
        match letter:
            case "c":
                return self.padded(_char(value))
            case "q":
                return self.quoted(value)
            case "U":
                return self.unicode(value)
            case "T":
                return self.padded("int"[: self.digits] if self.digits is not None else "int")
            case "v" | "w":
                self.flags = self.flags.replace("+", "").replace("#", "")
        if letter in _BASES:
            return self.integer(letter, value)
        return f"%!{letter}(int={self.integer('v', value)})"


def _char(value: int) -> str:
    return chr(value) if 0 <= value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF else _LOST


def _too_large(digits: str) -> bool:
    """Say whether Go stops to read a number: what stands before its last digit is too much."""
    before = digits[:-1].lstrip("0")
    return len(before) > 7 or int(before or 0) > _MAX_GO


class _Reader:
    """The template, and which argument is next: there is one, but verbs may ask for others."""

    def __init__(self, text: str, number: int) -> None:
        self.text, self.number = text, number
        self.position = self.used = 0
        self.reordered = self.good = False

    def filled(self) -> str:
        parts: list[str] = []
        while (mark := self.text.find("%", self.position)) >= 0:
            parts.append(self.text[self.position : mark])
            self.position = mark + 1
            self.good = True
            parts.append(self.verb())
        return "".join(parts) + self.text[self.position :]

    def verb(self) -> str:
        flags = _FLAGS.match(self.text, self.position)
        assert flags is not None
        self.position = flags.end()
        verb, notes = _Verb(flags[0]), ""
        after = self.index()
        verb.width, note = self.count("WIDTH", after=after)
        if verb.width is not None and verb.width < 0:
            verb.width, verb.flags = -verb.width, verb.flags.replace("0", "") + "-"
        notes += note
        after = after and not self.before("*")
        if self.position + 1 < len(self.text) and self.sees("."):
            self.good = self.good and not after
            after = self.index()
            verb.digits, note = self.count("PREC", after=False)
            after = after and not self.before("*")
            verb.digits = None if note or (verb.digits or 0) < 0 else verb.digits or 0
            notes += note
        if not after:
            self.index()
        return notes + self.shown(verb)

    def shown(self, verb: _Verb) -> str:
        letter = self.text[self.position : self.position + 1]
        self.position += 1
        if not letter:
            return "%!(NOVERB)"
        if letter == "%":
            return "%"
        if not self.good:
            return f"%!{letter}(BADINDEX)"
        if self.used:
            return f"%!{letter}(MISSING)"
        self.used = 1
        if max(verb.width or 0, verb.digits or 0) > _MAX_WIDTH:
            raise ExpressionError("memory budget exceeded")
        return verb.formatted(letter, self.number)

    def sees(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.position):
            return False
        self.position += 1
        return True

    def before(self, sign: str) -> bool:
        return self.text[self.position - 1] == sign

    def index(self) -> bool:
        """Read `[1]`, the argument that is meant; says whether it was one."""
        if not self.text.startswith("[", self.position):
            return False
        self.reordered = True
        short = len(self.text) < self.position + 3
        found = None if short else _INDEX.match(self.text, self.position)
        self.position = found.end() if found else self.position + 1
        number = found[1] if found else ""
        usual = _DIGITS.fullmatch(number) is not None and not _too_large(number)
        if usual and int(number) == 1:
            self.used = 0
            return True
        self.good = False
        return usual

    def count(self, what: str, *, after: bool) -> tuple[int | None, str]:
        """Read a width or a precision; the note is what Go puts in where it is none."""
        if self.sees("*"):
            number = None if self.used or abs(self.number) > _MAX_GO else self.number
            self.used = 1
            bad = number is None or (what == "PREC" and number < 0)
            return number, f"%!(BAD{what})" if bad else ""
        found = _DIGITS.match(self.text, self.position)
        if found is None:
            return None, ""
        self.good = self.good and not after
        if _too_large(found[0]):
            self.position = len(self.text)
            return None, ""
        self.position = found.end()
        return int(found[0]), ""
