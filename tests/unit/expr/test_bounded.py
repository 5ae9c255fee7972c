"""No expression hangs or fills the memory: each of these would, and ends with a clear error."""

from __future__ import annotations

import time
import tracemalloc
from itertools import pairwise

import pytest

from argotui.expr.errors import ExpressionError
from argotui.expr.evaluate import compile_expression
from argotui.expr.gotext import to_text
from argotui.expr.when import evaluate_when

SECONDS = 4.0  # of processor time: one, on a machine that does nothing else
MEGABYTES = 50
LETTERS = "abcdefghijklmnopqrstuvwxy"
ENV = {"big": "x" * 1000}


def doubled(first: str, each: str, last: str) -> str:
    """Return 24 variables, each made of the one before it twice."""
    steps = [f"let {now} = {each.format(was)};" for was, now in pairwise(LETTERS)]
    return f"let a = {first};" + "".join(steps) + last


NEST = ("[1, 2]", "[{0}, {0}]")
ATTACKS = {
    "a range": "1..1000000000",
    "the widest range": "-9223372036854775808..9223372036854775807",
    "maps in maps": "map(1..999, {map(1..999, {map(1..999, {#})})})",
    "counting in counting": "count(1..900, {count(1..900, {count(1..900, {true})})})",
    "a text doubled": doubled("'xy'", "{0} + {0}", "len(y)"),
    "a list doubled": doubled("[1, 2]", "concat({0}, {0})", "len(y)"),
    "lists in lists as JSON": doubled(*NEST, "toJSON(y)"),
    "lists in lists as text": doubled(*NEST, "string(y)"),
    "lists in lists compared": doubled(*NEST, "[y, 1] == [y, 2]"),
    "lists in lists as the result": doubled(*NEST, "y"),
    "the greatest of lists in lists": doubled(*NEST, "max(y)"),
    "quoting lists in lists": doubled(*NEST, "sprig.quote(y, y)"),
    "reduce doubling": "reduce(1..60, [#acc, #acc], [1])",
    "a repeated text": "repeat(repeat('x', 1000000), 1000000)",
    "many long texts": "map(1..1000, {repeat('x', 1000000)})",
    "many pieces of a text": "map(1..100000, {big[1:]})",
    "replacing by more": "replace(repeat('a', 1000000), 'a', repeat('b', 1000))",
    "replacing nothing": "replace(repeat('a', 1000000), '', repeat('b', 1000))",
    "one that backtracks": "map(1..99, {repeat('a', 9000) matches '(a*)*b'})",
    "a wide pattern": "repeat('a', 100000) matches '[[:alpha:]]*[^x]*[a-z]{500}$'",
    "many patterns": "map(1..1000, {repeat('a', 3000) matches '(a|aa)+$'})",
    "a growing text": "sprig.regexReplaceAll('a', repeat('a', 100000), repeat('$0', 1000))",
    "numbers up to": "sprig.until(100000000)",
    "a sequence": "sprig.seq(1, 1000000000)",
    "wrapping": "sprig.wrapWith(1, repeat('x', 1000), repeat('a', 1000000))",
    "indenting": "sprig.nindent(100000, repeat('\\n', 100000))",
    "snakes": "sprig.snakecase(repeat('aB2 ', 300000))",
    "sorting": "sort(map(1..500000, {-#}))",
    "unique lists": "uniq(map(1..300000, {[#]}))",
    "deep JSON": "fromJSON(repeat('[', 100000))",
    "a long number": "int(repeat('9', 1000000))",
    "a layout that backtracks": "date(repeat('1', 1000), repeat('2', 1000))",
    "many hashes": "map(1..2000, {sprig.sha512sum(repeat('x', 100000))})",
    "parentheses": "(" * 20_000 + "1" + ")" * 20_000,
    "lists": "[" * 20_000 + "1" + "]" * 20_000,
    "signs": "-" * 100_000 + "1",
    "a long sum": "1" + "+1" * 20_001,
    "members": "big" + ".a" * 5000,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_soon_with_an_error(name):
    begun = time.process_time()
    with pytest.raises(ExpressionError):
        to_text(compile_expression(ATTACKS[name]).evaluate(ENV))
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize("name", ["many long texts", "many pieces of a text", "a list doubled",
                                  "lists in lists as JSON", "replacing by more"])  # fmt: skip
def test_an_attack_takes_little_memory(name):
    tracemalloc.start()
    try:
        with pytest.raises(ExpressionError):
            to_text(compile_expression(ATTACKS[name]).evaluate(ENV))
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES << 20
    finally:
        tracemalloc.stop()


def test_a_when_ends_soon_too():
    begun = time.process_time()
    text = " || ".join(["'" + "a" * 3000 + "' =~ '(a|aa)+b'"] * 100)
    with pytest.raises(ExpressionError):
        evaluate_when(text)
    assert time.process_time() - begun < SECONDS


def test_what_workflows_do_is_within_the_budget():
    """A result of 256 KiB, a list of ten thousand items."""
    env = {"text": "a line\n" * 36_000, "items": [{"name": f"n{i}", "n": i} for i in range(10_000)]}

    def value(text):
        return compile_expression(text).evaluate(env)

    assert value("len(split(text, '\\n'))") == 36_001
    assert value("len(filter(items, .n % 2 == 0))") == 5_000
    assert value("len(toJson(map(items, {{k: .name, v: .n * 2}})))") > 100_000
    assert value("sum(map(items, .n))") == 49_995_000
