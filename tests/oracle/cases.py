"""The cases of tests/unit/expr held against Go: `python -m tests.oracle cases [write]`.

A case that differs is shown; `write` puts Go's answer in its place.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.oracle.ask import Oracle
from tests.oracle.compare import question
from tests.unit.expr.test_cases import DELIBERATE, ENV, FOLDER

LIST = FOLDER.parent / "functions.txt"
_HEAD = "# Every function of Argo's expressions, by `python -m tests.oracle list`.\n"
_CLOCK = re.compile(r"now\(|\bago|durationRound|htmlDate|jsonpath\(")


def judged(oracle: Oracle, *, write: bool) -> int:
    """Return how many cases differ."""
    oracle.within({name: question(value) for name, value in ENV.items()})
    return sum(_file(oracle, path, write=write) for path in sorted(FOLDER.glob("*.txt")))


def listed(oracle: Oracle) -> int:
    """Write down every function that Go knows; the unit tests hold ours against the list."""
    answer = oracle.ask([{"kind": "functions"}])[0]
    names = sorted(name for _, name in answer["value"][1])
    LIST.write_text(_HEAD + "\n".join(names) + "\n", encoding="utf-8")
    return 0


def _file(oracle: Oracle, path: Path, *, write: bool) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [at for at, line in enumerate(lines) if _is_case(line)]
    texts = [re.split(r"  =[>!]  ", lines[at], maxsplit=1)[0] for at in places]
    answers = oracle.ask([{"kind": "json", "expression": text} for text in texts])
    wrong = 0
    for at, text, answer in zip(places, texts, answers, strict=True):
        sign, value = (
            ("=!", answer["error"].split("\n")[0])
            if "error" in answer
            else ("=>", answer["value"][1])
        )
        if lines[at] != f"{text}  {sign}  {value}":
            wrong += 1
            print(f"{lines[at]}\n    go: {sign}  {value}")
            lines[at] = f"{text}  {sign}  {value}"
    if write:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return wrong


def _told(answer: dict[str, Any]) -> tuple[str, str]:
    if "error" in answer:
        return "=!", answer["error"].split("\n")[0]
    return "=>", answer["value"][1]


def _is_case(line: str) -> bool:
    text = re.split(r"  =[>!]  ", line, maxsplit=1)[0]
    return (
        bool(line)
        and not line.startswith("#")
        and not _CLOCK.search(line)
        and text not in DELIBERATE
    )
