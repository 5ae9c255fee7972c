"""The builtin functions' types: what they take, what they give, and Go's words for the rest.

Called by `check`. From expr-lang 1.17's table of builtins and Go's time package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from argotui.expr.errors import ExpressionError
from argotui.expr.natures import (
    ANY,
    FLOAT,
    INT,
    LIST,
    TIME,
    Nature,
    Signature,
    is_integer,
    of_type,
)

_TYPES = {
    "s": "string",
    "i": "int",
    "f": "float64",
    "b": "bool",
    "x": "interface {}",
    "L": "[]interface {}",
    "S": "[]string",
    "I": "[]int",
    "F": "[]float64",
    "t": "time.Time",
    "d": "time.Duration",
    "l": "*time.Location",
    "M": "time.Month",
    "W": "time.Weekday",
}


def signature(text: str) -> Signature:
    """Return the types of `sis>s`; `2>` and `3>` tell how many results there are."""
    parameters, _, result = text.partition(">")
    count = int(parameters[-1]) if parameters[-1:].isdigit() else 1
    names = tuple(_TYPES[letter] for letter in parameters if not letter.isdigit())
    return Signature(names, _TYPES[result], results=count)


def _table(**texts: str) -> Mapping[str, tuple[Signature, ...]]:
    return {name: tuple(map(signature, text.split())) for name, text in texts.items()}


OVERLOADS = _table(
    type="x>s",
    string="x>s",
    trim="s>s ss>s",
    trimPrefix="ss>s s>s",
    trimSuffix="ss>s s>s",
    upper="s>s",
    lower="s>s",
    split="ss>S ssi>S",
    splitAfter="ss>S ssi>S",
    replace="sssi>s sss>s",
    repeat="si>s",
    join="Ss>s Ls>s L>s Ss>s S>s",
    indexOf="ss>i",
    lastIndexOf="ss>i",
    hasPrefix="ss>b",
    hasSuffix="ss>b",
    toJSON="x>s",
    fromJSON="s>x",
    toBase64="s>s",
    fromBase64="s>s",
    duration="s>d",
    timezone="s>l",
    sort="Ls>L Is>L Fs>L Ss>L L>L F>L S>L I>L",
    bitand="ii>i",
    bitor="ii>i",
    bitxor="ii>i",
    bitnand="ii>i",
    bitshl="ii>i",
    bitshr="ii>i",
    bitushr="ii>i",
    bitnot="i>i",
)
METHODS: Mapping[str, Mapping[str, tuple[Signature, ...]]] = {
    "time.Time": _table(
        **dict.fromkeys(("Year", "Day", "Hour", "Minute", "Second", "Nanosecond"), ">i"),
        **dict.fromkeys(("YearDay", "Unix", "UnixMilli", "UnixMicro", "UnixNano"), ">i"),
        **dict.fromkeys(("After", "Before", "Equal"), "t>b"),
        **dict.fromkeys(("UTC", "Local"), ">t"),
        **dict.fromkeys(("Truncate", "Round", "Add"), "d>t"),
        **dict.fromkeys(("ISOWeek",), "2>i"),
        **dict.fromkeys(("Date", "Clock"), "3>i"),
        **dict.fromkeys(("IsZero", "IsDST"), ">b"),
        Month=">M",
        Weekday=">W",
        Format="s>s",
        String=">s",
        In="l>t",
        Location=">l",
        AddDate="iii>t",
        Sub="t>d",
        Compare="t>i",
        Zone="2>s",
    ),
    "time.Duration": _table(
        **dict.fromkeys(("Nanoseconds", "Microseconds", "Milliseconds"), ">i"),
        **dict.fromkeys(("Seconds", "Minutes", "Hours"), ">f"),
        **dict.fromkeys(("Round", "Truncate"), "d>d"),
        String=">s",
        Abs=">d",
    ),
    "*time.Location": _table(String=">s"),
    "time.Month": _table(String=">s"),
    "time.Weekday": _table(String=">s"),
}
_ANY_MAP = of_type("map[interface {}]interface {}")
_COUNTS = frozenset({"time.Duration", "time.Month", "time.Weekday"})  # integers to Go
_KINDS: Mapping[str, Callable[[Nature], bool]] = {
    "number": lambda nature: nature.number or nature.name in _COUNTS,
    "text": lambda nature: nature.name == "string",
    "list": lambda nature: nature.is_list,
    "map": lambda nature: nature.is_map,
    "integer": lambda nature: is_integer(nature) or nature.name in _COUNTS,
}
# name: (kinds that are taken, Go's words for another, what comes out)
_ONE: Mapping[str, tuple[tuple[str, ...], str, Nature | None]] = {
    "len": (("list", "map", "text"), "invalid argument for len (type {})", INT),
    "abs": (("number",), "invalid argument for abs (type {})", None),
    "ceil": (("number",), "invalid argument for ceil (type {})", FLOAT),
    "floor": (("number",), "invalid argument for floor (type {})", FLOAT),
    "round": (("number",), "invalid argument for round (type {})", FLOAT),
    "int": (("number", "text"), "invalid argument for int (type {})", INT),
    "float": (("number", "text"), "invalid argument for float (type {})", FLOAT),
    "first": (("list",), "cannot get first element from {}", ANY),
    "last": (("list",), "cannot get last element from {}", ANY),
    "keys": (("map",), "cannot get keys from {}", LIST),
    "values": (("map",), "cannot get values from {}", LIST),
    "toPairs": (("map",), "cannot transform {} to pairs", LIST),
    "fromPairs": (("list",), "cannot transform {} from pairs", _ANY_MAP),
    "reverse": (("list",), "cannot reverse {}", LIST),
    "uniq": (("list",), "cannot uniq {}", LIST),
    "flatten": (("list",), "cannot flatten {}", LIST),
}


def judged(name: str, given: Sequence[Nature]) -> Nature:
    """Return what a builtin without overloads gives; raises ExpressionError in Go's words."""
    if name in _ONE:
        _count(given, 1)
        kinds, words, result = _ONE[name]
        _demand(given[0], kinds, words)
        if name in ("first", "last"):
            return of_type(given[0].name[2:]) if given[0].is_list else ANY
        return result or (ANY if given[0].unknown else given[0])
    return _OTHERS[name](given)


