"""Layers of variables, flat for tags and nested for expressions."""

from __future__ import annotations

import pytest

from argotui.expr.scope import Lack, Layers, MapScope, expand


def test_later_layers_win_and_the_rest_shows_through():
    scope = MapScope({"a": "2"}, MapScope({"a": "1", "b": "1"}))
    assert scope.get("a") == "2"
    assert scope.get("b") == "1"
    assert scope.get("c") is Lack.MISSING


def test_an_absent_output_is_told_from_a_missing_one():
    scope = MapScope({"a": Lack.ABSENT}, MapScope({"a": "1"}))
    assert scope.get("a") is Lack.ABSENT
    assert scope.env()["a"] is None


def test_a_missing_value_does_not_hide_the_layer_below():
    scope = MapScope({"a": Lack.MISSING}, MapScope({"a": "1"}))
    assert scope.get("a") == "1"
    assert scope.env()["a"] == "1"


def test_dotted_keys_become_maps_and_a_parent_text_is_dropped():
    wanted = {"a": {"b": "2", "c": {"d": "3"}}}
    assert expand({"a": "1", "a.b": "2", "a.c.d": "3"}) == wanted
    assert expand({"a.b": "2", "a.c.d": "3", "a": "1"}) == wanted


def test_the_parent_text_is_dropped_across_layers_too():
    below = MapScope({"inputs.parameters": "[]"})
    scope = MapScope({"inputs.parameters.x": "1"}, below)
    assert dict(scope.env()["inputs"]["parameters"]) == {"x": "1"}
    assert scope.get("inputs.parameters") == "[]"


def test_maps_of_several_layers_are_one():
    scope = MapScope({"a.x": "3", "b": "4"}, MapScope({"a.x": "1", "a.y": "2"}))
    env = scope.env()
    assert {key: env["a"][key] for key in env["a"]} == {"x": "3", "y": "2"}
    assert set(env) == {"a", "b"}
    assert len(env) == 2
    with pytest.raises(KeyError):
        env["c"]


def test_typed_values_are_for_expressions_only():
    scope = MapScope({"x": "1"}, typed={"n": 5, "x": {"y": 1}})
    assert scope.env()["n"] == 5
    assert scope.env()["x"] == {"y": 1}
    assert scope.get("n") is Lack.MISSING


def test_layers_stay_flat_however_deep_the_scopes_are():
    scope = MapScope({"a.k0": "0"})
    for number in range(1, 200):
        scope = MapScope({f"a.k{number}": str(number)}, scope)
    env = scope.env()
    assert isinstance(env, Layers)
    assert len(env["a"]) == 200
