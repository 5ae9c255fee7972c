"""Artifacts on their way from arguments and outputs to inputs: who refers to which. Argo: 2.9, 5.4.

Called when a call is resolved, a template bound, outputs computed. What an artifact holds, and
where that is kept, is nobody's business here.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from argotui.engine.core import Core, HardError
from argotui.engine.producers import Layered
from argotui.expr.errors import ExpressionError
from argotui.expr.golang import quote
from argotui.expr.programs import compile_expression
from argotui.expr.scope import MapScope, Scope
from argotui.expr.template import CLOSE, OPEN
from argotui.model.manifest import Arguments, Artifact, Inputs, Template

_LOCATIONS = ("s3", "gcs", "azure", "oss", "hdfs", "http", "artifactory", "git", "raw", "plugin")
_KEYS = {"s3": "key", "gcs": "key", "oss": "key", "plugin": "key", "azure": "blob", "hdfs": "path"}


def resolve_artifacts(
    core: Core, listed: Sequence[Artifact], scope: Scope, inputs: Inputs
) -> tuple[Artifact, ...]:
    """Return arguments with what they refer to put in; an optional one without it is left out.

    `inputs` are those of the calling template. Raises ExpressionError for what refers to nothing.
    """
    found: list[Artifact] = []
    for each in listed:
        artifact = _filled(core, each, scope)
        if not artifact.from_ and not artifact.from_expression:
            found.append(artifact)
            continue
        try:
            found.append(_referred(core, artifact, scope, inputs))
        except ExpressionError:
            if not artifact.optional:
                raise
    return tuple(found)


def bind_artifacts(template: Template, given: Arguments) -> tuple[Artifact, ...]:
    """Return the input artifacts of a template: an argument replaces all but path and mode.

    Raises HardError for one that is needed and not there. Argo: 5.4
    """
    known = {artifact.name: artifact for artifact in given.artifacts}
    return tuple(_bound(each, known.get(each.name)) for each in template.inputs.artifacts)


def output_artifacts(core: Core, template: Template, scope: Scope) -> list[dict[str, Any]]:
    """Return the artifacts that a steps or dag template hands on. What refers to nothing is left
    out: nothing keeps the artifacts of pods yet."""
    found: list[dict[str, Any]] = []
    for each in template.outputs.artifacts:
        artifact = _filled(core, each, scope)
        if not artifact.from_ and not artifact.from_expression:
            continue
        try:
            resolved = _referred(core, artifact, scope, template.inputs)
        except ExpressionError:
            continue
        if resolved.extra:
            found.append(artifact_json(replace(resolved, global_name=each.global_name)))
    return found


def is_located(artifact: Artifact) -> bool:
    """Say whether something tells where the artifact is: its location, or a reference."""
    return bool(artifact.from_) or any(artifact.extra.get(kind) is not None for kind in _LOCATIONS)


def artifact_json(artifact: Artifact) -> dict[str, Any]:
    """Return an artifact as Argo's JSON has it."""
    given: dict[str, Any] = {
        "name": artifact.name,
        "path": artifact.path,
        "mode": artifact.mode,
        "from": artifact.from_,
        **artifact.extra,
        "globalName": artifact.global_name,
        "archive": artifact.archive,
        "optional": artifact.optional or None,
        "recurseMode": artifact.recurse_mode or None,
    }
    return {key: value for key, value in given.items() if value is not None and value != ""}


def _tag(text: str) -> str:
    return text.strip().removeprefix(OPEN).removesuffix(CLOSE).strip()


def _filled(core: Core, artifact: Artifact, scope: Scope) -> Artifact:
    """Fill in all but `from`, whose tag is a name to look up."""
    filled = core.fill(replace(artifact, from_=""), scope)
    return replace(filled, from_=artifact.from_) if artifact.from_ else filled


def _bound(declared: Artifact, given: Artifact | None) -> Artifact:
    if not declared.optional and not is_located(declared):
        if given is None:
            raise HardError(f"inputs.artifacts.{declared.name} was not supplied")
        if not is_located(given):  # the placeholder of a skipped step, for one
            raise HardError(f"inputs.artifacts.{declared.name} missing location information")
    if given is None:
        return declared
    return replace(
        given, path=declared.path, mode=declared.mode, recurse_mode=declared.recurse_mode
    )


def _referred(core: Core, artifact: Artifact, scope: Scope, inputs: Inputs) -> Artifact:
    if artifact.from_expression:
        value = _evaluated(core, artifact.from_expression, scope, inputs)
    else:
        value = _looked_up(core, _tag(artifact.from_), scope, inputs)
    found = replace(_artifact(value), name=artifact.name)
    return _below(found, artifact.sub_path) if artifact.sub_path else found


def _looked_up(core: Core, tag: str, scope: Scope, inputs: Inputs) -> Any:
    if tag.startswith("="):
        return _evaluated(core, tag[1:], scope, inputs)
    for name, value in _known(core, inputs):
        if name == tag:
            return value
    place: Any = scope.env()
    for part in tag.split(".", 4):
        place = place[part] if isinstance(place, Mapping) and part in place else None
    if not isinstance(place, str):
        raise ExpressionError(f"Unable to resolve: {quote(tag)}")
    return place


def _known(core: Core, inputs: Inputs) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for artifact in inputs.artifacts:
        yield f"inputs.artifacts.{artifact.name}", artifact_json(artifact)
    for exported in core.state.run.outputs.get("artifacts", ()):
        yield f"workflow.outputs.artifacts.{exported['name']}", exported


def _evaluated(core: Core, text: str, scope: Scope, inputs: Inputs) -> Any:
    tree: dict[str, Any] = {}
    for name, value in _known(core, inputs):
        *parents, last = name.split(".", 3 if name.startswith("workflow.") else 2)
        place = tree
        for part in parents:
            place = place.setdefault(part, {})
        place[last] = value
    env = Layered(MapScope({}, typed=tree), scope).env()
    return compile_expression(text).evaluate(env, at=core.now)


def _artifact(value: Any) -> Artifact:
    """Read an artifact: Argo's JSON, as an object or as the text that scopes hold."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, Mapping):
        raise ExpressionError("Variable is not an artifact")
    return Artifact(
        path=str(value.get("path", "")),
        from_=str(value.get("from", "")),
        mode=value.get("mode"),
        recurse_mode=bool(value.get("recurseMode")),
        archive=value.get("archive"),
        optional=bool(value.get("optional")),
        extra={key: value[key] for key in value if key in Artifact.CARRIES},
    )


def _below(artifact: Artifact, sub_path: str) -> Artifact:
    """Return what lies at `sub_path` of a folder that is kept key by key."""
    for kind, name in _KEYS.items():
        location = artifact.extra.get(kind)
        if isinstance(location, Mapping):
            key = posixpath.join(str(location.get(name, "")), sub_path)
            return replace(artifact, extra={**artifact.extra, kind: {**location, name: key}})
    if artifact.optional:
        return artifact
    raise ExpressionError("key unsupported: cannot set key for artifact location, it has none")
