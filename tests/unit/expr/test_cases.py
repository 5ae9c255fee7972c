"""Every function and operator of the expression language, several cases each, from cases/*.txt.

The values there are what Go's own libraries give (expr-lang 1.17.8, sprig 3.3.0), held against
them by `python -m tests.oracle cases`; those in DELIBERATE differ on purpose.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from argotui.expr.evaluate import ExpressionError, compile_expression
from argotui.expr.functions import BUILTINS, PREDICATES, ROOT
from argotui.expr.gotext import compact_json
from argotui.expr.sprig import REFUSED, SPRIG

FOLDER = Path(__file__).parent / "cases"
ENV = {"p": {"k": "4", "d-h": "dash"}, "item": "it", "big": "x" * 1000}
# where we differ on purpose: JSON of maps that Go cannot encode, a name that is misspelt, no crash
DELIBERATE = frozenset(
    {
        "groupBy([1,2,3], # % 2)",
        "groupBy([{k:'a',v:1},{k:'b',v:2},{k:'a',v:3}], .k)",
        "fromPairs([['a',1]])",
        "sprig.nope(1)",
        "sprig.chunk(0,[1])",
        "asInt",
    }
)
AT = 1_700_000_000.0


def read_cases():
    for path in sorted(FOLDER.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                text, sign, wanted = re.split(r"  (=>|=!)  ", line, maxsplit=1)
                yield pytest.param(text, sign == "=!", wanted, id=text)


CASES = list(read_cases())


@pytest.mark.parametrize(("text", "fails", "wanted"), CASES)
def test_an_expression_gives_what_go_gives(text, fails, wanted):
    if not fails:
        value = compile_expression(text).evaluate(ENV, at=AT)
        assert compact_json(value) == wanted
        return
    with pytest.raises(ExpressionError) as caught:
        compact_json(compile_expression(text).evaluate(ENV, at=AT))
    assert str(caught.value).split("\n")[0] == wanted


def test_every_function_has_a_case():
    texts = " ".join(case.values[0] for case in CASES)
    called = set(re.findall(r"(?<![.\w])(\w+)\(", texts))
    assert set(BUILTINS) | set(PREDICATES) <= called
    assert set(ROOT) - {"sprig"} <= called
    assert set(SPRIG) <= set(re.findall(r"sprig\.(\w+)\(", texts))


def test_none_of_gos_functions_is_missing():
    lines = (FOLDER.parent / "functions.txt").read_text(encoding="utf-8").splitlines()
    wanted = {line for line in lines if not line.startswith("#")}
    here = set(BUILTINS) | set(PREDICATES) | set(ROOT) - {"sprig"}
    here |= {f"sprig.{name}" for name in (*SPRIG, *REFUSED)} - {"sprig.env", "sprig.expandenv"}
    assert here == wanted
    assert not set(SPRIG) & set(REFUSED)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refused_function_says_why(name):
    with pytest.raises(ExpressionError, match=rf"sprig\.{name} is not available: \w+"):
        compile_expression(f"sprig.{name}('a')").evaluate({})


def test_the_clock_is_the_callers():
    def at(text, seconds):
        return compile_expression(text).evaluate({}, at=seconds)

    assert at("now().Unix()", 86400) == 86400
    assert at("now().Format('2006-01-02')", 86400) == "1970-01-02"
    assert at("sprig.date('2006', 'a text is now')", AT) == "2023"
    assert at("sprig.ago(0)", 90) == "1m30s"
    assert at("(now() - date('1970-01-01')).Minutes()", 90) == 1.5
    assert at("sprig.durationRound(date('1970-01-01'))", 7300) == "2h"


def test_fractions_of_the_clock_are_kept():
    value = compile_expression("now()").evaluate({}, at=1.5)
    assert json.loads(compact_json(value)) == "1970-01-01T00:00:01.5Z"
