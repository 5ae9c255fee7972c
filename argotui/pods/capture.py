"""Whether a caller refers to the result of one of its steps or tasks. Argo: 2.7.

Called by the template types before they build a pod; capturing more than Argo does would show.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

from argotui.model.manifest import Json

# steps.a.outputs.result, steps['a'].outputs["result"], steps?.a?.outputs.result
_NAME = r"""(?:\??\.([\w-]+)|\??\.?\[\s*(?:'([^'\]]*)'|"([^"\]]*)")\s*\])"""
_KEY = r"""(?:\??\.{key}(?![\w-])|\??\.?\[\s*['"]{key}['"]\s*\])"""
_REFERENCE = re.compile(
    r"(?<![\w.])(steps|tasks)" + _NAME + _KEY.format(key="outputs") + _KEY.format(key="result")
)
_PREFIX = {"steps": "steps", "dag": "tasks"}


def refers_to_result(caller: Json, name: str, kind: str) -> bool:
    """Say whether `caller` refers to the result of its step or task `name`.

    `caller` is the calling template, whole (its outputs count too), as a dataclass or as JSON,
    before substitution. `kind` is its type, steps or dag. A caller with many children asks
    `referred_results` once.
    """
    return name in referred_results(caller, kind)


def referred_results(caller: Json, kind: str) -> frozenset[str]:
    """Return the names of the steps or tasks whose result `caller` refers to."""
    prefix = _PREFIX.get(kind)
    return frozenset(
        next(filter(None, match.groups()[1:]), "")
        for text in _texts(caller)
        for match in _REFERENCE.finditer(text)
        if match[1] == prefix
    )


def _texts(value: Json) -> Iterator[str]:
    match value:
        case str():
            if "result" in value:
                yield value
        case Mapping():
            for key, item in value.items():
                yield from _texts(key)
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)
        case _ if dataclasses.is_dataclass(value):
            for each in dataclasses.fields(value):
                if each.name != "source":  # the same again, as JSON
                    yield from _texts(getattr(value, each.name))
