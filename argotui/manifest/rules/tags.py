"""Which `{{tags}}` can be resolved where. Argo: 6, T15.

Called by the checks of leaf templates, steps, tasks and outputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from argotui.expr.errors import ExpressionError, TagError
from argotui.expr.template import Tag, compile_text, tags
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.source import Path

_CHECKED = ("item.", "steps.", "inputs.", "outputs.", "pod.", "workflow.", "tasks.")
_ALWAYS = (
    "outputs.",
    "workflow.creationTimestamp",
    "workflow.scheduledTime",
    "workflow.duration",
    "tasks.name",
    "steps.name",
    "node.name",
)
ANY_ITEM = "item.*"  # in a scope: any key of an item that only the run knows
ANY_PARAMETER = "workflow.outputs.parameters.*"
ANY_ARTIFACT = "workflow.outputs.artifacts.*"
_CRON = "cronworkflow."

_NESTED = re.compile(r"\{\{(?:(?!\}\}).)*\{\{", re.DOTALL)

_LONGEST_SHOWN = 60
Known = Callable[[str], bool]
tags_of_text = lru_cache(maxsize=4096)(tags)


def tags_in(value: Any) -> Iterator[tuple[Path, Tag | TagError]]:
    """Yield every tag in the strings and keys of a JSON value, or the error of an open one."""
    for path, text in texts_with_tags(value):
        yield from _tags_of(text, path)


def texts_with_tags(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the strings and keys of a JSON value that have tags, and where they are."""
    match value:
        case str():
            if "{{" in value:
                yield path, value
        case Mapping():
            for key, part in value.items():
                if "{{" in key:
                    yield (*path, key), key
                yield from texts_with_tags(part, (*path, key))
        case list():
            for i, part in enumerate(value):
                yield from texts_with_tags(part, (*path, i))


def _tags_of(text: str, path: Path) -> Iterator[tuple[Path, Tag | TagError]]:
    try:
        found = tags_of_text(text)
    except TagError as error:
        yield path, error
        return
    for tag in found:
        yield path, tag


def _inner_first(cx: Context, text: str, inputs: set[str]) -> str:
    """Return a text with the tags that stand inside of tags replaced, as the first of Argo's
    passes does: `{{steps.run-{{inputs.parameters.day}}.status}}`."""
    return cx.fake(text, inputs) if _NESTED.search(text) else text


def check_tags(
    cx: Context,
    site: Site,
    path: Path,
    prefix: str,
    value: Any,
    known: Known,
    inputs: set[str],
    names: set[str],
) -> None:
    """Every simple tag in `value`, which stands at `path` below the site, can be resolved.

    `prefix` is put before the message; `inputs` are the names that validation has placeholders
    for, which may stand within other tags.
    """
    for where, text in texts_with_tags(value):
        full = (*path, *where)
        for _, tag in _tags_of(_inner_first(cx, text, inputs), full):
            if isinstance(tag, TagError):
                _report_open(cx, site, full, prefix, text)
            elif tag.is_expression:
                _check_expression(cx, site, full, tag)
            elif not is_known(cx, tag.name, known):
                what = f"{prefix}failed to resolve {tag.text}"
                hint = why_unknown(cx, tag.name, inputs, names)
                cx.error(site, full, what, hint, find=tag.text)
            elif cx.strict:
                _check_pasted(cx, site, full, prefix, tag)


def _report_open(cx: Context, site: Site, path: Path, prefix: str, text: str) -> None:
    """Of a long text Argo quotes all; the line with the braces is enough to find them."""
    closed = text.rfind("}}") + 2 if "}}" in text else 0
    opened = text[text.find("{{", closed) :].splitlines()[0]
    shown = opened if len(opened) <= _LONGEST_SHOWN else f"{opened[:_LONGEST_SHOWN]}…"
    what = f'{prefix}Cannot find end tag="}}}}" starting from "{shown}"'
    hint = "close the tag with }}, or write {{='{{'}} for two braces as text"
    cx.error(site, path, what, hint, find=opened)


