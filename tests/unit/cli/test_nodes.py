"""Nodes as people name them: every name that the tree shows finds the node."""

import pytest

from argotui.cli.nodes import find_node, is_called
from argotui.model.errors import UsageError
from argotui.model.fold import RunState, apply

from .play import made, node


def state_of(*nodes) -> RunState:
    state = RunState()
    for change in made(*nodes):
        apply(state, change)
    return state


def release() -> RunState:
    exit_handler = node("wf.onExit", boundary_id="", display_name="wf.onExit", template_name="bye")
    items = [
        node(f"wf[0].unit({n}:{item})", boundary_id="id-wf", display_name=f"unit({n}:{item})")
        for n, item in enumerate(("v1.2", "v2"))
    ]
    return state_of(
        node("wf", kind="Steps", template_name="release"),
        *items,
        node("wf[1].deploy", kind="DAG", boundary_id="id-wf", display_name="deploy"),
        node("wf[1].deploy.canary", boundary_id="id-wf[1].deploy", display_name="canary"),
        node(
            "wf[1].deploy.onExit",
            boundary_id="id-wf",
            display_name="deploy.onExit",
            hooked=True,
        ),
        exit_handler,
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("release", "wf"),
        ("wf", "wf"),
        ("id-wf", "wf"),
        ("canary", "wf[1].deploy.canary"),
        ("deploy/canary", "wf[1].deploy.canary"),
        ("deploy.canary", "wf[1].deploy.canary"),
        ("release/deploy/canary", "wf[1].deploy.canary"),
        ("release.deploy.canary", "wf[1].deploy.canary"),
        ("wf[1].deploy.canary", "wf[1].deploy.canary"),
        ("unit(0:v1.2)", "wf[0].unit(0:v1.2)"),
        ("(1:v2)", "wf[0].unit(1:v2)"),
        ("unit/(1:v2)", "wf[0].unit(1:v2)"),
        ("deploy/onExit", "wf[1].deploy.onExit"),
        ("release/onExit", "wf.onExit"),
    ],
)
def test_every_name_that_the_tree_shows_finds_its_node(name, meant):
    state = release()
    assert find_node(name, state).name == meant
    assert is_called(state.nodes[meant], name, state)


def test_the_only_exit_handler_is_called_as_its_row():
    assert find_node("onExit", state_of(node("wf"), node("wf.onExit", boundary_id=""))).name == (
        "wf.onExit"
    )


@pytest.mark.parametrize(
    ("name", "candidates"),
    [("unit", "unit(0:v1.2), unit(1:v2)"), ("deploy/nope", "did you mean: deploy")],
)
def test_what_may_mean_several_lists_them(name, candidates):
    with pytest.raises(UsageError, match=candidates.replace("(", r"\(").replace(")", r"\)")):
        find_node(name, release())


def test_candidates_of_one_path_are_told_apart_by_their_names():
    state = state_of(
        node("wf", kind="Steps"),
        node("wf[0].a", boundary_id="id-wf", display_name="a"),
        node("wf[1].a", boundary_id="id-wf", display_name="a"),
    )
    with pytest.raises(UsageError, match=r"wf\[0\]\.a, wf\[1\]\.a"):
        find_node("a", state)
