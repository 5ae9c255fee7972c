"""What only a cluster does: outputs of any size, images without a shell, objects, waiting."""

from __future__ import annotations

import hashlib
import json

from argotui.model.work import PodState, PodWork, ResourceWork
from argotui.runtimes.kubernetes.client import Client, Request
from tests.contract import clusters
from tests.contract.house import WAIT, container, contract, pod, shell

OUT = [{"name": "p", "path": "/tmp/out"}]


@contract("kubernetes")
async def test_a_pod_with_nothing_to_hand_back_is_the_users_own(house):
    work = PodWork(pod=pod({"name": "main", "image": "alpine:3", "command": ["echo", "hi"]}))
    ref = await house.start(work)
    report = await house.ended(ref)
    assert report.state is PodState.SUCCEEDED
    with clusters.client() as api:
        path = f"/api/v1/namespaces/{clusters.namespace()}/pods/{ref.pod_name}"
        found = api.once(Request(method="GET", path=path))
    (main,) = found["spec"]["containers"]
    assert main["command"] == ["echo", "hi"]
    assert "initContainers" not in found["spec"]
    assert [line.text for line in house.lines(ref)] == [b"hi"]
    assert house.runtime.requests <= 6


@contract("kubernetes")
async def test_large_outputs_arrive_whole(house):
    script = (
        "i=0; while [ $i -lt 400000 ]; do echo line $i; i=$((i+1)); done > /tmp/out;"
        "cat /tmp/out; printf tail"
    )
    ref = await house.start(shell(script, collect=OUT, main={"image": "debian:12"}))
    report = await house.ended(ref)
    wanted = "".join(f"line {number}\n" for number in range(400000))
    assert not report.collect_errors
    assert report.parameters["p"] == wanted.removesuffix("\n")
    assert report.result == (wanted + "tail")[-262144:]
    assert b"argotui" not in house.lines(ref)[-1].text


@contract("kubernetes")
async def test_a_hundred_megabytes_arrive_byte_for_byte_and_more_is_told(house):
    script = "yes 0123456789abcde | head -c 104857600 > /tmp/out; {}"
    work = shell(script.format("true"), collect=OUT, main={"image": "debian:12"})
    report = await house.run(work)
    wanted = (b"0123456789abcde\n" * 6553600).removesuffix(b"\n")
    digest = hashlib.sha256(report.parameters["p"].encode()).hexdigest()
    assert digest == hashlib.sha256(wanted).hexdigest()
    work = shell(script.format("echo >> /tmp/out"), collect=OUT, main={"image": "debian:12"})
    report = await house.run(work)
    assert report.collect_errors == (
        "/tmp/out: larger than 100 MB, the most that an output parameter can hold "
        "(104857601 bytes)",
    )


@contract("kubernetes")
async def test_an_image_that_may_have_no_shell_gets_a_busybox(house):
    tool = {"name": "main", "image": "nginx:1.13", "command": ["cat", "/etc/hosts"]}
    work = PodWork(pod=pod(tool), capture_result=True)
    assert "localhost" in (await house.run(work)).result
    from argotui.runtimes.kubernetes import shells

    known = shells._WITH_SHELL
    shells._WITH_SHELL = frozenset()
    try:
        large = ["awk", "BEGIN { for (i = 0; i < 3000; i++) print i }"]
        work = PodWork(pod=pod({**tool, "command": large}), capture_result=True)
        report = await house.run(work)
    finally:
        shells._WITH_SHELL = known
    assert report.result == "\n".join(map(str, range(3000)))
    assert [each.name for each in report.containers] == ["main"]


@contract("kubernetes")
async def test_a_command_that_is_not_there_is_told_in_argos_words(house):
    wanted = 'failed to find name in PATH: exec: "nope": executable file not found in $PATH'
    for captures in (False, True):
        main = {"name": "main", "image": "alpine:3", "command": ["nope"]}
        (found,) = (await house.run(PodWork(pod=pod(main), capture_result=captures))).containers
        assert (found.exit_code, found.reason, found.message) == (64, "Error", wanted)


@contract("kubernetes", options={"pending_timeout": 12.0})
async def test_why_a_pod_waits_is_told_and_waiting_ends(house):
    main = {"name": "main", "image": "acme/not-there:1", "command": ["x"]}
    ref = await house.start(PodWork(pod=pod(main)))
    far = await house.start(PodWork(pod=pod(container("true"), nodeSelector={"moon": "full"})))
    await house.waits(ref, "ImagePull")
    await house.waits(far, "Unschedulable")
    report = await house.ended(ref)
    assert report.state is PodState.FAILED
    assert "pending for more than 12 s" in report.message
    assert "ImagePull" in report.message


