"""What a shim said with its last words: exit code, outputs, and why something is missing; pure.

Called by report. script.py writes what is read here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from argotui.runtimes.kubernetes.draft import Plan
from argotui.runtimes.kubernetes.script import FILE_MAX, MAGIC

HELD = "@"
_TOO_LARGE = f"larger than {FILE_MAX >> 20} MB, the most that an output parameter can hold"
NO_LOG = "the result is the log of the container, which could not be read whole"
_WHY = {
    "-": "no such file or directory",
    "/": "is a directory",
    "~": "not a regular file",
    "?": "permission denied",
}
_NO_STDOUT = "open /var/run/argo/ctr/main/stdout: no such file or directory"
_NOT_READ = "nobody read this output in time: it is too large for the pod's status"
_CUT = "the outputs of the pod cannot be read: its termination message is damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWords:
    """`values` by key: a number (the output files in order), r (result), p (progress), m (the
    command's own message), t (why it was not run). A value is bytes, or a mark (see script)."""

    code: int
    values: Mapping[str, bytes | str] = field(default_factory=dict)
    held: bool = False  # larger outputs were read while it was held


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Outputs as a report has them."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    result: str | None = None
    errors: tuple[str, ...] = ()


def last_words(message: str) -> LastWords | None:
    """Return what a termination message of a shim says, None for one that is not ours."""
    if not message.startswith(MAGIC):
        return None
    head, *words = message.split()
    pairs = dict(word.split("=", 1) for word in words if "=" in word)
    try:
        values = {key: _value(text, head[-1]) for key, text in pairs.items() if key not in "ch"}
        return LastWords(code=int(pairs["c"]), values=values, held=pairs.get("h") == "1")
    except (KeyError, ValueError, binascii.Error):
        return None


def is_ours(message: str) -> bool:
    return message.startswith(MAGIC)


def text_of(raw: bytes) -> str:
    """Return bytes as the text of a value: one newline at the end is taken off."""
    return raw.removesuffix(b"\n").decode("utf-8", "replace")


def outputs_of(words: LastWords | None, plan: Plan, read: Mapping[str, bytes]) -> Outputs:
    """Return the outputs of container `main`; `read` holds those that were too large to say."""
    if words is None:
        return Outputs()
    parameters: dict[str, str] = {}
    errors = []
    for number, wanted in enumerate(plan.collect):
        found = _found(str(number), words, read)
        if isinstance(found, bytes):
            parameters[wanted.name] = text_of(found)
        elif found == "-" and wanted.default is not None:
            parameters[wanted.name] = wanted.default
        else:
            errors.append(_sentence(wanted.path, found))
    result = None
    if plan.capture_result and "t" not in words.values:
        found = _found("r", words, read)
        if isinstance(found, bytes):
            result = text_of(found)
        elif found == NO_LOG:
            errors.append(NO_LOG)
        else:
            errors.append(_NO_STDOUT if found == "-" else _sentence("stdout", found))
    return Outputs(parameters=parameters, result=result, errors=tuple(errors))


def damaged(plan: Plan) -> Outputs:
    """Return what is left of outputs that a pod failed to hand back."""
    return Outputs(errors=(_CUT,) if plan.collect or plan.capture_result else ())


def _found(key: str, words: LastWords, read: Mapping[str, bytes]) -> bytes | str:
    value = words.values.get(key, "-")
    return read[key] if value == HELD and key in read else value


def _value(text: str, form: str) -> bytes | str:
    if not text.startswith("+"):
        return text
    if form == "x":
        return bytes.fromhex(text[1:])
    return base64.b64decode(text[1:], validate=True)


def _sentence(path: str, mark: bytes | str) -> str:
    mark = str(mark)
    if mark.startswith("!"):
        return f"{path}: {_TOO_LARGE} ({mark[1:]} bytes)"
    if mark == HELD:
        return f"{path}: {_NOT_READ}"
    why = _WHY.get(mark, mark)
    return f"open /var/run/argo/outputs/parameters/{path.lstrip('/')}: {why}"
