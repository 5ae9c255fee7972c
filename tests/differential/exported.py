"""The fields of Argo's `status`, and what may stand in them: what an export is read back with.

Used by the checks of this room. Argo: 1.3, 9.7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from argotui.model.status import NodePhase, NodeType, RunPhase

Test = Callable[[Any], bool]
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_PROGRESS = re.compile(r"\d+/\d+")


def text(value: Any) -> bool:
    return isinstance(value, str)


def time(value: Any) -> bool:
    return value is None or (text(value) and bool(_TIME.fullmatch(value)))


def progress(value: Any) -> bool:
    return text(value) and bool(_PROGRESS.fullmatch(value))


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(text, value)) and len(set(value)) == len(value)


def true(value: Any) -> bool:
    return value is True


def seconds(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, int) for each in value.values())


def one_of(*words: str) -> Test:
    return lambda value: value in words


def fields(table: Mapping[str, Test]) -> Test:
    return lambda value: isinstance(value, dict) and not list(wrong(value, table))


def listed(test: Test) -> Test:
    return lambda value: isinstance(value, list) and all(map(test, value))


PARAMETER = {
    "name": text, "value": text, "default": text, "globalName": text, "description": text,
    "enum": texts, "valueFrom": lambda value: isinstance(value, dict),
}  # fmt: skip
ARGUMENTS = {"parameters": listed(fields(PARAMETER))}
OUTPUTS = {**ARGUMENTS, "result": text, "exitCode": text}
NODE: dict[str, Test] = {
    "id": text, "name": text, "displayName": text, "type": one_of(*NodeType),
    "templateName": text, "templateScope": text,
    "templateRef": fields({"name": text, "template": text, "clusterScope": true}),
    "phase": one_of(*NodePhase), "boundaryID": text, "message": text,
    "startedAt": time, "finishedAt": time, "progress": progress, "resourcesDuration": seconds,
    "podIP": text, "daemoned": true, "nodeFlag": fields({"hooked": true, "retried": true}),
    "inputs": fields(ARGUMENTS), "outputs": fields(OUTPUTS), "children": texts,
    "outboundNodes": texts, "hostNodeName": text,
    "memoizationStatus": fields(
        {"hit": lambda value: isinstance(value, bool), "key": text, "cacheName": text}
    ),
    "synchronizationStatus": fields({"waiting": text}),
}  # fmt: skip
CONDITION = {"type": text, "status": one_of("True", "False"), "message": text}
STATUS: dict[str, Test] = {
    "phase": one_of(*RunPhase), "message": text, "startedAt": time, "finishedAt": time,
    "progress": progress, "nodes": lambda value: isinstance(value, dict),
    "outputs": fields(ARGUMENTS), "conditions": listed(fields(CONDITION)),
    "resourcesDuration": seconds,
}  # fmt: skip
_ALWAYS = ("id", "name", "displayName", "type", "startedAt", "finishedAt")


def wrong(value: Mapping[str, Any], table: Mapping[str, Test]) -> Iterator[str]:
    for key, each in value.items():
        if key not in table:
            yield f"{key} is no field"
        elif not table[key](each):
            yield f"{key}: {each!r}"


def misread(workflow: Mapping[str, Any]) -> list[str]:
    """Return what Argo's own types would not take of an exported Workflow's status."""
    status = workflow["status"]
    found = list(wrong(status, STATUS))
    nodes = status.get("nodes", {})
    for key, node in nodes.items():
        found += [f"{node.get('name')}: {each}" for each in wrong(node, NODE)]
        found += [f"{key} lacks {name}" for name in _ALWAYS if name not in node]
        if node.get("id") != key:
            found.append(f"{key} is {node.get('id')}")
        linked = [*node.get("children", ()), *node.get("outboundNodes", ())]
        if node.get("boundaryID"):
            linked.append(node["boundaryID"])
        found += [f"{node['name']} leads to {each}" for each in linked if each not in nodes]
    return found
