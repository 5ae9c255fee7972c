"""Text for terminals and pipes: made harmless, shortened, timed. Used by every command.

Nothing that comes from a workflow, a log line or a server is printed without `safe`.
"""

from __future__ import annotations

import re
import shutil
import time
from typing import IO

from argotui.model.status import Node, NodePhase, RunPhase

# Colours are decoration: taken out. Any other control is shown as a picture of itself.
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_UNSAFE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
    "|[\ud800-\udfff]"
)
_GLYPHS: dict[str, str] = {
    "Succeeded": "✔",
    "Running": "●",
    "Pending": "◷",
    "Skipped": "○",
    "Omitted": "○",
    "Failed": "✖",
    "Error": "⚠",
    "Waiting": "‖",
}
_ASCII = {
    "→": ">",
    "✔": "+",
    "●": "*",
    "◷": ".",
    "○": "o",
    "✖": "x",
    "⚠": "!",
    "‖": "=",
    "│": "|",
    "…": "~",
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def safe(text: str) -> str:
    """Return `text` on one line, with nothing in it that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_picture, _COLOUR.sub("", text.removesuffix("\r")))


def safe_bytes(raw: bytes) -> str:
    """Return a log line made harmless; bytes that are no UTF-8 read as U+FFFD."""
    return safe(raw.decode("utf-8", "replace"))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def fit(text: str, stream: IO[str]) -> str:
    """Return `text` in characters that `stream` can print: glyphs fall back to ASCII."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        plain = "".join(_ASCII.get(char, char) for char in text)
        return plain.encode("ascii", "backslashreplace").decode()
    return text


def columns(stream: IO[str]) -> int | None:
    """Return how wide the screen behind a stream is, None where there is none."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def glyph(phase: str) -> str:
    """Return the sign of a phase (`Waiting`: for a person)."""
    return _GLYPHS.get(phase, "○")


def word(node: Node) -> str:
    """Return how a node stands, in one word; a node that waits for a person says so."""
    return "Waiting" if node.waits_for_person else str(node.phase)


def run_word(phase: RunPhase, *, parked: bool = False, alive: bool = True) -> str:
    """Return how a run stands, in one word."""
    if phase.is_completed:
        return str(phase)
    if parked:
        return "Parked"
    return (str(phase) or "Pending") if alive else "Interrupted"


def clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))


def duration(seconds: float) -> str:
    """Return a time span in at most two units: `8s`, `1m02s`, `1h03m`, `2d04h`."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"
    return f"{whole // _DAY}d{whole % _DAY // _HOUR:02d}h"


def parse_duration(text: str) -> float:
    """Return the seconds of a duration such as `90`, `90s`, `1h30m`, `500ms`.

    Raises ValueError for anything else.
    """
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(text)
    units = {"ms": 0.001, "s": 1.0, "m": _MINUTE, "h": _HOUR, "d": _DAY}
    return sum(float(number) * units[unit] for number, unit in parts)


def is_bad(phase: NodePhase | RunPhase) -> bool:
    return str(phase) in ("Failed", "Error")
