"""Text for fixed columns: safe to print, measured in cells, durations of five.

Everything that comes from a workflow, a log or a server goes through `safe` before it is shown.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from rich.cells import cell_len

_MAX_MARKS = 2  # combining marks kept on one character
_LONGEST = 4000  # characters of one text looked at; no column is wider
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def safe(text: str, *, ascii_only: bool = False) -> str:
    """Return `text` as one line of printable characters: whatever could move the cursor, change
    the direction of writing or hide is spelt out, never passed on."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(_visible(text[:_LONGEST]))
    return shown.encode("ascii", "backslashreplace").decode() if ascii_only else shown


def _visible(text: str) -> list[str]:
    out: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category in ("Mn", "Me"):
            marks += 1
            if marks <= _MAX_MARKS and not _selects_variant(char):
                out.append(char)
            continue
        marks = 0
        out.append(char if category != "Zs" and char.isprintable() else spelt(char))
    return out


def _selects_variant(char: str) -> bool:
    """Variation selectors change widths in ways that terminals do not agree on."""
    return 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF


def spelt(char: str) -> str:
    """Return a visible stand-in for a character that must not reach the terminal."""
    code = ord(char)
    if char == "\t" or unicodedata.category(char) == "Zs":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def first_line(text: str) -> str:
    """Return the first line that says something."""
    for line in text[:_LONGEST].splitlines():
        if line.strip():
            return line.strip()
    return ""


def width(text: str) -> int:
    """Return the number of cells that `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def head(text: str, cells: int) -> str:
    """Return the beginning of `text` that fits into `cells`."""
    if width(text) <= cells:
        return text
    taken = 0
    for at, char in enumerate(text):
        taken += width(char)
        if taken > cells:
            return text[:at]
    return text


def tail(text: str, cells: int) -> str:
    """Return the end of `text` that fits into `cells`."""
    taken = 0
    for at in range(len(text) - 1, -1, -1):
        taken += width(text[at])
        if taken > cells:
            return text[at + 1 :]
    return text


def cut(text: str, cells: int, ellipsis: str = "…") -> str:
    """Return `text`, its end given up where it does not fit."""
    if width(text) <= cells:
        return text
    return head(text, cells - 1) + ellipsis if cells > 0 else ""


def middle(text: str, cells: int, ellipsis: str = "…") -> str:
    """Return `text`, its middle given up where it does not fit: names keep both ends."""
    if width(text) <= cells:
        return text
    if cells < 4:
        return cut(text, cells, ellipsis)
    left = head(text, cells // 2)
    return left + ellipsis + tail(text, cells - 1 - width(left))


def pad(text: str, cells: int) -> str:
    """Return `text` with blanks up to `cells`."""
    return text + " " * (cells - width(text))


def duration(seconds: float | None) -> str:
    """Return a duration in exactly five cells: `   8s`, `1m02s`, `12m04`, ` 1h03`."""
    return f"{brief(seconds):>5}" if seconds is not None else "     "


def brief(seconds: float) -> str:
    """Return a duration in at most five cells, without blanks."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < 10 * _MINUTE:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02}"
    if whole < _DAY:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02}"
    days = whole // _DAY
    return f"{days}d{whole % _DAY // _HOUR:02}" if days < 100 else f"{min(days, 9999)}d"


def precise(seconds: float) -> str:
    """Return a duration for a sentence: tenths where they matter, never five cells at most."""
    if seconds < 10:
        return f"{max(0.0, seconds):.1f}s"
    return brief(seconds)


def clock(at: float | None) -> str:
    """Return the local time of day, blank if unknown."""
    return datetime.fromtimestamp(at).strftime("%H:%M:%S") if at is not None else ""


def plural(count: int, one: str, many: str = "") -> str:
    """Return "1 node", "3 nodes"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
