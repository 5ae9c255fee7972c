"""`depends` and `dependencies` of DAG tasks: which results of which tasks let a task run.

Called by the dag handler, validation and lint. Argo: 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from argotui.expr.errors import ExpressionError
from argotui.model.bodies import Task


class Result(StrEnum):
    """What may be asked of a task; the last two only of looped ones."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    ERRORED = "Errored"
    SKIPPED = "Skipped"
    OMITTED = "Omitted"
    DAEMONED = "Daemoned"
    ANY_SUCCEEDED = "AnySucceeded"
    ALL_FAILED = "AllFailed"


RESULTS = frozenset(result.value for result in Result)
OF_LOOPS = frozenset({Result.ANY_SUCCEEDED.value, Result.ALL_FAILED.value})
# names an expression cannot hold; Argo evaluates `depends` as one
KEYWORDS = frozenset({"in", "not", "and", "or", "let", "if", "else", "true", "false", "nil"})

_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9_]*(?:\.[A-Z][a-zA-Z]*)?")
_TOKEN = re.compile(r"\s*(?:(&&|\|\||[!()])|([a-zA-Z0-9][-a-zA-Z0-9_]*)(\.[A-Z][a-zA-Z]*)?)")
_MAX_DEPTH = 100
_BARE = ("Succeeded", "Skipped", "Daemoned")

Facts = Callable[[str, str], bool]
Test = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Depends:
    """A parsed `depends`: `conditions` are the (task, result) pairs in order, the result empty
    for a bare task name."""

    text: str
    tasks: frozenset[str]
    conditions: tuple[tuple[str, str], ...]
    test: Test

    def evaluate(self, results: Facts) -> bool:
        """Say whether the condition holds; `results(task, result)` answers for one result.

        Raises ExpressionError for a task whose name no expression can hold.
        """
        for task in self.tasks:
            if task in KEYWORDS:
                raise ExpressionError(f"unable to evaluate expression '{self.text}': {task}")
        return self.test(results)


@lru_cache(maxsize=4096)
def parse_depends(text: str) -> Depends:
    """Parse `depends`; an empty text holds always. Raises ExpressionError.

    A bare name means Succeeded, Skipped or Daemoned; `normalise` adds continueOn's.
    """
    parser = _Parser(text)
    test = parser.whole()
    conditions = tuple(parser.conditions)
    return Depends(text, frozenset(task for task, _ in conditions), conditions, test)


def normalise(task: Task, tasks_by_name: Mapping[str, Task]) -> str:
    """Return the task's whole condition: bare names spelled out, `dependencies` joined."""
    if task.depends:
        return _NAME.sub(lambda found: _spelled(found[0], tasks_by_name), task.depends)
    return " && ".join(_expanded(name, tasks_by_name) for name in task.dependencies)


def _spelled(word: str, tasks_by_name: Mapping[str, Task]) -> str:
    return word if "." in word else _expanded(word, tasks_by_name)


def _expanded(name: str, tasks_by_name: Mapping[str, Task]) -> str:
    results: Iterable[str] = _BARE
    task = tasks_by_name.get(name)
    if task is not None and task.continue_on is not None:
        if task.continue_on.error:
            results = (*results, "Errored")
        if task.continue_on.failed:
            results = (*results, "Failed")
    return "(" + " || ".join(f"{name}.{result}" for result in results) + ")"


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self.conditions: list[tuple[str, str]] = []
        self.found: re.Match[str] | None = None
        self.read()

    def read(self) -> None:
        """Move to the next token; `found` is None at the end."""
        if not self.text[self.position :].strip():
            self.position = len(self.text)
            self.found = None
            return
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            raise self.unexpected()
        self.position = found.end()
        self.found = found

    def sees(self, sign: str) -> bool:
        return self.found is not None and self.found[1] == sign

    def unexpected(self) -> ExpressionError:
        where = self.text[self.position :].lstrip()[:1]
        what = f"unexpected '{where}'" if where else "unexpected end"
        if self.found is not None and self.found[0].strip():
            what = f"unexpected '{self.found[0].strip()}'"
        return ExpressionError(f"depends: {what}", self.position, self.text)

    def whole(self) -> Test:
        if self.found is None:
            return lambda facts: True
        test = self.either()
        if self.found is not None:
            raise self.unexpected()
        return test

    def either(self) -> Test:
        tests = [self.both()]
        while self.sees("||"):
            self.read()
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda facts: any(test(facts) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.sees("&&"):
            self.read()
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda facts: all(test(facts) for test in tests)

    def one(self) -> Test:
        self.depth += 1
        if self.found is None or self.depth > _MAX_DEPTH:
            raise self.unexpected()
        if self.sees("!"):
            self.read()
            inner = self.one()
            test: Test = lambda facts: not inner(facts)  # noqa: E731
        elif self.sees("("):
            self.read()
            test = self.either()
            if not self.sees(")"):
                raise self.unexpected()
            self.read()
        else:
            test = self.condition(self.found)
        self.depth -= 1
        return test

    def condition(self, found: re.Match[str]) -> Test:
        if found[2] is None:
            raise self.unexpected()
        task, result = found[2], (found[3] or "").lstrip(".")
        if result and result not in RESULTS:
            raise ExpressionError(f"task result '{result}' for task '{task}' is invalid")
        self.conditions.append((task, result))
        self.read()
        if result:
            return lambda facts: facts(task, result)
        return lambda facts: any(facts(task, bare) for bare in _BARE)
