"""Reading a pod's outputs when it has ended: files become parameters, stdout a result.

Used by pod.Pod.
"""

from __future__ import annotations

import errno
import os
from typing import Any

from argotui.runtimes.local.view import View

LIMIT = 100 << 20  # bytes of one file


def collect(
    wanted: list[dict[str, Any]], views: dict[str, View]
) -> tuple[dict[str, str], list[str]]:
    """Return the values, and a sentence for each that could not be had. Argo: 1.6."""
    values: dict[str, str] = {}
    errors = []
    for each in wanted:
        try:
            raw = views[each["container"]].read(each["path"], LIMIT)
        except OSError as error:
            missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
            if missing and each["default"] is not None:
                values[each["name"]] = each["default"]
            else:
                errors.append(_sentence(each["path"], error))
        else:
            values[each["name"]] = result_of(raw)
    return values, errors


def result_of(raw: bytes) -> str:
    """Return bytes as the text of a value: one newline at the end is taken off."""
    return raw.removesuffix(b"\n").decode("utf-8", "replace")


def _sentence(path: str, error: OSError) -> str:
    number = error.errno or 0
    if number == errno.EFBIG:
        return f"{path}: larger than {LIMIT >> 20} MB, the most that an output parameter can hold"
    if number == errno.ENOTDIR:
        number = errno.ENOENT
    why = error.strerror if number == errno.EINVAL and error.strerror else os.strerror(number)
    return f"open /var/run/argo/outputs/parameters/{path.lstrip('/')}: {_lower(why)}"


def _lower(text: str) -> str:
    """Go's words for errors begin small."""
    return text[:1].lower() + text[1:]
