"""What work has asked of a machine: requests times seconds, as Argo counts them.

Pure; called by the engine at the end of a pod, by model.export for all that holds pods. The sum
of a node is that of the pods that follow it in Argo's tree, each once. Argo: 4.13.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from argotui.model.fold import RunState
from argotui.model.progress import reachable
from argotui.model.values import JsonObject
from argotui.model.work import ContainerState

_DEFAULTS = {"cpu": 100, "memory": 1000 * (100 << 20)}  # of a container that asks for nothing
_UNITS = {"memory": 100 << 20, "storage": 10 << 30, "ephemeral-storage": 10 << 30}
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)(m|[kMGTPE]|[KMGTPE]i)?")
_SUFFIXES = {"m": Fraction(1, 1000)} | {
    f"{letter}{i}": Fraction(base**power)
    for power, letters in enumerate(("", "kK", "M", "G", "T", "P", "E"))
    for letter in letters
    for i, base in (("", 1000), ("i", 1024))
}


def pod_resources(pod: JsonObject, containers: Iterable[ContainerState]) -> dict[str, int]:
    """Return resource -> seconds of a pod that has ended, memory in units of 100Mi."""
    spec = pod.get("spec") or {}
    asked = _requests(spec)
    found: dict[str, int] = {}
    for container in containers:
        seconds = _age(container)
        for name, amount in asked.get(container.name, {}).items():
            found[name] = found.get(name, 0) + amount * seconds // (_UNITS.get(name, 1) * 1000)
    return found


def run_resources(state: RunState) -> dict[str, int]:
    """Return what all pods of a run used."""
    return _sum(node.resources_duration for node in state.nodes.values())


def tree_resources(state: RunState) -> dict[str, dict[str, int]]:
    """Return node name -> its resources, for all nodes that have ended and used some."""
    pods = {name: node.resources_duration for name, node in state.nodes.items()}
    pods = {name: used for name, used in pods.items() if used}
    if not pods:
        return {}
    order = {name: number for number, name in enumerate(pods)}
    below = reachable(state, order)
    kinds = sorted({kind for used in pods.values() for kind in used})
    planes = {kind: _planes(order, kind, pods) for kind in kinds}
    found = {name: dict(used) for name, used in pods.items()}
    for name, node in state.nodes.items():
        mask = below[name]
        if name not in pods and mask and node.is_fulfilled:
            found[name] = {kind: _weight(mask, planes[kind]) for kind in kinds}
    return found


def _planes(
    order: Mapping[str, int], kind: str, pods: Mapping[str, Mapping[str, int]]
) -> list[int]:
    """Return for each binary digit the set of pods whose seconds have it: sums of many sets of
    pods are then counts of bits."""
    planes: list[int] = []
    for name, number in order.items():
        seconds = pods[name].get(kind, 0)
        planes += [0] * (seconds.bit_length() - len(planes))
        for digit in range(seconds.bit_length()):
            planes[digit] |= (seconds >> digit & 1) << number
    return planes


def _weight(mask: int, planes: list[int]) -> int:
    return sum((mask & plane).bit_count() << digit for digit, plane in enumerate(planes))


def node_resources(state: RunState, name: str) -> dict[str, int]:
    """Return a pod's own, else the sum of the pods below in Argo's tree."""
    if own := state.nodes[name].resources_duration:
        return dict(own)
    seen: set[str] = set()
    stack = list(state.children.get(name, ()))
    pods = []
    while stack:
        child = stack.pop()
        if child in seen or child not in state.nodes:
            continue
        seen.add(child)
        stack += state.children.get(child, ())
        pods.append(state.nodes[child].resources_duration)
    return _sum(pods)


def thousandths(quantity: str) -> int:
    """Return a Kubernetes quantity (`500m`, `1.5Gi`) in thousandths, rounded up; 0 for none."""
    match = _QUANTITY.fullmatch(quantity.strip())
    if match is None:
        return 0
    return -int(-Fraction(match[1]) * _SUFFIXES.get(match[2] or "", Fraction(1)) * 1000 // 1)


def _requests(spec: JsonObject) -> dict[str, dict[str, int]]:
    """Return container -> resource -> thousandths. What the pod asks for as a whole counts once,
    for the first container that asks for nothing itself."""
    shared: Mapping[str, Any] | None = spec.get("resources")
    found = {}
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        own = container.get("resources") or {}
        asked: dict[str, Any] = {}
        if shared and not own.get("limits") and not own.get("requests"):
            asked |= {**(shared.get("limits") or {}), **(shared.get("requests") or {})}
            shared = None
        asked |= {**(own.get("limits") or {}), **(own.get("requests") or {})}
        amounts = {name: thousandths(str(amount)) for name, amount in asked.items()}
        found[str(container.get("name"))] = _DEFAULTS | amounts
    return found


def _age(container: ContainerState) -> int:
    if container.started_at is None or container.finished_at is None:
        return 0
    return max(0, int(container.finished_at - container.started_at))


def _sum(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for name, seconds in part.items():
            total[name] = total.get(name, 0) + seconds
    return dict(sorted(total.items()))
