"""The opt-in store of ConfigMaps and Secrets. Argo: 3.6."""

from __future__ import annotations

import pytest

from argotui.model.errors import RuntimeFault
from argotui.model.work import PodState, ResourceWork
from argotui.runtimes.local.objects import ObjectStore

CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: '1', 'b.c': two}\n"


@pytest.fixture
def store(tmp_path):
    return ObjectStore(tmp_path / "objects", "argo")


def do(store, action, manifest=CM, **more):
    return store.perform(ResourceWork(action=action, manifest=manifest, **more))


def message(report):
    assert report.state is PodState.FAILED
    assert report.containers[0].exit_code == 1
    assert report.message == report.containers[0].message
    return report.message


def test_an_object_is_made_found_changed_and_removed(store):
    assert do(store, "create").object["metadata"]["namespace"] == "argo"
    assert "(AlreadyExists)" in message(do(store, "create"))
    patched = do(store, "patch", "{data: {a: null, d: '4'}}", flags=("cm", "cm"))
    assert patched.object["data"] == {"b.c": "two", "d": "4"}
    assert patched.object["metadata"]["resourceVersion"] == "2"
    assert do(store, "apply").object["data"] == {"a": "1", "b.c": "two", "d": "4"}
    assert do(store, "replace").object["data"] == {"a": "1", "b.c": "two"}
    assert do(store, "get", "", flags=("configmap/cm",)).state is PodState.SUCCEEDED
    assert do(store, "delete").state is PodState.SUCCEEDED
    assert 'configmaps "cm" not found' in message(do(store, "get"))


def test_a_name_can_be_generated(store):
    made = do(store, "create", CM.replace("name: cm", "generateName: cm-")).object
    assert made["metadata"]["name"].startswith("cm-")
    assert len(made["metadata"]["name"]) == 8


def test_objects_are_there_after_a_restart(store, tmp_path):
    do(store, "create")
    assert ObjectStore(tmp_path / "objects", "argo").objects["configMap"]["cm"]["data"]["a"] == "1"


def test_parameters_are_plain_paths(store):
    outputs = {
        "a": ("jsonPath", "{.data.a}", None),
        "b": ("jqFilter", r".data.b\.c", None),
        "c": ("jsonPath", "{.data.none}", "dd"),
        "d": ("jsonPath", "{.data}", None),
    }
    report = do(store, "create", outputs=outputs)
    assert dict(report.parameters) == {
        "a": "1",
        "b": "two",
        "c": "dd",
        "d": '{"a":"1","b.c":"two"}',
    }
    report = do(store, "get", outputs={"x": ("jsonPath", "{.none}", None)})
    assert "finds nothing" in report.collect_errors[0]


@pytest.mark.parametrize(
    ("success", "failure", "state"),
    [
        ("data.a == 1", "", PodState.SUCCEEDED),
        ("data.a in (1, 2), data.a != 3", "", PodState.SUCCEEDED),
        ("data.a > 0, data.a < 2", "", PodState.SUCCEEDED),
        ("data.a, !data.none", "", PodState.SUCCEEDED),
        ("data.a == 2", "", PodState.FAILED),
        ("data.a notin (1)", "", PodState.FAILED),
        ("", "data.a == 1", PodState.FAILED),
    ],
)
def test_conditions_are_held_against_the_object(store, success, failure, state):
    report = do(store, "create", success_condition=success, failure_condition=failure)
    assert report.state is state


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (CM.replace("name: cm", "name: ../up"), "cannot be the name"),
        ("{", "no YAML"),
        ("", "flags or manifest"),
        (CM + "---\n- no object\n", "no object"),
    ],
)
def test_what_cannot_be_is_told(store, manifest, words):
    assert words in message(do(store, "create", manifest))


def test_a_kind_that_is_not_kept_is_a_fault_and_nothing_is_done(store):
    with pytest.raises(RuntimeFault, match="keeps ConfigMaps and Secrets; Job needs a cluster"):
        do(store, "create", f"{CM}---\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: j}}\n")
    assert store.objects["configMap"] == {}
