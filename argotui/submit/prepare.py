"""From manifests to a workflow that can be run: loaded, chosen, resolved, checked, named.

Called by session before anything is written or started.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from argotui.manifest.check import check
from argotui.manifest.effective import Options
from argotui.manifest.library import in_namespace
from argotui.manifest.load import Loaded, load
from argotui.manifest.resolve import resolve
from argotui.model.errors import ManifestError, UsageError
from argotui.model.manifest import JsonObject
from argotui.model.workflow import ResolvedWorkflow, Workflow
from argotui.submit.library import completed, from_elsewhere
from argotui.submit.origin import origin_file, with_origin
from argotui.submit.request import Choices, Source

_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"  # Kubernetes' own for generated names
_SUFFIX_LENGTH = 5
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A workflow with nothing left to decide but where it runs. `warnings` are for people."""

    source: Source
    choices: Choices
    loaded: Loaded
    workflow: Workflow  # the document that was chosen, as written
    resolved: ResolvedWorkflow
    name: str
    warnings: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[JsonObject, ...]:
        """All that the run was made from, as JSON, without the Secrets."""
        loaded = self.loaded
        templates = (
            *loaded.workflow_templates.values(),
            *loaded.cluster_workflow_templates.values(),
        )
        others = [each.source for each in templates if each.source is not self.workflow.source]
        return (self.workflow.source, *others, *loaded.config_maps.values())

    @property
    def files(self) -> tuple[str, ...]:
        """The absolute paths of the manifests, for reading them again."""
        return tuple(
            str(Path(self.source.folder, name).absolute())
            for name in self.source.contents
            if not name.startswith("<")
        )


def prepare(source: Source, choices: Choices) -> Prepared:
    """Return the workflow to run. Raises ManifestError with all problems, UsageError where the
    command line does not say which of several."""
    options = Options(
        parameters=choices.parameters,
        parameter_file=choices.parameter_file,
        entrypoint=choices.entrypoint,
    )
    workflow, loaded, notes = _gathered(source, choices, options)
    unread = [problem for problem in loaded.errors if not problem.subject]
    found = check(workflow, loaded, strict=choices.strict, options=options)
    problems = tuple(dict.fromkeys((*unread, *found)))
    if any(problem.severity == "error" for problem in problems):
        raise ManifestError(problems)
    name = name_for(workflow, choices, source)
    resolved = resolve(
        _named_so(workflow, name),
        loaded,
        strict=choices.strict,
        parameters=choices.parameters,
        parameter_file=choices.parameter_file,
        entrypoint=choices.entrypoint,
    )
    resolved = replace(resolved, transient_errors=choices.transient_errors)
    return Prepared(
        source=source,
        choices=choices,
        loaded=loaded,
        workflow=workflow,
        resolved=resolved,
        name=name,
        warnings=(*notes, *(str(problem) for problem in problems)),
    )


def _gathered(
    source: Source, choices: Choices, options: Options
) -> tuple[Workflow, Loaded, tuple[str, ...]]:
    """Return the document to run, all that is known to it, and what to say of where that is from:
    files first, those of libraries, those beside them, then the cluster."""
    if choices.origin:
        source = with_origin(source, choices.origin, choices.namespace or "")
    given = load(source.contents.items(), strict=choices.strict)
    if choices.origin:
        workflow = _of_file(given, origin_file(choices.origin))
    else:
        workflow = _chosen(given, choices.workflow, source)
    loaded, notes = completed(
        given, source.library, tuple(source.contents), strict=choices.strict, folder=source.folder
    )
    loaded, read = from_elsewhere(
        _of_the_run(loaded, workflow, source, choices),
        [workflow],
        source.elsewhere,
        namespace=workflow.metadata.namespace,
        options=options,
    )
    return workflow, loaded, (*notes, *read)


def _of_the_run(loaded: Loaded, workflow: Workflow, source: Source, choices: Choices) -> Loaded:
    """Return what is in the namespace of the run; that is only asked for where it matters."""
    if not loaded.namesakes:
        return loaded
    namespace = choices.namespace or workflow.metadata.namespace
    if not namespace and source.elsewhere is not None:
        namespace = source.elsewhere.namespace("")
    return in_namespace(loaded, namespace)


def _of_file(loaded: Loaded, file: str) -> Workflow:
    found = (*loaded.workflows, *loaded.cron_workflows)
    return next(each for each in found if (p := loaded.place(each)) and p.source.file == file)


def _chosen(loaded: Loaded, name: str | None, source: Source) -> Workflow:
    """Choose; where nothing can be found in what is broken, tell of what is broken."""
    try:
        return choose(loaded, name, source)
    except UsageError:
        if loaded.errors:
            raise ManifestError(loaded.problems) from None
        raise


def choose(loaded: Loaded, name: str | None, source: Source) -> Workflow:
    """Return the one document that is meant: the only Workflow, or the one that was named; of
    files without a Workflow the only CronWorkflow or template. Raises UsageError."""
    templates = (
        *loaded.workflow_templates.values(),
        *loaded.cluster_workflow_templates.values(),
    )
    if name is not None:
        everything = (*loaded.workflows, *loaded.cron_workflows, *templates)
        return _named(name, everything)
    for candidates in (loaded.workflows, loaded.cron_workflows, templates):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            names = ", ".join(label_of(workflow) for workflow in candidates[:_SHOWN])
            more = f" and {len(candidates) - _SHOWN} more" if len(candidates) > _SHOWN else ""
            raise UsageError(
                f"there are {len(candidates)} {candidates[0].kind}s in {source.label}: "
                f"{names}{more}; choose one with --workflow NAME"
            )
    notes = "; ".join(loaded.notes[:_SHOWN])
    raise UsageError(f"no Workflow in {source.label}" + (f" ({notes})" if notes else ""))


def label_of(workflow: Workflow) -> str:
    """Return what a document is called: its name, or the beginning of the name it will have."""
    return workflow.metadata.name or workflow.metadata.generate_name or "(without a name)"


def _named(name: str, candidates: tuple[Workflow, ...]) -> Workflow:
    found = [
        workflow
        for workflow in candidates
        if name in (workflow.metadata.name, workflow.metadata.generate_name)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(label_of(workflow) for workflow in candidates[:_SHOWN]) or "nothing"
    if found:
        raise UsageError(f"--workflow {name}: there are {len(found)} of that name")
    raise UsageError(f"--workflow {name}: there is none of that name; there are: {names}")


def name_for(workflow: Workflow, choices: Choices, source: Source) -> str:
    """Return the name that the run's workflow gets. Argo: 7."""
    name, prefix = workflow.metadata.name, workflow.metadata.generate_name
    if workflow.kind != "Workflow":  # a template alone just runs, under a name made from its own
        name, prefix = "", f"{name}-"
    if not (name or prefix or choices.name or choices.generate_name):
        raise UsageError(
            f"{source.label}: the Workflow has neither metadata.name nor metadata.generateName; "
            "write one of them, or give it here: --generate-name PREFIX"
        )
    if choices.name or (name and not choices.generate_name):
        return choices.name or name
    return (choices.generate_name or prefix) + generated_suffix()


def _named_so(workflow: Workflow, name: str) -> Workflow:
    if workflow.kind != "Workflow":
        return workflow
    return replace(workflow, metadata=replace(workflow.metadata, name=name))


def generated_suffix() -> str:
    """Return what follows a generateName."""
    return "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(_SUFFIX_LENGTH))
