"""Semantic versions and the constraints on them, as sprig's semver and semverCompare take them.

Listed in `sprig`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from argotui.expr.errors import ExpressionError
from argotui.expr.run import Function, Table, table

_VERSION = re.compile(
    r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?"
)
_PART = re.compile(
    r"\s*(=|!=|>=|=>|<=|=<|>|<|~>?|\^)?\s*"
    r"v?(\d{1,9}|[xX*])(?:\.(\d{1,9}|[xX*]))?(?:\.(\d{1,9}|[xX*]))?(?:-([0-9A-Za-z.-]+))?"
    r"(?:\+[0-9A-Za-z.-]+)?\s*,?"
)
_RANGE = re.compile(r"\s*(\S+)\s+-\s+(\S+)\s*")
Key = tuple[int, int, int, tuple[int, tuple[tuple[int, int, str], ...]]]


@dataclass(frozen=True, slots=True)
class Version:
    major: int
    minor: int
    patch: int
    pre: str
    build: str = ""
    go_type: ClassVar[str] = "*semver.Version"

    def __str__(self) -> str:
        pre = f"-{self.pre}" if self.pre else ""
        build = f"+{self.build}" if self.build else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}{build}"

    def as_json(self) -> str:
        return str(self)

    @property
    def key(self) -> Key:
        return (self.major, self.minor, self.patch, _pre_key(self.pre))


def _pre_key(pre: str) -> tuple[int, tuple[tuple[int, int, str], ...]]:
    """A release is greater than its pre-releases; numbers are less than words."""
    if not pre:
        return (1, ())
    parts = pre.split(".")
    return (0, tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts))


def parse_version(text: str) -> Version:
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ExpressionError("invalid semantic version")
    major, minor, patch = (int(part or 0) for part in found.groups()[:3])
    return Version(major, minor, patch, found[4] or "", found[5] or "")


def satisfies(constraint: str, text: str) -> bool:
    """Say whether the version meets `constraint`: parts with `,` or blanks, choices with `||`."""
    version = parse_version(text)
    return any(_meets_all(choice, version) for choice in constraint.split("||"))


def _meets_all(choice: str, version: Version) -> bool:
    if between := _RANGE.fullmatch(choice):
        choice = f">={between[1]}, <={between[2]}"
    position = 0
    results: list[bool] = []
    while position < len(choice):
        found = _PART.match(choice, position)
        if found is None:
            raise ExpressionError(f"improper constraint: {choice.strip()}")
        position = found.end()
        results.append(_meets(found, version))
    if not results:
        raise ExpressionError("improper constraint: ")
    return all(results)


def _meets(found: re.Match[str], version: Version) -> bool:
    sign = {"=>": ">=", "=<": "<=", "~>": "~", None: "="}.get(found[1], found[1])
    given = [part for part in found.groups()[1:4] if part and part not in "xX*"]
    dirty = len(given) < 3
    numbers = [int(part) for part in given] + [0] * (3 - len(given))
    pre = found[5] or ""
    if version.pre and not pre:
        return False  # a constraint without pre-release never takes one
    low = Version(numbers[0], numbers[1], numbers[2], pre)
    if dirty and sign in ("=", "!=", ">", "<="):
        inside = [version.major, version.minor, version.patch][: len(given)] == numbers[
            : len(given)
        ]
        match sign:
            case "=":
                return inside
            case "!=":
                return not inside
            case ">":
                return version.key > low.key and not inside
        return version.key < low.key or inside
    return _compare(sign or "=", version, low, len(given))


def _compare(sign: str, version: Version, low: Version, given: int) -> bool:
    match sign:
        case "=":
            return version.key == low.key
        case "!=":
            return version.key != low.key
        case ">":
            return version.key > low.key
        case ">=":
            return version.key >= low.key
        case "<":
            return version.key < low.key
        case "<=":
            return version.key <= low.key
    if version.key < low.key or given == 0:
        return given == 0
    if version.major != low.major:
        return False
    if sign == "~":
        return given == 1 or version.minor == low.minor
    if low.major > 0 or given == 1:
        return True
    if version.minor != low.minor:
        return False
    return low.minor > 0 or given == 2 or version.patch == low.patch


SEMVER: Table = table(
    Function("semver", "s", parse_version),
    Function("semverCompare", "ss", satisfies),
)
