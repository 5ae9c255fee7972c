"""A template as written -> as it runs: defaults beneath it, deviations noted on it.

Called by resolve.py. Works on JSON, so that what is merged is decoded by the usual rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from argotui.manifest.decode import decode_as
from argotui.manifest.decoding import Decoding
from argotui.manifest.deviations import SCRIPT_ARGS, script_args_place
from argotui.manifest.shapes import items, mapping
from argotui.model.bodies import BODIES
from argotui.model.manifest import Template
from argotui.model.merge import strategic_merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What is done to each template. `defaults` is spec.templateDefaults of the workflow."""

    defaults: Mapping[str, Any] | None = None
    pod_metadata: Mapping[str, Any] | None = None
    strict: bool = False

    def template(self, template: Template, adopted: Sequence[str] = ()) -> Template:
        """Return the template as it runs; the same object where nothing is to be done."""
        data = self._changed(template.source, adopted)
        if data is template.source:
            return template
        prepared: Template = decode_as(Template, data, Decoding(strict=False), ())
        return prepared

    def _changed(self, source: Mapping[str, Any], adopted: Sequence[str]) -> Mapping[str, Any]:
        data = self._with_defaults(source)
        if adopted:
            data = _with_inputs(data, adopted)
        if self.pod_metadata:
            merged = strategic_merge(self.pod_metadata, mapping(data.get("metadata")))
            data = {**data, "metadata": merged}
        data = _map_inline(data, lambda inline: self._changed(inline, ()))
        return self._with_script_args(data)

    def _with_defaults(self, source: Mapping[str, Any]) -> Mapping[str, Any]:
        """Lay the template over the defaults; a body only over one of its own kind. Argo: 3.11."""
        if not self.defaults:
            return source
        kind = _kind(source)
        base = {
            key: part for key, part in self.defaults.items() if key not in BODIES or key == kind
        }
        base.pop("name", None)
        return strategic_merge(base, source)  # type: ignore[no-any-return]

    def _with_script_args(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        if _kind(data) != "script":
            return data
        template: Template = decode_as(Template, data, Decoding(strict=False), ())
        place = script_args_place(template, strict=self.strict)
        annotations = {**mapping(data.get("annotations")), SCRIPT_ARGS: place}
        return {**data, "annotations": annotations}


def _kind(data: Mapping[str, Any]) -> str:
    return next((key for key in BODIES if data.get(key) is not None), "")


def _with_inputs(data: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    inputs = mapping(data.get("inputs"))
    declared = items(inputs.get("parameters"))
    added = [{"name": name} for name in names]
    return {**data, "inputs": {**inputs, "parameters": [*declared, *added]}}


def _map_inline(
    data: Mapping[str, Any], change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return the data with each inline template changed; itself where there is none."""
    match data:
        case {"steps": list(groups)} if any(_has_inline(group) for group in groups):
            return {**data, "steps": [_map_calls(group, change) for group in groups]}
        case {"dag": {"tasks": list(tasks)}} if _has_inline(tasks):
            return {**data, "dag": {**data["dag"], "tasks": _map_calls(tasks, change)}}
    return data


def _has_inline(calls: Any) -> bool:
    return isinstance(calls, list) and any(
        isinstance(call, dict) and call.get("inline") for call in calls
    )


def _map_calls(calls: Any, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Any:
    if not _has_inline(calls):
        return calls
    return [
        {**call, "inline": change(call["inline"])}
        if isinstance(call, dict) and isinstance(call.get("inline"), dict)
        else call
        for call in calls
    ]
