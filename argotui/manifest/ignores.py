"""`# argotui: ignore[name]`: warnings that a file's author has seen and accepted.

Called by load.py and rules/context.py.
"""

from __future__ import annotations

import re

from argotui.manifest.source import Source
from argotui.model.errors import Problem

_COMMENT = re.compile(r"#\s*argotui:\s*ignore(?:\[([^\]]*)\])?")


def without_ignored(problems: list[Problem], source: Source) -> list[Problem]:
    """Return the problems without the warnings silenced on their line, or on one above it that
    holds nothing but the comment. `ignore` without names silences every warning there."""
    return [problem for problem in problems if not is_ignored(problem, source)]


def is_ignored(problem: Problem, source: Source) -> bool:
    """Say whether a warning is silenced; `source` is a document of the file that it is about."""
    if problem.severity != "warning" or not problem.line:
        return False
    above = source.excerpt(problem.line - 1)
    lines = [source.excerpt(problem.line)] + ([above] if above.lstrip().startswith("#") else [])
    return any(_names(line, problem.name) for line in lines)


def _names(line: str, name: str) -> bool:
    match = _COMMENT.search(line)
    if match is None:
        return False
    return match[1] is None or name in (part.strip() for part in match[1].split(","))
