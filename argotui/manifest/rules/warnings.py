"""What Argo accepts and then does otherwise than meant: warnings, each with a name. Argo: 6, 8.

Called by the modules of rules/. A name in `# argotui: ignore[name]` silences one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from argotui.expr.depends import parse_depends
from argotui.expr.errors import ExpressionError, TagError
from argotui.manifest.deviations import SCRIPT_ARGS, script_args_place, undeclared_inputs
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.depends import LOOP_RESULTS, RESULTS, terms_of
from argotui.manifest.rules.flow import warn_flow
from argotui.manifest.rules.graph import Ancestors
from argotui.manifest.rules.locks import warn_template_locks, warn_workflow_locks
from argotui.manifest.rules.memo import warn_memoized_results
from argotui.manifest.rules.recursion import warn_recursion
from argotui.manifest.rules.tags import tags_in
from argotui.manifest.rules.traps import (
    warn_config_map,
    warn_fields,
    warn_max_age,
    warn_retry,
    warn_volumes,
)
from argotui.manifest.source import Path
from argotui.model.bodies import Call, HttpBody, ScriptBody, Step, Task
from argotui.model.manifest import RetryStrategy, Template
from argotui.model.workflow import WorkflowSpec

_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\{\{.*?\}\}""")
_HYPHENATED = re.compile(r"(?<![\w.-])[A-Za-z_]\w*(?:-\w+)+")
_DATE = re.compile(r"(?<![\w.-])\d{4}-\d{2}-\d{2}(?![\w-])")
_DOTTED = re.compile(r"(?<![\w.-])[A-Za-z_]\w*(?:\.\w+)+")
_WORDS = re.compile(r"(?<![\w.-])(?!in\b)([A-Za-z_]\w*)\s+(?!in\b)([A-Za-z_]\w*)")
_KEY_CHARACTERS = re.compile(r"[-a-zA-Z0-9]*\Z")
_CLUSTER_ONLY = ("artifactGC", "executorPlugins", "podDisruptionBudget")


def warn_template(cx: Context, site: Site, template: Template) -> None:
    """Traps of a single template."""
    _warn_script(cx, site, template)
    for name in cx.adopted.get((site.owner, template.name), ()):
        if name in undeclared_inputs(template):
            what = f"template '{template.name}' uses inputs.parameters.{name} without declaring it"
            hint = "declare it under inputs.parameters; the Argo controller would refuse"
            cx.warn(site, ("name",), "undeclared-input", what, hint)
    if isinstance(template.body, HttpBody) and template.body.timeout_seconds is None:
        what = "without timeoutSeconds the request may hang for ever"
        cx.warn(site, ("http",), "http-no-timeout", what)
    if template.memoize is not None:
        fixed = re.sub(r"\{\{.*?\}\}", "", template.memoize.key)
        if not _KEY_CHARACTERS.match(fixed):
            what = "a memoization key may have letters, digits and '-' only"
            cx.warn(site, ("memoize", "key"), "memo-key", what)
        warn_max_age(cx, site, template.memoize)
    warn_fields(cx, site, template)
    warn_flow(cx, site, template)
    warn_template_locks(cx, site, template)


def _warn_script(cx: Context, site: Site, template: Template) -> None:
    if not isinstance(template.body, ScriptBody) or SCRIPT_ARGS in template.annotations:
        return
    if script_args_place(template, strict=False) == "after":
        what = "the Argo controller puts args before the script's path"
        hint = f"here they come after it; the annotation {SCRIPT_ARGS} decides"
        if cx.strict:
            hint = "as options of the interpreter; use env or a tag in the source instead"
        cx.warn(site, ("script", "args"), "script-args", what, hint)


def warn_call(cx: Context, site: Site, path: Path, call: Call) -> None:
    """Traps of a step or task."""
    if call.when and (word := unquoted_word(call.when)):
        what = f"{word} in `when` reads as {_reading(word)}"
        hint = f"quote it: '{word}'"
        cx.warn(site, (*path, "when"), "when-unquoted", what, hint, find=word)


