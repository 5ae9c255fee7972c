# ruff: noqa: E501
"""Random templates of kubectl's JSONPath over random objects."""

from __future__ import annotations

from random import Random
from typing import Any

from argotui.expr.kubepath import render
from tests.oracle.fuzzer import Fuzzer, Question
from tests.oracle.report import Difference

_KEYS = ("a", "b", "name", "x.y", "k-1", "é", "0", "items", "a b")
_VALUES: tuple[Any, ...] = (None, True, False, 0, 1, -3, 1000000, 2**53 + 1, 1.5, 2.0, 1e21, "", "x", "true",
                            "a b", "é☃", "<&>", '"q"', "1", "line\n", [], {})  # fmt: skip
_NAMES = (".a", ".b", ".name", ".items", ".0", ".x\\.y", ".k-1", ".é", "['a']", "['x.y']", "['a b']", "..a",
          "..name", ".nope", "[0]", "[1]", "[-1]", "[5]", "[*]", "[:]", "[0:2]", "[1:]", "[:-1]", "[::2]",
          "[0,1]", "['a','b']", "[-2:]", "[2:1]", "[0:0]", "[::0]", "[::-1]", "[a]", "[", "]", "['a']['b']",
          "[-9]", "[ 0]", "[0, 1]", "['a', 'name']", ".", "..", "...", ".items[*]", ".items[0]", "@", "$",
          " ", "..items", "[\"a\"]", "[ ]", "[1:1]", "[0:9]", "[-1:]", "[,]", "['é']", ".a b", ".*")  # fmt: skip
_SIDES = ("@.a", "@.name", "@.b", "@", "$.a", "@.items", "@[0]", "'x'", '"x"', "1", "1.5", "true", "-3", "x", "@.nope",
          "@.a.b", "", "'a)'", "''", "1e3", "+1", ".a", "@.items[*]", "@['a']", "null", "2", "0", "'it\\'s'")  # fmt: skip
_SIGNS = ("==", "!=", "<", ">", "<=", ">=", "=", "=~", "===", "&&", " == ", "")
_TEXTS = ("", " ", "x: ", '{"\\n"}', "{'a'}", "{\"\\t'\"}", "{'\\''}", "{1}", "{true}", "{foo}", "}", "{end}", "{@}",
          "{'a' 'b'}", "{\"é\\u00e9\\x41\"}", "{'\\q'}", "{range}", "{1.5.2}", "{+}", "{!}", "{", "{range @}", "{$}")  # fmt: skip


def _thing(random: Random, depth: int) -> Any:
    if depth <= 0 or random.random() < 0.3:
        return random.choice(_VALUES)
    if random.random() < 0.5:
        return [_thing(random, depth - 1) for _ in range(random.randrange(4))]
    return {
        key: _thing(random, depth - 1) for key in sorted(random.sample(_KEYS, random.randrange(4)))
    }


def _object(random: Random) -> Any:
    made = {"a": _thing(random, 2), "items": [_thing(random, 2) for _ in range(random.randrange(4))],
            "name": random.choice(_VALUES), "x.y": _thing(random, 1)}  # fmt: skip
    return {key: made[key] for key in sorted(made)}


def _path(random: Random) -> str:
    parts = [random.choice((".a", ".items", ".items", ".name", "", "$", "@", "$.items"))]
    steps = random.choice((0, 1, 1, 2, 3))
    parts += [
        _filter(random) if random.random() < 0.25 else random.choice(_NAMES) for _ in range(steps)
    ]
    return "".join(parts)


def _filter(random: Random) -> str:
    sign = random.choice(_SIGNS) if random.random() < 0.8 else random.choice(_SIGNS[:6])
    return f"[?({random.choice(_SIDES)}{sign}{random.choice(_SIDES) if sign else ''})]"


def _template(random: Random, depth: int = 2) -> str:
    if depth and random.random() < 0.25:
        body = "".join(_template(random, depth - 1) for _ in range(random.randrange(3)))
        end = "{end}" if random.random() < 0.9 else ""
        return f"{{range {_path(random)}}}{body}{end}"
    if random.random() < 0.3:
        return random.choice(_TEXTS)
    return f"{{{_path(random)}}}"


def _question(random: Random) -> Question:
    text = "".join(_template(random) for _ in range(random.choice((1, 1, 2, 3))))
    if random.random() < 0.1:
        at = random.randrange(len(text) + 1)
        text = (
            text[:at]
            + random.choice("{}[]().,'\"\\$@*?:= \n!0a")
            + text[at + random.randrange(2) :]
        )
    return text if "{" in text else f"{{{text}}}", (_object(random),)


def _excused(difference: Difference) -> bool:
    """`*` and `..` go through a map in no order: the same letters will do. Go panics where
    nothing is to be indexed, prints the values of its errors as pointers, and has the offsets of
    its own reflection."""
    words = difference.what == "words"
    loose = "*" in difference.text or ".." in difference.text
    if loose and not words:
        return sorted(difference.wanted) == sorted(difference.given)
    return words and ("panic: " in difference.wanted or loose)


KUBECTL = Fuzzer(
    kind="kubectl",
    make=_question,
    answer=render,
    excused=_excused,
)
