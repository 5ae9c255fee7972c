"""How often a containerSet tries its containers within one pod. Argo: 3.4.

Called by shim.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argotui.model.errors import RuntimeFault

_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """`count` tries in all, as Argo's code has it (its pages say one more); seconds between."""

    count: int
    wait: float = 0.0


def tries_of(strategy: Mapping[str, Any] | None) -> Tries | None:
    """Raises RuntimeFault for what is no number or no duration."""
    if strategy is None:
        return None
    given = strategy.get("retries")
    try:
        count = 1 if given is None else int(given)
    except (TypeError, ValueError):
        raise RuntimeFault(f"containerSet.retryStrategy.retries: no number: {given!r}") from None
    return Tries(count=count, wait=duration(str(strategy.get("duration") or "")))


def duration(text: str) -> float:
    """Return whole seconds, or a duration of Go, in seconds. Raises RuntimeFault."""
    if text.isdigit():
        return float(text)
    parts = _PART.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        raise RuntimeFault(f"no duration: {text!r}")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
