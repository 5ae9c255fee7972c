"""Random expressions, conditions, `depends`, texts with tags: an answer or our own error."""

from __future__ import annotations

from random import Random
from typing import Any

from argotui.expr.depends import parse_depends
from argotui.expr.errors import AbsentReference, ExpressionError, TagError, Unresolved
from argotui.expr.evaluate import compile_expression
from argotui.expr.functions import BUILTINS, ROOT
from argotui.expr.predicates import PREDICATES
from argotui.expr.scope import MapScope
from argotui.expr.sprig import SPRIG
from argotui.expr.template import substitute
from argotui.expr.when import evaluate_when

OURS = (ExpressionError, TagError, Unresolved, AbsentReference)
VALUES = {
    "inputs.parameters.a": "12",
    "inputs.parameters.b": '{"k": [1, 2.5, null], "s": "x"}',
    "inputs.parameters.c": "a" * 2000,
    "steps.s.outputs.result": "[1, 2, 3]",
    "workflow.name": "wf",
    "item": "[[1]]",
}
SCOPE = MapScope(VALUES)
ENV: dict[str, Any] = dict(SCOPE.env())
NAMES = ("inputs.parameters.a", "inputs.parameters.b", "inputs.parameters.c", "item", "nobody",
         "steps.s.outputs.result", "workflow.name", "#", "$env")  # fmt: skip
CALLS = sorted({*BUILTINS, *(name for name in ROOT if name != "sprig")})
LOOPS = sorted(PREDICATES)
LIBRARY = sorted(SPRIG)
ATOMS = (
    "0", "1", "-1", "2.5", "1e308", "1e-320", "9223372036854775807", "-9223372036854775808",
    "0x7f", "0b1", "1_000", "nil", "true", "false", '""', '"abc"', "'é\\n'", '"%d %s"', "`raw`",
    '"a{1000}"', '"(a*)*b"', '"[0-9]+"', '"$.k[*]"', "[]", "[1, 2, 3]", "{}", '{"k": 1}', "1..3",
    "1..100000000", "3..1", '"2006-01-02"', '"1h30m"', '"\\u0000"', '"\U0001f600"', "now()",
)  # fmt: skip
BINARY = (
    "+", "-", "*", "/", "%", "**", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "&&", "||",
    "in", "not in", "contains", "startsWith", "endsWith", "matches", "??", "..", "|",
)  # fmt: skip
NOISE = "()[]{}.,?:;|&!=<>+-*/%^#$@~\\\"'` \n\tabc0189_eé\x00\u202e"
CONDITIONS = ("==", "!=", "<", ">", "<=", ">=", "=~", "!~", "in", "&&", "||", "+", "-", "*",
              "/", "%", "**", "??", "?", ":", "(", ")", ",", "!", "~", "&", "|")  # fmt: skip
RESULTS = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned", "AnySucceeded",
           "AllFailed", "Nothing")  # fmt: skip


def check(random: Random) -> bool:
    """Make one text and have it read; says whether it meant something."""
    try:
        match random.randrange(8):
            case 0:
                evaluate_when(condition(random))
            case 1:
                parse_depends(depends(random)).evaluate(lambda *_: random.random() < 0.5)
            case 2:
                substitute(tagged(random), SCOPE, at=1e9)
            case _:
                compile_expression(expression(random)).evaluate(ENV, at=1e9)
    except OURS as error:
        str(error)
        return False
    return True


def expression(random: Random) -> str:
    text = _expression(random, random.choice((1, 2, 3, 4)))
    if random.random() < 0.1:
        text = _deep(random, text)
    return _spoilt(random, text) if random.random() < 0.2 else text


def _expression(random: Random, depth: int) -> str:
    if depth <= 0:
        return random.choice(random.choice((ATOMS, NAMES)))

    def inner() -> str:
        return _expression(random, depth - 1 - (random.random() < 0.3))

    def several() -> str:
        return ", ".join(inner() for _ in range(random.randrange(4)))

    match random.randrange(14):
        case 0 | 1 | 2:
            return f"{inner()} {random.choice(BINARY)} {inner()}"
        case 3:
            return f"{random.choice(('!', 'not ', '-', '+'))}{inner()}"
        case 4 | 5:
            return f"{random.choice(CALLS)}({several()})"
        case 6 | 7:
            return f"sprig.{random.choice(LIBRARY)}({several()})"
        case 8:
            return f"{random.choice(LOOPS)}({inner()}, {{{inner()}}})"
        case 9:
            return f"({inner()} ? {inner()} : {inner()})"
        case 10:
            return f"{inner()}{random.choice(('[0]', '[-1]', '[1:]', '?.k', '.k', '[:9]'))}"
        case 11:
            return f"[{several()}]"
        case 12:
            return f'{{"a": {inner()}, (b): {inner()}}}'
        case _:
            return f"let x = {inner()}; x {random.choice(BINARY)} {inner()}"


def _deep(random: Random, text: str) -> str:
    many = random.choice((10, 100, 1000, 20_000))
    left, right = random.choice((("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("1+", ""),
                                 ("len(", ")"), ("1 ? 2 : ", ""), ("", "[0]"), ("", "|len()"),
                                 ("{a:", "}"), ("map(1..9,{", "})")))  # fmt: skip
    return left * many + text + right * many


def _spoilt(random: Random, text: str) -> str:
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(text) + 1)
        cut = random.randrange(3)
        text = text[:at] + random.choice(("", random.choice(NOISE))) + text[at + cut :]
    return text


def condition(random: Random) -> str:
    words = ("a", "b c", '"x"', "'y'", "1", "2.5", "1e9", "true", "(1, 2)", "[x]", "2020-01-01",
             '"a(b"', "f(1)", "'(a+)+$'", "a" * 50)  # fmt: skip
    parts = [
        random.choice(random.choice((words, CONDITIONS))) for _ in range(random.randrange(1, 9))
    ]
    text = " ".join(parts)
    if random.random() < 0.05:
        many = random.choice((100, 5000))
        text = "(" * many + text + ")" * many
    return _spoilt(random, text) if random.random() < 0.3 else text


def depends(random: Random) -> str:
    def one(depth: int) -> str:
        if depth <= 0 or random.random() < 0.3:
            name = random.choice(("a", "b-1", "c_2", "in", "9x"))
            return name + (f".{random.choice(RESULTS)}" if random.random() < 0.6 else "")
        sign = random.choice(("&&", "||"))
        return random.choice((f"!{one(depth - 1)}", f"({one(depth - 1)} {sign} {one(depth - 1)})"))

    text = one(random.randrange(6))
    if random.random() < 0.05:
        text = random.choice(("!", "(")) * random.choice((99, 101, 5000)) + text
    return _spoilt(random, text) if random.random() < 0.3 else text


def tagged(random: Random) -> str:
    parts = []
    for _ in range(random.randrange(1, 5)):
        match random.randrange(4):
            case 0:
                parts.append("{{" + random.choice(NAMES) + "}}")
            case 1:
                parts.append("{{=" + _expression(random, 2) + "}}")
            case 2:
                parts.append(random.choice(("{{", "}}", "{{{{", "{{=", "{{inputs.{{item}}}}")))
            case _:
                parts.append(_spoilt(random, "some text"))
    return "".join(parts)