def _count(given: Sequence[Nature], wanted: int) -> None:
    if len(given) != wanted:
        raise ExpressionError(f"invalid number of arguments (expected {wanted}, got {len(given)})")


def _demand(nature: Nature, kinds: Sequence[str], words: str) -> None:
    if nature.unknown:
        return
    if not any(_KINDS[kind](nature) for kind in kinds):
        raise ExpressionError(words.format("%!s(<nil>)" if nature.nil else nature))


def _aggregate(name: str) -> Callable[[Sequence[Nature]], Nature]:
    def judge(given: Sequence[Nature]) -> Nature:
        if not given:
            raise ExpressionError(f"not enough arguments to call {name}")
        for nature in given:
            if nature.unknown or nature.is_list:
                return ANY
            _demand(nature, ("number",), f"invalid argument for {name} (type {{}})")
        return given[0]

    return judge


def _take(given: Sequence[Nature]) -> Nature:
    _count(given, 2)
    _demand(given[0], ("list",), "cannot take from {}")
    _demand(given[1], ("integer",), "cannot take {} elements")
    return ANY if given[0].unknown else of_type(given[0].name)


def _concat(given: Sequence[Nature]) -> Nature:
    if not given:
        raise ExpressionError("invalid number of arguments (expected at least 1, got 0)")
    for nature in given:
        _demand(nature, ("list",), "cannot concat {}")
    return LIST


def _now(given: Sequence[Nature]) -> Nature:
    if not given or (len(given) == 1 and given[0].name == "*time.Location"):
        return TIME
    raise ExpressionError(f"invalid number of arguments (expected 0, got {len(given)})")


def _date(given: Sequence[Nature]) -> Nature:
    if not given:
        raise ExpressionError("invalid number of arguments (expected at least 1, got 0)")
    rest = len(given) - (given[0].name == "*time.Location")
    if rest > 3:
        raise ExpressionError(f"invalid number of arguments (expected at most 3, got {rest})")
    return TIME


_OTHERS: Mapping[str, Callable[[Sequence[Nature]], Nature]] = {
    **{name: _aggregate(name) for name in ("max", "min", "mean", "median")},
    "take": _take,
    "concat": _concat,
    "now": _now,
    "date": _date,
}
JUDGED = frozenset({*_ONE, *_OTHERS})
