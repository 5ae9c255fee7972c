"""A run of what is stored somewhere: `--from workflowtemplate/NAME`. Called by prepare. Argo: 7."""

from __future__ import annotations

import re
from dataclasses import replace

from argotui.manifest.load import load
from argotui.model.errors import UsageError
from argotui.model.sought import (
    CLUSTER_WORKFLOW_TEMPLATE,
    CRON_WORKFLOW,
    WORKFLOW_TEMPLATE,
    Sought,
)
from argotui.model.values import JsonObject
from argotui.submit.library import document_text
from argotui.submit.request import Source

_KINDS = {
    "workflowtemplate": WORKFLOW_TEMPLATE,
    "wftmpl": WORKFLOW_TEMPLATE,
    "clusterworkflowtemplate": CLUSTER_WORKFLOW_TEMPLATE,
    "cwftmpl": CLUSTER_WORKFLOW_TEMPLATE,
    "cronworkflow": CRON_WORKFLOW,
    "cronwf": CRON_WORKFLOW,
}
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


def read_origin(text: str) -> Sought:
    """Return what KIND/NAME means. Raises UsageError."""
    kind, slash, name = text.partition("/")
    if not slash or kind.lower() not in _KINDS:
        raise UsageError(f"--from {text}: write KIND/NAME; kinds are {', '.join(_KINDS)}")
    if not _NAME.fullmatch(name):
        raise UsageError(f"--from {text}: {name!r} is no name of an object")
    return Sought(kind=_KINDS[kind.lower()], name=name)


def origin_file(origin: str) -> str:
    """Return how the document that is run is called in messages."""
    return f"<from {origin}>"


def with_origin(source: Source, origin: str, namespace: str) -> Source:
    """Return the source with one document more: the Workflow that refers to the template, or the
    CronWorkflow. Raises UsageError where nobody has it, RuntimeFault as `elsewhere` does."""
    sought = read_origin(origin)
    is_cron = sought.kind == CRON_WORKFLOW
    document = _cron_workflow(source, sought, namespace) if is_cron else _referring(sought)
    contents = {**source.contents, origin_file(origin): document_text(document)}
    return replace(source, contents=contents)


def _referring(sought: Sought) -> JsonObject:
    scope = {"clusterScope": True} if sought.kind == CLUSTER_WORKFLOW_TEMPLATE else {}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": f"{sought.name}-"},
        "spec": {"workflowTemplateRef": {"name": sought.name, **scope}},
    }


def _cron_workflow(source: Source, sought: Sought, namespace: str) -> JsonObject:
    """Return the CronWorkflow of that name: of the files, of the libraries, of the cluster."""
    for contents in (source.contents, source.library):
        found = [
            each for each in load(contents.items()).cron_workflows
            if each.metadata.name == sought.name
        ]  # fmt: skip
        for each in found:
            if len(found) == 1 or each.metadata.namespace in ("", namespace or "default"):
                return each.source
    answers = source.elsewhere.look([sought], namespace) if source.elsewhere is not None else {}
    answer = answers.get(sought)
    if answer is not None and answer.document is not None:
        return answer.document
    why = f": {answer.why}" if answer is not None and answer.why else ""
    raise UsageError(
        f'cronworkflows.argoproj.io "{sought.name}" not found{why}; give the file that defines it '
        "as well, or its folder: --library DIR"
    )
