"""Changes <-> plain JSON, each with its type's name. Called by journal.records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.journal.codec import TAG, decode, encode, read_fields
from argotui.model.changes import (
    Change,
    Linked,
    NodeCreated,
    NodePatched,
    NodesRemoved,
    Noted,
    Rejected,
    Remembered,
    RunPatched,
    WorkRequested,
)
from argotui.model.metrics import Measured
from argotui.model.status import Node, RunStatus

_CHANGES: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (
        NodeCreated,
        NodePatched,
        Linked,
        NodesRemoved,
        RunPatched,
        WorkRequested,
        Remembered,
        Rejected,
        Noted,
        Measured,
    )
}


def encode_change(change: Change) -> dict[str, Any]:
    """Return the change as JSON with its type under `is`."""
    match change:
        case NodePatched():  # by far the most frequent: its values are JSON, enums and tuples
            return {TAG: "NodePatched", "name": change.name, "fields": change.fields}
        case Remembered():  # None means something here, so it is never left out
            return {TAG: "Remembered", "key": change.key, "value": change.value}
        case _:
            return {TAG: type(change).__name__, **encode(change)}


def decode_change(raw: Mapping[str, Any]) -> Change:
    """Return the change. Raises KeyError, ValueError or TypeError for what is none."""
    match raw[TAG]:
        case "NodePatched":
            return NodePatched(name=raw["name"], fields=read_fields(Node, raw["fields"]))
        case "RunPatched":
            return RunPatched(fields=read_fields(RunStatus, raw["fields"]))
        case tag:
            change: Change = decode(_CHANGES[tag], raw)
            return change
