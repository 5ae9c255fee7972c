"""Memoized templates whose result some callers ask for and others do not. Argo: 2.7, 8.25.

Called by rules/warnings.py.
"""

from __future__ import annotations

from argotui.manifest.calls import Edge, calls_of
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.tags import texts_with_tags
from argotui.manifest.source import Path
from argotui.model.bodies import Call, StepsBody
from argotui.model.manifest import Template
from argotui.model.workflow import WorkflowSpec


def warn_memoized_results(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> None:
    """What the cache holds has a result only if who filled it asked for the result."""
    memoized = {template.name for template in spec.templates if template.memoize is not None}
    if not memoized:
        return
    asking: dict[str, list[tuple[Path, str]]] = {}
    silent: set[str] = set()
    for i, template in enumerate(spec.templates):
        for where, call in calls_of(template):
            edge = Edge(path=(), template=call.template, template_ref=call.template_ref)
            target = edge.target(site.owner)
            if target is None or target[0] != site.owner or target[1] not in memoized:
                continue
            if _asks(template, call):
                full = (*path, "templates", i, *where)
                asking.setdefault(target[1], []).append((full, call.name))
            else:
                silent.add(target[1])
    for name in silent & asking.keys():
        for full, call_name in asking[name]:
            what = f"the result of '{call_name}' is missing if a call that asks for none came first"
            hint = f"'{name}' is memoized; hand an output parameter on instead of the result"
            cx.warn(site, full, "memo-result", what, hint)


def _asks(template: Template, call: Call) -> bool:
    head = "steps" if isinstance(template.body, StepsBody) else "tasks"
    forms = (
        f"{head}.{call.name}.outputs.result",
        f"{head}['{call.name}'].outputs.result",
        f'{head}["{call.name}"].outputs.result',
    )
    return any(form in text for _, text in texts_with_tags(template.source) for form in forms)
