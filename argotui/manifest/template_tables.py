"""Every template as written, by owner and name. Called by resolve.py and validate.py."""

from __future__ import annotations

from argotui.manifest.calls import library_key
from argotui.manifest.load import Loaded
from argotui.model.manifest import Template
from argotui.model.workflow import LibraryKey, WorkflowSpec


def templates_of(
    spec: WorkflowSpec, local: LibraryKey, library: Loaded
) -> dict[LibraryKey, dict[str, Template]]:
    """Return every template as written, by owner and name; of equal names the first."""
    owners = {local: spec.templates}
    for name, document in library.workflow_templates.items():
        owners[library_key(name, cluster_scope=False)] = document.spec.templates
    for name, document in library.cluster_workflow_templates.items():
        owners[library_key(name, cluster_scope=True)] = document.spec.templates
    return {
        owner: {template.name: template for template in reversed(templates)}
        for owner, templates in owners.items()
    }
