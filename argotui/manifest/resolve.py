"""Workflow and library -> ResolvedWorkflow, with nothing left to look up.

Called by bootstrap, after load; raises ManifestError with every problem of the workflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argotui.manifest.calls import Templates, reachable
from argotui.manifest.check import check, load_problems
from argotui.manifest.deviations import SCRIPT_ARGS, adopted_inputs
from argotui.manifest.effective import Options, effective, local_key
from argotui.manifest.load import Loaded
from argotui.manifest.prepare import Preparation
from argotui.manifest.template_tables import templates_of
from argotui.model.errors import ManifestError
from argotui.model.manifest import Template
from argotui.model.workflow import LibraryKey, ResolvedWorkflow, Workflow, WorkflowSpec


def resolve(
    workflow: Workflow,
    library: Loaded,
    *,
    strict: bool,
    parameters: Mapping[str, str] | None = None,
    parameter_file: Mapping[str, Any] | None = None,
    entrypoint: str | None = None,
    checked: bool = False,
) -> ResolvedWorkflow:
    """Close a workflow over every template it can reach. Argo: 3.11, 4.12, 7.

    `workflow` may be of any of the four kinds: a template or a CronWorkflow alone just runs.
    `checked` says that the caller has looked at `check` itself. Raises ManifestError.
    """
    options = Options(
        parameters=parameters or {}, parameter_file=parameter_file or {}, entrypoint=entrypoint
    )
    problems = [] if checked else check(workflow, library, strict=strict, options=options)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise ManifestError(errors)
    submitted, missing = effective(workflow, library, options)
    if missing:
        raise ManifestError(tuple(missing))
    texts = (
        f"ran here; the Argo controller would refuse: {problem.what}"
        for problem in load_problems(workflow, library, options)
        if problem.name == "text-wanted"
    )
    local = local_key(submitted)
    written = templates_of(submitted.spec, local, library)
    adopted = {} if strict else adopted_inputs(submitted.spec, local, written)
    templates = _prepared(submitted.spec, written, library, adopted, strict=strict)
    return ResolvedWorkflow(
        metadata=submitted.metadata,
        spec=submitted.spec,
        local=local,
        templates=templates,
        config_maps=library.config_maps,
        secrets=library.secrets,
        lenient=not strict,
        deviations=() if strict else (*texts, *_deviations(submitted, templates, adopted)),
        source=submitted.source,
    )


def _prepared(
    spec: WorkflowSpec,
    written: Templates,
    library: Loaded,
    adopted: Mapping[tuple[LibraryKey, str], tuple[str, ...]],
    *,
    strict: bool,
) -> dict[LibraryKey, dict[str, Template]]:
    prepared = {}
    for owner, templates in written.items():
        preparation = Preparation(
            defaults=spec.template_defaults,
            pod_metadata=_pod_metadata(owner, library),
            strict=strict,
        )
        prepared[owner] = {
            name: preparation.template(template, adopted.get((owner, name), ()))
            for name, template in templates.items()
        }
    return prepared


def _pod_metadata(owner: LibraryKey, library: Loaded) -> Mapping[str, Any] | None:
    """Return what a referenced document says about the pods of its templates. Argo: 3.1."""
    match owner.scope:
        case "namespaced":
            document = library.workflow_templates[owner.name]
        case "cluster":
            document = library.cluster_workflow_templates[owner.name]
        case _:
            return None
    metadata = document.spec.extra.get("podMetadata")
    return metadata if isinstance(metadata, dict) else None


def _deviations(
    workflow: Workflow,
    templates: Templates,
    adopted: Mapping[tuple[LibraryKey, str], tuple[str, ...]],
) -> tuple[str, ...]:
    said = [
        f"ran here; the Argo controller would refuse: template '{name}' uses "
        f"{{{{inputs.parameters.{part}}}}} without declaring the input"
        for (_, name), parts in adopted.items()
        for part in parts
    ]
    for owner, name in reachable(workflow.spec, local_key(workflow), templates):
        if templates[owner][name].annotations.get(SCRIPT_ARGS) == "after":
            said.append(
                f"ran here; the Argo controller would put the args of script template '{name}' "
                "before the script's path, as options of its interpreter"
            )
    return tuple(said)
