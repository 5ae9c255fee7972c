"""Which fields the manifests of the suites use, told from their decoded form: a key that is called
alike elsewhere is another field.

Read by tests/compatibility (the probes) and by tests/results (the corpus).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from argotui.manifest.load import load

PROBES = Path(__file__).parent / "probes"


def fields_in(files: Iterable[tuple[str, bytes]]) -> frozenset[str]:
    """Return `Type.field` for all that the documents of these files say."""
    loaded = load(files)
    documents = (
        *loaded.workflows,
        *loaded.cron_workflows,
        *loaded.workflow_templates.values(),
        *loaded.cluster_workflow_templates.values(),
    )
    return frozenset(field for each in documents for field in _used(each.spec))


@cache
def of_probes() -> Mapping[str, frozenset[str]]:
    """Return the fields of each probe by its name."""
    found = {}
    for path in sorted(PROBES.glob("*.yaml")):
        found[path.stem] = fields_in([(path.name, path.read_bytes())])
    return found


def json_name(field: dataclasses.Field[Any]) -> str:
    first, *rest = field.name.rstrip("_").split("_")
    camel = first + "".join(part.capitalize() for part in rest)
    return str(field.metadata.get("json") or camel)


def _used(value: Any) -> Iterator[str]:
    match value:
        case Mapping():
            for inner in value.values():
                yield from _used(inner)
        case list() | tuple():
            for inner in value:
                yield from _used(inner)
        case _ if dataclasses.is_dataclass(value):
            yield from _of_a_type(value)


def _of_a_type(value: Any) -> Iterator[str]:
    kind = type(value).__name__
    for field in dataclasses.fields(value):
        inner = getattr(value, field.name)
        if inner == _default(field):
            continue
        if field.name == "body" and kind == "Template":
            yield f"{kind}.{value.kind}"
        elif field.name == "extra":
            yield from (f"{kind}.{key}" for key in inner)
        else:
            yield f"{kind}.{json_name(field)}"
        yield from _used(inner)


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
