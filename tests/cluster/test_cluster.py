"""The cluster of the tests is a real one: the usual images run, and fail, as in the wild."""

from __future__ import annotations

import re

import pytest

from tests.cluster.raw import Api, Namespace, Refused
from tests.waiting import until_sync

pytestmark = pytest.mark.cluster


def test_a_node_is_ready(api: Api):
    nodes = api.get("/api/v1/nodes")["items"]
    conditions = [each for node in nodes for each in node["status"]["conditions"]]
    assert ("Ready", "True") in {(each["type"], each["status"]) for each in conditions}


def test_the_server_says_its_version(api: Api):
    assert re.match(r"v1\.\d+\.\d+", api.get("/version")["gitVersion"])


def test_a_pod_runs_and_its_log_is_read_back(namespace: Namespace):
    namespace.run("hello", "busybox", "sh", "-c", "echo out; echo err >&2")
    assert namespace.ended("hello") == "Succeeded"
    assert sorted(namespace.log("hello").splitlines()) == ["err", "out"]


def test_a_failing_pod_keeps_its_exit_code(namespace: Namespace):
    namespace.run("fails", "busybox", "sh", "-c", "exit 7")
    assert namespace.ended("fails") == "Failed"
    [container] = namespace.pod("fails")["status"]["containerStatuses"]
    assert container["state"]["terminated"]["exitCode"] == 7


def test_an_untagged_image_is_pulled_anew_and_a_tagged_one_is_not(namespace: Namespace):
    policies = {
        image: namespace.run(name, image, "true")["spec"]["containers"][0]["imagePullPolicy"]
        for name, image in (("untagged", "busybox"), ("tagged", "alpine:3.23"))
    }
    assert policies == {"busybox": "Always", "alpine:3.23": "IfNotPresent"}
    assert namespace.ended("untagged") == "Succeeded"
    assert namespace.ended("tagged") == "Succeeded"


@pytest.mark.parametrize("image", ["alpine:doesntexist", "argotui/no-such-image"])
def test_an_unknown_image_is_waited_for(namespace: Namespace, image: str):
    namespace.run("unknown", image)
    until_sync(lambda: namespace.waiting("unknown") == "ErrImagePull", "the refused pull")
    until_sync(lambda: namespace.waiting("unknown") == "ImagePullBackOff", "the back-off")
    assert namespace.phase("unknown") == "Pending"


@pytest.mark.parametrize(
    ("image", "command", "expected"),
    [
        ("python:alpine3.23", ("python", "-c", "print(6 * 7)"), "42"),
        ("python:3.12", ("python3", "-c", "import json, ssl; print('ok')"), "ok"),
        ("docker/whalesay", ("cowsay", "hello world"), "< hello world >"),
        ("argoproj/argosay:v1", ("cowsay", "moo"), "< moo >"),
        ("argoproj/argosay:v2", ("/argosay", "echo", "said"), "said"),
        ("argoproj/argosay:v2", (), "hello argo"),
        ("debian:12", ("bash", "-c", "echo $((1 + 2))"), "3"),
        ("node:9.1-alpine", ("node", "-e", "console.log(1 + 3)"), "4"),
        ("curlimages/curl", ("sh", "-c", "curl --version | head -n 1"), "curl"),
        ("bash", ("bash", "-c", "x=(a b); echo ${#x[@]}"), "2"),
    ],
)
def test_the_images_of_argos_examples_run(namespace: Namespace, image, command, expected):
    namespace.run("main", image, *command)
    assert namespace.ended("main") == "Succeeded", namespace.log("main")
    assert expected in namespace.log("main")


def test_nginx_serves_until_it_is_deleted(namespace: Namespace):
    namespace.run("server", "nginx:1.13")
    until_sync(lambda: namespace.phase("server") == "Running", "nginx")
    address = namespace.pod("server")["status"]["podIP"]
    namespace.run(
        "asks", "curlimages/curl", "curl", "-sf", "--retry-connrefused", "--retry", "9", address
    )
    assert namespace.ended("asks") == "Succeeded"
    assert "nginx" in namespace.log("asks")


