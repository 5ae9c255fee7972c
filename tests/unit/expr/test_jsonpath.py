"""JSONPath in Kubernetes' templates and in Argo's function."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.expr.errors import ExpressionError
from argotui.expr.jsonpath import query, render

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
    ("template", "wanted"),
    [
        ("{.metadata.name}", "n"),
        ("{$.metadata.name}", "n"),
        (".metadata.name", "n"),
        ("metadata.name", "n"),
        ("{.items[*].k}", "a b c"),
        ("{.items[0].v} {.items[1].v}", "1 2.5"),
        ("{.items[-1].k}", "c"),
        ("{.items[0:2].k}", "a b"),
        ("{.items[::2].k}", "a c"),
        ("{.items[0,2].k}", "a c"),
        ("{.items[1]['k','v']}", "b 2.5"),
        ("{.items[1].tags}", '["t","u"]'),
        ("{.metadata.labels}", '{"a.b/c":"x"}'),
        ("{.metadata.labels['a.b/c']}", "x"),
        (r"{.metadata.labels.a\.b/c}", "x"),
        ("{..k}", "a b c"),
        ('{.items[?(@.k=="b")].v}', "2.5"),
        ("{.items[?(@.v>1)].k}", "b"),
        ("{.items[?(@.v>=1 && @.k!='b')].k}", "a"),
        ("{.items[?(@.tags)].k}", "b"),
        ("{.items[?(!(@.tags))].k}", "a c"),
        ("{.items[?(@.k=='a' || @.k=='c')].k}", "a c"),
        ("{.items[?(@.k=~'^[ab]$')].k}", "a b"),
        ("{.items[?(@.on==true)].k}", "a"),
        ("{.items[2].v}", ""),
        ("{.nope.x}", ""),
        ("{.items[9]}", ""),
        ('name: {.metadata.name}{"\\n"}', "name: n\n"),
        ('{range .items[*]}{.k}={.v}{"\\n"}{end}', "a=1\nb=2.5\nc=\n"),
        ("{range .items[*]}[{range .tags[*]}{@}{end}]{end}", "[][tu][]"),
        ("{range .items[*]}{$.kind}{end}", "ListListList"),
    ],
)
def test_templates(template, wanted):
    assert render(template, OBJECT) == wanted


@pytest.mark.parametrize(
    "template",
    [
        "{.a[}",
        "{.a",
        "{range .items[*]}x",
        "x{end}",
        "{.a[?(@.b}",
        "{.a[?@]}",
        "{.a..}}",
        "{[a b]}",
    ],
)
def test_bad_templates_are_refused(template):
    with pytest.raises(ExpressionError):
        render(template, OBJECT)


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


def test_nested_ranges_end():
    wide = {"a": list(range(1000))}
    template = "{range $.a[*]}" * 5 + "{end}" * 5
    with pytest.raises(ExpressionError, match="budget"):
        render(template, wide)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="{}[]().$@*?:,'\"ab01 =!<>&|\\-", max_size=20))
def test_anything_renders_or_is_our_error(template):
    try:
        render(template, OBJECT)
    except ExpressionError as error:
        str(error)
