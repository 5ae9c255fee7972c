"""When are two answers the same? Values with their kinds, errors by their first line.

Called by the fuzzers. A Python value is written as the Go program writes its own.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Mapping
from typing import Any

from argotui.expr.gotext import print_value
from argotui.expr.gotypes import NilList
from argotui.expr.times import Duration, Location, Time


def tagged(value: Any) -> Any:
    match value:
        case None | NilList():
            return ["nil"]
        case bool():
            return ["bool", value]
        case int():
            return ["int", str(int(value))]
        case float():
            return ["float", _bits(value)]
        case str():
            return ["string", value]
        case list() | tuple():
            return ["array", [tagged(item) for item in value]]
        case Mapping():
            return ["map", {print_value(key): tagged(item) for key, item in value.items()}]
        case Time():
            return ["time", value.format("2006-01-02T15:04:05.999999999Z07:00")]
        case Duration():
            return ["duration", str(value.nanoseconds)]
        case Location():
            return ["location", value.name]
    return ["string", value.as_json()] if hasattr(value, "as_json") else ["func"]


def _bits(value: float) -> str:
    if value != value:
        return "nan"
    return format(struct.unpack(">Q", struct.pack(">d", value))[0], "x")


def settled(answer: Any) -> Any:
    """Return a tagged value with one spelling of NaN, and nil for a list that is nil."""
    if isinstance(answer, list) and len(answer) == 2 and answer[0] == "float":
        bits = int(answer[1], 16) if answer[1] != "nan" else 0
        nan = bits & 0x7FF0000000000000 == 0x7FF0000000000000 and bits & 0xFFFFFFFFFFFFF
        return ["float", "nan"] if nan or answer[1] == "nan" else answer
    if isinstance(answer, list):
        return [settled(part) for part in answer]
    if isinstance(answer, dict):
        return {key: settled(part) for key, part in answer.items()}
    return answer


def rounded(text: str) -> str:
    """Return a text with its floats rounded, for what differs in the last digit."""
    return re.sub(r"\d+\.\d{9,}", lambda found: f"{float(found[0]):.10g}", text)


def close(left: Any, right: Any) -> bool:
    """Are tagged values the same but for the last digits of floats?"""
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        if left[:1] == ["float"] == right[:1]:
            return left == right or math.isclose(_float(left[1]), _float(right[1]), rel_tol=1e-12)
        return all(map(close, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(close(left[key], right[key]) for key in left)
    if isinstance(left, str) and isinstance(right, str):
        return rounded(left) == rounded(right)
    return bool(left == right)


def _float(bits: str) -> float:
    if bits == "nan":
        return math.nan
    return float(struct.unpack(">d", int(bits, 16).to_bytes(8, "big"))[0])


def unordered(answer: Any) -> Any:
    """Return a tagged value with every list sorted, for what Go gives in the order of a map."""
    if isinstance(answer, list) and len(answer) == 2 and answer[0] == "array":
        return ["array", sorted(map(unordered, answer[1]), key=json.dumps)]
    if isinstance(answer, list) and len(answer) == 2 and answer[0] == "map":
        return ["map", {key: unordered(part) for key, part in answer[1].items()}]
    return answer


def question(value: Any) -> Any:
    """Return a value of the environment as it is asked: integers told from floats."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"i": str(value)}
    if isinstance(value, list):
        return [question(item) for item in value]
    if isinstance(value, Mapping):
        return {key: question(item) for key, item in value.items()}
    return value
