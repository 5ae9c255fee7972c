"""Strategic merge as Kubernetes does it."""

from __future__ import annotations

import copy

import pytest

from argotui.model.merge import strategic_merge


@pytest.mark.parametrize(
    ("base", "patch", "merged"),
    [
        ({"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"c": 3}}, {"a": 1, "b": {"c": 3, "d": 2}}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"args": [1, 2]}, {"args": [3]}, {"args": [3]}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": [1]}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"$patch": "replace", "d": 1}}, {"a": {"d": 1}}),
        ({"a": {"b": 1}}, {"a": {"$patch": "delete"}}, {"a": {}}),
        ({}, {"a": {"$patch": "replace", "d": [{"$patch": "delete"}]}}, {"a": {"d": []}}),
        (
            {"finalizers": ["a", "b"]},
            {"finalizers": ["b", "c"]},
            {"finalizers": ["a", "b", "c"]},
        ),
        (
            {"finalizers": ["a", "b"]},
            {"$deleteFromPrimitiveList/finalizers": ["a"]},
            {"finalizers": ["b"]},
        ),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B"}]},
            {"env": [{"name": "C"}, {"name": "A", "x": 2}]},
            {"env": [{"name": "C"}, {"name": "A", "value": "1", "x": 2}, {"name": "B"}]},
        ),
        (
            {"volumeMounts": [{"mountPath": "/a", "name": "x"}]},
            {"volumeMounts": [{"mountPath": "/a", "name": "z"}, {"mountPath": "/b"}]},
            {"volumeMounts": [{"mountPath": "/a", "name": "z"}, {"mountPath": "/b"}]},
        ),
        (
            {"containers": [{"name": "a"}, {"name": "b"}]},
            {"containers": [{"name": "a", "$patch": "delete"}]},
            {"containers": [{"name": "b"}]},
        ),
        (
            {"containers": [{"name": "a"}, {"name": "b"}]},
            {"containers": [{"$patch": "replace"}, {"name": "c"}]},
            {"containers": [{"name": "c"}]},
        ),
        (
            {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
            {"volumes": [{"name": "v", "emptyDir": {}}]},
            {"volumes": [{"name": "v", "emptyDir": {}}]},
        ),
        (
            {"volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"a": 1}}]},
            {"volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"b": 2}}]},
            {"volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"a": 1, "b": 2}}]},
        ),
        (
            {"containers": [{"name": "a"}, {"name": "b"}, {"name": "c"}]},
            {"containers": [{"name": "b", "x": 1}], "$setElementOrder/containers": [{"name": "b"}]},
            {"containers": [{"name": "a"}, {"name": "b", "x": 1}, {"name": "c"}]},
        ),
    ],
)
def test_a_patch_is_laid_over_a_base(base, patch, merged):
    before = copy.deepcopy((base, patch))
    assert strategic_merge(base, patch) == merged
    assert (base, patch) == before


def test_what_does_not_change_is_shared():
    base = {"templates": [{"name": "a"}], "x": {"y": [1]}}
    merged = strategic_merge(base, {"z": {"q": 1}})
    assert merged["templates"] is base["templates"]
    assert merged["x"] is base["x"]
