"""Success and failure conditions of resource templates, on a live object; pure. Argo: 3.6.

The grammar is that of label selectors; keys are dotted paths into the object. Called by resources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from argotui.model.errors import RuntimeFault

_SPLIT = re.compile(r",(?![^(]*\))")
_KEY = r"[\w.\-/\\]+"
_COMPARE = re.compile(rf"({_KEY})\s*(==|!=|=|>|<)\s*([^\s()=!<>,]*)")
_AMONG = re.compile(rf"({_KEY})\s+(in|notin)\s+\(([^()]*)\)")
_THERE = re.compile(rf"(!?)\s*({_KEY})")
_NOTHING: Any = object()


def requirements(condition: str) -> list[str]:
    """Return the terms of a condition. Raises RuntimeFault for one that cannot be read."""
    terms = [term.strip() for term in _SPLIT.split(condition) if term.strip()]
    for term in terms:
        if not any(form.fullmatch(term) for form in (_COMPARE, _AMONG, _THERE)):
            raise RuntimeFault(f"unable to parse requirement '{term}' of '{condition}'")
    return terms


def holds(term: str, found: Any) -> bool:
    """Whether a term holds for an object. What is not there differs from everything."""
    if match := _AMONG.fullmatch(term):
        among = [each.strip() for each in match[3].split(",")]
        value = at(found, match[1])
        return (value is not _NOTHING and text(value) in among) == (match[2] == "in")
    if match := _COMPARE.fullmatch(term):
        return _compared(at(found, match[1]), match[2], match[3])
    match = _THERE.fullmatch(term)
    return match is not None and (at(found, match[2]) is _NOTHING) == bool(match[1])


def at(found: Any, path: str) -> Any:
    """Follow a dotted path; `\\.` is a dot within a key, a number an element of a list."""
    for part in re.split(r"(?<!\\)\.", path.strip(".")):
        key = part.replace("\\.", ".")
        if isinstance(found, Mapping) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return _NOTHING
    return found


def text(value: Any) -> str:
    """Return a value as it is compared and handed on: texts raw, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _compared(value: Any, sign: str, wanted: str) -> bool:
    if sign == "!=":
        return value is _NOTHING or text(value) != wanted
    if value is _NOTHING:
        return False
    if sign in ("=", "=="):
        return text(value) == wanted
    try:
        left, right = int(text(value)), int(wanted)
    except ValueError:
        return False
    return left > right if sign == ">" else left < right
