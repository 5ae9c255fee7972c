"""Documents as files: as plain JSON, and written otherwise without another meaning.

Used by the checks of this room.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from random import Random
from typing import Any

import yaml

Documents = Sequence[Mapping[str, Any]]


class _Quoting(yaml.SafeDumper):
    """Quotes every text: what PyYAML takes for one may be a number or a boolean for Go."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Quoting.add_representer(str, _text)


def as_json(documents: Documents) -> str:
    """JSON is YAML; a document a line."""
    return "\n---\n".join(json.dumps(each, ensure_ascii=False) for each in documents)


def otherwise(documents: Documents, dice: Random) -> str:
    """Return YAML in another order: of keys, of templates, of documents."""
    shuffled = [_shuffled(each, dice) for each in documents]
    for each in shuffled:
        if "templates" in (each.get("spec") or {}):
            dice.shuffle(each["spec"]["templates"])
    dice.shuffle(shuffled)
    width = dice.choice([40, 80, 1000])
    return yaml.dump_all(shuffled, Dumper=_Quoting, sort_keys=False, width=width,
                         default_flow_style=dice.choice([True, False, None]))  # fmt: skip


def _shuffled(value: Any, dice: Random) -> Any:
    match value:
        case dict():
            keys = list(value)
            dice.shuffle(keys)
            return {key: _shuffled(value[key], dice) for key in keys}
        case list():
            return [_shuffled(each, dice) for each in value]
    return value


def referred(documents: Documents) -> list[dict[str, Any]]:
    """Return the same with the workflow's spec in a WorkflowTemplate that it refers to."""
    workflow, *others = deepcopy(list(documents))
    metadata = workflow["metadata"]
    whole = {**workflow, "kind": "WorkflowTemplate", "metadata": {"name": "whole"}}
    spec = {"workflowTemplateRef": {"name": "whole"}}
    return [{**workflow, "metadata": metadata, "spec": spec}, whole, *others]
