"""Templates that lead back to themselves more than once at a time. Argo: 4.9, 8.40.

Called by rules/warnings.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from argotui.manifest.calls import Edge, calls_of
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.depends import terms_of
from argotui.manifest.rules.graph import rings
from argotui.manifest.source import Path
from argotui.model.bodies import Call, Task
from argotui.model.manifest import Template
from argotui.model.workflow import WorkflowSpec

Graph = Mapping[str, list[tuple[Path, Call, str]]]


def warn_recursion(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> None:
    """A template that calls itself twice at each level has 2**n calls at the nth."""
    graph = {template.name: list(_calls(site, template)) for template in spec.templates}
    places = {template.name: i for i, template in enumerate(spec.templates)}
    ring = rings({name: [called for *_, called in calls] for name, calls in graph.items()})
    for name, calls in graph.items():
        back = [entry for entry in calls if ring.get(entry[2]) == ring[name]]
        for where in _branching(back):
            what = f"'{name}' calls itself more than once: the number of calls doubles each time"
            hint = "give the calls `when`s that exclude each other; 100 levels are the most"
            full = (*path, "templates", places[name], *where)
            cx.warn(site, full, "branching-recursion", what, hint)


def _calls(site: Site, template: Template) -> Iterator[tuple[Path, Call, str]]:
    for path, call in calls_of(template):
        edge = Edge(path=(), template=call.template, template_ref=call.template_ref)
        target = edge.target(site.owner) if call.inline is None else None
        if target is not None and target[0] == site.owner:
            yield path, call, target[1]


def _branching(back: list[tuple[Path, Call, str]]) -> Iterator[Path]:
    """Yield the second of the calls that may all happen: those under the same condition."""
    conditions = Counter(_condition(call) for _, call, _ in back)
    for path, call, _ in reversed(back):
        if conditions[_condition(call)] > 1 or len(call.with_items or ()) > 1:
            yield path
            return


def _condition(call: Call) -> str:
    results = [term.text for term in terms_of(call)] if isinstance(call, Task) else []
    return " ".join([call.when, *(text for text in results if "." in text)])
