"""Requests that do not go well: what passes is tried again, what does not is told in words."""

from __future__ import annotations

import asyncio
import json

import pytest

from argotui.runtimes.kubernetes import client as client_room
from argotui.runtimes.kubernetes.client import Client, Request
from argotui.runtimes.kubernetes.errors import ApiError, explained

PATH = "/api/v1/namespaces/argo/pods"


@pytest.fixture
def client(api, tmp_path):
    found = Client(kubeconfig=api.kubeconfig(tmp_path))
    yield found
    found.close()


def test_what_may_pass_is_tried_again(api, client):
    api.faults = [
        ("GET", 500, {}),
        ("GET", 429, {"Retry-After": "0"}),
        ("GET", "cut", {}),
        ("GET", 503, {}),
    ]
    troubles = []
    answer = asyncio.run(client.call("GET", PATH, on_trouble=troubles.append))
    assert answer["items"] == []
    assert [each.status for each in troubles] == [500, 429, 0, 503]
    assert client.requests == 5


def test_retry_after_is_obeyed(api, client):
    api.faults = [("GET", 429, {"Retry-After": "1"})]

    async def timed():
        loop = asyncio.get_running_loop()
        began = loop.time()
        await client.call("GET", PATH)
        return loop.time() - began

    assert asyncio.run(timed()) >= 1.0


def test_patience_has_an_end(api, client):
    api.faults = [("GET", 500, {}) for _ in range(9)]
    with pytest.raises(ApiError) as caught:
        asyncio.run(client.call("GET", PATH, patience=0.3))
    assert caught.value.status == 500


def test_a_refusal_is_not_tried_again(api, client):
    api.faults = [("GET", 422, {"message": "spec.containers: Required value"})]
    with pytest.raises(ApiError, match="Required value"):
        asyncio.run(client.call("GET", PATH))
    assert client.requests == 1


def test_new_credentials_are_read_once_when_the_old_ones_are_refused(api, client, tmp_path):
    asyncio.run(client.call("GET", PATH))
    api.token = "second"
    api.kubeconfig(tmp_path, token="second")
    asyncio.run(client.call("GET", PATH))
    assert client.requests == 3
    api.token = "third"
    with pytest.raises(ApiError) as caught:
        asyncio.run(client.call("GET", PATH))
    assert caught.value.status == 401
    assert "does not accept the credentials" in explained(caught.value, "x")


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(api, client, monkeypatch):
    monkeypatch.setattr(client_room, "READ_SECONDS", 0.2)
    asyncio.run(client.call("POST", PATH, body={"metadata": {"name": "a"}}))
    stream = client.stream(Request(method="GET", path=PATH, query={"watch": True}), 0.2)
    with pytest.raises(ApiError) as caught:
        list(stream.chunks())
    assert caught.value.status == 0
    stream.release()


def test_a_stream_that_is_closed_from_elsewhere_ends(api, client):
    stream = client.stream(Request(method="GET", path=PATH, query={"watch": True}), 60)

    async def read():
        reading = asyncio.create_task(asyncio.to_thread(lambda: list(stream.chunks())))
        await asyncio.sleep(0)
        stream.close()
        return await asyncio.wait_for(reading, 60)

    assert asyncio.run(read()) == []
    stream.release()


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            'pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the '
            'namespace "argo"',
            (
                "jane may not create pods",
                "kubectl create role argotui-create-pods --verb=create --resource=pods -n argo",
                "--role=argotui-create-pods --user=jane -n argo",
            ),
        ),
        (
            'User "system:serviceaccount:argo:me" cannot get resource "pods/exec" in API group "" '
            'in the namespace "argo"',
            ("--resource=pods/exec", "--serviceaccount=argo:me"),
        ),
        (
            'User "j" cannot list resource "jobs" in API group "batch" at the cluster scope',
            ("kubectl create clusterrole", "--resource=jobs.batch"),
        ),
    ],
)
def test_a_missing_right_is_named_with_the_way_to_grant_it(message, words):
    said = explained(ApiError(403, message, reason="Forbidden"), "cannot do it")
    assert all(word in said for word in words), said


def test_bodies_go_as_they_are(api, client):
    body = {"metadata": {"name": "odd"}, "spec": {"cpu": 1, "port": "80", "unknown": None}}
    made = asyncio.run(client.call("POST", PATH, body=body))
    assert json.loads(json.dumps(made["spec"])) == body["spec"]
