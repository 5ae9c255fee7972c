"""Traps of a template's own fields, and of the volumes and ConfigMaps around it. Argo: 8.

Called by rules/warnings.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from argotui.expr.duration import parse_duration
from argotui.expr.errors import TagError
from argotui.manifest.calls import calls_of
from argotui.manifest.rules.context import Context, Site
from argotui.manifest.rules.tags import tags_in, texts_with_tags
from argotui.manifest.shapes import mapping, mappings
from argotui.manifest.source import Path
from argotui.model.bodies import ContainerBody, ContainerSetBody, ScriptBody
from argotui.model.manifest import Artifact, Memoize, Parameter, RetryStrategy, Template
from argotui.model.workflow import WorkflowSpec

_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`""")
_MEMBER = re.compile(
    r"(?<![\w.])(?:inputs\.parameters|inputs\.artifacts|workflow\.parameters|outputs\.parameters"
    r"|steps|tasks)\.([A-Za-z_]\w*(?:-\w+)+)"
)
_TEXTS = r"(?<![\w.(])(?:retries|lastRetry\.(?:exitCode|duration))(?![\w.])"
_COMPARED = re.compile(rf"({_TEXTS})\s*(?:[<>]=?|==|!=)\s*-?\d|\d\s*(?:[<>]=?|==|!=)\s*({_TEXTS})")
_CAUSE = re.compile(r"lastRetry\.(status|exitCode|message)|lastRetry\[")
_FAILURES = re.compile(r"(?<!fromJSON\()fromJSON\(\s*workflow\.failures\s*\)")
_STORES = ("s3", "gcs", "azure", "oss", "hdfs", "http", "artifactory", "git", "plugin")
_LABEL = "workflows.argoproj.io/configmap-type"


def warn_fields(cx: Context, site: Site, template: Template) -> None:
    """Traps that the template's own fields show."""
    if template.retry_strategy is not None:
        warn_retry(cx, site, ("retryStrategy",), template.retry_strategy)
    for part, artifacts in (
        ("inputs", template.inputs.artifacts),
        ("outputs", template.outputs.artifacts),
    ):
        stored = part == "outputs" or any(map(_is_stored, artifacts))
        if artifacts and stored and template.kind not in ("steps", "dag"):
            what = "argotui does not keep artifacts yet"
            cx.warn(site, (part, "artifacts"), "no-artifacts", what, "hand on parameters instead")
        for i, artifact in enumerate(artifacts if cx.lint else ()):
            if artifact.extra.get("artifactGC"):
                what = "artifactGC means something to a cluster's controller only"
                where = (part, "artifacts", i, "artifactGC")
                cx.warn(site, where, "cluster-only-field", what)
    _warn_inputs(cx, site, template)
    _warn_daemon(cx, site, template)
    _warn_inline(cx, site, template)
    _warn_container_set(cx, site, template)
    _warn_failures(cx, site, template)
    _warn_hyphens(cx, site, template)
    if template.kind == "plugin":
        what = "plugin templates need the controller's agent; here they fail"
        cx.warn(site, ("plugin",), "cluster-only-field", what)


def warn_retry(cx: Context, site: Site, path: Path, retry: RetryStrategy) -> None:
    """Argo: 4.4. Without a limit nothing is waited for; what expressions see is text."""
    if retry.limit is None and retry.backoff is not None:
        what = "without a limit Argo never waits between attempts"
        where = (*path, "backoff")
        cx.warn(site, where, "unbounded-retry", what, "give the retryStrategy a limit")
    elif retry.limit is None and not retry.expression:
        what = "without a limit what fails is started again for ever, and at once"
        cx.warn(site, path, "unbounded-retry", what, "give the retryStrategy a limit")
    if retry.expression and not retry.retry_policy and not _CAUSE.search(retry.expression):
        what = "with an expression and no retryPolicy errors are tried again as well"
        hint = "write retryPolicy: OnFailure, or ask for lastRetry.status in the expression"
        cx.warn(site, (*path, "expression"), "expression-policy", what, hint)
    if match := _COMPARED.search(_QUOTED.sub(_blank, retry.expression)):
        name = match[1] or match[2]
        what = f"{name} is a text, which cannot be compared with a number"
        hint = f"write asInt({name})" if "duration" not in name else f"write float({name})"
        cx.warn(site, (*path, "expression"), "retry-text", what, hint, find=name)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_stored(artifact: Artifact) -> bool:
    """Say whether an input names a store itself; what arguments bring is for them to say."""
    return any(artifact.extra.get(kind) is not None for kind in _STORES)


def _warn_inputs(cx: Context, site: Site, template: Template) -> None:
    for i, parameter in enumerate(template.inputs.parameters):
        where = ("inputs", "parameters", i)
        if parameter.enum and template.kind != "suspend":
            what = f"nobody checks that '{parameter.name}' is one of its enum"
            cx.warn(site, (*where, "enum"), "unchecked-enum", what)
        warn_config_map(cx, site, where, parameter)