@contract("kubernetes")
async def test_a_pod_deleted_by_others_is_gone(house):
    ref = await house.start(PodWork(pod=pod(container("exec sleep 100"))))
    await house.running(ref)
    with clusters.client() as api:
        path = f"/api/v1/namespaces/{clusters.namespace()}/pods/{ref.pod_name}"
        body = {"gracePeriodSeconds": 0}
        api.once(Request(method="DELETE", path=path, body=body))
    assert (await house.ended(ref)).state is PodState.GONE


@contract("kubernetes")
async def test_a_pod_over_its_memory_ends_as_killed_for_it(house):
    limits = {"resources": {"limits": {"memory": "24Mi"}}}
    eats = "x=$(head -c 200000000 /dev/zero | tr '\\0' x)"
    report = await house.run(PodWork(pod=pod(container(eats, image="debian:12", **limits))))
    assert report.containers[0].reason == "OOMKilled"


@contract("kubernetes")
async def test_quota_is_waited_for(house):
    with clusters.client() as api:
        where = f"/api/v1/namespaces/{clusters.namespace()}"
        quota = {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "0"}}}
        body = {"apiVersion": "v1", "kind": "ResourceQuota", **quota}
        api.once(Request(method="POST", path=f"{where}/resourcequotas", body=body))
        ref = await house.start(shell("echo at last"))
        assert (await house.waits(ref, "exceeded quota")).state is PodState.PENDING
        api.once(Request(method="DELETE", path=f"{where}/resourcequotas/q"))
    assert (await house.ended(ref)).result == "at last"


@contract("kubernetes")
async def test_a_driver_that_died_is_followed_by_one_that_knows(house):
    ref = await house.start(house.gated(f"echo up; {WAIT}; echo done", collect=OUT))
    await house.said(ref, "up")
    await house.runtime.close(keep_running=True)
    house.seen.clear()
    await house.open()
    assert house.last(ref).state is PodState.RUNNING
    await house.let_go()
    report = await house.ended(ref)
    assert report.result == "up\ndone"
    assert [line.text for line in house.lines(ref)] == [b"up", b"done"]


@contract("kubernetes")
async def test_objects_are_made_changed_watched_read_and_deleted(house):
    manifest = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\ndata: {a: '1', b: two}\n"
    )
    made = await house.run(
        ResourceWork(
            action="create",
            manifest=manifest,
            set_owner_reference=True,
            outputs={
                "name": ("jsonPath", "{.metadata.name}", None),
                "b": ("jsonPath", ".data.b", None),
            },
        )
    )
    name = made.parameters["name"]
    assert (name[:5], made.parameters["b"]) == ("made-", "two")
    (owner,) = made.object["metadata"]["ownerReferences"]
    assert owner["controller"]
    patch = json.dumps({"data": {"a": "2"}})
    for work in (
        ResourceWork(
            action="patch", merge_strategy="merge", flags=("configmap", name), manifest=patch
        ),
        ResourceWork(
            action="get", flags=(f"cm/{name}",), success_condition="data.a == 2, data.b in (two)"
        ),
        ResourceWork(
            action="apply",
            manifest=f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{c: x}}",
        ),
    ):
        report = await house.run(work)
        assert report.state is PodState.SUCCEEDED, report.message
    assert report.object["data"] == {"a": "2", "b": "two", "c": "x"}
    failing = await house.run(
        ResourceWork(action="get", flags=("cm", name), failure_condition="data.a > 1")
    )
    assert failing.message == "failure condition 'data.a > 1' evaluated true"
    waiting = await house.start(
        ResourceWork(action="get", flags=("cm", name), success_condition="data.done == yes")
    )
    done = json.dumps([{"op": "add", "path": "/data/done", "value": "yes"}])
    await house.run(
        ResourceWork(action="patch", merge_strategy="json", flags=("cm", name), manifest=done)
    )
    assert (await house.ended(waiting)).state is PodState.SUCCEEDED
    assert (await house.run(ResourceWork(action="delete", flags=("cm", name)))).object is None
    gone = await house.run(ResourceWork(action="get", flags=("cm", name)))
    assert f'configmaps "{name}" not found' in gone.message


