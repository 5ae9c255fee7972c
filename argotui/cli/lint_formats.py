"""Problems as data, for programs and for GitHub. Called by `lint`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from argotui import __version__
from argotui.manifest.report import shown
from argotui.manifest.source import token_at
from argotui.manifest.traps import TRAPS
from argotui.manifest.traps.trap import Trap
from argotui.model.errors import Problem

if TYPE_CHECKING:
    from argotui.cli.lint import Linted

INVALID = "invalid-manifest"  # what errors are called where each needs a rule
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_REFUSED = "The Argo controller, or argotui, refuses the manifest."


def print_json(linted: Linted) -> None:
    """Print one object: the counts, and the problems as they are in `Problem`."""
    whole = {
        "ok": not linted.errors,
        "errors": linted.errors,
        "warnings": len(linted.problems) - linted.errors,
        "objects": linted.objects,
        "files": linted.files,
        "notes": list(linted.notes),
        "problems": [_as_json(problem) for problem in linted.problems],
    }
    print(json.dumps(whole, indent=2))


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "name": problem.name,
        "subject": problem.subject,
        "what": problem.what,
        "hint": problem.hint,
    }


def print_github(linted: Linted) -> None:
    """Print a workflow command a problem, which GitHub shows at the line in a pull request."""
    for problem in linted.problems:
        print(github_command(problem))


def github_command(problem: Problem) -> str:
    """Return `::error file=...,line=...::message`, escaped as GitHub undoes it."""
    title = problem.subject + (f" [{problem.name}]" if problem.name else "")
    given = {
        "file": problem.file,
        "line": str(problem.line or ""),
        "col": str(problem.column or ""),
        "title": title.strip() or "argotui lint",
    }
    properties = ",".join(f"{name}={_property(text)}" for name, text in given.items() if text)
    level = "warning" if problem.severity == "warning" else "error"
    return f"::{level} {properties}::{_escaped(_message(problem))}"


def _escaped(text: str) -> str:
    """Only these three mean something to GitHub in a message; the rest is made printable."""
    lines = "\n".join(shown(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _message(problem: Problem) -> str:
    return f"{problem.what}; {problem.hint}" if problem.hint else problem.what


def print_sarif(linted: Linted) -> None:
    """Print SARIF 2.1.0, as GitHub's code scanning takes it."""
    rules = [_rule(name, TRAPS.get(name)) for name in _names(linted.problems)]
    lines = {name: text.splitlines() for name, text in linted.texts.items()}
    places = {rule["id"]: i for i, rule in enumerate(rules)}
    driver = {"name": "argotui", "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, places, lines) for problem in linted.problems],
    }
    print(json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2))


def _names(problems: Sequence[Problem]) -> list[str]:
    return sorted({problem.name or INVALID for problem in problems})


def _rule(name: str, trap: Trap | None) -> dict[str, Any]:
    title, help_text = (trap.title, trap.about) if trap else (_REFUSED, _REFUSED)
    words = [word.capitalize() for word in name.split("-")]
    silence = f" Silence it on a line with `# argotui: ignore[{name}]`." if trap else ""
    return {
        "id": name,
        "name": "".join(words),
        "shortDescription": {"text": title},
        "fullDescription": {"text": help_text},
        "help": {"text": help_text + silence.replace("`", ""), "markdown": help_text + silence},
        "defaultConfiguration": {"level": "error" if name == INVALID else "warning"},
        "properties": {"tags": ["argo-workflows"]},
    }


def _result(
    problem: Problem, places: Mapping[str, int], lines: Mapping[str, list[str]]
) -> dict[str, Any]:
    name = problem.name or INVALID
    physical = {
        "artifactLocation": {"uri": _uri(problem.file)},
        "region": _region(problem, lines.get(problem.file, [])),
    }
    location: dict[str, Any] = {"physicalLocation": physical}
    if problem.subject:
        location["logicalLocations"] = [{"fullyQualifiedName": shown(problem.subject)}]
    return {
        "ruleId": name,
        "ruleIndex": places[name],
        "level": problem.severity,
        "message": {"text": shown(_message(problem))},
        "locations": [location],
    }


def _region(problem: Problem, lines: Sequence[str]) -> dict[str, int]:
    """Return the word that is meant; what has no place is shown at the file's beginning."""
    if not problem.line:
        return {"startLine": 1}
    column = max(1, problem.column)
    line = lines[problem.line - 1] if problem.line <= len(lines) else ""
    width = len(token_at(line, column)) or 1
    return {"startLine": problem.line, "startColumn": column, "endColumn": column + width}


def _uri(file: str) -> str:
    """Return the path as a URI, relative to where we are if it lies below."""
    if file.startswith("<") or not file:
        return "stdin"
    path = os.path.normpath(file)
    here = os.getcwd()
    if os.path.isabs(path) and path.startswith(here + os.sep):
        path = os.path.relpath(path, here)
    text = quote(PurePath(path).as_posix())
    return f"file://{text}" if text.startswith("/") else text
