# ruff: noqa: E501
"""Random conditions of resource templates over random objects: label selectors with gjson paths."""

from __future__ import annotations

from random import Random
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.conditions import requirements
from tests.oracle.fuzzer import Fuzzer, Question

_KEYS = ("status.phase", "a", "a.b", "items.0", "items.1.n", "items.9", "x-y", "n", "d.e/f", "A_b", "items.00",
         "a..b", ".a", "a.", "é", "a\\.b", "/a", "a/", "a/b/c", "in", "notin", "status", "items", "items.#", "f",
         "b", "z", "z.q", "a*", "@this", "A/b", "a" * 64, "big", "neg", "items.x", "0", "e")  # fmt: skip
_SIGNS = ("=", "==", "!=", ">", "<", " in ", " notin ", ">=", "=>", "!", " ", "===", "=!", " In ")
_VALUES = ("Running", "1", "5", "a", "", "true", "null", "1.5", "-3", "in", "(a,b)", "(a)", "()", "(,)", "(a,)",
           "(,a)", "(a b)", "( 1 , 5 )", "(", ")", "a b", "'a'", "a.b", "a-", "x" * 64, "007", "(Running,1,true)",
           "1e3", "1000", "9223372036854775808", "é", "+1", "(a,,b)", "notin", "(in)", "1000000000000000000000")  # fmt: skip


def _object(random: Random) -> Any:
    values = (None, True, False, 0, 1, 5, 1000.0, 1.5, -3, 1e21, 2.0, 0.1, "", "a", "Running", "5",
              "true", "007", "é", [], {}, ["a"], 2**53 + 1)  # fmt: skip

    def one() -> Any:
        return random.choice(values)

    made = {"status": {"phase": one(), "n": one()}, "a": random.choice((one(), {"b": one(), "": {"b": one()}})),
            "items": [one(), {"n": one()}, one()][: random.randrange(4)], "x-y": one(), "n": one(), "A_b": one(),
            "d": {"e/f": one()}, "f": 1.5, "b": True, "z": None, "big": 2**63 - 1, "neg": -5, "0": "zero",
            "e": 1e21}  # fmt: skip
    return {key: made[key] for key in sorted(made) if random.random() < 0.9}


def _question(random: Random) -> Question:
    terms = []
    for _ in range(random.choice((1, 1, 2, 3))):
        key = random.choice(_KEYS)
        blank = random.choice(("", "", " ", "\t"))
        bare = random.random() < 0.15
        tail = "" if bare else blank + random.choice(_SIGNS) + blank + random.choice(_VALUES)
        terms.append(random.choice(("", "", "", "!", "! ")) * bare + key + tail)
    text = random.choice((",", ", ", " , ")).join(terms)
    if random.random() < 0.1:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(",()!=<> \n&a'") + text[at + random.randrange(2) :]
    return text, (_object(random),)


CONDITIONS = Fuzzer(
    kind="condition",
    make=_question,
    answer=lambda text, found: [term.holds(found) for term in requirements(text)],
    raises=(RuntimeFault,),
    # the words are shorter than those of Kubernetes' validation
    excused=lambda difference: difference.what == "words",
)
