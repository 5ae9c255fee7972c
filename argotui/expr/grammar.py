"""The tables of the grammar: operators by precedence, words that mean something, bounds.

Read by `parser`. From expr-lang 1.17.
"""

from __future__ import annotations

import re

MAX_DEPTH = 120  # of brackets, calls and members in each other; Python's own stack is the reason
MAX_TOKENS = 40_000
UNARY = {"not": 50, "!": 50, "-": 90, "+": 90}
BINARY = {
    "|": 0,
    "or": 10,
    "||": 10,
    "and": 15,
    "&&": 15,
    "==": 20,
    "!=": 20,
    "<": 20,
    ">": 20,
    ">=": 20,
    "<=": 20,
    "in": 20,
    "matches": 20,
    "contains": 20,
    "startsWith": 20,
    "endsWith": 20,
    "..": 25,
    "+": 30,
    "-": 30,
    "*": 60,
    "/": 60,
    "%": 60,
    "**": 100,
    "^": 100,
    "??": 500,
}
RIGHT = frozenset({"**", "^"})
NEGATABLE = frozenset({"contains", "matches", "startsWith", "endsWith", "in"})
ORDER = frozenset({"<", ">", "<=", ">="})
LITERALS = {"true": True, "false": False, "nil": None}
WORD = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
MAX_INT = (1 << 63) - 1
