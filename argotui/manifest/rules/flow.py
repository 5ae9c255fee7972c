"""Traps between the steps or tasks of one template: what they call, and what they ask of each
other. Argo: 2.9, 4.5, 4.8, 8. Called by rules/warnings.py."""

from __future__ import annotations

from collections.abc import Mapping

from argotui.expr.errors import TagError
from argotui.manifest.calls import Edge, calls_of
from argotui.manifest.rules.calls import is_loop
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.depends import needed_names, terms_of
from argotui.manifest.rules.tags import tags_in
from argotui.manifest.shapes import at_path
from argotui.manifest.source import Path
from argotui.model.bodies import Call, Step, StepsBody, Task
from argotui.model.manifest import Template

_NOT_OUTPUTS = ("ip", "status", "id", "startedAt", "finishedAt", "hostNodeName")


def warn_flow(cx: Context, site: Site, template: Template) -> None:
    """Look at the calls of a steps or dag template together."""
    calls = {call.name: call for _, call in calls_of(template)}
    called = {name: _called(cx, site, call) for name, call in calls.items()}
    _warn_fail_fast(cx, site, template, calls, called)
    for path, call in calls_of(template):
        _warn_references(cx, site, template, path, call, calls, called)
        if isinstance(call, Task):
            _warn_task(cx, site, path, call, called)


def _warn_fail_fast(
    cx: Context,
    site: Site,
    template: Template,
    calls: Mapping[str, Call],
    called: Mapping[str, Template | None],
) -> None:
    """Argo: 1.6. What is tried again or tolerated has failed all the same."""
    if not template.fail_fast:
        return
    for name, call in calls.items():
        target = called.get(name)
        if call.continue_on is not None or (target is not None and target.retry_strategy):
            kept = "continueOn" if call.continue_on is not None else "retryStrategy"
            what = f"failFast ends the template at the first failure, whatever {kept} '{name}' has"
            hint = "leave one of them out" if template.kind != "dag" else "use dag.failFast"
            cx.warn(site, ("failFast",), "fail-fast", what, hint)
            return


def _called(cx: Context, site: Site, call: Call) -> Template | None:
    if call.inline is not None:
        return call.inline
    target = Edge(path=(), template=call.template, template_ref=call.template_ref).target(
        site.owner
    )
    return cx.templates.get(target[0], {}).get(target[1]) if target else None


def _warn_references(
    cx: Context,
    site: Site,
    template: Template,
    path: Path,
    call: Call,
    calls: Mapping[str, Call],
    called: Mapping[str, Template | None],
) -> None:
    for where, tag in tags_in(at_path(template.source, path)):
        if isinstance(tag, TagError) or tag.is_expression:
            continue
        parts = tag.name.split(".")
        if parts[0] not in ("steps", "tasks") or len(parts) < 3 or parts[1] == call.name:
            continue
        _warn_reference(cx, site, (*path, *where), call, parts, tag.text, calls, called)


def _warn_reference(
    cx: Context,
    site: Site,
    where: Path,
    call: Call,
    parts: list[str],
    text: str,
    calls: Mapping[str, Call],
    called: Mapping[str, Template | None],
) -> None:
    other, producer = calls.get(parts[1]), called.get(parts[1])
    if other is None:
        return
    if producer is not None and producer.daemon and parts[2] not in _NOT_OUTPUTS:
        what = f"{text}: '{parts[1]}' is a daemon, which has no outputs while it runs"
        cx.warn(site, where, "daemon-output", what, "only its ip is there", find=text)
    elif isinstance(other, Step) and _is_artifact_of_skipped(call, other, parts):
        what = f"{text} is not there when '{parts[1]}' is skipped: '{call.name}' ends with an error"
        hint = "give both the same `when`, or use a dag, where optional artifacts work"
        cx.warn(site, where, "skipped-artifact", what, hint, find=text)
    elif (
        _may_be_absent(other, parts[2:]) and other.when != call.when and not _must_run(call, other)
    ):
        skipped = f"every item of '{parts[1]}'" if is_loop(other) else f"'{parts[1]}'"
        what = f"{text} is never there when {skipped} is skipped: Argo waits for ever"
        hint = "use an output parameter with a default, or the same `when`"
        cx.warn(site, where, "skipped-result", what, hint, find=text)


def _is_artifact_of_skipped(call: Call, other: Call, parts: list[str]) -> bool:
    is_skipped = bool(other.when) and other.when != call.when
    return is_skipped and parts[2:4] == ["outputs", "artifacts"]


def _may_be_absent(call: Call, rest: list[str]) -> bool:
    """Say whether nothing stands in for an output of something skipped. Argo: 2.8, 2.9."""
    if not call.when or rest[0] != "outputs":
        return False
    return rest == ["outputs", "result"] or (is_loop(call) and rest[1:2] == ["parameters"])


def _must_run(call: Call, other: Call) -> bool:
    """Say whether a task is left out itself when the other one is skipped."""
    if not isinstance(call, Task):
        return False
    results = {term.result for term in terms_of(call) if term.task == other.name}
    return bool(results) and not results & {"", "Skipped", "Omitted"}


def _warn_task(
    cx: Context, site: Site, path: Path, task: Task, called: Mapping[str, Template | None]
) -> None:
    if is_loop(task) and (task.on_exit or "exit" in task.hooks):
        what = "of the handlers of the items most are never started"
        where = (*path, "onExit") if task.on_exit else (*path, "hooks", "exit")
        cx.warn(site, where, "loop-exit-handler", what, "loop in a steps template")
    for name in needed_names(task):
        producer = called.get(name)
        if producer is not None and _is_empty(producer):
            what = f"'{name}' ends without a step, and then the DAG never ends"
            where = (*path, "depends" if task.depends else "dependencies")
            cx.warn(site, where, "empty-steps", what, "leave it out", find=name)


def _is_empty(template: Template) -> bool:
    """Say whether nothing is left at the template's end that others could follow. Argo: 1.5."""
    body = template.body
    return isinstance(body, StepsBody) and bool(body.groups) and not body.groups[-1]
