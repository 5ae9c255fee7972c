"""The closed list of what runs here although the Argo controller would refuse it, or differ.

Called by resolve.py and validate.py. All of it is off under --strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from argotui.expr.errors import TagError
from argotui.expr.template import tags
from argotui.manifest.calls import Templates, reachable
from argotui.model.bodies import ScriptBody
from argotui.model.manifest import Template
from argotui.model.workflow import LibraryKey, WorkflowSpec

SCRIPT_ARGS = "argotui.dev/script-args"
_INPUT = re.compile(r"inputs\.parameters(?:\.([-\w]+)|\[\s*(?:'([^']+)'|\"([^\"]+)\")\s*\])")


def adopted_inputs(
    spec: WorkflowSpec, local: LibraryKey, templates: Templates
) -> dict[tuple[LibraryKey, str], tuple[str, ...]]:
    """Return the parameters that templates refer to and callers give, but that are not declared."""
    adopted = {}
    for (owner, name), given in reachable(spec, local, templates).items():
        used = undeclared_inputs(templates[owner][name]) if given else ()
        if names := tuple(part for part in used if part in given):
            adopted[owner, name] = names
    return adopted


def undeclared_inputs(template: Template) -> tuple[str, ...]:
    """Return the input parameters that a template's body refers to without declaring them."""
    body = template.source.get(template.kind)
    declared = {parameter.name for parameter in template.inputs.parameters}
    return tuple(dict.fromkeys(name for name in _inputs_in(body) if name not in declared))


def _inputs_in(value: Any) -> Iterator[str]:
    match value:
        case str() if "inputs.parameters" in value:
            yield from _inputs_of_tags(value)
        case Mapping():
            for part in value.values():
                yield from _inputs_in(part)
        case list():
            for part in value:
                yield from _inputs_in(part)


def _inputs_of_tags(text: str) -> Iterator[str]:
    try:
        found = tags(text)
    except TagError:
        return
    for tag in found:
        for match in _INPUT.finditer(tag.content):
            yield match[1] or match[2] or match[3]


def script_args_place(template: Template, *, strict: bool) -> str:
    """Return where args of a script go, `before` or `after` its path; empty for other templates.

    Argo puts them before. Leniently, args that do not begin with an option or a program's path
    are meant for the script; the template's annotation decides explicitly.
    """
    if not isinstance(template.body, ScriptBody):
        return ""
    said = template.annotations.get(SCRIPT_ARGS)
    if strict:
        return "before"
    if said in ("before", "after"):
        return said
    args = template.body.extra.get("args")
    if not isinstance(args, list) or not args or not template.body.source:
        return "before"
    return "before" if str(args[0]).startswith(("-", "/")) else "after"
