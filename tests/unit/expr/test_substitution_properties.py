"""Substitution over random values: nothing lost, nothing broken out of, no error but ours."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.expr.errors import AbsentReference, ExpressionError, TagError, Unresolved
from argotui.expr.scope import Lack, MapScope
from argotui.expr.template import has_tag, substitute, tags

OURS = (AbsentReference, ExpressionError, TagError, Unresolved)
SCOPE = MapScope(
    {
        "a": "1",
        "b.c": "two",
        "b.{": "odd",
        "gone": Lack.ABSENT,
        "late": Lack.MISSING,
        "tag": "{{a}}",
    }
)
PLAIN = st.text(max_size=12).filter(lambda text: "{{" not in text)
TAGGED = st.lists(
    st.sampled_from(
        ["{{", "}}", "{{a}}", "{{b.c}}", "{{=a", "{", "}", "=", "a", " ", "x", "{{gone}}"]
    ),
    max_size=8,
).map("".join)


def trees(leaves):
    return st.recursive(
        leaves | st.none() | st.booleans() | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.lists(inner, max_size=3).map(tuple)
            | st.dictionaries(leaves, inner, max_size=3)
        ),
        max_leaves=8,
    )


@given(trees(PLAIN))
def test_what_has_no_tag_comes_back_as_the_same_object(value):
    assert substitute(value, SCOPE) is value
    assert not has_tag(value)


@settings(max_examples=300)
@given(trees(TAGGED))
def test_any_text_is_filled_or_is_our_error(value):
    try:
        substitute(value, SCOPE)
    except OURS as error:
        str(error)


@given(
    st.text(max_size=30),
    st.text(max_size=8).filter(lambda name: "{{" not in name and "}}" not in name),
)
def test_a_value_arrives_whole_whatever_it_holds(value, name):
    """Quotes, line breaks, escapes and braces cannot break out of the text."""
    key = name.strip()
    if name.startswith("=") or name.endswith("}"):
        return
    put = substitute({"x": ["<{{" + name + "}}>"]}, MapScope({key: value}))
    assert put == {"x": [f"<{value}>"]}


@given(TAGGED)
def test_tags_lie_where_they_say(text):
    try:
        found = tags(text)
    except TagError:
        return
    for tag in found:
        assert text[tag.start : tag.end] == tag.text


@given(TAGGED)
def test_with_nothing_known_a_text_stays_as_it_is(text):
    with contextlib.suppress(TagError, ExpressionError):
        assert substitute(text, MapScope({})) == text
