"""sprig's snakecase, kebabcase and camelcase: cutting a text into words, and joining them.

Called by `sprig_text`. The words are those of the library sprig takes (xstrings 1.5).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from argotui.expr.functions_text import SPACES, lower, upper
from argotui.expr.meter import charge

_END, _NUMBER, _UPPER, _LETTERS, _GLUE, _PUNCTUATION, _OTHER = range(7)
_CHINESE = ((0x4E00, 0x9FCC), (0x3400, 0x4D85), (0x20000, 0x2B81D))
_SPLITTING = (_END, _GLUE, _PUNCTUATION)


def _is_glue(char: str) -> bool:
    return char in "-_" or char in SPACES


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char).startswith("P")


def _is_number(char: str) -> bool:
    return unicodedata.category(char).startswith("N")


def _is_upper(char: str) -> bool:
    return unicodedata.category(char) == "Lu"


def _is_small(char: str) -> bool:
    """A letter that is no capital, nor Chinese."""
    if _is_upper(char) or not char.isalpha():
        return False
    code = ord(char)
    return not any(low <= code <= high for low, high in _CHINESE)


def _is_other(char: str) -> bool:
    known = (_is_glue, _is_punctuation, _is_upper, _is_small, _is_number)
    return not any(test(char) for test in known)


class _Words:
    """The words of a text, one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    @property
    def done(self) -> bool:
        return self.position >= len(self.text)

    def next(self) -> tuple[int, str]:
        """Return the kind and the text of the next word; _END when there is none."""
        if self.done:
            return _END, ""
        start = self.position
        first = self.text[start]
        if _is_upper(first):
            self.capitals()
            return _UPPER, self.text[start : self.position]
        for kind, test in (
            (_GLUE, _is_glue),
            (_PUNCTUATION, _is_punctuation),
            (_LETTERS, _is_small),
            (_NUMBER, _is_number),
            (_OTHER, _is_other),
        ):
            if test(first):
                self.run(test)
                return kind, self.text[start : self.position]
        raise AssertionError(first)

    def run(self, test: Callable[[str], bool]) -> None:
        while not self.done and test(self.text[self.position]):
            self.position += 1

    def capitals(self) -> None:
        """`Word`, or `HTTP` of `HTTPStatus`."""
        start = self.position
        self.run(_is_upper)
        count = self.position - start
        small = not self.done and _is_small(self.text[self.position])
        if count == 1:
            self.run(_is_small)
        elif small:
            self.position -= 1


def joined(text: str, mark: str) -> str:
    """Return the words of a text in small letters, with `mark` between them."""
    charge(len(text))
    words = _Words(text)
    out: list[str] = []
    kind, word = words.next()
    while not words.done:
        if kind != _GLUE:
            _write(out, kind, word, mark)
        before, last = kind, word
        kind, word = words.next()
        match before:
            case 1:  # _NUMBER
                kind, word = _letters(out, words, kind, word, mark)
                if kind not in _SPLITTING:
                    out.append(mark)
            case 4:  # _GLUE
                _write(out, before, last, mark)
            case 5:  # _PUNCTUATION
                continue
            case _:
                kind, word = _behind_letters(out, words, kind, word, mark)
    _write(out, kind, word, mark)
    return "".join(out)


def _behind_letters(
    out: list[str], words: _Words, kind: int, word: str, mark: str
) -> tuple[int, str]:
    """`Bld4Floor` is `bld4_floor`, but `http2xx` is `http_2xx`."""
    if kind != _NUMBER:
        if kind not in (_GLUE, _PUNCTUATION):
            out.append(mark)
        return kind, word
    if words.done:
        return kind, word
    number = word
    kind, word = words.next()
    if kind != _LETTERS:
        _write(out, _NUMBER, number, mark)
        if kind not in (_GLUE, _PUNCTUATION):
            out.append(mark)
        return kind, word
    out.append(mark)
    _write(out, _NUMBER, number, mark)
    kind, word = _letters(out, words, kind, word, mark)
    if kind not in _SPLITTING:
        out.append(mark)
    return kind, word


def _letters(out: list[str], words: _Words, kind: int, word: str, mark: str) -> tuple[int, str]:
    while kind in (_LETTERS, _NUMBER):
        _write(out, kind, word, mark)
        kind, word = words.next()
    return kind, word


def _write(out: list[str], kind: int, word: str, mark: str) -> None:
    if kind == _UPPER:
        out.append(lower(word))
    elif kind == _GLUE:
        out.append(mark * len(word))
    else:
        out.append(word)


def camelcase(text: str) -> str:
    """Return `HelloWorld` for `hello_world`; what glues words at the front stays."""
    body = text.lstrip("-_" + SPACES)
    if not body:
        return text + text[-1:]  # sic
    out = [text[: len(text) - len(body)]]
    shouting, before = _is_upper(body[0]), upper(body[0])
    for char in body[1:]:
        if _is_glue(before):
            if _is_glue(char):
                out.append(before)
            else:
                shouting, char = _is_upper(char), upper(char)
            before = char
            continue
        if shouting and _is_upper(char):
            char = lower(char)
        elif shouting:
            shouting = False
        out.append(before)
        before = char
    return "".join([*out, before])
