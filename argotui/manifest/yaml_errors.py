"""The YAML parser's complaints in words that say what to do. Called by yaml.py."""

from __future__ import annotations

import re

import yaml

from argotui.manifest.source import Text
from argotui.model.errors import Problem

_BARE_TAG = re.compile(r"(?:[:-]\s+|^\s*)(?P<all>\{\{.*\S)\s*$")
_HELM = re.compile(
    r"\{\{-|-\}\}|\{\{\s*(?:if|range|with|include|define|end|else|template)\b|\{\{\s*[.$]"
)


def explain(error: yaml.MarkedYAMLError, file: str, source: Text) -> Problem:
    """Return a parser error as a Problem at the place where the mistake is."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    text = source.line(line + 1)
    if bare := _tag_without_quotes(text, file, line):
        return bare
    what, hint = _words(str(error.problem or ""), str(error.context or ""), text, column)
    start = error.context_mark
    if start is not None and ("quoted" in what or "opened" in what):
        line, column = start.line, start.column
    line = min(line, max(source.count - 1, 0))
    return Problem(what=what, hint=hint, file=file, line=line + 1, column=column + 1)


def _tag_without_quotes(text: str, file: str, line: int) -> Problem | None:
    """Return what is to be said of a line with a value that begins with {{, Helm's or Argo's."""
    bare = _BARE_TAG.search(text)
    if bare is None:
        return None
    column = bare.start("all") + 1
    if _HELM.search(bare["all"]):
        what, hint = (
            "this is a template for Helm, not a manifest yet",
            "render it first: helm template",
        )
    else:
        what, hint = "a value that begins with {{ must be quoted", f"write '{bare['all'][:60]}'"
    return Problem(what=what, hint=hint, file=file, line=line + 1, column=column)


def _words(problem: str, context: str, text: str, column: int) -> tuple[str, str]:
    here = text[column : column + 1]
    match problem:
        case "mapping values are not allowed in this context":
            return (
                "a second ': ' where a value was being read",
                "quote the value, or check the indentation of this line",
            )
        case "found character that cannot start any token" if here == "\t":
            return "a tab is used for indentation", "YAML wants spaces here"
        case "found character that cannot start any token":
            return (
                f"a value cannot begin with '{here}'",
                f"quote it: '{text[column:].strip()[:30]}'",
            )
        case _ if problem.startswith("found a tab character"):
            return "a tab is used for indentation", "YAML wants spaces here"
        case "found incompatible YAML document":
            return "this version of YAML is not known", "remove the line that begins with %YAML"
        case "found unexpected end of stream":
            return "the quoted text that begins here does not end", "add the closing quote"
        case "found unknown escape character" | "found invalid Unicode character escape code":
            return (
                "unknown escape in double quotes",
                "write the backslash twice, or use single quotes",
            )
        case "could not find expected ':'":
            return "a key without ': ' after it", "write 'key: value', or indent the line as text"
        case "found undefined tag handle":
            return "an unknown tag handle", "quote the value if it is to begin with '!'"
        case "did not find expected <document start>":
            return "text after the end of the document", "separate documents with a line of '---'"
    return _structure(problem, context)


def _structure(problem: str, context: str) -> tuple[str, str]:
    if "',' or ']'" in problem:
        return "the list opened with '[' here is not closed", "add ']' or the missing ','"
    if "',' or '}'" in problem:
        return "the mapping opened with '{' here is not closed", "add '}' or the missing ','"
    if "block mapping" in context:
        return "this line fits into no mapping", "check its indentation, and the quotes before it"
    if "block collection" in context:
        return "a list item was expected here", "check the indentation: items begin with '- '"
    if "flow node" in context:
        return "a value is missing between the brackets", "check commas and closing brackets"
    return problem or "this is not YAML", context
