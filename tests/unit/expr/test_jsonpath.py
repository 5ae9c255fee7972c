"""JSONPath in Argo's function."""

from __future__ import annotations

import pytest

from argotui.expr.errors import ExpressionError
from argotui.expr.jsonpath import query

OBJECT = {
    "kind": "List",
    "metadata": {"name": "n", "labels": {"a.b/c": "x"}},
    "items": [
        {"k": "a", "v": 1, "on": True},
        {"k": "b", "v": 2.5, "tags": ["t", "u"]},
        {"k": "c", "v": None},
    ],
}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("$.kind", "List"),
        ("$.items[0].k", "a"),
        ("$.items[*].k", ["a", "b", "c"]),
        ("$.items[5:]", []),
        ("$.metadata", OBJECT["metadata"]),
        ("$['metadata']['name']", "n"),
        ("$", OBJECT),
    ],
)
def test_queries_give_one_value_or_a_list(path, wanted):
    assert query(OBJECT, path) == wanted


def test_a_query_for_nothing_is_an_error():
    with pytest.raises(ExpressionError, match=r"nothing found at '\$\.x'"):
        query(OBJECT, "$.x")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("$.items[?(@.v>=1 && @.k!='b')].k", ["a"]),
        ("$.items[?(!(@.tags))].k", ["a", "c"]),
        ("$.items[?(@.k=='a' || @.k=='c')].k", ["a", "c"]),
        ("$.items[?(@.k=~'^[ab]$')].k", ["a", "b"]),
        ("$.items[0,2].k", ["a", "c"]),
        ("$.items[-1].k", "c"),
        ("$..k", ["a", "b", "c"]),
        ("$.metadata.labels['a.b/c']", "x"),
    ],
)
def test_filters_and_unions(path, wanted):
    assert query(OBJECT, path) == wanted
