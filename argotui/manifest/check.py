"""Everything that speaks for or against running a workflow. Called by cli, tui and resolve.py."""

from __future__ import annotations

from argotui.manifest.calls import reachable
from argotui.manifest.effective import Options, effective, local_key, referenced
from argotui.manifest.load import Loaded
from argotui.manifest.template_tables import templates_of
from argotui.manifest.validate import validate
from argotui.model.errors import Problem
from argotui.model.workflow import Workflow

_NO_OPTIONS = Options()


def check(
    workflow: Workflow, library: Loaded, *, strict: bool, options: Options = _NO_OPTIONS
) -> list[Problem]:
    """Return the problems of a workflow that is to run: those found while reading it and the
    documents it refers to, then those of validation. Other documents are not looked at."""
    found = load_problems(workflow, library, options)
    return found + validate(workflow, library, strict=strict, submit=True, options=options)


def load_problems(workflow: Workflow, library: Loaded, options: Options) -> list[Problem]:
    """Return what was found while reading a workflow and the documents that it refers to."""
    if not library.problems:
        return []
    documents = [workflow]
    if ref := workflow.spec.workflow_template_ref:
        documents += filter(None, [referenced(ref, library)])
    submitted, _ = effective(workflow, library, options)
    local = local_key(submitted)
    templates = templates_of(submitted.spec, local, library)
    for owner in {owner for owner, _ in reachable(submitted.spec, local, templates)}:
        shelf = {
            "namespaced": library.workflow_templates,
            "cluster": library.cluster_workflow_templates,
        }.get(owner.scope, {})
        documents += filter(None, [shelf.get(owner.name)])
    places = [place for document in documents if (place := library.place(document))]
    return [
        problem
        for problem in library.problems
        if any(_belongs(problem, place.source.file, place.subject) for place in places)
    ]


def _belongs(problem: Problem, file: str, subject: str) -> bool:
    """A problem without a subject was found before its document was known: a YAML error."""
    return problem.file == file and problem.subject in ("", subject)