def warn_depends(cx: Context, site: Site, path: Path, task: Task) -> None:
    """Argo reads the names in `depends` only; the rest fails when its turn comes."""
    if any(term.result not in ("", *RESULTS, *LOOP_RESULTS) for term in terms_of(task)):
        return  # an error already: D7
    try:
        parse_depends(task.depends)
    except ExpressionError as error:
        what = f"`depends` is not an expression: {str(error).splitlines()[0]}"
        cx.warn(site, (*path, "depends"), "bad-depends", what, "combine names with &&, || and !")


def _reading(word: str) -> str:
    if "-" in word:
        return "a subtraction"
    return "a member access" if "." in word else "two values"


def unquoted_word(when: str) -> str:
    """Return the first word of a condition that should stand in quotes, empty if none."""
    if when.lstrip().startswith("{{="):
        return ""
    bare = _QUOTED.sub(lambda match: " " * len(match[0]), when)
    for pattern in (_HYPHENATED, _DATE, _DOTTED, _WORDS):
        if match := pattern.search(bare):
            return match[0]
    return ""


def warn_same_group(
    cx: Context, site: Site, path: Path, group: Sequence[Step], source: Any
) -> None:
    """A step cannot wait for a step beside it: its reference stays open for ever."""
    names = {step.name for step in group}
    if len(names) < 2:
        return
    for where, other, text in _references(source, "steps."):
        index = where[0]
        own = group[index].name if isinstance(index, int) and index < len(group) else ""
        if other in names and other != own:
            what = f"{text} refers to a step of the same group, which has not ended yet"
            hint = "put one of them into a later group"
            cx.warn(site, (*path, *where), "same-group-reference", what, hint, find=text)


def warn_strangers(
    cx: Context, site: Site, path: Path, source: Any, task: Task, ancestors: Ancestors
) -> None:
    """A reference to a task that need not have ended may stay open for ever."""
    for where, other, text in _references(source, "tasks."):
        if other in ("", task.name) or ancestors.has(task.name, other):
            continue
        what = f"{text} refers to task '{other}', which '{task.name}' does not wait for"
        hint = f"add '{other}' to what it depends on"
        cx.warn(site, (*path, *where), "non-ancestor-reference", what, hint, find=text)


def _references(source: Any, prefix: str) -> list[tuple[Path, str, str]]:
    found = []
    for where, tag in tags_in(source):
        if isinstance(tag, TagError) or tag.is_expression or not tag.name.startswith(prefix):
            continue
        parts = tag.name.split(".")
        if len(parts) > 2:
            found.append((where, parts[1], tag.text))
    return found


def warn_spec(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> None:
    """Traps of the workflow itself."""
    hook = spec.hooks.get("exit")
    if hook is not None and hook.expression:
        what = "Argo ignores the expression of a workflow's exit hook: it always runs"
        cx.warn(site, (*path, "hooks", "exit", "expression"), "exit-hook-expression", what)
    if spec.retry_strategy is not None:
        _warn_retry_of_all(cx, site, path, spec, spec.retry_strategy)
    for i, parameter in enumerate(spec.arguments.parameters):
        warn_config_map(cx, site, (*path, "arguments", "parameters", i), parameter)
    warn_volumes(cx, site, path, spec)
    warn_workflow_locks(cx, site, path, spec)
    warn_memoized_results(cx, site, path, spec)
    warn_recursion(cx, site, path, spec)
    if not cx.lint:
        return
    for name in _CLUSTER_ONLY:
        if name in spec.extra:
            what = f"{name} means something to a cluster's controller only"
            cx.warn(site, (*path, name), "cluster-only-field", what)


def _warn_retry_of_all(
    cx: Context, site: Site, path: Path, spec: WorkflowSpec, retry: RetryStrategy
) -> None:
    where = (*path, "retryStrategy")
    warn_retry(cx, site, where, retry)
    composite = [one.name for one in spec.templates if one.kind in ("steps", "dag")]
    if composite:
        what = f"it counts for {', '.join(composite[:4])} as well: the attempts multiply"
        cx.warn(site, where, "nested-retry", what, "write it on the templates that make pods")
