"""Conditions of resource templates: label selectors over an object, as Kubernetes reads them."""

from __future__ import annotations

import pytest

from argotui.model.errors import RuntimeFault
from argotui.runtimes.conditions import requirements

FOUND = {
    "status": {"phase": "Running", "count": 3, "ready": True, "none": None, "rate": 2.0},
    "items": [{"n": 1}, "x"],
    "a": {"": "empty", "b-c": "v"},
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("status.phase == Running", True),
        ("status.phase=Running", True),
        ("status.phase != Running", False),
        ("status.nope != x", True),
        ("status.phase in (Failed, Running)", True),
        ("status.phase notin (Failed)", True),
        ("status.nope notin (a)", True),
        ("status.count > 2", True),
        ("status.count < 3", False),
        ("status.phase > 2", False),
        ("status.ready = true", True),
        ("status.none =", True),
        ("status.rate = 2", True),
        ("items.0.n = 1", True),
        ("items.1 = x", True),
        ("items.7", False),
        ("!items.7", True),
        ("status", True),
        ("a.b-c = v", True),
        ("status.phase in ()", False),
    ],
)
def test_one_term(condition, holds):
    assert [term.holds(FOUND) for term in requirements(condition)] == [holds]


def test_terms_come_by_their_keys_and_as_they_were_written():
    terms = requirements(" b = 1,a in (x,y) , !c")
    assert [str(term) for term in terms] == ["a in (x,y)", "b = 1", "!c"]


def test_no_condition_has_no_terms():
    assert requirements("") == requirements("  ") == []


@pytest.mark.parametrize(
    "condition",
    ["a = b c", "a in b", "a in (b", "a == 'b'",
     "a\\.b = c", "a > x", "a > -1", ", a", "a,,b", "!a = b",
     "a => b", "(a)", "-a", "a/b/c", "a = " + "x" * 64, "a > 9223372036854775808", "items.# = 1"],
)  # fmt: skip
def test_what_kubernetes_refuses_is_refused(condition):
    with pytest.raises(RuntimeFault):
        requirements(condition)
