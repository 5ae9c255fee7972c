"""Templates and requests for the tests of this room, made from JSON as a manifest has it."""

from __future__ import annotations

import re
from typing import Any

from argotui.model.bodies import (
    ContainerBody,
    ContainerNode,
    ContainerSetBody,
    HttpBody,
    ResourceBody,
    ScriptBody,
)
from argotui.model.manifest import Artifact, Inputs, Outputs, Parameter, Template, ValueFrom
from argotui.model.workflow import WorkflowSpec
from argotui.pods import PodRequest, build_pod


def make_template(document: dict[str, Any]) -> Template:
    """Read as much of a template as pods are made of."""
    kinds = ("container", "script", "containerSet", "resource", "http", "data")
    kind = next((key for key in kinds if key in document), "")
    return Template(
        name=document.get("name", "t"),
        annotations=document.get("annotations", {}),
        daemon=document.get("daemon"),
        inputs=Inputs(artifacts=_artifacts(document, "inputs")),
        outputs=Outputs(
            parameters=_parameters(document), artifacts=_artifacts(document, "outputs")
        ),
        kind=kind,
        body=_body(kind, document.get(kind, {})),
        extra={key: document[key] for key in document.keys() & Template.CARRIES},
    )


def make_request(template: dict[str, Any] | Template, **given: Any) -> PodRequest:
    spec = given.pop("spec", {})
    boundary = given.pop("boundary", None)
    fields = {
        "node_name": "wf[0].a",
        "node_id": "wf-1",
        "pod_name": "wf-t-1",
        "run_id": "run-1",
        "workflow_name": "wf",
        **given,
    }
    return PodRequest(
        template=template if isinstance(template, Template) else make_template(template),
        spec=WorkflowSpec(extra=spec),
        boundary=make_template(boundary) if boundary is not None else None,
        **fields,
    )


def pod_spec(template: dict[str, Any], **given: Any) -> dict[str, Any]:
    return build_pod(make_request(template, **given)).pod["spec"]


def container(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in spec["containers"] if each["name"] == name)


def _body(kind: str, body: dict[str, Any]) -> Any:
    match kind:
        case "container":
            return ContainerBody(extra=body)
        case "script":
            extra = {key: value for key, value in body.items() if key != "source"}
            return ScriptBody(source=body.get("source", ""), extra=extra)
        case "containerSet":
            return ContainerSetBody(
                containers=tuple(_node(each) for each in body["containers"]),
                volume_mounts=tuple(body.get("volumeMounts", ())),
                retry_strategy=body.get("retryStrategy"),
            )
        case "resource":
            return ResourceBody(**_snake(body))
        case "http":
            return HttpBody(**_snake(body))
    return None


def _node(body: dict[str, Any]) -> ContainerNode:
    known = ("name", "dependencies")
    return ContainerNode(
        name=body.get("name", ""),
        dependencies=tuple(body.get("dependencies", ())),
        extra={key: value for key, value in body.items() if key not in known},
    )


def _artifacts(document: dict[str, Any], part: str) -> tuple[Artifact, ...]:
    declared = document.get(part, {}).get("artifacts", ())
    own = ("name", "path", "mode", "optional")
    return tuple(
        Artifact(
            **{key: value for key, value in each.items() if key in own},
            extra={key: value for key, value in each.items() if key not in own},
        )
        for each in declared
    )


def _parameters(document: dict[str, Any]) -> tuple[Parameter, ...]:
    declared = document.get("outputs", {}).get("parameters", ())
    return tuple(_parameter(dict(each)) for each in declared)


def _parameter(body: dict[str, Any]) -> Parameter:
    source = body.pop("valueFrom", None)
    value_from = ValueFrom(**_snake(source)) if source is not None else None
    return Parameter(**_snake(body), value_from=value_from)


def _snake(body: dict[str, Any]) -> dict[str, Any]:
    return {re.sub(r"([A-Z])", r"_\1", key).lower(): value for key, value in body.items()}