def test_a_command_runs_in_a_running_pod(namespace: Namespace):
    namespace.run("waits", "busybox", "sleep", "600")
    until_sync(lambda: namespace.phase("waits") == "Running", "the pod")
    said = namespace.api.execute(namespace.name, "waits", "sh", "-c", "echo $((40 + 2))")
    assert said.strip() == "42"


def test_a_pod_reaches_the_api_server_with_its_own_rights_only(namespace: Namespace):
    token = "/var/run/secrets/kubernetes.io/serviceaccount"
    script = (
        f'curl -s --cacert {token}/ca.crt -H "Authorization: Bearer $(cat {token}/token)" '
        "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/pods"
    )
    namespace.run("asks", "curlimages/curl", "sh", "-c", script)
    assert namespace.ended("asks") == "Succeeded"
    assert f"system:serviceaccount:{namespace.name}:default" in namespace.log("asks")
    assert '"reason": "Forbidden"' in namespace.log("asks")


def test_a_claim_is_bound_to_a_volume_that_outlives_a_pod(namespace: Namespace):
    if not namespace.api.get("/apis/storage.k8s.io/v1/storageclasses")["items"]:
        pytest.skip("the cluster makes no volumes")
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "work"}}
    namespace.api.create(namespace.path("persistentvolumeclaims"), {**body, "spec": claim})
    for name, script in (("writes", "echo kept > /data/file"), ("reads", "cat /data/file")):
        namespace.api.create(namespace.path("pods"), with_claim(name, script))
        assert namespace.ended(name) == "Succeeded"
    assert namespace.log("reads") == "kept\n"


def with_claim(name: str, script: str) -> dict[str, object]:
    main = {
        "name": "main",
        "image": "busybox:1.36",
        "command": ["sh", "-c", script],
        "volumeMounts": [{"name": "work", "mountPath": "/data"}],
    }
    volume = {"name": "work", "persistentVolumeClaim": {"claimName": "work"}}
    spec = {"restartPolicy": "Never", "containers": [main], "volumes": [volume]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def test_a_list_goes_on_as_a_watch(namespace: Namespace):
    listed = namespace.api.get(namespace.path("pods"))
    assert listed["items"] == []
    namespace.run("seen", "busybox", "true")
    events = namespace.api.watch(
        namespace.path("pods"), seconds=60, resourceVersion=listed["metadata"]["resourceVersion"]
    )
    seen = []
    for event in events:
        seen.append((event["type"], event["object"]["status"].get("phase")))
        if seen[-1][1] in ("Succeeded", "Failed"):
            break
    assert seen[0] == ("ADDED", "Pending")
    assert seen[-1] == ("MODIFIED", "Succeeded")


def test_a_watch_tells_by_a_bookmark_how_far_it_is(namespace: Namespace):
    """An empty list is sent as events, and its end marked: the server knows sendInitialEvents."""
    namespace.api.create(
        namespace.path("configmaps"),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "there"}},
    )
    events = namespace.api.watch(
        namespace.path("configmaps"),
        seconds=20,
        allowWatchBookmarks="true",
        sendInitialEvents="true",
        resourceVersionMatch="NotOlderThan",
        resourceVersion="0",
    )
    names = []
    for event in events:
        if event["type"] == "BOOKMARK":
            break
        names.append(event["object"]["metadata"]["name"])
    else:
        pytest.fail("no bookmark came")
    assert "there" in names
    metadata = event["object"]["metadata"]
    assert metadata["annotations"]["k8s.io/initial-events-end"] == "true"
    assert int(metadata["resourceVersion"]) > 0


def test_a_namespace_without_its_name_is_refused(api: Api):
    with pytest.raises(Refused) as refusal:
        api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace"})
    assert refusal.value.status == 422