@contract("kubernetes")
async def test_a_selector_deletes_what_it_finds_and_nothing_else(house):
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {}, labels: {{colour: {}}}}}\n"
    for name, colour in (("one", "red"), ("two", "red"), ("three", "blue")):
        await house.run(ResourceWork(action="create", manifest=text.format(name, colour)))
    red = ("configmap", "--selector", "colour=red")
    for _ in range(2):  # the second time there is none, which is no error
        report = await house.run(ResourceWork(action="delete", flags=red))
        assert report.state is PodState.SUCCEEDED, report.message
    states = [
        (await house.run(ResourceWork(action="get", flags=("cm", name)))).state
        for name in ("one", "two", "three")
    ]
    assert states == [PodState.FAILED, PodState.FAILED, PodState.SUCCEEDED]
    refused = await house.run(ResourceWork(action="get", flags=red))
    assert "--selector goes with delete" in refused.message


@contract("kubernetes")
async def test_the_end_of_a_run_leaves_nothing(house):
    ref = await house.start(PodWork(pod=pod(container("exec sleep 100"))))
    await house.running(ref)
    await house.runtime.close()
    house.runtime = None
    with clusters.client() as api:
        for plural in ("pods", "configmaps"):
            path = f"/api/v1/namespaces/{clusters.namespace()}/{plural}"
            query = {"labelSelector": f"argotui.dev/run={house.run_id}"}
            request = Request(method="GET", path=path, query=query)
            await house.until(lambda r=request: not api.once(r)["items"], f"no {plural} left")


RIGHTS = [
    {
        "apiGroups": [""],
        "resources": ["pods"],
        "verbs": ["create", "get", "list", "watch", "delete"],
    },
    {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["get", "create"]},
    {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "get", "delete"]},
]


def as_account(folder, rules):
    """Return a kubeconfig of a service account that may do this and nothing else."""
    import yaml

    namespace = clusters.namespace()
    named = {"metadata": {"name": "me", "namespace": namespace}}
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
    core = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "me"}
    subjects = [{"kind": "ServiceAccount", "name": "me", "namespace": namespace}]
    with clusters.client() as api:
        for path, body in (
            (core, named),
            (f"{rbac}/roles", {**named, "rules": rules}),
            (f"{rbac}/rolebindings", {**named, "roleRef": role, "subjects": subjects}),
        ):
            api.once(Request(method="POST", path=path, body=body))
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        answer = api.once(Request(method="POST", path=f"{core}/me/token", body=asked))
    with open(clusters.kubeconfig(), encoding="utf-8") as file:
        document = yaml.safe_load(file)
    for user in document["users"]:
        user["user"] = {"token": answer["status"]["token"]}
    path = folder / "kubeconfig-me"
    path.write_text(yaml.safe_dump(document))
    return str(path)


async def reopen(house, rules):
    from argotui.runtimes.kubernetes.runtime import KubernetesRuntime

    await house.runtime.close()
    config = as_account(house.folder, rules)
    client = Client(kubeconfig=config, namespace=clusters.namespace())
    runtime = KubernetesRuntime(client)
    from tests.contract import house as house_room

    made, house_room.make = house_room.make, lambda kind, **options: runtime
    try:
        await house.open()
    finally:
        house_room.make = made


@contract("kubernetes")
async def test_these_rights_and_no_others_are_enough(house):
    await reopen(house, RIGHTS)
    script = "head -c 9000 /dev/zero | tr '\\0' y > /tmp/out; echo said"
    ref = await house.start(shell(script, collect=OUT))
    report = await house.ended(ref)
    assert (report.result, report.parameters["p"]) == ("said", "y" * 9000)
    assert [line.text for line in house.lines(ref)] == [b"said"]
    stopped = await house.start(shell("echo up; exec sleep 100"))
    await house.said(stopped, "up")
    await house.runtime.stop(stopped, 5.0)
    assert (await house.ended(stopped)).containers[0].exit_code == 143


@contract("kubernetes")
async def test_a_right_that_is_missing_is_named(house):
    await reopen(house, [RIGHTS[3]])
    report = await house.run(shell("true"))
    assert "may not create pods" in report.fault
    assert "kubectl create role" in report.fault


@contract("kubernetes")
async def test_both_streams_and_all_containers_are_in_the_log(house):
    work = PodWork(
        pod=pod(
            container("echo out; echo err >&2; sleep 1; printf end"),
            container("echo beside; exec sleep 100", "side"),
            init=[container("echo before", "ini")],
        )
    )
    ref = await house.start(work)
    await house.ended(ref)
    texts = {
        name: [line.text for line in house.lines(ref, name)] for name in ("ini", "main", "side")
    }
    assert sorted(texts.pop("main")) == [b"end", b"err", b"out"]
    assert texts == {"ini": [b"before"], "side": [b"beside"]}
