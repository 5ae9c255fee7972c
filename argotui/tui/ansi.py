"""A log line's bytes as styled text: colours kept, every other control shown and never obeyed.

Called by the log view for the lines on the screen; pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rich.style import Style

from argotui.tui import text

LONGEST = 16_384  # characters of a line that are looked at; the rest is counted
_PLAIN = Style.null()
_DIM = Style.parse("dim")
_TAB = 8
_SEQUENCE = re.compile(
    r"\x1b\[([0-9;:]*)m"  # colours and such
    r"|(\x1b\[[0-?]*[ -/]*[@-~]?"  # any other control sequence
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, clipboards, links, device strings
    r"|\x1b[ -/]*[0-~]?)"
    r"|(\t)"
)

Run = tuple[str, Style]


def parse(raw: bytes) -> list[Run]:
    """Return one line as runs of printable text. Lines redrawn with `\\r` show their last form
    and how often they were drawn."""
    line = raw.decode("utf-8", "backslashreplace").rstrip("\r")
    if line.isascii() and line.isprintable() and len(line) <= LONGEST:
        return [(line, _PLAIN)]
    before: list[Run] = []
    if "\r" in line:
        drawn = [part for part in line.split("\r") if part]
        line = drawn[-1] if drawn else ""
        before = [(f"␍{len(drawn)}× ", _DIM)]
    left = len(line) - LONGEST
    runs = before + list(_runs(line[:LONGEST]))
    return [*runs, (f" … {left:,} more", _DIM)] if left > 0 else runs


def _runs(line: str) -> Iterator[Run]:
    state: dict[str, str | bool] = {}
    look, at, column = _PLAIN, 0, 0
    for found in _SEQUENCE.finditer(line):
        if found.start() > at:
            shown = text.safe(line[at : found.start()])
            column += text.width(shown)
            yield shown, look
        at = found.end()
        codes, other, tab = found.groups()
        if tab is not None:
            blanks = _TAB - column % _TAB
            column += blanks
            yield " " * blanks, look
        elif codes is not None:
            apply(state, codes)
            look = _style(tuple(sorted(state.items())))
        elif other:
            shown = "".join(text.spelt(char) if not char.isprintable() else char for char in other)
            column += text.width(shown)
            yield shown, _DIM
    if at < len(line):
        yield text.safe(line[at:]), look


def plain(raw: bytes) -> str:
    """Return the visible text of a line, without its colours."""
    return "".join(run for run, _ in parse(raw))


_SWITCHES = {
    1: ("bold", True),
    2: ("dim", True),
    3: ("italic", True),
    4: ("underline", True),
    7: ("reverse", True),
    9: ("strike", True),
}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


def apply(state: dict[str, str | bool], codes: str) -> None:
    """Write one colour sequence into `state`. Blinking and hiding are not taken."""
    numbers = [
        int(code) if code.isdecimal() and len(code) < 5 else 0 for code in re.split("[;:]", codes)
    ]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            state.clear()
        elif code in _SWITCHES:
            name, value = _SWITCHES[code]
            state[name] = value
        elif code in _OFF:
            for name in _OFF[code]:
                state.pop(name, None)
        elif code in (38, 48):
            _extended(state, "color" if code == 38 else "bgcolor", numbers)
        else:
            _basic(state, code)


def _number(code: str) -> int:
    return int(code) if code.isdecimal() and len(code) < 5 else 0


def _basic(state: dict[str, str | bool], code: int) -> None:
    if code in (39, 49):
        state.pop("color" if code == 39 else "bgcolor", None)
    elif 30 <= code <= 37 or 90 <= code <= 97:
        state["color"] = f"color({code - 30 if code < 90 else code - 82})"
    elif 40 <= code <= 47 or 100 <= code <= 107:
        state["bgcolor"] = f"color({code - 40 if code < 100 else code - 92})"


def _extended(state: dict[str, str | bool], ground: str, numbers: list[int]) -> None:
    mode = numbers.pop(0) if numbers else 0
    if mode == 5 and numbers:
        state[ground] = f"color({min(numbers.pop(0), 255)})"
    elif mode == 2 and len(numbers) >= 3:
        red, green, blue = (min(numbers.pop(0), 255) for _ in range(3))
        state[ground] = f"#{red:02x}{green:02x}{blue:02x}"
    else:
        numbers.clear()


@lru_cache(maxsize=1024)
def _style(state: tuple[tuple[str, str | bool], ...]) -> Style:
    return Style(**dict(state))  # type: ignore[arg-type]


def marked(runs: list[Run], wanted: re.Pattern[str], mark: Style) -> list[Run]:
    """Return `runs` with everything that `wanted` finds in their text styled with `mark`."""
    whole = "".join(run for run, _ in runs)
    spans = [found.span() for found in wanted.finditer(whole) if found.end() > found.start()]
    if not spans:
        return runs
    edges = sorted({edge for span in spans for edge in span})
    out: list[Run] = []
    at = 0
    for run, look in runs:
        cuts = [edge for edge in edges if at < edge < at + len(run)]
        for start, end in zip([at, *cuts], [*cuts, at + len(run)], strict=True):
            inside = any(first <= start < last for first, last in spans)
            out.append((run[start - at : end - at], look + mark if inside else look))
        at += len(run)
    return out
