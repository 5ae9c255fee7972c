"""`n/m`, as Argo counts it, also held against every recorded tree."""

import json
from pathlib import Path

import pytest

from argotui.model.fold import RunState
from argotui.model.progress import node_progress, run_progress
from argotui.model.status import Node, NodePhase, NodeType

TREES = Path(__file__).parents[4] / "shared" / "corpus" / "trees"


def state_of(*nodes: tuple[str, str, str, tuple[str, ...]]) -> RunState:
    state = RunState()
    for name, kind, phase, children in nodes:
        state.nodes[name] = Node(
            name=name, id=name, display_name=name, type=NodeType(kind), phase=NodePhase(phase)
        )
        state.children[name] = list(children)
    return state


def test_what_only_holds_others_sums_all_that_follows_once():
    state = state_of(
        ("wf", "DAG", "Running", ("a",)),
        ("a", "Pod", "Succeeded", ("b", "c")),
        ("b", "Pod", "Running", ("d",)),
        ("c", "Skipped", "Skipped", ("d",)),
        ("d", "Suspend", "Running", ()),
    )
    assert run_progress(state) == "1/3"
    assert node_progress(state) == {"wf": "1/3", "a": "1/1", "b": "0/1", "c": "0/1", "d": "0/1"}


def test_a_pods_own_report_counts_and_is_complete_when_it_succeeded():
    state = state_of(("wf", "DAG", "Running", ("a",)), ("a", "Pod", "Running", ()))
    state.nodes["a"].progress = "3/10"
    assert node_progress(state) == {"wf": "3/10", "a": "3/10"}
    state.nodes["a"].phase = NodePhase.SUCCEEDED
    assert run_progress(state) == "10/10"
    state.nodes["a"].progress = "rubbish"
    assert run_progress(state) == "1/1"


def test_nothing_yet_is_no_progress():
    assert run_progress(RunState()) == "0/0"


def test_a_long_chain_is_counted_without_recursion():
    names = [f"n{number}" for number in range(3000)]
    chain = [
        (name, "Pod" if number % 2 else "StepGroup", "Succeeded", tuple(names[number + 1 :][:1]))
        for number, name in enumerate(names)
    ]
    assert node_progress(state_of(*chain))["n0"] == "1500/1500"


@pytest.mark.skipif(not TREES.is_dir(), reason="the recorded trees are not beside the repository")
def test_every_recorded_run_is_counted_as_argo_counted_it():
    checked = 0
    for file in sorted(TREES.glob("*.json")):
        tree = json.loads(file.read_text())
        for run in tree.get("results", [tree]):
            if "progress" not in run:
                continue
            nodes = [(n["name"], n["type"], n.get("phase", "Pending"), ()) for n in run["nodes"]]
            assert run_progress(state_of(*nodes)) == run["progress"], file.name
            checked += 1
    assert checked > 100
