"""Variables as a kubelet makes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from argotui.model.errors import RuntimeFault
from argotui.runtimes.local.environment import (
    environment,
    expand,
    field_value,
    quantity,
    resource_value,
)

NOTHING = {"configMap": {}, "secret": {}}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$(A)", "1"),
        ("x$(A)y$(B)z", "x1y2z"),
        ("$(NONE)", "$(NONE)"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("kill -9 $$", "kill -9 $"),
        ("$A ${A} $", "$A ${A} $"),
        ("$(A", "$(A"),
        ("$$(", "$("),
        ("$( A)", "$( A)"),
        ("", ""),
    ],
)
def test_references_are_expanded_as_kubernetes_does(text, expanded):
    assert expand(text, {"A": "1", "B": "2"}) == expanded


def test_values_are_not_expanded_twice():
    assert expand("$(A)", {"A": "$(B)", "B": "2"}) == "$(B)"


def test_only_earlier_variables_are_known():
    env = [{"name": "A", "value": "$(B)"}, {"name": "B", "value": "2"}]
    found = environment({"env": env}, {}, NOTHING, {"BASE": "b"})
    assert found == {"BASE": "b", "A": "$(B)", "B": "2"}


def test_an_entry_that_is_no_base64_is_a_fault():
    sources = {"configMap": {}, "secret": {"s": {"data": {"k": "%%%"}}}}
    env = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    with pytest.raises(RuntimeFault, match="base64"):
        environment({"env": env}, {}, sources, {})


def test_a_fault_names_the_object_and_never_a_value():
    sources = {"configMap": {}, "secret": {"s": {"stringData": {"other": "hush"}}}}
    env = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    with pytest.raises(RuntimeFault, match="couldn't find key k in secret s") as caught:
        environment({"env": env}, {}, sources, {})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("100m", Decimal("0.1")), ("1Ki", 1024), ("2k", 2000), ("1e3", 1000)],
)
def test_quantities(text, value):
    assert quantity(text) == value


@pytest.mark.parametrize("text", ["", "x", "1Zi", "1.2.3"])
def test_what_is_no_quantity(text):
    with pytest.raises(RuntimeFault):
        quantity(text)


def test_a_limit_is_rounded_up_and_divided():
    container = {"resources": {"limits": {"cpu": "1500m", "memory": "64Mi"}}}
    assert resource_value({"resource": "limits.cpu"}, {"": container}) == "2"
    wanted = {"resource": "limits.memory", "divisor": "1Mi"}
    assert resource_value(wanted, {"": container}) == "64"
    assert resource_value({"resource": "requests.cpu", "divisor": "1m"}, {"": container}) == "1500"


def test_fields_of_the_pod():
    pod = {"metadata": {"name": "p", "labels": {"b": "2", "a": "1"}}, "spec": {}}
    assert field_value("metadata.labels", pod) == 'a="1"\nb="2"'
    assert field_value("metadata.labels['b']", pod) == "2"
    assert field_value("metadata.namespace", pod) == "default"
    with pytest.raises(RuntimeFault, match=r"spec\.nope"):
        field_value("spec.nope", pod)
