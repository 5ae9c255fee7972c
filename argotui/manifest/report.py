"""Problems as text for people: grouped by file, with the lines they are about.

Called by cli and tui. Nothing of a manifest reaches the terminal raw: control characters are
written out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from argotui.manifest.source import token_at
from argotui.model.errors import Problem

_WIDEST = 100  # cells of a source line that are shown
_MOST_EXCERPTS = 20


def one_line(problem: Problem) -> str:
    """Return `file:line:col: what; hint` on a single line."""
    return shown(str(problem))


def report(problems: Iterable[Problem], texts: Mapping[str, str]) -> str:
    """Return all problems, by file and line, with excerpts for errors.

    `texts` maps file names to their text; a file without text has no excerpts. Ends with a
    newline, unless there is nothing to say.
    """
    files: dict[str, list[Problem]] = {}
    for problem in problems:
        files.setdefault(problem.file, []).append(problem)
    blocks = [
        _block(file, sorted(found, key=_place), texts.get(file, "").splitlines())
        for file, found in files.items()
    ]
    return "\n".join(blocks)


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def summary(problems: Sequence[Problem]) -> str:
    """Return `2 problems, 1 warning`."""
    errors = sum(problem.severity == "error" for problem in problems)
    parts = [_count(errors, "problem"), _count(len(problems) - errors, "warning")]
    return ", ".join(part for part in parts if part) or "no problems"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""


def _block(file: str, problems: Sequence[Problem], lines: Sequence[str]) -> str:
    places = [f"{p.line}:{p.column}" if p.line else "" for p in problems]
    width = max(map(len, places))
    out = [f"{shown(file) or 'given'}: {summary(problems)}"]
    excerpts = 0
    for place, problem in zip(places, problems, strict=True):
        out.append(f"  {place:{width}}  {_sentence(problem)}")
        if problem.severity == "error" and 0 < problem.line <= len(lines):
            excerpts += 1
            if excerpts <= _MOST_EXCERPTS:
                out += _excerpt(problem, lines, " " * (width + 4))
    return "\n".join(out) + "\n"


def _sentence(problem: Problem) -> str:
    mark = f"warning[{problem.name}]: " if problem.severity == "warning" else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    return shown(f"{mark}{problem.what}{hint}")


def _excerpt(problem: Problem, lines: Sequence[str], indent: str) -> list[str]:
    """Return the line before, the line, and a mark below what is meant."""
    line = lines[problem.line - 1]
    start = _window(line, problem.column)
    digits = len(str(problem.line))
    out = []
    if problem.line > 1 and lines[problem.line - 2].strip():
        out.append(f"{indent}{problem.line - 1:{digits}} │ {_cut(lines[problem.line - 2], start)}")
    out.append(f"{indent}{problem.line} │ {_cut(line, start)}")
    before = _cells(shown(line[start : problem.column - 1])) + (1 if start else 0)
    token = token_at(line, problem.column)
    length = max(1, min(_cells(shown(token)), _WIDEST - before))
    out.append(f"{indent}{' ' * digits} │ {' ' * before}{'^' * length}")
    return [text.rstrip() for text in out]


def _window(line: str, column: int) -> int:
    """Return where to begin a line so that the column is within sight."""
    return 0 if column <= _WIDEST * 3 // 4 else column - _WIDEST // 2


def _cut(line: str, start: int) -> str:
    text = shown(line[start:])
    if _cells(text) > _WIDEST:
        text = text[: _WIDEST - 1] + "…"
    return ("…" if start else "") + text


def shown(text: str) -> str:
    """Return text that is safe to print: every control or format character written out."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _written(char) for char in text)


def _written(char: str) -> str:
    if char == "\t":
        return " "
    code = ord(char)
    if char in "\n\r":
        return "\\n" if char == "\n" else "\\r"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cells(text: str) -> int:
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
