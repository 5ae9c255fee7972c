"""Programs: what they refer to, what is missing, and that every evaluation ends."""

from __future__ import annotations

import contextlib
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.expr.errors import ExpressionError, MissingName
from argotui.expr.evaluate import compile_expression
from argotui.expr.gotext import to_text


def evaluate(text, **env):
    return compile_expression(text).evaluate(env)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("steps.a.outputs.result", {("steps", "a", "outputs", "result")}),
        (
            "steps['a-b'].outputs.parameters['p-1']",
            {("steps", "a-b", "outputs", "parameters", "p-1")},
        ),
        ("a.b == 'x' ? c : d.e", {("a", "b"), ("c",), ("d", "e")}),
        ("a?.b.c ?? 'x'", {("a", "b", "c")}),
        ("asInt(a) + sprig.int(b)", {("a",), ("b",)}),
        ("let x = a; x + b", {("a",), ("b",)}),
        ("map(a, #.b + c.d)", {("a",), ("c", "d")}),
        ("a[b.c]", {("a",), ("b", "c")}),
        ("'a.b' + `c`", set()),
        ("fromJSON(a.b).c", {("a", "b")}),
    ],
)
def test_references_are_the_longest_static_paths(text, wanted):
    assert compile_expression(text).references == wanted


def test_missing_names_every_prefix_that_is_not_there():
    program = compile_expression("item.nest.z + ok.x + b")
    env = {"item": {"nest": "text"}, "ok": {"x": None}}
    assert program.missing(env) == ("item.nest.z", "b")
    assert compile_expression("a.b.c").missing({}) == ("a", "a.b", "a.b.c")


def test_a_missing_name_is_told_by_its_kind_and_path():
    with pytest.raises(MissingName, match="unknown name a") as root:
        evaluate("a.b")
    assert root.value.path == ("a",)
    with pytest.raises(MissingName, match="cannot fetch status from <nil>") as inner:
        evaluate('steps.nobody.status == "Succeeded"', steps={})
    assert inner.value.path == ("steps", "nobody", "status")
    mark = "cannot fetch status from <nil> (1:14)\n"
    mark += ' | steps.nobody.status == "Succeeded"\n | .............^'
    assert str(inner.value) == mark


def test_a_missing_key_is_nil_and_may_be_replaced():
    assert evaluate("a.b", a={}) is None
    assert evaluate("a.b ?? 'x'", a={}) == "x"
    assert evaluate("a?.b?.c ?? 'x'", a={}) == "x"
    with pytest.raises(MissingName):
        evaluate("a.b.c ?? 'x'", a={})


def test_a_let_is_seen_in_its_body_only():
    assert evaluate("(let a = 1; a) + b", b=2) == 3
    with pytest.raises(MissingName):
        evaluate("[(let a = 1; a), a]")


def test_predicates_nest():
    assert evaluate("map([[1, 2], [3]], sum(map(#, # * 10)) + len(#))") == [32, 31]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("text", "text"),
        (7, "7"),
        (3.0, "3"),
        (1e21, "1e+21"),
        (1 / 3, "0.3333333333333333"),
        (True, "true"),
        ({"b": 1, "a": [True, None, "x<y"]}, '{"a":[true,null,"x\\u003cy"],"b":1}'),
        ([], "[]"),
    ],
)
def test_results_become_text(value, wanted):
    assert to_text(value) == wanted


def test_what_json_cannot_hold_is_an_error():
    with pytest.raises(ExpressionError, match=r"unsupported value: \+Inf"):
        to_text(evaluate("1 / 0"))
    with pytest.raises(ExpressionError, match="unsupported type"):
        to_text(evaluate("sprig.trim"))


ENDLESS = [
    "1..100000000",
    "map(1..900000, # + 1)",
    "map(1..2000, map(1..2000, 1))",
    "repeat('x', 1000000) + repeat('x', 1000000) | repeat(1000000)",
    "reduce(1..1000, #acc + #acc, 'x')",
    "reduce(1..100, concat(#acc, #acc), [1])",
    "'x' | repeat(1000000) | replace('x', repeat('y', 1000))",
    "sprig.until(100000000)",
    "sprig.indent(10000000, 'x')",
    "sprig.seq(1, 1, 100000000)",
    "join(map(1..1000, repeat('x', 1000000)), '')",
    "sort(1..500000, 'desc') | sort() | sort('desc')",
    "toJSON(map(1..1000, repeat('x', 10000)))",
    "2 ** 100000 | string() | len()",
    "('a' | repeat(100000)) matches '(a*)*(a*)*(a*)*b'",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_every_evaluation_ends(text):
    started = time.process_time()
    with contextlib.suppress(ExpressionError):
        compile_expression(text).evaluate({})
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[" * 5000,
        "-" * 5000 + "1",
        "a" + ".b" * 5000,
        "a ? " * 3000 + "1",
        "not " * 5000 + "true",
        "2 ** " * 5000 + "2",
        "{a: " * 3000,
        "filter(" * 3000,
        "let x = 1; " * 3000 + "x",
        "fromJSON('" + "[" * 100_000 + "')",
    ],
    ids=lambda text: text[:8],
)
def test_deep_nesting_is_an_error_and_no_crash(text):
    with pytest.raises(ExpressionError):
        compile_expression(text).evaluate({"a": {}})


def test_the_bound_on_nesting_does_not_hang_on_the_stack():
    assert evaluate("(" * 100 + "1" + ")" * 100) == 1
    with pytest.raises(ExpressionError, match="nested too deeply"):
        evaluate("(" * 130 + "1" + ")" * 130)


def test_a_long_row_is_no_nesting():
    assert evaluate(" + ".join(["1"] * 5000)) == 5000
    assert evaluate(" || ".join(["false"] * 5000)) is False


def test_the_callers_deep_stack_gives_an_error_of_ours():
    def descend(depth):
        if depth:
            return descend(depth - 1)
        with pytest.raises(ExpressionError, match="nested too deeply"):
            compile_expression("(" * 100 + "1" + ")" * 100 + " + 41")
        return True

    assert descend(sys.getrecursionlimit() - 300)


WORDS = st.sampled_from(
    [
        "a",
        "b.c",
        "1",
        "2.5",
        "'x'",
        '"y"',
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "+",
        "-",
        "*",
        "/",
        "%",
        "**",
        "==",
        "!=",
        "<",
        ">",
        "&&",
        "||",
        "!",
        "not",
        "in",
        "..",
        "?",
        ":",
        "??",
        "?.",
        ".",
        ",",
        ";",
        "|",
        "#",
        "let",
        "x",
        "=",
        "if",
        "else",
        "filter(",
        "map(",
        "len(",
        "upper(",
        "sprig.trim(",
        "1..3",
        "nil",
        "true",
        "`r`",
        "/*",
        "//",
        "matches",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_random_words_give_a_value_or_our_error(text):
    try:
        to_text(compile_expression(text).evaluate({"a": "1", "b": {"c": "2"}}))
    except ExpressionError as error:
        str(error)


def test_a_function_as_a_text_tells_nothing_of_ours():
    assert evaluate("sprig.squote(sprig.now)") == "'<function now>'"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_random_text_gives_a_value_or_our_error(text):
    try:
        compile_expression(text).evaluate({})
    except ExpressionError as error:
        str(error)
