"""What the API server checks before the Argo controller sees a manifest. Argo: 6, X1, O6.

Called by rules/spec.py and rules/template.py. Errors when strict; otherwise warnings, for
here it runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from argotui.expr.duration import parse_duration
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.shapes import mapping
from argotui.manifest.source import Path
from argotui.model.bodies import DagBody
from argotui.model.manifest import Artifact, Parameter, RetryStrategy, Template
from argotui.model.workflow import WorkflowSpec

_TEMPLATES, _TASKS, _PARAMETERS, _MODE = 200, 200, 500, 0o777
_LOCATIONS = (
    *("s3", "gcs", "azure", "oss", "hdfs", "http", "artifactory", "git", "raw", "plugin"),
)


def check_spec_limits(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> None:
    """Numbers of things, and numbers, of the workflow itself."""
    _check_count(cx, site, (*path, "templates"), spec.templates, _TEMPLATES)
    _check_parallelism(cx, site, path, spec.parallelism)
    _check_parameters(cx, site, (*path, "arguments"), spec.arguments.parameters)
    _check_artifacts(cx, site, (*path, "arguments"), spec.arguments.artifacts)
    if spec.retry_strategy is not None:
        _check_retry(cx, site, (*path, "retryStrategy"), spec.retry_strategy)
    _check_plugins(cx, site, (*path, "executorPlugins"), spec.extra.get("executorPlugins"))


def check_template_limits(cx: Context, site: Site, template: Template) -> None:
    """The same, of one template."""
    if isinstance(template.body, DagBody):
        _check_count(cx, site, ("dag", "tasks"), template.body.tasks, _TASKS)
    if template.kind in ("steps", "dag"):
        _check_parallelism(cx, site, (), template.parallelism)
    _check_parameters(cx, site, ("inputs",), template.inputs.parameters)
    _check_parameters(cx, site, ("outputs",), template.outputs.parameters)
    _check_artifacts(cx, site, ("inputs",), template.inputs.artifacts)
    _check_artifacts(cx, site, ("outputs",), template.outputs.artifacts)
    if template.retry_strategy is not None:
        _check_retry(cx, site, ("retryStrategy",), template.retry_strategy)


def _refuse(cx: Context, site: Site, path: Path, what: str) -> None:
    if cx.strict:
        cx.error(site, path, what)
    else:
        cx.warn(site, path, "api-limit", what, "the API server refuses it")


def _name(path: Path) -> str:
    """Return the path as the API server writes it: a.b[0].c."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".")


def _check_count(cx: Context, site: Site, path: Path, items: Sequence[Any], most: int) -> None:
    if len(items) > most:
        what = f"{_name(path)}: Too many: {len(items)}: must have at most {most} items"
        _refuse(cx, site, path, what)


def _check_parallelism(cx: Context, site: Site, path: Path, value: int | None) -> None:
    if value is not None and value < 1:
        where = (*path, "parallelism")
        what = f"{_name(where)}: Invalid value: {value}: should be greater than or equal to 1"
        _refuse(cx, site, where, what)


def _check_parameters(cx: Context, site: Site, path: Path, parameters: Sequence[Parameter]) -> None:
    where = (*path, "parameters")
    _check_count(cx, site, where, parameters, _PARAMETERS)
    for i, parameter in enumerate(parameters):
        if parameter.enum == () and path[-1] != "arguments":  # of arguments Argo says it: A4
            name = _name((*where, i, "enum"))
            what = f"{name}: Invalid value: 0: should have at least 1 items"
            _refuse(cx, site, (*where, i, "enum"), what)


def _check_artifacts(cx: Context, site: Site, path: Path, artifacts: Sequence[Artifact]) -> None:
    for i, artifact in enumerate(artifacts):
        where = (*path, "artifacts", i)
        mode = artifact.mode
        if mode is not None and not 0 <= mode <= _MODE:
            bound = "greater than or equal to 0" if mode < 0 else f"less than or equal to {_MODE}"
            what = f"{_name((*where, 'mode'))}: Invalid value: {mode}: should be {bound}"
            _refuse(cx, site, (*where, "mode"), what)
        given = [kind for kind in _LOCATIONS if artifact.extra.get(kind) is not None]
        if len(given) > 1:
            what = (
                f"{_name(where)}: Invalid value: at most one artifact location can be specified, "
                f"it has {', '.join(given)}"
            )
            _refuse(cx, site, (*where, given[1]), what)


def _check_retry(cx: Context, site: Site, path: Path, retry: RetryStrategy) -> None:
    backoff = retry.backoff
    if backoff is None:
        return
    for key, value in (
        ("duration", backoff.duration),
        ("cap", backoff.cap),
        ("maxDuration", backoff.max_duration),
    ):
        if value and not _is_duration(value):
            where = (*path, "backoff", key)
            what = f'{_name(where)}: Invalid value: "{value}": neither seconds nor a duration'
            _refuse(cx, site, where, what)


def _is_duration(text: str) -> bool:
    return "{{" in text or text.isdecimal() or parse_duration(text) is not None


def _check_plugins(cx: Context, site: Site, path: Path, plugins: Any) -> None:
    """Argo: O6. Each is a list item with the container that runs it."""
    if plugins is None:
        return
    if not isinstance(plugins, list):
        cx.error(site, path, "spec.executorPlugins: a list is wanted here")
        return
    for i, plugin in enumerate(plugins):
        sidecar = mapping(mapping(mapping(plugin).get("spec")).get("sidecar"))
        if not isinstance(plugin, dict) or not isinstance(sidecar.get("container"), dict):
            what = f"spec.executorPlugins: [{i}].spec.sidecar.container is required"
            cx.error(site, (*path, i), what)
