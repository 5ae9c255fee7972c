"""A finished Workflow in a normal form, held against a recorded one.

Levels: 1 phase of the run; 2 the nodes with type and phase; 3 inputs and outputs; 4 messages,
links, names; 5 flags, progress, what the run puts out. The run's own name reads $WF, an id inside a
text <node name>.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FIELDS = {
    "type": 2,
    "phase": 2,
    "inputs": 3,
    "outputs": 3,
    "result": 3,
    "exitCode": 3,
    "message": 4,
    "children": 4,
    "boundary": 4,
    "displayName": 4,
    "template": 4,
    "flags": 5,
    "progress": 5,
}
# Argo records a result only where the caller uses it; progress was noted of some nodes only
_OPTIONAL = ("result", "progress")


class Names:
    """Replaces what differs from run to run: the run's name and the ids made of it."""

    def __init__(self, workflow: Mapping[str, Any], stamp: str) -> None:
        self.own = workflow["metadata"]["name"]
        self.stamp = stamp
        nodes = workflow["status"].get("nodes") or {}
        self.nodes = {key: node["name"].replace(self.own, "$WF") for key, node in nodes.items()}
        others = (key for key in self.nodes if key != self.own)
        self.ids = sorted(others, key=len, reverse=True)

    def text(self, value: str | None) -> str | None:
        if value is None:
            return None
        for key in self.ids:
            value = value.replace(key, f"<{self.nodes[key]}>")
        return value.replace(self.own, "$WF").replace(self.stamp, "$TS")

    def values(self, section: Mapping[str, Any] | None) -> dict[str, str | None]:
        listed = (section or {}).get("parameters", ())
        return {p["name"]: self.text(p["value"]) for p in listed if p.get("value") is not None}


def normal_form(workflow: Mapping[str, Any], stamp: str = "\0") -> dict[str, Any]:
    names = Names(workflow, stamp)
    status = workflow["status"]
    nodes = {
        names.nodes[key]: {k: v for k, v in _row(names, node).items() if v not in (None, {}, [])}
        for key, node in (status.get("nodes") or {}).items()
    }
    return {
        "phase": status.get("phase"),
        "message": names.text(status.get("message")),
        "progress": status.get("progress"),
        "outputs": names.values(status.get("outputs")),
        "nodes": nodes,
    }


def _row(names: Names, node: Mapping[str, Any]) -> dict[str, Any]:
    outputs = node.get("outputs") or {}
    return {
        "type": node["type"],
        "phase": node["phase"],
        "inputs": names.values(node.get("inputs")),
        "outputs": names.values(outputs),
        "result": names.text(outputs.get("result")),
        "exitCode": outputs.get("exitCode"),
        "message": names.text(node.get("message")),
        "children": sorted(names.nodes.get(key, key) for key in node.get("children", ())),
        "boundary": names.nodes.get(node.get("boundaryID", "")),
        "displayName": names.text(node["displayName"]),
        "template": node.get("templateName") or (node.get("templateRef") or {}).get("template"),
        "flags": sorted(node.get("nodeFlag") or {}),
        "progress": node.get("progress"),
    }


def recorded_form(tree: Mapping[str, Any]) -> dict[str, Any]:
    nodes = {
        node["name"]: {field: node[field] for field in FIELDS if field in node}
        for node in tree.get("nodes", ())
    }
    run = {name: tree.get(name) for name in ("message", "progress", "outputs")}
    return {"phase": tree["phase"], **run, "nodes": nodes}


def differences(want: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield (level, what differs)."""
    if want["phase"] != got["phase"]:
        yield 1, f"phase: want {want['phase']}, got {got['phase']}"
    if (want["message"] or None) != (got["message"] or None):
        yield 4, f"message: want {want['message']!r}, got {got['message']!r}"
    for field in ("progress", "outputs"):
        if want.get(field) and want[field] != got.get(field):
            yield 5, f"{field}: want {want[field]!r}, got {got.get(field)!r}"
    for name in sorted(want["nodes"].keys() ^ got["nodes"].keys()):
        missing = name in want["nodes"]
        yield 2, f"{'missing' if missing else 'extra'} node {name}"
    for name in sorted(want["nodes"].keys() & got["nodes"].keys()):
        for field, level in FIELDS.items():
            a, b = want["nodes"][name].get(field), got["nodes"][name].get(field)
            if a != b and not (field in _OPTIONAL and a is None):
                yield level, f"{name} {field}: want {a!r}, got {b!r}"
