"""Who calls which template: the edges between templates. Called by resolve.py and validate.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from argotui.manifest.source import Path
from argotui.model.bodies import Call, DagBody, StepsBody
from argotui.model.manifest import Arguments, LifecycleHook, Template, TemplateRef
from argotui.model.workflow import LibraryKey, WorkflowSpec

_NO_ARGUMENTS = Arguments()
Templates = Mapping[LibraryKey, Mapping[str, Template]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One place that calls a template; `path` leads to it from its own template's source."""

    path: Path
    template: str = ""
    template_ref: TemplateRef | None = None
    inline: Template | None = None
    arguments: Arguments = _NO_ARGUMENTS

    def target(self, owner: LibraryKey) -> tuple[LibraryKey, str] | None:
        """Return owner and name of what is called; None for inline and templated ones."""
        if self.inline is not None:
            return None
        if self.template_ref is None:
            return (owner, self.template) if "{{" not in self.template else None
        ref = self.template_ref
        if "{{" in ref.name + ref.template:
            return None
        return library_key(ref.name, cluster_scope=ref.cluster_scope), ref.template


def library_key(name: str, *, cluster_scope: bool) -> LibraryKey:
    """Return the owner that a WorkflowTemplate or ClusterWorkflowTemplate is."""
    return LibraryKey(scope="cluster" if cluster_scope else "namespaced", name=name)


def calls_of(template: Template) -> Iterator[tuple[Path, Call]]:
    """Yield every step or task of a template with its path from the template's source."""
    match template.body:
        case StepsBody(groups=groups):
            for i, group in enumerate(groups):
                for j, step in enumerate(group):
                    yield ("steps", i, j), step
        case DagBody(tasks=tasks):
            for i, task in enumerate(tasks):
                yield ("dag", "tasks", i), task


def edges_of(template: Template) -> Iterator[Edge]:
    """Yield every call that a template makes: its steps or tasks, their hooks, inline ones too."""
    for path, call in calls_of(template):
        yield Edge(
            path=path,
            template=call.template,
            template_ref=call.template_ref,
            inline=call.inline,
            arguments=call.arguments,
        )
        if call.on_exit:
            yield Edge(path=(*path, "onExit"), template=call.on_exit)
        yield from hook_edges(call.hooks, path)
        if call.inline is not None:
            yield from edges_of(call.inline)


def hook_edges(hooks: Mapping[str, LifecycleHook], path: Path) -> Iterator[Edge]:
    """Yield the calls that hooks make."""
    for name, hook in hooks.items():
        yield Edge(
            path=(*path, "hooks", name),
            template=hook.template,
            template_ref=hook.template_ref,
            arguments=hook.arguments,
        )


def root_edges(spec: WorkflowSpec) -> Iterator[Edge]:
    """Yield the calls that the workflow itself makes."""
    yield Edge(path=("entrypoint",), template=spec.entrypoint, arguments=spec.arguments)
    if spec.on_exit:
        yield Edge(path=("onExit",), template=spec.on_exit, arguments=spec.arguments)
    yield from hook_edges(spec.hooks, ())


def reachable(
    spec: WorkflowSpec, local: LibraryKey, templates: Templates
) -> dict[tuple[LibraryKey, str], set[str]]:
    """Return every template a run can reach, with the parameters that some caller gives it.

    A call without arguments of its own in a handler passes those of the workflow. Argo: 4.5.
    """
    given: dict[tuple[LibraryKey, str], set[str]] = {}
    todo = [(local, edge) for edge in root_edges(spec)]
    while todo:
        owner, edge = todo.pop()
        target = edge.target(owner)
        if target is None:
            continue
        template = templates.get(target[0], {}).get(target[1])
        if template is None:
            continue
        if target not in given:
            given[target] = set()
            todo += [(target[0], called) for called in edges_of(template)]
        arguments = edge.arguments if edge.arguments != _NO_ARGUMENTS else _handed(edge, spec)
        given[target] |= {parameter.name for parameter in arguments.parameters}
    return given


def _handed(edge: Edge, spec: WorkflowSpec) -> Arguments:
    is_handler = edge.path[-1:] == ("onExit",) or "hooks" in edge.path
    return spec.arguments if is_handler else _NO_ARGUMENTS
