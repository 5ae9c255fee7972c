"""`when`: the forms recorded from a real controller, and its words for mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.expr.when import WhenError, evaluate_when

TRUE = [
    "",
    "heads == heads",
    "a < b",
    "10 > 9",
    "1 == 1.0",
    "\"a-b\" == 'a-b'",
    "Error in (Failed, Error)",
    "'heads' =~ '^h.*s$'",
    "heads =~ hea",
    "heads !~ tai",
    "!(true && false)",
    "true",
    "true == true",
    "1/2 == 0.5 && 2**3 == 8 && 7 % 4 == 3",
    "2 ** 3 ** 2 == 64",
    "2 * 3 ** 2 == 18",
    "(1 > 0 ? 'x' : 'y') == 'x'",
    "false || true && true",
    "5 & 3 == 1",
    "1 << 3 == 8 && 8 >> 3 == 1 && (5 | 2) == 7 && (5 ^ 1) == 4",
    "~0 == -1",
    "-1 < 0",
    "my\\-value == 'my-value'",
    "[my value] == 'my value'",
    "0x1F == 31",
    "a + b == 'ab'",
    "1 + 'a' == '1a'",
    "'2024-01-02' == '2024-01-02T00:00:00Z'",
    "'2024-01-10' > '2024-01-09'",
    "2024-01-02 == 2021",
    "(heads == tails) == false",
    "() ?? true",
    "'x' == \"x\"",
    "é == é",
    "ab =~ 'a' + 'b'",
    "-3 ** 100 == 515377520732011400000000000000000000000000000000",
]
FALSE = [
    "heads == tails",
    "'10' > '9'",
    "1 == '1'",
    "true == 'true'",
    "Heads == heads",
    "Skipped == Succeeded",
    "1 > 2",
    "2 in (1, 3)",
    "'2' in (2, 3)",
    "heads =~ '^t'",
    "false && nonsense.Field",
    "!true",
]


@pytest.mark.parametrize("text", TRUE)
def test_true(text):
    assert evaluate_when(text) is True


@pytest.mark.parametrize("text", FALSE)
def test_false(text):
    assert evaluate_when(text) is False


HINT = ' (hint: try wrapping the affected expression in quotes ("))'
EVALUATE = "Failed to evaluate 'when' expresion '{}': "
INVALID = "Invalid 'when' expression '{}': "
PARSE = "Failed to parse 'when' expression '{}': "


@pytest.mark.parametrize(
    ("text", "prefix", "message"),
    [
        ("5", "Expected boolean evaluation for '{}'. Got ", "5"),
        ("yes", "Expected boolean evaluation for '{}'. Got ", "yes"),
        ("1000000 + 0.5", "Expected boolean evaluation for '{}'. Got ", "1.0000005e+06"),
        (
            "my-value == my-value",
            EVALUATE,
            "Value 'my' cannot be used with the modifier '-', it is not a number",
        ),
        ("v1.2 == v1.2", EVALUATE, "No parameter 'v1' found."),
        ("a.b == c", INVALID, "Unable to access unexported field 'b' in token 'a.b'"),
        ("a. == c", INVALID, "Hanging accessor on token 'a.'"),
        (
            "two words == x",
            INVALID,
            "Cannot transition token types from VARIABLE [two] to VARIABLE [words]",
        ),
        ("== x", INVALID, "Cannot transition token types from UNKNOWN [<nil>] to COMPARATOR [==]"),
        ("x ==", INVALID, "Unexpected end of expression"),
        (" ", INVALID, "Unexpected end of expression"),
        ("a ==- b", INVALID, "Invalid token: '==-'" + HINT),
        ("a = b", INVALID, "Invalid token: '='" + HINT),
        ("{{item}} == a", INVALID, "Invalid token: '{{'" + HINT),
        ("(a == b", INVALID, "Unbalanced parenthesis"),
        ("'a == b", INVALID, "Unclosed string literal"),
        ("[a == b", INVALID, "Unclosed parameter bracket"),
        ("f(1)", INVALID, "Undefined function f"),
        ("1 (2)", INVALID, "Cannot transition token types from NUMERIC [1] to CLAUSE [40]"),
        ("1.2.3 == x", INVALID, "Unable to parse numeric value '1.2.3' to float64\n"),
        ("!a", PARSE, "Cannot transition token types from PREFIX [!] to STRING [a]"),
        ("a =~ '['", INVALID, "error parsing regexp: missing closing ]: `[`"),
        (
            "1 < 'a'",
            EVALUATE,
            "Value '1' cannot be used with the comparator '<', it is not a number",
        ),
        (
            "1 && true",
            EVALUATE,
            "Value '1' cannot be used with the logical operator '&&', it is not a bool",
        ),
        (
            "1 ? 2 : 3",
            EVALUATE,
            "Value '1' cannot be used with the ternary operator '?', it is not a bool",
        ),
        (
            "a in (a)",
            EVALUATE,
            "Value 'a' cannot be used with the comparator 'in', it is not a number",
        ),
        ("-true", EVALUATE, "Value 'true' cannot be used with the prefix '-'"),
        (
            "a =~ 'p' + 1",
            EVALUATE,
            "Value 'p' cannot be used with the modifier '+', it is not a number",
        ),
        ("٣ == 3", INVALID, "Unable to parse numeric value '٣' to float64\n"),
        (
            "0xFFFFFFFFFFFFFFFFF > 1",
            INVALID,
            "Unable to parse hex value 'FFFFFFFFFFFFFFFFF' to uint64\n",
        ),
        ("0x == 1", INVALID, "Unable to parse hex value '' to uint64\n"),
        ("a < a\\", INVALID, "nothing follows the backslash"),
    ],
)
def test_mistakes_have_argos_words(text, prefix, message):
    with pytest.raises(WhenError) as caught:
        evaluate_when(text)
    assert str(caught.value) == prefix.format(text) + message


@pytest.mark.parametrize("text", ["(" * 3000 + "true" + ")" * 3000, "!" * 10 + "true", "-" * 9])
def test_odd_depths_are_refused(text):
    with pytest.raises(WhenError):
        evaluate_when(text)


def test_a_pattern_that_explodes_elsewhere_is_harmless():
    assert not evaluate_when(f"'{'a' * 2000}!' =~ '^(a+)+$'")


PIECES = "a 'b' 1 2.5 true ( ) , == != < =~ !~ in && || ! - + * / % ** ? : ?? & | ^ << ~ [x] . \\"
WORDS = st.sampled_from(PIECES.split())


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=10).map(" ".join) | st.text(max_size=20))
def test_anything_gives_a_bool_or_our_error(text):
    try:
        assert evaluate_when(text) in (True, False)
    except WhenError as error:
        str(error)
