"""Resource and http templates. Argo: 3.6, 3.7."""

from __future__ import annotations

from typing import Any

import pytest

from argotui.model.bodies import DataBody
from argotui.model.manifest import Template
from argotui.model.work import HttpWork, ResourceWork
from argotui.pods import PodError, build_data, build_http, build_resource
from tests.unit.pods.podmaking import make_request


def resource(**body: Any) -> ResourceWork:
    outputs = body.pop("outputs", {})
    return build_resource(make_request({"resource": body, "outputs": outputs}, namespace="ns"))


def http(**body: Any) -> HttpWork:
    return build_http(make_request({"http": body}))


def test_a_resource_operation() -> None:
    work = resource(
        action="patch",
        manifest="kind: X",
        mergeStrategy="merge",
        flags=["-n", "other"],
        setOwnerReference=True,
        successCondition="a == b",
        failureCondition="c == d",
        outputs={
            "parameters": [
                {"name": "j", "valueFrom": {"jsonPath": "{.x}", "default": "d"}},
                {"name": "q", "valueFrom": {"jqFilter": ".x"}},
                {"name": "neither", "value": "v"},
            ]
        },
    )
    assert work == ResourceWork(
        action="patch",
        manifest="kind: X",
        merge_strategy="merge",
        flags=("-n", "other"),
        set_owner_reference=True,
        success_condition="a == b",
        failure_condition="c == d",
        namespace="ns",
        outputs={"j": ("jsonPath", "{.x}", "d"), "q": ("jqFilter", ".x", None)},
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"action": "frob", "manifest": "x"}, "resource.action must be one of"),
        ({"action": "get"}, "Must provide at least one of flags or manifest."),
        ({"action": "get", "manifestFrom": {}}, "names no input artifact"),
        ({"action": "get", "manifest": "x", "manifestFrom": {}}, "not both"),
    ],
)
def test_operations_that_cannot_be(body: dict[str, Any], words: str) -> None:
    with pytest.raises(PodError, match=words):
        resource(**body)


def from_artifact(**artifact: Any) -> ResourceWork:
    named = {"artifact": {"name": "m"}}
    inputs = {"artifacts": [{"name": "m", "path": "/tmp/m.yaml", **artifact}]}
    body = {"action": "create", "manifestFrom": named}
    return build_resource(make_request({"inputs": inputs, "resource": body}, namespace="ns"))


def test_a_manifest_may_come_from_a_raw_artifact() -> None:
    assert from_artifact(raw={"data": "kind: X"}).manifest == "kind: X"


def test_a_manifest_of_a_store_is_refused_by_name() -> None:
    with pytest.raises(PodError, match="artifact 'm', which is not raw"):
        from_artifact(s3={"key": "m"})


def test_a_request_with_defaults() -> None:
    assert http(url="http://x") == HttpWork(url="http://x", method="GET")


def test_a_request_with_everything() -> None:
    header = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    work = http(
        url="http://x",
        method="POST",
        headers=[header],
        body="ü",
        timeoutSeconds=3,
        insecureSkipVerify=True,
    )
    assert work == HttpWork(
        url="http://x",
        method="POST",
        headers=(header,),
        body="ü".encode(),
        timeout_seconds=3,
        insecure_skip_verify=True,
    )


def test_bytes_are_base64() -> None:
    assert http(url="u", bodyFrom={"bytes": "AP8="}).body == b"\x00\xff"
    assert http(url="u", body="text", bodyFrom={"bytes": "AP8="}).body == b"text"
    assert http(url="u", bodyFrom={}).body == b""


@pytest.mark.parametrize("encoded", ["%%", "AP8", 7, "ü"])
def test_bytes_that_are_not(encoded: Any) -> None:
    with pytest.raises(PodError, match=r"http\.bodyFrom\.bytes is not base64"):
        http(url="u", bodyFrom={"bytes": encoded})


def test_each_builder_wants_its_own_template() -> None:
    request = make_request({"container": {"image": "i"}, "name": "c"})
    with pytest.raises(PodError, match="'c' is no resource"):
        build_resource(request)
    with pytest.raises(PodError, match="'c' is no http"):
        build_http(request)


def test_a_listing_has_what_completes_its_location() -> None:
    own = {"s3": {"key": "k"}}
    archive = {"s3": {"bucket": "b"}}
    body = DataBody(source={"artifactPaths": own})
    template = Template(name="t", kind="data", body=body, extra={"archiveLocation": archive})
    work = build_data(make_request(template, spec={"artifactRepositoryRef": {"key": "r"}}))
    assert (work.location, work.archive, work.repository) == (own, archive, {"key": "r"})


def test_a_listing_without_a_location_is_none() -> None:
    with pytest.raises(PodError, match="artifactPaths must name"):
        build_data(make_request({"data": {"source": {}}}))
