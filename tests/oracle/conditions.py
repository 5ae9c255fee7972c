# ruff: noqa: E501
"""Random `when` texts, asked of govaluate and of argotui: `python -m tests.oracle when`."""

from __future__ import annotations

from random import Random

from argotui.expr.when import evaluate_when
from tests.oracle.compare import rounded
from tests.oracle.fuzzer import Fuzzer
from tests.oracle.report import Difference

_VALUES = ("1", "2.5", "0", "-3", "0x1F", "1e3", ".5", "7.", "true", "false", "a", "heads", "Failed",
           "my-value", "a.b", "A.B", "x_1", "'a'", '"b c"', "'1'", '"2024-01-02"', "'12:30'",
           "'2024-01-02T03:04:05Z'", "'3:04PM'", "''", "'^a.*'", "'('", "[x]", "[a b]", "(1, 2)",
           "('a', 'b')", "(Failed, Error)", "é", "a1", "1a", "'it\\'s'", "nil", "in", "f(1)", "v1.2",
           "100", "'%d'", "a\\-b", "\"q'", "0x", "0xFFFFFFFFFFFFFFFFF", "0xfffffffffffffff1", "0X1F",
           "1..2", "1.2.3", "٣", "1٣", "९", "a\u00a0b", "\u2003", "ß", "x\u0301", "\U0001f600", "_a", "a.", "a.É",
           "'\\u00e9'", "\\", "a\\", "'a\\", "[", "[]", "[a\\]b]", "' '", "'\t'", "'Mon Jan  2 15:04:05 2006'",
           "'2024-02-30'", "'24:61'", "'2024-01-02 03:04'", "'2024-01-02T03Z'", "'(a|b)*c'", "'\\\\d+'",
           "'[[:alpha:]]'", "'a{2,1}'", "'(?i)A'", "'(?P<n>x)'", "'\\\\pL'", "99999999999999999999", "1.7976931348623157e308",
           "0.1", "1000000", "123456789", "4.9", "()", "(())", "in (a)", "true.x", "NaN", "'Inf'")  # fmt: skip
_SIGNS = ("==", "!=", "<", ">", "<=", ">=", "=~", "!~", "in", "&&", "||", "+", "-", "*", "/", "%",
          "**", "&", "|", "^", "<<", ">>", "??", ",", "?", ":", "IN", "=", "===", "!")  # fmt: skip
_USUAL = ("==", "==", "!=", "<", ">", "&&", "||", "in", "=~", "+", "??")
_NOISE = "()[]'\"!~-+*/=<>&|?:,. \tab0$#@é"


def condition(random: Random, depth: int = 2) -> str:
    text = _part(random, depth)
    if random.random() < 0.1:
        at = random.randrange(len(text) + 1)
        cut = random.randrange(2)
        text = text[:at] + random.choice(_NOISE) * random.randrange(2) + text[at + cut :]
    return text


def _part(random: Random, depth: int) -> str:
    if depth <= 0:
        return random.choice(_VALUES)
    match random.randrange(8):
        case 0:
            return f"({_part(random, depth - 1)})"
        case 1:
            return random.choice("!-~") + random.choice(("", " ")) + _part(random, depth - 1)
        case 2:
            yes, no = _part(random, depth - 2), _part(random, depth - 2)
            return f"{_part(random, depth - 1)} ? {yes} : {no}"
        case 3:
            return _part(random, depth - 1)
    sign = random.choice(random.choice((_SIGNS, _USUAL)))
    blank = " " if random.random() < 0.85 else ""
    return f"{_part(random, depth - 1)}{blank}{sign}{blank}{_part(random, depth - 1)}"


def _excused(difference: Difference) -> bool:
    """A backslash at the end makes govaluate panic: no words to have. Go's Exp, which powers with
    a fraction need, has another last digit on each kind of processor."""
    panic = difference.text.endswith("\\") and "index out of range" in difference.wanted
    same = rounded(difference.wanted) == rounded(difference.given)
    return (panic and difference.what == "words") or ("**" in difference.text and same)


WHEN = Fuzzer(
    kind="when",
    make=lambda random: (condition(random, random.randrange(1, 4)) or "a", ()),
    answer=evaluate_when,
    excused=_excused,
)
