"""Semantic versions and the constraints on them, as sprig's semver and semverCompare take them.

Listed in `sprig`. The rules, odd ones too, are those of Masterminds/semver 3.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from argotui.expr.errors import ExpressionError
from argotui.expr.gotypes import Uint64
from argotui.expr.run import Function, Table, table

_TAIL = r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
_VERSION = re.compile(rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?{_TAIL}")
_BLANKS = r"[\t\n\f\r ]"
_SIGN = r"=|!=|>=|=>|<=|=<|>|<|~>|~|\^|"
_SOME = rf"(?>v?([0-9|xX*]+)(?:\.([0-9|xX*]+))?(?:\.([0-9|xX*]+))?{_TAIL})"
_PART = re.compile(rf"({_SIGN}){_BLANKS}*+({_SOME})")
_EACH = re.sub(r"\((?!\?)", "(?:", _PART.pattern)
_PARTS = re.compile(
    rf"{_BLANKS}*+{_EACH}(?:(?:{_BLANKS}*+,{_BLANKS}*+|{_BLANKS}++){_EACH})*{_BLANKS}*"
)
_RANGE = re.compile(rf"{_BLANKS}*+({_SOME}){_BLANKS}++-{_BLANKS}++({_SOME}){_BLANKS}*+")
_ANY = ("x", "X", "*", None)


@dataclass(frozen=True, slots=True)
class Version:
    major: int
    minor: int
    patch: int
    pre: str
    build: str = ""
    original: str = ""
    go_type: ClassVar[str] = "*semver.Version"
    methods: ClassVar[Mapping[str, tuple[str, Callable[..., Any]]]] = {
        "Major": ("", lambda v: Uint64(v.major)),
        "Minor": ("", lambda v: Uint64(v.minor)),
        "Patch": ("", lambda v: Uint64(v.patch)),
        "Prerelease": ("", lambda v: v.pre),
        "Metadata": ("", lambda v: v.build),
        "Original": ("", lambda v: v.original),
        "String": ("", str),
        "IncMajor": ("", lambda v: _next(v, v.major + 1, 0, 0)),
        "IncMinor": ("", lambda v: _next(v, v.major, v.minor + 1, 0)),
        "IncPatch": ("", lambda v: _next(v, v.major, v.minor, v.patch + (not v.pre))),
        "Compare": ("x", lambda v, other: _compared(v, other)),
        "Equal": ("x", lambda v, other: _compared(v, other) == 0),
        "LessThan": ("x", lambda v, other: _compared(v, other) < 0),
        "LessThanEqual": ("x", lambda v, other: _compared(v, other) <= 0),
        "GreaterThan": ("x", lambda v, other: _compared(v, other) > 0),
        "GreaterThanEqual": ("x", lambda v, other: _compared(v, other) >= 0),
    }

    def __str__(self) -> str:
        pre = f"-{self.pre}" if self.pre else ""
        build = f"+{self.build}" if self.build else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}{build}"

    def as_json(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class _Part:
    """One constraint; `given` is how many of its numbers are numbers: 0 to 3."""

    sign: str
    version: Version
    given: int


def _next(version: Version, major: int, minor: int, patch: int) -> Version:
    text = f"{'v' if version.original.startswith('v') else ''}{major}.{minor}.{patch}"
    return Version(major, minor, patch, "", "", text)


def _compared(one: Version, two: Any) -> int:
    if not isinstance(two, Version):
        raise ExpressionError("reflect: Call using another type as type *semver.Version")
    left, right = (one.major, one.minor, one.patch), (two.major, two.minor, two.patch)
    if left != right:
        return 1 if left > right else -1
    if not (one.pre and two.pre):
        return bool(two.pre) - bool(one.pre)
    return _order(one.pre, two.pre)


def _order(one: str, two: str) -> int:
    """Compare pre-releases: numbers are less than words, a part less is less."""
    left, right = ([_pre_key(part) for part in pre.split(".")] if pre else [] for pre in (one, two))
    return (left > right) - (left < right)


def _pre_key(part: str) -> tuple[int, int, str]:
    number = part.isdecimal() and len(part) <= 20 and int(part) < 1 << 64
    return (0, int(part), "") if number else (1, 0, part)


def parse_version(text: str) -> Version:
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ExpressionError("invalid semantic version")
    major, minor, patch = (_number(part or "0") for part in found.groups()[:3])
    for part in (found[4] or "").split("."):
        if len(part) > 1 and part[0] == "0" and part.isdecimal():
            raise ExpressionError("version segment starts with 0")
    return Version(major, minor, patch, found[4] or "", found[5] or "", text)


def _number(digits: str) -> int:
    number = int(digits) if len(digits) < 100 else 1 << 64
    if number < 1 << 64:
        return number
    why = f'strconv.ParseUint: parsing "{digits}": value out of range'
    raise ExpressionError(f"error parsing version segment: {why}")


def satisfies(constraint: str, text: str) -> bool:
    """Say whether the version meets `constraint`: parts with `,` or blanks, choices with `||`."""
    between = _RANGE.sub(lambda found: f">= {found[1]}, <= {found[7]} ", constraint)
    choices = [_parts(choice) for choice in between.split("||")]
    version = parse_version(text)
    return any(_meets_all(parts, version) for parts in choices)


def _parts(choice: str) -> list[_Part]:
    if not _PARTS.fullmatch(choice):
        raise ExpressionError(f"improper constraint: {choice}")
    return [_part(found) for found in _PART.finditer(choice)]


def _part(found: re.Match[str]) -> _Part:
    sign = {"=>": ">=", "=<": "<=", "~>": "~", "": "="}.get(found[1], found[1])
    numbers = found.groups()[2:5]
    given = next((at for at, number in enumerate(numbers) if number in _ANY), 3)
    plain = ".".join(str(number) for number in [*numbers[:given], 0, 0, 0][:3])
    text = found[2] if given == 3 else plain + (f"-{found[6]}" if found[6] else "")
    try:
        return _Part(sign, parse_version(text), given)
    except ExpressionError:
        raise ExpressionError("constraint parser error") from None


def _meets_all(parts: list[_Part], version: Version) -> bool:
    """A group without a pre-release never takes one."""
    if version.pre and not any(part.version.pre for part in parts):
        return False
    return all(_meets(part, version) for part in parts)


def _meets(part: _Part, version: Version) -> bool:
    order = _compared(version, part.version)
    match part.sign:
        case "!=":
            return _differs(part, version)
        case ">" if 0 < part.given < 3:
            return _numbers(version, part.given) > _numbers(part.version, part.given)
        case ">":
            return order > 0
        case ">=":
            return order >= 0
        case "<":
            return order < 0
        case "<=" if part.given < 3:
            most = 1 if part.given == 1 else 2
            return _numbers(version, most) <= _numbers(part.version, most)
        case "<=":
            return order <= 0
        case "^":
            return order >= 0 and _like(part, version, caret=True)
        case "=" if part.given == 3:
            return order == 0
    return order >= 0 and _like(part, version, caret=False)


def _numbers(version: Version, count: int) -> tuple[int, ...]:
    return (version.major, version.minor, version.patch)[:count]


def _differs(part: _Part, version: Version) -> bool:
    if part.given in (0, 3):
        return _compared(version, part.version) != 0
    if _numbers(version, part.given) != _numbers(part.version, part.given):
        return True
    return part.given == 2 and _order(version.pre, part.version.pre) != 0


def _like(part: _Part, version: Version, *, caret: bool) -> bool:
    """Say whether a version that is not less is of the same line: `~1.2`, `^1.2`, `1.x`."""
    low = part.version
    if not caret and part.given in (0, 3) and not any(_numbers(low, 3)):
        return True
    if version.major != low.major or part.given == 1:
        return version.major == low.major
    if not caret:
        return version.minor == low.minor
    if low.major > 0:
        return True
    if version.minor != low.minor or low.minor > 0 or part.given == 2:
        return version.minor == low.minor
    return version.patch == low.patch


SEMVER: Table = table(
    Function("semver", "s", parse_version),
    Function("semverCompare", "ss", satisfies),
)
