"""Every problem of a workflow at once, in Argo's words, each with its place. Argo: 6.

Called by cli (run, lint) and by resolve.py. The walk is Argo's: from the entrypoint and the exit
handlers, then every template once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from argotui.manifest.calls import library_key
from argotui.manifest.deviations import adopted_inputs
from argotui.manifest.effective import Options, effective, local_key
from argotui.manifest.load import Loaded
from argotui.manifest.rules.arguments import check_arguments
from argotui.manifest.rules.calls import check_hooks, named_target, visit
from argotui.manifest.rules.context import Check, Context, Site, Visit, run
from argotui.manifest.rules.metrics import warn_metrics
from argotui.manifest.rules.spec import check_cron, check_metadata, check_spec
from argotui.manifest.rules.template import check_template
from argotui.manifest.rules.warnings import warn_spec
from argotui.manifest.shapes import at_path, mapping
from argotui.manifest.source import Path
from argotui.manifest.template_tables import templates_of
from argotui.model.errors import Problem
from argotui.model.manifest import Metadata
from argotui.model.workflow import LibraryKey, Workflow, WorkflowSpec

_GLOBALS = ("name", "namespace", "mainEntrypoint", "serviceAccountName", "uid", "status")
_TEMPLATE_KINDS = ("WorkflowTemplate", "ClusterWorkflowTemplate")
_NO_OPTIONS = Options()


def validate(
    workflow: Workflow,
    library: Loaded,
    *,
    strict: bool,
    lint: bool = False,
    submit: bool = False,
    options: Options = _NO_OPTIONS,
) -> list[Problem]:
    """Return every error and warning, in the order of the file; nothing is raised.

    `lint`: arguments need no value. `submit`: a template is checked as what would run of it (its
    arguments need values), not as something to be stored. Argo: 6.
    """
    submitted, problems = effective(workflow, library, options)
    is_template = workflow.kind in _TEMPLATE_KINDS and not submit
    local = _owner(workflow, submitted) if is_template else local_key(submitted)
    templates = templates_of(submitted.spec, local, library)
    cx = Context(
        library=library,
        templates=templates,
        strict=strict,
        lint=lint,
        allow_empty=lint or is_template,
        template_mode=is_template,
        by_reference=workflow.spec.workflow_template_ref is not None,
        defaults=submitted.spec.template_defaults or {},
        adopted={} if strict else adopted_inputs(submitted.spec, local, templates),
        problems=problems,
        unread=_with_parents(library.unread),
    )
    cx.incomplete |= set(_incomplete(cx, workflow, local)) if cx.unread else set()
    _check(cx, workflow, submitted, local)
    return sorted(cx.problems, key=_order)


def _with_parents(unread: frozenset[tuple[int, Path]]) -> frozenset[tuple[int, Path]]:
    return unread | {(source, path[:-1]) for source, path in unread}


def _incomplete(cx: Context, workflow: Workflow, local: LibraryKey) -> Iterator[LibraryKey]:
    """Yield the owners that have templates which could not be read: one may be what is missed."""
    library = cx.library
    owners = {local: workflow}
    for cluster_scope in (False, True):
        shelf = library.cluster_workflow_templates if cluster_scope else library.workflow_templates
        owners |= {
            library_key(name, cluster_scope=cluster_scope): one for name, one in shelf.items()
        }
    for owner, document in owners.items():
        site = Site(place=library.place(document), owner=owner)
        if cx.is_unread(site, (*_spec_path(document), "templates")):
            yield owner


def _order(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column


def _owner(workflow: Workflow, submitted: Workflow) -> LibraryKey:
    if not workflow.metadata.name:
        return local_key(submitted)
    is_cluster = workflow.kind == "ClusterWorkflowTemplate"
    return library_key(workflow.metadata.name, cluster_scope=is_cluster)


def _check(cx: Context, workflow: Workflow, submitted: Workflow, local: LibraryKey) -> None:
    site = Site(place=cx.library.place(workflow), owner=local)
    path, spec = _spec_path(workflow), submitted.spec
    check_metadata(cx, site, workflow)
    if workflow.kind == "CronWorkflow":
        check_cron(cx, site, workflow)
        site = replace(site, callers=(None, "cannot validate Workflow:"))
    check_spec(cx, site, path, spec)
    where = (*path, "arguments")
    prefix = "spec.arguments."
    check_arguments(cx, site, where, prefix, spec.arguments, allow_empty=cx.allow_empty)
    _set_globals(cx, submitted, workflow.metadata if cx.template_mode else submitted.metadata)
    if _lacks_entrypoint(cx, workflow, spec, path):
        cx.error(site, path, "spec.entrypoint is required", _entry_hint(spec), key=True)
    if spec.metrics is not None:
        warn_metrics(cx, site, (*path, "metrics"), spec.metrics)
    run(_roots(cx, site, path, spec), lambda asked: check_template(cx, asked))
    if workflow.spec.workflow_template_ref is None:
        run(_rest(cx, site, path, spec), lambda asked: check_template(cx, asked))
    warn_spec(cx, site, path, workflow.spec)


def _spec_path(workflow: Workflow) -> Path:
    return ("spec", "workflowSpec") if workflow.kind == "CronWorkflow" else ("spec",)


def _lacks_entrypoint(cx: Context, workflow: Workflow, spec: WorkflowSpec, path: Path) -> bool:
    """Argo: O8. One that stands there but could not be read is reported already, as is a
    reference that leads to nothing."""
    if spec.entrypoint or cx.template_mode or (cx.by_reference and not spec.templates):
        return False
    return at_path(workflow.source, (*path, "entrypoint")) in (None, "")


def _entry_hint(spec: WorkflowSpec) -> str:
    names = [template.name for template in spec.templates]
    return f"for instance 'entrypoint: {names[0]}'" if names else ""


def _set_globals(cx: Context, workflow: Workflow, metadata: Metadata) -> None:
    """Put the names into scope that every template sees. Argo: 2.5."""
    spec = workflow.spec
    cx.globals |= {f"workflow.{name}" for name in _GLOBALS}
    if spec.extra.get("priority") is not None:
        cx.globals.add("workflow.priority")
    for parameter in spec.arguments.parameters:
        cx.globals.add(f"workflow.parameters.{parameter.name}")
        if parameter.value is not None:
            cx.values[f"workflow.parameters.{parameter.name}"] = parameter.value
    cx.globals |= {"workflow.parameters", "workflow.parameters.json"}
    extra = mapping(spec.workflow_metadata)
    _add_keys(cx, "labels", metadata.labels, extra.get("labels"), extra.get("labelsFrom"))
    _add_keys(cx, "annotations", metadata.annotations, extra.get("annotations"))
    for artifact in spec.arguments.artifacts:
        cx.globals.add(f"workflow.artifacts.{artifact.name}")


def _add_keys(cx: Context, kind: str, *sources: object) -> None:
    cx.globals |= {f"workflow.{kind}", f"workflow.{kind}.json"}
    for source in sources:
        if isinstance(source, Iterable):
            cx.globals |= {f"workflow.{kind}.{key}" for key in source}


def _roots(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> Check:
    """Ask for the entry template, then for the handlers, which know of failures."""
    if spec.entrypoint:
        where = (*path, "entrypoint")
        entry = named_target(cx, site, where, spec.entrypoint, set())
        if entry is not None:
            arguments = None if cx.template_mode else spec.arguments
            yield visit(cx, site, where, entry, arguments)
    if spec.on_exit or "exit" in spec.hooks:
        cx.globals.add("workflow.failures")
    if spec.on_exit:
        where = (*path, "onExit")
        handler = named_target(cx, site, where, spec.on_exit, set())
        if handler is not None:
            arguments = None if cx.template_mode else spec.arguments
            yield visit(cx, site, where, handler, arguments)
    yield from check_hooks(cx, site, path, spec.hooks, set(), "hooks")


def _rest(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> Iterator[Visit]:
    """Ask for every template that nothing led to. Argo: O13."""
    for i, template in enumerate(spec.templates):
        if not template.source:  # nothing was there, which is told
            continue
        callers = (site.callers, f"templates.{template.name}")
        asked = visit(cx, site, (*path, "templates", i), (site.owner, template), None)
        yield replace(asked, site=replace(asked.site, callers=callers))