def is_known(cx: Context, name: str, known: Known) -> bool:
    """Say whether a name can be resolved; names of other prefixes are nobody's business."""
    if not name.startswith(_CHECKED) or name in cx.globals or known(name):
        return True
    if name.startswith(_ALWAYS):
        return True
    if name.startswith("item.") and known(ANY_ITEM):
        return True
    if name.startswith("workflow.parameters") and cx.template_mode:
        return True
    if name.startswith("workflow.outputs.parameters.") and ANY_PARAMETER in cx.globals:
        return True
    return name.startswith("workflow.outputs.artifacts.") and ANY_ARTIFACT in cx.globals


def why_unknown(cx: Context, name: str, inputs: set[str], names: set[str]) -> str:
    """Return a hint for a tag that cannot be resolved."""
    if not cx.has_patience:
        return ""
    head, _, rest = name.partition(".")
    kind, _, last = rest.partition(".")
    match head, kind:
        case "inputs", "parameters" | "artifacts":
            start = f"inputs.{kind}."
            there = [part.removeprefix(start) for part in sorted(inputs) if part.startswith(start)]
            there = [part for part in there if "." not in part]
            if not there:
                return f"the template declares no inputs.{kind}: add '- name: {last}' there"
            return cx.near(last, there) or f"the template has no input '{last}'"
        case "item", _:
            return "there is no loop here, or its items have no such key"
        case "workflow", "failures":
            return "workflow.failures exists in the exit handler only"
        case "workflow", _:
            return _why_no_global(cx, name)
        case "steps" | "tasks", _:
            return _why_no_output(cx, head, kind, last, names)
        case "pod", _:
            return "pod.name exists in templates that make a pod only"
    return ""


def _why_no_global(cx: Context, name: str) -> str:
    near = cx.near(name, sorted(cx.globals))
    if near.startswith("did"):
        return near
    kind = name.split(".")[1] if "." in name else ""
    return {
        "parameters": "declare it under spec.arguments.parameters",
        "outputs": "a step or task before this one has to export it with a globalName",
        "priority": "it is there where spec.priority is set",
    }.get(kind, "")


def _why_no_output(cx: Context, head: str, call: str, rest: str, names: set[str]) -> str:
    word = head.removesuffix("s")
    start = f"{head}.{call}."
    has = sorted(name.removeprefix(start) for name in names if name.startswith(start))
    if has:
        near = cx.near(rest, has)
        outputs = [name for name in has if name.startswith("outputs.")]
        found = f"it has: {', '.join(outputs[:6])}" if outputs else "it has no outputs"
        return near if near.startswith("did") else f"{found} ({word} '{call}')"
    others = {name.split(".")[1] for name in names if name.startswith(f"{head}.")}
    if not others:
        kind = "steps" if head == "steps" else "dag"
        return f"{head} are seen within their {kind} template only: pass it on as an argument"
    near = cx.near(call, sorted(others))
    return near if near.startswith("did") else f"there is no {word} '{call}' that ends before this"


def _check_expression(cx: Context, site: Site, path: Path, tag: Tag) -> None:
    try:
        compile_text(tag.name)
    except ExpressionError as error:
        what = f"{tag.text} is not an expression: {str(error).splitlines()[0]}"
        hint = "a tag ends at the first }}; put a blank between closing braces"
        cx.warn(site, path, "bad-expression", what, hint, find=tag.text)


def _check_pasted(cx: Context, site: Site, path: Path, prefix: str, tag: Tag) -> None:
    """Argo pastes values into JSON text, and some characters break it. Argo: 2.4."""
    value = cx.values.get(tag.name, "")
    if any(is_unpastable(char) for char in value):
        owner = prefix.split(".steps")[0].split(".tasks")[0].rstrip(": ")
        what = f"{owner} cannot finish template replacement because the result was invalid JSON"
        cx.error(site, path, what, "the value has control characters", find=tag.text)


def is_unpastable(char: str) -> bool:
    """Say whether Go quotes a character in a way that JSON does not know."""
    if char.isprintable() or char in "\b\f\n\r\t":
        return False
    return ord(char) < 0x80 or ord(char) > 0xFFFF
