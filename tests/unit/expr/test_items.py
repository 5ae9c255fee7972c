"""Items of loops: their texts and node descriptions, as recorded from a real controller."""

from __future__ import annotations

import pytest

from argotui.expr.errors import ExpressionError
from argotui.expr.golang import item_description, item_member_text, item_text, load_items
from argotui.expr.items import with_sorted_keys

RECORDED = [
    ("plain", "plain", "plain"),
    ("a b", "a b", "a b"),
    ("x(y)z", "xyz", "x(y)z"),
    (3, "3", "3"),
    (2.5, "2.5", "2.5"),
    (True, "true", "true"),
    (
        {"b": 2, "a": "q", "m": {"z": [1, "s"]}, "w": "p(1)"},
        'a:q,b:2,m:{"z":[1,"s"]},w:p1',
        '{"a":"q","b":2,"m":{"z":[1,"s"]},"w":"p(1)"}',
    ),
    ([1, "two", 3], "[1 two 3]", '[1,"two",3]'),
    ("li\nne", "li\\nne", "li\nne"),
    ('quo"te\\back', 'quo\\"te\\\\back', 'quo"te\\back'),
    ("ü<&>", "ü<&>", "ü<&>"),
    (1.0, "1", "1"),
    (1e3, "1000", "1000"),
    (123456789012, "123456789012", "123456789012"),
    (1234567890123456789, "1234567890123456789", "1234567890123456789"),
    ("007", "007", "007"),
    (-4, "-4", "-4"),
    (1.5e-7, "1.5e-7", "1.5e-7"),
    (False, "false", "false"),
    (None, "[]", "null"),
    ([], "[]", "[]"),
    ({}, "", "{}"),
    ("", "", ""),
    (
        [None, {"b": [1, 2], "a": None}],
        '[null {"b":[1,2],"a":null}]',
        '[null,{"b":[1,2],"a":null}]',
    ),
    ('{"b":1,"a":[]}', '{\\"b\\":1,\\"a\\":[]}', '{"b":1,"a":[]}'),
    (
        {"json": {"list": [0, "1"]}, "list": [0, "1"], "number": 2, "string": "foo"},
        'json:{"list":[0,"1"]},list:[0,"1"],number:2,string:foo',
        '{"json":{"list":[0,"1"]},"list":[0,"1"],"number":2,"string":"foo"}',
    ),
]


@pytest.mark.parametrize(("item", "description", "text"), RECORDED)
def test_recorded_items(item, description, text):
    assert item_description(item) == description
    assert item_text(item) == text


@pytest.mark.parametrize(
    ("item", "description"),
    [({"s": 'l\n"q"'}, 's:l\\n\\"q\\"'), (["l\n", "<"], "[l\\n <]")],
)
def test_texts_inside_of_items_are_described_as_items_that_are_texts(item, description):
    assert item_description(item) == description


def test_html_is_escaped_in_the_item_only():
    assert item_text({"a": "<&>"}) == '{"a":"\\u003c\\u0026\\u003e"}'
    assert item_member_text("<&>") == "<&>"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("plain", "plain"),
        ("line\nbreak", "line\\nbreak"),
        ('q"q', 'q\\"q'),
        (1.0, "1"),
        (None, "null"),
        ({"b": 1, "a": [True]}, '{"b":1,"a":[true]}'),
    ],
)
def test_members_keep_json_escapes(value, wanted):
    assert item_member_text(value) == wanted


def test_with_param_lists_keep_numbers_as_written():
    items = load_items(' [1, 1.0, 1e3, 2.50, "1", 12345678901234567890, {"a": 1.0}, 1e999] ')
    texts = ["1", "1.0", "1e3", "2.50", "1", "12345678901234567890", '{"a":1.0}', "1e999"]
    assert [item_text(item) for item in items] == texts
    assert type(items[0]) is int


def test_only_the_keys_of_the_item_itself_are_sorted():
    item = {"b": {"z": 1, "a": 2}, "a": 0}
    assert item_text(item) == '{"a":0,"b":{"z":1,"a":2}}'
    assert item_text(with_sorted_keys(item)) == '{"a":0,"b":{"a":2,"z":1}}'


def test_null_and_empty_lists_have_no_items():
    assert load_items("null") == []
    assert load_items("[]") == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1}', "json: cannot unmarshal object into Go value of type []v1alpha1.Item"),
        ("not json", "invalid character 'o' in literal null (expecting 'u')"),
        ("hello", "invalid character 'h' looking for beginning of value"),
        ('"a"', "json: cannot unmarshal string into Go value of type []v1alpha1.Item"),
        ("3", "json: cannot unmarshal number into Go value of type []v1alpha1.Item"),
        ("true", "json: cannot unmarshal bool into Go value of type []v1alpha1.Item"),
        ("[1", "unexpected end of JSON input"),
        ("", "unexpected end of JSON input"),
        ("[1] x", "invalid character 'x' after top-level value"),
        ("[{a:1}]", "invalid character 'a' looking for beginning of object key string"),
    ],
)
def test_what_is_no_list_has_argos_words(text, why):
    with pytest.raises(ExpressionError) as caught:
        load_items(text)
    assert str(caught.value) == f"withParam value could not be parsed as a JSON list: {text}: {why}"


def test_deep_lists_are_an_error_of_ours():
    with pytest.raises(ExpressionError):
        load_items("[" * 100_000)
