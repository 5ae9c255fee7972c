"""The catalogue of variables."""

from __future__ import annotations

import pytest

from argotui.expr.variables import VARIABLES, Where, describe


@pytest.mark.parametrize(
    ("name", "entry", "where"),
    [
        ("workflow.name", "workflow.name", Where.EVERYWHERE),
        ("workflow.parameters", "workflow.parameters", Where.EVERYWHERE),
        ("workflow.parameters.json", "workflow.parameters.json", Where.EVERYWHERE),
        ("workflow.parameters.a-b", "workflow.parameters.<parameter>", Where.EVERYWHERE),
        ("workflow.labels.app.kubernetes.io/name", "workflow.labels.<key>", Where.EVERYWHERE),
        (
            "workflow.creationTimestamp.Y",
            "workflow.creationTimestamp.<letter>",
            Where.EVERYWHERE,
        ),
        ("inputs.artifacts.a.path", "inputs.artifacts.<artifact>.path", Where.TEMPLATE),
        ("steps.name", "steps.name", Where.TEMPLATE),
        ("steps.a-1.outputs.result", "steps.<name>.outputs.result", Where.STEPS),
        ("tasks.a.outputs.parameters", "tasks.<name>.outputs.parameters", Where.DAG),
        (
            "tasks.a.outputs.parameters.p",
            "tasks.<name>.outputs.parameters.<parameter>",
            Where.DAG,
        ),
        (" item ", "item", Where.LOOP),
        ("item.k", "item.<member>", Where.LOOP),
        ("lastRetry.exitCode", "lastRetry.exitCode", Where.RETRY),
        ("workflow.failures", "workflow.failures", Where.EXIT),
    ],
)
def test_names_are_found(name, entry, where):
    found = describe(name)
    assert found is not None
    assert (found.name, found.where) == (entry, where)


@pytest.mark.parametrize(
    "name",
    [
        "foo",
        ".Values.x",
        "workflow.nope",
        "workflow.creationTimestamp.Q",
        "steps.a",
        "steps.a.ip.x",
        "",
    ],
)
def test_other_words_are_not(name):
    assert describe(name) is None


def test_every_entry_says_what_it_means_and_no_name_is_twice():
    assert all(variable.meaning for variable in VARIABLES)
    pairs = [(variable.name, variable.where) for variable in VARIABLES]
    assert len(set(pairs)) == len(pairs)


def test_every_entry_finds_itself_by_an_example_of_its_name():
    for variable in VARIABLES:
        concrete = variable.name.replace("<letter>", "Y")
        for part in ("name", "parameter", "artifact", "key", "member"):
            concrete = concrete.replace(f"<{part}>", "x")
        found = describe(concrete)
        assert found is not None
        assert found.name == variable.name