def warn_config_map(cx: Context, site: Site, path: Path, parameter: Parameter) -> None:
    """Argo: 8.16. Only the ConfigMaps at hand can be looked at."""
    if parameter.value_from is not None:
        ref = parameter.value_from.config_map_key_ref
        _warn_label(cx, site, (*path, "valueFrom", "configMapKeyRef"), ref, "Parameter")


def _warn_label(cx: Context, site: Site, path: Path, ref: Any, kind: str) -> None:
    name = mapping(ref).get("name")
    stored = cx.library.config_maps.get(name) if isinstance(name, str) else None
    if stored is None:
        return
    labels = mapping(mapping(stored.get("metadata")).get("labels"))
    if labels.get(_LABEL) != kind:
        what = f"ConfigMap '{name}' lacks the label {_LABEL}: {kind}"
        cx.warn(site, path, "configmap-label", what, "the Argo controller does not read it")


def warn_max_age(cx: Context, site: Site, memoize: Memoize) -> None:
    """Argo: 4.11. Go's durations know no days; a cache without its label is not read."""
    age = memoize.max_age
    if age and "{{" not in age and parse_duration(age) is None:
        what = f"{age} is no duration: the node fails when it begins"
        cx.warn(site, ("memoize", "maxAge"), "bad-duration", what, "write 24h, 30m, 10s")
    ref = mapping(memoize.cache).get("configMap")
    _warn_label(cx, site, ("memoize", "cache", "configMap"), ref, "Cache")


def _warn_container_set(cx: Context, site: Site, template: Template) -> None:
    body = template.body
    if isinstance(body, ContainerSetBody) and body.retry_strategy:
        what = "retries counts the attempts here, the first one too; with 0 nothing is started"
        where = ("containerSet", "retryStrategy")
        cx.warn(site, where, "container-set-retries", what, "write one more than you want")


def _warn_daemon(cx: Context, site: Site, template: Template) -> None:
    body = template.body
    if not template.daemon or not isinstance(body, ContainerBody | ScriptBody):
        return
    if not body.extra.get("readinessProbe"):
        what = "what comes after this daemon starts before it may be ready"
        cx.warn(site, ("daemon",), "daemon-no-probe", what, "give it a readinessProbe")


def _warn_inline(cx: Context, site: Site, template: Template) -> None:
    outer = {parameter.name for parameter in template.inputs.parameters}
    for path, call in calls_of(template):
        for i, parameter in enumerate(call.inline.inputs.parameters if call.inline else ()):
            if parameter.name in outer:
                what = f"'{parameter.name}' means the input of the template around it, not this one"
                where = (*path, "inline", "inputs", "parameters", i)
                cx.warn(site, where, "inline-inputs", what, "give it another name")


def _warn_failures(cx: Context, site: Site, template: Template) -> None:
    for where, text in texts_with_tags(template.source):
        if "workflow.failures" in text and (match := _FAILURES.search(text)):
            what = "workflow.failures is JSON in a JSON text: once decoded it is still a text"
            hint = "write fromJSON(fromJSON(workflow.failures))"
            cx.warn(site, where, "failures-json", what, hint, find=match[0])


def _warn_hyphens(cx: Context, site: Site, template: Template) -> None:
    known = {parameter.name for parameter in template.inputs.parameters}
    known |= {parameter.name for parameter in template.outputs.parameters}
    known |= {artifact.name for artifact in template.inputs.artifacts}
    known |= {call.name for _, call in calls_of(template)}
    start = "workflow.parameters."
    known |= {name.removeprefix(start) for name in cx.globals if name.startswith(start)}
    if not any("-" in name for name in known):
        return
    for where, tag in tags_in(template.source):
        if isinstance(tag, TagError) or not tag.is_expression:
            continue
        match = _MEMBER.search(_QUOTED.sub(_blank, tag.name))
        if match and match[1] in known:
            head = match[0].removesuffix(f".{match[1]}")
            what = f"{match[0]} is a subtraction in an expression"
            hint = f"write {head}['{match[1]}']"
            cx.warn(site, where, "expression-hyphen", what, hint, find=match[0])


def warn_volumes(cx: Context, site: Site, path: Path, spec: WorkflowSpec) -> None:
    """Argo: 8.26. An emptyDir is as old as its pod."""
    for i, volume in enumerate(mappings(spec.extra.get("volumes"))):
        if "emptyDir" not in volume:
            continue
        users = [one.name for one in spec.templates if volume.get("name") in _mounted(one)]
        if len(users) > 1:
            what = f"each pod of {', '.join(users[:4])} gets an empty volume of its own"
            cx.warn(site, (*path, "volumes", i), "unshared-volume", what)


def _mounted(template: Template) -> set[Any]:
    return {mount.get("name") for mount in _mounts(template)}


def _mounts(template: Template) -> Iterator[dict[str, Any]]:
    match template.body:
        case ContainerBody(extra=extra) | ScriptBody(extra=extra):
            yield from mappings(extra.get("volumeMounts"))
        case ContainerSetBody(containers=containers, volume_mounts=shared):
            yield from (dict(mount) for mount in shared)
            for container in containers:
                yield from mappings(container.extra.get("volumeMounts"))
