"""Work that is no pod: one operation on an object of a cluster, or one HTTP request.

Called by the template types resource and http.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from argotui.model.bodies import DataBody, HttpBody, ResourceBody
from argotui.model.manifest import Parameter, Template
from argotui.model.work import DataWork, HttpWork, ResourceWork
from argotui.pods.plain import an_object, plain
from argotui.pods.request import PodError, PodRequest

_ACTIONS = frozenset({"get", "create", "apply", "delete", "replace", "patch"})
_BOTH = "resource must have either manifest or manifestFrom specified, not both"
_NO_STORE = (
    "manifestFrom reads the artifact '{}', which is not raw: argotui has no store for it yet"
)
_NO_ARTIFACT = "manifestFrom names no input artifact of the template: '{}'"
_NOTHING = "Must provide at least one of flags or manifest."


def build_resource(request: PodRequest) -> ResourceWork:
    """Return the operation that a resource template asks for. Argo: 3.6. Raises PodError."""
    body = request.template.body
    if not isinstance(body, ResourceBody):
        raise PodError(f"template '{request.template.name}' is no resource template")
    if problem := _resource_problem(body):
        raise PodError(problem)
    return ResourceWork(
        action=body.action,
        manifest=_manifest(request.template, body),
        merge_strategy=body.merge_strategy,
        flags=tuple(body.flags),
        set_owner_reference=body.set_owner_reference,
        success_condition=body.success_condition,
        failure_condition=body.failure_condition,
        namespace=request.namespace,
        outputs=_queries(request.template),
    )


def build_data(request: PodRequest) -> DataWork:
    """Return the listing that a data template asks for. Argo: 3.9. Raises PodError."""
    template, body = request.template, request.template.body
    location = body.source.get("artifactPaths") if isinstance(body, DataBody) else None
    if not isinstance(location, Mapping):
        raise PodError("data.source.artifactPaths must name an artifact location")
    return DataWork(
        location=plain(location),
        archive=an_object(template.extra.get("archiveLocation"), "archiveLocation"),
        repository=an_object(
            request.spec.extra.get("artifactRepositoryRef"), "artifactRepositoryRef"
        ),
    )


def build_http(request: PodRequest) -> HttpWork:
    """Return the request that an http template asks for. Argo: 3.7. Raises PodError."""
    body = request.template.body
    if not isinstance(body, HttpBody):
        raise PodError(f"template '{request.template.name}' is no http template")
    return HttpWork(
        url=body.url,
        method=body.method or "GET",
        headers=tuple(plain(header) for header in body.headers),
        body=_http_body(body),
        timeout_seconds=body.timeout_seconds or None,
        insecure_skip_verify=body.insecure_skip_verify,
    )


def _resource_problem(body: ResourceBody) -> str:
    if body.action not in _ACTIONS:
        return f"resource.action must be one of {', '.join(sorted(_ACTIONS))}: '{body.action}'"
    if body.manifest and body.manifest_from is not None:
        return _BOTH
    given = body.manifest or body.manifest_from is not None or body.flags
    return "" if given else _NOTHING


def _manifest(template: Template, body: ResourceBody) -> str:
    """The text, or that of the raw input artifact which manifestFrom names. Raises PodError."""
    if body.manifest_from is None:
        return body.manifest
    named = body.manifest_from.get("artifact")
    name = str(named.get("name", "")) if isinstance(named, Mapping) else ""
    artifact = next((each for each in template.inputs.artifacts if each.name == name), None)
    if artifact is None:
        raise PodError(_NO_ARTIFACT.format(name))
    raw = artifact.extra.get("raw")
    data = raw.get("data") if isinstance(raw, Mapping) else None
    if not isinstance(data, str):
        raise PodError(_NO_STORE.format(name))
    return data


def _queries(template: Template) -> dict[str, tuple[str, str, str | None]]:
    queries = {each.name: _query(each) for each in template.outputs.parameters}
    return {name: query for name, query in queries.items() if query is not None}


def _query(parameter: Parameter) -> tuple[str, str, str | None] | None:
    source = parameter.value_from
    if source is None:
        return None
    if source.json_path:
        return ("jsonPath", source.json_path, source.default)
    return ("jqFilter", source.jq_filter, source.default) if source.jq_filter else None


def _http_body(body: HttpBody) -> bytes:
    """The text of `body`, else the bytes of `bodyFrom`, which are base64 in a manifest."""
    encoded = (body.body_from or {}).get("bytes")
    if body.body or encoded is None:
        return body.body.encode()
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise PodError(f"http.bodyFrom.bytes is not base64: {error}") from error
