"""What pods ask of a machine over time. Argo: 4.13."""

from __future__ import annotations

import pytest

from argotui.model.changes import Linked, NodeCreated
from argotui.model.export import status_json
from argotui.model.fold import RunState, apply
from argotui.model.resources import node_resources, pod_resources, thousandths
from argotui.model.status import Node, NodePhase, NodeType
from argotui.model.work import ContainerState


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1000),
        ("500m", 500),
        ("1.5", 1500),
        ("1e3", 1_000_000),
        ("2Gi", 2 * 1024**3 * 1000),
        ("1k", 1_000_000),
        ("1ki", 0),
        ("0.0001", 1),
        ("", 0),
        ("many", 0),
    ],
)
def test_quantities_are_read_in_thousandths(text: str, expected: int) -> None:
    assert thousandths(text) == expected


def ran(name: str, seconds: float | None) -> ContainerState:
    end = None if seconds is None else 100.0 + seconds
    return ContainerState(name=name, state="terminated", started_at=100.0, finished_at=end)


def test_a_container_counts_its_requests_its_limits_or_little() -> None:
    pod = {
        "spec": {
            "initContainers": [{"name": "early"}],
            "containers": [
                {
                    "name": "main",
                    "resources": {"requests": {"cpu": "2"}, "limits": {"memory": "1Gi"}},
                },
                {"name": "side"},
            ],
        }
    }
    assert pod_resources(pod, [ran("main", 10.9)]) == {"cpu": 20, "memory": 102}
    assert pod_resources(pod, [ran("early", 100), ran("side", None)]) == {"cpu": 10, "memory": 100}
    assert pod_resources(pod, [ran("main", -5)]) == {"cpu": 0, "memory": 0}


def test_what_the_pod_asks_for_counts_once() -> None:
    pod = {
        "spec": {
            "resources": {"requests": {"cpu": "4"}},
            "containers": [{"name": "a"}, {"name": "b"}],
        }
    }
    assert pod_resources(pod, [ran("a", 10)])["cpu"] == 40
    assert pod_resources(pod, [ran("b", 10)])["cpu"] == 1


def tree() -> RunState:
    """Two groups after one another: the first one's node leads to the second's, as in Argo."""
    state = RunState()
    steps, group, pod = NodeType.STEPS, NodeType.STEP_GROUP, NodeType.POD
    for name, kind, cpu in (
        ("wf", steps, 0), ("wf[0]", group, 0), ("wf[0].a", pod, 3),
        ("wf[0].b", pod, 5), ("wf[1]", group, 0), ("wf[1].c", pod, 7),
    ):  # fmt: skip
        used = {"cpu": cpu} if cpu else {}
        node = Node(
            name=name, id=name, display_name=name, type=kind, phase=NodePhase.SUCCEEDED,
            resources_duration=used,
        )  # fmt: skip
        apply(state, NodeCreated(node=node))
    for parent, child in (
        ("wf", "wf[0]"), ("wf[0]", "wf[0].a"), ("wf[0]", "wf[0].b"), ("wf[0].a", "wf[1]"),
        ("wf[0].b", "wf[1]"), ("wf[1]", "wf[1].c"),
    ):  # fmt: skip
        apply(state, Linked(parent=parent, child=child))
    return state


def test_a_node_has_the_sum_of_the_pods_that_follow_each_once() -> None:
    state = tree()
    assert node_resources(state, "wf") == {"cpu": 15}
    assert node_resources(state, "wf[1]") == {"cpu": 7}
    assert node_resources(state, "wf[0].a") == {"cpu": 3}
    written = status_json(state)
    assert written["resourcesDuration"] == {"cpu": 15}
    assert {name: node.get("resourcesDuration") for name, node in written["nodes"].items()} == {
        "wf": {"cpu": 15},
        "wf[0]": {"cpu": 15},
        "wf[0].a": {"cpu": 3},
        "wf[0].b": {"cpu": 5},
        "wf[1]": {"cpu": 7},
        "wf[1].c": {"cpu": 7},
    }
