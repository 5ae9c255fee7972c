"""Problems as text for people: grouped by file, with the lines they are about.

Called by cli and tui. Nothing of a manifest reaches the terminal raw: control characters are
written out.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from argotui.manifest.source import token_at
from argotui.model.errors import Problem

_WIDEST = 100  # cells of a source line that are shown where nobody says how wide the screen is
_NARROWEST = 40
_ARROW = "→ "
_MOST_EXCERPTS = 20


def one_line(problem: Problem) -> str:
    """Return `file:line:col: what; hint` on a single line."""
    return shown(str(problem))


def report(
    problems: Iterable[Problem], texts: Mapping[str, str], *, width: int | None = None
) -> str:
    """Return all problems, by file and line: what is wrong, for errors the lines, what to do.

    `texts` maps file names to their text; a file without text has no excerpts. `width` is that of
    the screen, None for a pipe, where no sentence is broken. Ends with a newline, unless there is
    nothing to say.
    """
    files: dict[str, list[Problem]] = {}
    for problem in problems:
        files.setdefault(problem.file, []).append(problem)
    blocks = [
        _block(file, sorted(found, key=_place), texts.get(file, "").splitlines(), width)
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


def _block(file: str, problems: Sequence[Problem], lines: Sequence[str], room: int | None) -> str:
    places = [f"{p.line}:{p.column}" if p.line else "" for p in problems]
    width = max(map(len, places))
    out = [f"{shown(file) or 'given'}: {summary(problems)}"]
    excerpts = 0
    for place, problem in zip(places, problems, strict=True):
        indent = " " * (width + 4)
        start = f"  {place:{width}}  "
        excerpt: list[str] = []
        if problem.severity == "error" and 0 < problem.line <= len(lines):
            excerpts += 1
            if excerpts <= _MOST_EXCERPTS:
                excerpt = _excerpt(problem, lines, indent, room)
        whole = _wrapped(_sentence(problem, problem.hint), start, indent, room)
        if not problem.hint or (not excerpt and len(whole) == 1):
            out += whole
            out += excerpt
            continue
        out += _wrapped(_sentence(problem, ""), start, indent, room)
        out += excerpt
        out += _wrapped(shown(problem.hint), indent + _ARROW, f"{indent}  ", room)
    return "\n".join(out) + "\n"


def _sentence(problem: Problem, hint: str) -> str:
    mark = f"warning[{problem.name}]: " if problem.severity == "warning" else ""
    return shown(f"{mark}{problem.what}{'; ' if hint else ''}{hint}")


def _wrapped(text: str, first: str, rest: str, room: int | None) -> list[str]:
    """Return a sentence in lines that fit; a word that is wider than the screen stays whole."""
    if room is None:
        return [first + text]
    return textwrap.wrap(
        text,
        max(room, _NARROWEST),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _excerpt(problem: Problem, lines: Sequence[str], indent: str, room: int | None) -> list[str]:
    """Return the line before, the line, and a mark below what is meant."""
    line = lines[problem.line - 1]
    digits = len(str(problem.line))
    taken = len(indent) + digits + len(" │ ……")
    widest = _WIDEST if room is None else max(room - taken, _NARROWEST)
    start = _window(line, problem.column, widest)
    out = []
    if problem.line > 1 and lines[problem.line - 2].strip():
        out.append(
            f"{indent}{problem.line - 1:{digits}} │ {_cut(lines[problem.line - 2], start, widest)}"
        )
    out.append(f"{indent}{problem.line} │ {_cut(line, start, widest)}")
    before = _cells(shown(line[start : problem.column - 1])) + (1 if start else 0)
    token = token_at(line, problem.column)
    length = max(1, min(_cells(shown(token)), widest - before))
    out.append(f"{indent}{' ' * digits} │ {' ' * before}{'^' * length}")
    return [text.rstrip() for text in out]


def _window(line: str, column: int, widest: int) -> int:
    """Return where to begin a line so that the column is within sight."""
    return 0 if column <= widest * 3 // 4 else column - widest // 2


def _cut(line: str, start: int, widest: int) -> str:
    text = shown(line[start:])
    if _cells(text) > widest:
        text = text[: widest - 1] + "…"
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
