"""Writes expressions.md from the tables of functions: `make docs`.

`python docs/expressions_page.py --check` only says whether the page is up to date.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from made import made

from argotui.expr.functions import BUILTINS, ROOT
from argotui.expr.predicates import PREDICATES
from argotui.expr.run import Function
from argotui.expr.sprig import REFUSED, SPRIG

PAGE = Path(__file__).parent / "expressions.md"
_CASES = Path(__file__).parents[1] / "tests" / "unit" / "expr" / "cases"
_HEAD = """# Expressions

(The tables are made by `make docs` from the functions themselves; the examples are their tests.)

`{{=...}}`, hooks, retries and `valueFrom.expression` speak expr-lang 1.17, with the functions Argo adds; `when` speaks
govaluate. argotui has its own reading of both, held against the Go libraries (`make oracle`): values, types and the texts
of errors. No expression can hang or fill the memory: it has a million steps (calls, items looked at), four million
characters for one text, 10,000 nodes, 120 levels; beyond that it fails with `memory budget exceeded` or
`expression is nested too deeply`.

## What surprises

- Types are checked before anything runs: `retries > 3` fails, since `retries` is a text; `asInt(retries) > 3` is right.
  What is inside a map or comes from `fromJSON` has no known type: there `==` of different types is just false.
- A tag ends at the first `}}`: put a blank between closing braces of a map in a map.
- `toJson` is compact, `toJSON` has lines; `item.k` is a text.
- sprig's `add`, `mul`, ... give another kind of integer (int64) than its `until` or `repeat` take, as in Go:
  wrap them in `int(...)`.
- In a `when`, quote what is filled in: `"{{inputs.parameters.x}}" == "a b"`.

## Where argotui differs

- The result of `groupBy` and `fromPairs` can be put into a text; Argo fails, as Go cannot write such maps as JSON.
- A misspelt `sprig` function is named; Argo says `cannot call nil`.
- A time of now is the engine's, the same for a whole evaluation.
- Some functions of sprig are refused, see the end.
- The last digit of a power with a fraction (`2 ** 0.3`) may differ.
"""


def page() -> str:
    examples = _examples()
    predicates = {name: examples.get(name, "") for name in PREDICATES}
    argo = {name: value for name, value in ROOT.items() if isinstance(value, Function)}
    parts = [
        _HEAD,
        _table("Functions that look at each item of a list", predicates),
        _table("Functions of the language", {name: examples.get(name, "") for name in BUILTINS}),
        _table("Argo's own", {name: examples.get(name, "") for name in argo}),
        _table("sprig", {f"sprig.{name}": examples.get(f"sprig.{name}", "") for name in SPRIG}),
        "## Refused\n\n| function | why |\n|---|---|\n"
        + "\n".join(f"| `sprig.{name}` | {why} |" for name, why in sorted(REFUSED.items()))
        + "\n",
    ]
    return "\n".join(parts)


def _table(title: str, rows: Mapping[str, str]) -> str:
    lines = [f"| `{name}` | {example} |" for name, example in sorted(rows.items())]
    return "\n".join([f"## {title}\n", "| function | for instance |", "|---|---|", *lines, ""])


def _examples() -> dict[str, str]:
    """Return the shortest test case that begins with a function, by its name."""
    found: dict[str, str] = {}
    for path in sorted(_CASES.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text, sign, value = line.partition("  =>  ")
            name = re.match(r"(?:sprig\.)?\w+(?=\()", text)
            if not sign or name is None or len(line) > 90:
                continue
            shown = f"`{text}` → `{value}`".replace("|", "\\|")
            if "`" not in text and len(shown) < len(found.get(name[0], "x" * 200)):
                found[name[0]] = shown
    return found


if __name__ == "__main__":
    sys.exit(made(PAGE, page()))
