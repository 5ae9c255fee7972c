"""The fuzzers by name: expressions, and the smaller languages beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from argotui.expr.depends import RESULTS, normalise, parse_depends
from argotui.expr.sprintf import sprintf
from argotui.model.bodies import Task
from tests.oracle import adversarial, expressions
from tests.oracle.ask import Oracle
from tests.oracle.conditions import WHEN
from tests.oracle.filters import JQ
from tests.oracle.fuzzer import Fuzzer, Question
from tests.oracle.paths import KUBECTL
from tests.oracle.report import Difference
from tests.oracle.selectors import CONDITIONS

_TASKS = ("a", "b-1", "c_2", "A", "x9")
_NUMBERS = (0, 1, 5, 10, -3, 255, 65, 39, 34, 92, 233, 8203, 0xD800, 0x1F600, 0x110000, -1, 127,
            2**63 - 1, -(2**63), 1_000_001)  # fmt: skip
_WIDTHS = ("", "", "", "5", "12", "*", "1000001", "99999999999", "3x", "007")
_DIGITS = ("", "", "", ".", ".0", ".3", ".*", ".[1]", ".[1]*", ".[2]*", ".10")
_INDICES = ("", "", "", "", "[1]", "[2]", "[0]", "[x]", "[", "[]", "[1")


def _depends(random: Random) -> Question:
    facts = {task: {result: random.random() < 0.5 for result in sorted(RESULTS)} for task in _TASKS}
    text = _condition(random, random.randrange(4))
    if random.random() < 0.15:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice("()!&| .a") * random.randrange(2) + text[at + 1 :]
    return normalise(Task(depends=text), {}) if text.strip() else "a.Failed", (facts,)


def _condition(random: Random, depth: int) -> str:
    if depth <= 0:
        result = random.choice(sorted(RESULTS))
        return random.choice(_TASKS) + (f".{result}" if random.random() < 0.7 else "")
    left, right = _condition(random, depth - 1), _condition(random, depth - 2)
    sign = random.choice((" && ", " || ", "&&", "||"))
    return random.choice(
        (f"!{left}", f"({left})", f"{left}{sign}{right}", f"({left}{sign}{right})")
    )


def _holds(text: str, facts: Mapping[str, Mapping[str, bool]]) -> bool:
    parsed = parse_depends(text)
    for task in parsed.tasks:
        _ = facts[task]  # validation refuses a task that is not there
    return parsed.evaluate(lambda task, result: facts[task][result])


def _format(random: Random) -> Question:
    parts = []
    for _ in range(random.choice((1, 1, 2, 3))):
        flags = "".join(random.choice("-+# 0") for _ in range(random.choice((0, 0, 1, 2))))
        verb = "".join(map(random.choice, (_INDICES, _WIDTHS, _DIGITS, ("", "", "[1]", "[3]"))))
        letter = random.choice("vTdboOxXcqUspwteEfgG%é!z") if random.random() < 0.97 else ""
        parts.append(random.choice(("", "", "a", "%%", "é")) + f"%{flags}{verb}{letter}")
    return "".join(parts), (random.choice(_NUMBERS),)


FUZZERS: Mapping[str, Callable[[Oracle, int, int], list[Difference]]] = {
    "expr": expressions.differences,
    "functions": adversarial.differences,
    "when": WHEN,
    "kubectl": KUBECTL,
    "condition": CONDITIONS,
    "jq": JQ,
    "depends": Fuzzer(
        kind="depends",
        make=_depends,
        answer=_holds,
        raises=(KeyError,),
        # the words are ours: Argo names the task
        excused=lambda difference: difference.what == "words",
    ),
    "sprintf": Fuzzer(
        kind="sprintf",
        make=_format,
        answer=sprintf,
        # a width beyond ten thousand columns is refused
        excused=lambda difference: "memory budget" in difference.given,
    ),
}
