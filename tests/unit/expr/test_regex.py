"""RE2: the same matches as Go, and no pattern that takes for ever."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.expr.errors import ExpressionError
from argotui.expr.regex import Regex, matches, regex


def found(pattern, text):
    return [match.group() for match in regex(pattern).find_all(text)]


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("a*", "baac", ["", "aa", ""]),
        ("a|ab", "ab", ["a"]),
        ("(a|ab)(c|bcd)(d*)", "abcd", ["abcd"]),
        ("a+?", "aaa", ["a", "a", "a"]),
        ("a{2,3}?", "aaaaa", ["aa", "aa"]),
        ("a{2}", "aaaaa", ["aa", "aa"]),
        ("x{,2}", "x{,2}", ["x{,2}"]),
        ("[^a-c]+", "abxyc", ["xy"]),
        ("[]a]+", "]a", ["]a"]),
        ("[[:alpha:]_]+", "a_1", ["a_"]),
        ("[[:^alpha:]]+", "a12b", ["12"]),
        (r"\d+\.\d*", "3.14 x", ["3.14"]),
        (r"[\d\-]+", "1-2", ["1-2"]),
        (r"\D\S\W", "ab!", ["ab!"]),
        (r"\bfoo\b", "foo food", ["foo"]),
        (r"\Boo", "foo", ["oo"]),
        ("(?i)hello", "HeLLo", ["HeLLo"]),
        ("(?i:a)b", "AbAB", ["Ab"]),
        ("(?s).+", "a\nb", ["a\nb"]),
        (".+", "a\nb", ["a", "b"]),
        ("(?m)^b$", "a\nb", ["b"]),
        ("^b$", "a\nb", []),
        (r"\Aa\z", "a", ["a"]),
        (r"\p{L}+", "12é3", ["é"]),
        (r"\pN+", "a12", ["12"]),
        (r"\P{L}+", "a12", ["12"]),
        (r"\x41\x{1F600}", "A\U0001f600", ["A\U0001f600"]),
        (r"\Qa.b\E+", "a.bb", ["a.bb"]),
        (r"\t\.\\", "\t.\\", ["\t.\\"]),
        ("(?U)a+", "aa", ["a", "a"]),
        ("()", "a", ["", ""]),
        ("é", "aé", ["é"]),
    ],
)
def test_matches_are_gos(pattern, text, wanted):
    assert found(pattern, text) == wanted


def test_groups_and_names_fill_replacements():
    pattern = regex(r"(?P<first>\w)(?<second>\w)?(x)?")
    assert pattern.replace("ab", "${second}-$first-$3-$9-$$") == "b-a---$"
    assert regex("a(x*)b").replace("-ab-axxb-", "$1W") == "---"
    assert regex("a(x*)b").replace("-ab-axxb-", "${1}W") == "-W-xxW-"
    assert regex("a").replace("banana", "$0$0", literal=True) == "b$0$0n$0$0n$0$0"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(a", "missing closing )"),
        ("a)", "unexpected )"),
        ("[a", "missing closing ]"),
        ("[z-a]", "invalid character class range"),
        ("*a", "missing argument to repetition operator"),
        ("{1,2}", "missing argument to repetition operator"),
        ("a**", "invalid nested repetition operator"),
        ("a{1001}", "invalid repeat count"),
        ("a{3,2}", "invalid repeat count"),
        ("(?=a)", "invalid or unsupported Perl syntax"),
        ("(?<=a)", "invalid or unsupported Perl syntax"),
        (r"(a)\1", "invalid escape sequence"),
        (r"\p{Nope}", "invalid character class range"),
        ("a\\", "trailing backslash"),
        ("(?P<n>a)(?P<n>b)", "duplicate capture group name"),
        ("(a{1,500}){1,500}", "expression too large"),
        ("(" * 1000 + "a" + ")" * 1000, "nests too deeply"),
        ("a" * 20_000, "expression too large"),
    ],
    ids=lambda text: text[:20],
)
def test_what_re2_refuses_is_refused(pattern, message):
    with pytest.raises(ExpressionError, match="error parsing regexp") as caught:
        Regex(pattern)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a*)*b", "a?" * 30 + "a" * 30 + "$", "(.*)*x"]
)
def test_no_pattern_takes_for_ever(pattern):
    started = time.process_time()
    with contextlib.suppress(ExpressionError):  # "takes too long on this text"
        matches(pattern, "a" * 3000 + "!")
    assert time.process_time() - started < 15


def test_a_long_search_is_given_up(monkeypatch):
    monkeypatch.setattr("argotui.expr.regex._BUDGET", 1000)
    assert matches("a+b", "a" * 100 + "b")
    with pytest.raises(ExpressionError, match="takes too long on this text"):
        matches("a+b", "a" * 1000)


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$", r"\b", r"\d", ""]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        inner.map(lambda one: f"(?:{one})?"),
        st.sampled_from(["a", "[ab]", "."]).map(lambda one: f"{one}*"),
        inner.map(lambda one: f"({one})"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text(alphabet="ab1\n", max_size=8))
def test_simple_patterns_match_as_in_python(pattern, text):
    """Both take the leftmost match, by preference; `$` alone differs before a last line break."""
    ours = regex(pattern).search(text)
    theirs = re.search(pattern.replace("$", r"\Z"), text, re.ASCII)
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        assert (ours.start, ours.end) == theirs.span()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab()[]{}*+?|\\^$.-:PQx1,", max_size=15), st.text(max_size=5))
def test_any_pattern_compiles_or_is_our_error(pattern, text):
    try:
        Regex(pattern).replace(text, "$1")
    except ExpressionError as error:
        str(error)
